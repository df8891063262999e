"""The files that go to a Space: an allow list, and the README with the front matter of the role.

Everything that is not listed stays here: history, tests, benchmarks, caches, data and whatever else lies around.
"""

import hashlib
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipeline.deployed_build import BUILD_FILE, build_file
from pipeline.errors import BundleNotWritten
from pipeline.process_start import PROJECT_DIR
from pipeline.space_roles import SpaceRole

ROOT_FILES = (
    "app.py",
    "README.md",
    "ARCHITECTURE.md",
    "LICENSE",
    "requirements.txt",
    "pre-requirements.txt",
    "packages.txt",
)
FOLDERS: Mapping[str, frozenset[str]] = {
    "pipeline": frozenset({".py", ".jinja", ".css", ".js", ".svg", ".png", ".pdf", ".md", ".json", ".txt", ".toml"}),
    "docs": frozenset({".md"}),
}
DOCKERFILE = "Dockerfile"
README = "README.md"
APP_PORT = 7860
GRADIO, DOCKER = "gradio", "docker"
GRADIO_KEYS = ("sdk_version", "python_version", "app_file", "preload_from_hub", "suggested_hardware")
FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # the oldest that a ZIP holds, so that equal trees give equal archives


@dataclass(frozen=True, slots=True)
class StagedTree:
    """Bytes by path (with slashes), ``build.json`` included, and the build that they are: a hash of all other files."""

    files: Mapping[str, bytes]
    build: str

    @property
    def size_bytes(self) -> int:
        return sum(map(len, self.files.values()))

    def sizes(self) -> list[tuple[str, int, int]]:
        """Name, files and bytes of each top-level folder and of the files beside them, the largest first."""
        groups: dict[str, list[int]] = {}
        for path, data in self.files.items():
            folder, slash, _ = path.partition("/")
            groups.setdefault(f"{folder}/" if slash else "top-level files", []).append(len(data))
        return sorted(((name, len(sizes), sum(sizes)) for name, sizes in groups.items()), key=lambda row: -row[2])


def stage(role: SpaceRole, sdk: str = GRADIO, root: Path = PROJECT_DIR) -> StagedTree:
    """The tree of a Space of ``role``, read from the project in ``root``. ``sdk`` is ``gradio`` or ``docker``."""
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in _allowed(root, sdk)}
    files[README] = space_readme(files[README].decode("utf-8"), role, sdk).encode("utf-8")
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path}\0{hashlib.sha256(files[path]).hexdigest()}\n".encode())
    build = digest.hexdigest()[:16]
    return StagedTree(dict(sorted({**files, BUILD_FILE: build_file(build)}.items())), build)


def _allowed(root: Path, sdk: str) -> Iterator[Path]:
    yield from (root / name for name in (*ROOT_FILES, *((DOCKERFILE,) if sdk == DOCKER else ())))
    for folder, suffixes in FOLDERS.items():
        for path in sorted((root / folder).rglob("*")):
            hidden = any(part.startswith((".", "__pycache__")) for part in path.relative_to(root).parts)
            if path.suffix in suffixes and path.is_file() and not path.is_symlink() and not hidden:
                yield path


def space_readme(text: str, role: SpaceRole, sdk: str = GRADIO) -> str:
    """The README with the front matter of a Space of ``role``.

    Keys: https://huggingface.co/docs/hub/spaces-config-reference.
    """
    _, front, body = text.split("---\n", 2)
    keys: dict[str, Any] = yaml.safe_load(front)
    keys["title"] = role.title
    if not role.converts:
        keys.pop("preload_from_hub", None)
    if sdk == DOCKER:
        keys = {name: value for name, value in keys.items() if name not in GRADIO_KEYS}
        keys |= {"sdk": DOCKER, "app_port": APP_PORT}
    dumped = yaml.safe_dump(keys, sort_keys=False, allow_unicode=True, width=1000)
    return f"---\n{dumped}---\n{body}"


def write_bundle(tree: StagedTree, target: Path) -> None:
    """Write the tree as a ZIP archive. Equal trees give equal archives. Raises BundleNotWritten."""
    try:
        with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as archive:
            for path, data in tree.files.items():
                entry = zipfile.ZipInfo(path, FIRST_DATE)
                entry.external_attr = 0o644 << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, data)
    except OSError as error:
        raise BundleNotWritten from error
