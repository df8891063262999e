"""The folder where compiled packages are kept, one folder per key, and the checks that each passes before it is loaded.

    packages/
      layout-picodet-<digest of the key>/
        package.pt2       AOTInductor's archive: native code, no weights
        constants.pt      tensors that the network's module does not hold
        manifest.json     the key, size and SHA-256 of the other two, and how the package compared with its eager module

A folder is filled under a temporary name and renamed; where the disk cannot rename a folder (a mounted bucket), its
files are copied one by one with the manifest last. Without a manifest that fits, nothing is loaded, so a compilation
that is killed leaves nothing that runs. Loading a package runs native code: the folder must be one's own. A file
``layout-picodet-<digest>.failed`` says why a package could not be made, so that not every start tries it again.
"""

import hashlib
import json
import logging
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.models.aot.key import PackageKey

PACKAGE, CONSTANTS, MANIFEST = "package.pt2", "constants.pt", "manifest.json"
TEMPORARY = ".new-"
FAILED = ".failed"
FAILURE_LASTS_S = 7 * 24 * 3600

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Verification:
    """How a package compared with its eager module on ``inputs`` inputs: the largest difference over all outputs, what
    was allowed, and mean seconds per call of both.
    """

    inputs: int
    largest_difference: float
    tolerance: float
    seconds: float
    eager_seconds: float
    compile_seconds: float


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file's name, size in bytes and SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Package:
    """A package whose manifest and files fit its key."""

    folder: Path
    key: PackageKey
    verification: Verification

    @property
    def archive(self) -> Path:
        return self.folder / PACKAGE

    @property
    def constants(self) -> Path:
        return self.folder / CONSTANTS


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no package is used: ``reason`` is a clause for people. ``absent`` where none was ever made, which is no
    fault.
    """

    reason: str
    absent: bool = False


class PackageShelf:
    """Packages below ``folder``, which need not exist."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, key: PackageKey) -> Package | Refusal:
        """The package of exactly this key, with every byte checked, or why there is none."""
        folder = self.folder / key.folder
        if not folder.is_dir():
            return self._nearest(key)
        try:
            manifest = _read_manifest(folder)
        except (OSError, ValueError, TypeError, KeyError):
            return Refusal("its manifest is missing or damaged")
        if manifest.key != key:
            return Refusal(f"its manifest names another {' and '.join(manifest.key.differences(key))}")
        damaged = next((file.name for file in manifest.files if _stored(folder / file.name) != file), None)
        if damaged or {file.name for file in manifest.files} != {PACKAGE, CONSTANTS}:
            return Refusal(f"{damaged or PACKAGE} is incomplete or was changed")
        return Package(folder, key, manifest.verification)

    def put(self, key: PackageKey, archive: bytes, constants: bytes, verification: Verification) -> Package:
        """Publish a package, replacing what stands under its key. Raises OSError where the disk refuses."""
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / f"{TEMPORARY}{secrets.token_hex(8)}"
        temporary.mkdir()
        try:
            (temporary / PACKAGE).write_bytes(archive)
            (temporary / CONSTANTS).write_bytes(constants)
            files = tuple(file for name in (PACKAGE, CONSTANTS) if (file := _stored(temporary / name)))
            manifest = {
                "key": asdict(key),
                "files": [asdict(file) for file in files],
                "verification": asdict(verification),
            }
            (temporary / MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")
            self._publish(temporary, self.folder / key.folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        self._failure(key).unlink(missing_ok=True)
        return Package(self.folder / key.folder, key, verification)

    def note_failure(self, key: PackageKey, reason: str) -> None:
        """Remember for a week that the package could not be made. Raises OSError where the disk refuses."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._failure(key).write_text(reason + "\n", encoding="utf-8")

    def has_failed(self, key: PackageKey) -> bool:
        """Whether the package could not be made within the past week."""
        try:
            return time.time() - self._failure(key).stat().st_mtime < FAILURE_LASTS_S
        except OSError:
            return False

    def _failure(self, key: PackageKey) -> Path:
        return self.folder / f"{key.folder}{FAILED}"

    def adopt(self, folder: Path, key: PackageKey) -> Package | Refusal:
        """Take over a package from elsewhere, such as a download, if it is exactly that of ``key``."""
        found = PackageShelf(folder).find(key)
        if isinstance(found, Refusal):
            return found
        return self.put(key, found.archive.read_bytes(), found.constants.read_bytes(), found.verification)

    def _publish(self, temporary: Path, target: Path) -> None:
        shutil.rmtree(target, ignore_errors=True)
        try:
            temporary.rename(target)
        except OSError:
            target.mkdir()
            for name in (PACKAGE, CONSTANTS, MANIFEST):
                shutil.copyfile(temporary / name, target / name)

    def _nearest(self, key: PackageKey) -> Refusal:
        """Why the packages that are there do not do, from the one that differs least."""
        others = [other for other in self._keys() if (other.network, other.device) == (key.network, key.device)]
        if not others:
            return Refusal("it was not compiled", absent=True)
        nearest = min(others, key=lambda other: len(other.differences(key)))
        field = nearest.differences(key)[0] if nearest != key else "code"
        if field == "signature":
            return Refusal("it was not compiled for these shapes", absent=True)
        return Refusal(f"compiled for {field} {_short(getattr(nearest, field))}, not {_short(getattr(key, field))}")

    def _keys(self) -> Iterator[PackageKey]:
        for path in sorted(self.folder.glob(f"*/{MANIFEST}")):
            try:
                yield _read_manifest(path.parent).key
            except (OSError, ValueError, TypeError, KeyError):
                log.warning("the manifest of the package %s is damaged", path.parent.name)


@dataclass(frozen=True, slots=True)
class _Manifest:
    key: PackageKey
    files: tuple[StoredFile, ...]
    verification: Verification


def _read_manifest(folder: Path) -> _Manifest:
    """Raises OSError, ValueError, TypeError or KeyError where it is not one."""
    raw = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    files = tuple(StoredFile(**file) for file in raw["files"])
    return _Manifest(PackageKey(**raw["key"]), files, Verification(**raw["verification"]))


def _stored(path: Path) -> StoredFile | None:
    try:
        with path.open("rb") as file:
            return StoredFile(path.name, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())
    except OSError:
        return None


def _short(text: str) -> str:
    return text if len(text) <= 48 else f"{text[:40]}…"
