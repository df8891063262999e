"""Which files go to a Space, with which front matter, and that the Dockerfile and its ignore list agree with it."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

from pipeline.deployed_build import read_build
from pipeline.deployment.staged_tree import APP_PORT, DOCKER, FOLDERS, ROOT_FILES, stage, write_bundle
from pipeline.errors import BundleNotWritten
from pipeline.process_start import PROJECT_DIR
from pipeline.space_roles import APP, DASHBOARD, SPACE_ROLES, SpaceRole

DOCKERFILE = (PROJECT_DIR / "Dockerfile").read_text(encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project with much that must not go anywhere."""
    for name in ROOT_FILES:
        (tmp_path / name).write_text("---\ntitle: x\nsdk: gradio\n---\n# Body\n---\nrest\n")
    for name in (
        *("pipeline/a.py", "pipeline/__pycache__/a.pyc", "pipeline/ui/page.jinja", "pipeline/.hidden/x.py"),
        *("pipeline/notes.bak", "docs/page.md", "docs/draft.odt", "tests/test_a.py", ".git/config", ".env"),
        *("data/runs/secret.pdf", "Dockerfile", "benchmarks/b.py", "stray.md"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "pipeline" / "link.py").symlink_to("/etc/hostname")
    return tmp_path


def test_only_what_is_listed_goes(project: Path) -> None:
    listed = {*ROOT_FILES, "pipeline/a.py", "pipeline/ui/page.jinja", "docs/page.md", "build.json"}
    assert set(stage(APP, root=project).files) == listed
    assert set(stage(APP, DOCKER, project).files) == {*listed, "Dockerfile"}


def test_equal_files_are_one_build_and_any_change_is_another(project: Path) -> None:
    tree = stage(APP, root=project)
    assert tree == stage(APP, root=project)
    assert read_build(tree.files["build.json"]) == tree.build
    (project / "pipeline" / "a.py").write_text("y")
    assert stage(APP, root=project).build != tree.build
    assert stage(DASHBOARD, root=project).build != tree.build


@pytest.mark.parametrize("role", SPACE_ROLES, ids=lambda role: role.name)
def test_the_front_matter_is_that_of_the_role(role: SpaceRole) -> None:
    text = stage(role).files["README.md"].decode()
    front = yaml.safe_load(text.split("---\n")[1])
    original = (PROJECT_DIR / "README.md").read_text(encoding="utf-8")
    assert front["title"] == role.title
    assert (front["sdk"], front["app_file"], front["suggested_hardware"]) == ("gradio", "app.py", "zero-a10g")
    assert ("preload_from_hub" in front) == role.converts
    assert text.split("---\n", 2)[2] == original.split("---\n", 2)[2]


def test_a_docker_space_has_the_port_and_nothing_of_gradio() -> None:
    front = yaml.safe_load(stage(APP, DOCKER).files["README.md"].decode().split("---\n")[1])
    assert (front["sdk"], front["app_port"]) == ("docker", APP_PORT)
    assert not front.keys() & {"sdk_version", "python_version", "app_file", "preload_from_hub", "suggested_hardware"}
    assert f"EXPOSE {APP_PORT}\n" in DOCKERFILE
    assert f"GRADIO_SERVER_PORT={APP_PORT}\n" in DOCKERFILE


def test_equal_trees_give_equal_archives_and_none_is_overwritten(project: Path, tmp_path: Path) -> None:
    tree = stage(APP, root=project)
    write_bundle(tree, tmp_path / "one.zip")
    write_bundle(tree, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with pytest.raises(BundleNotWritten, match="choose a new file name"):
        write_bundle(tree, tmp_path / "one.zip")
    with pytest.raises(BundleNotWritten):
        write_bundle(tree, tmp_path / "nowhere" / "one.zip")


def test_the_image_takes_what_a_space_takes() -> None:
    lines = (PROJECT_DIR / ".dockerignore").read_text(encoding="utf-8").splitlines()
    taken = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert lines[1] == "*"
    assert taken == {*ROOT_FILES, *FOLDERS, "build.json"}


def test_the_image_is_built_from_the_files_that_the_space_uses() -> None:
    front = yaml.safe_load((PROJECT_DIR / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    assert re.match(rf"# .*\nFROM python:{re.escape(str(front['python_version']))}-slim-bookworm\n", DOCKERFILE)
    needed = ("packages.txt", "uv pip install --system", "--uid 1000", "\nUSER 1000\n", "VOLUME /data", "HEALTHCHECK")
    assert [part for part in needed if part not in DOCKERFILE] == []
    assert DOCKERFILE.index("USER 1000") < DOCKERFILE.index("COPY --chown=1000:1000 . .")
    assert DOCKERFILE.rstrip().endswith('CMD ["python", "app.py"]')
    names = (PROJECT_DIR / "packages.txt").read_text(encoding="utf-8").split("\n")
    assert all(re.fullmatch(r"[a-z0-9+.-]+", name) for name in names if name)  # xargs takes no comments


def test_the_image_and_the_virtual_environment_are_installed_by_one_uv() -> None:
    release = r"\buv==[\w.]+"
    makefile = (PROJECT_DIR / "Makefile").read_text(encoding="utf-8")
    assert re.findall(release, makefile) == re.findall(release, DOCKERFILE) != []


def test_the_docker_commands_of_the_pages_fit_the_image() -> None:
    pages = [(PROJECT_DIR / "docs" / name).read_text(encoding="utf-8") for name in ("docker.md", "gpu.md")]
    commands = re.findall(r"docker run [^`\n]+", "\n".join(pages))
    assert len(commands) == 2
    for command in commands:
        words = shlex.split(command)
        assert words[words.index("-p") + 1].split(":")[1] == str(APP_PORT)
        assert f"VOLUME {words[words.index('-v') + 1].split(':')[1]}\n" in DOCKERFILE
        assert words[-1] == "folio"
    assert "docker build -t folio ." in pages[0]
