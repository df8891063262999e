"""Compiling, publishing, fetching and using packages from the command line, as an owner does it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from huggingface_hub import HfApi

from pipeline.cli import compile as compile_command
from pipeline.cli.__main__ import main
from pipeline.models.aot.engine import Engines
from pipeline.models.aot.shelf import PackageShelf
from tests.standins.hub import StandInHub
from tests.support.cache import PACKAGES
from tests.support.compile_here import tiny_job
from tests.support.groups import COMPILED
from tests.support.tiny_networks import SIDE, classifier, classifier_module

ROOT = Path(__file__).parents[2]
REPO = "tester/folio-packages"
NETWORKS = ["tiny-classifier", "tiny-classifier", "tiny-strips"]  # the first has a package for either batch


@pytest.fixture
def hub() -> Iterator[StandInHub]:
    with StandInHub() as hub:
        yield hub


def folio(data: Path, hub: StandInHub, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line with its data in ``data`` and the stand-in as its Hub."""
    own = {"DATA_DIR": str(data), "WORK_DIR": str(data / "work"), "PACKAGES_REPO": REPO, "HF_HOME": str(data / "home")}
    environment = os.environ | own | {"HF_ENDPOINT": hub.url, "HF_TOKEN": hub.token, "HF_HUB_DISABLE_TELEMETRY": "1"}
    command = [sys.executable, "-W", "ignore", "-m", "tests.support.compile_here", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=800, check=False)


@pytest.mark.xdist_group(COMPILED)
@pytest.mark.timeout(900)
def test_packages_are_compiled_published_fetched_and_used(hub: StandInHub, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    PACKAGES.mkdir(parents=True, exist_ok=True)
    (first / "packages").symlink_to(PACKAGES)

    made = folio(first, hub, "compile", "--publish", REPO)
    assert made.returncode == 0, made.stderr
    *lines, published = made.stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [["cpu", name] for name in NETWORKS]
    assert all(re.search(r"at most \S+ off eager torch .*, \d+\.\d\d times as fast$", line) for line in lines)
    assert published == f"published 3 of 3 packages to {REPO}; the others were there"

    taken = folio(second, hub, "compile", "--fetch", REPO)
    assert taken.returncode == 0, taken.stderr
    assert [line for line in taken.stderr.splitlines() if line.endswith(": fetched")] == [
        f"{name}: fetched" for name in NETWORKS
    ]
    assert all(": kept, " in line for line in taken.stdout.splitlines())

    pictures = torch.rand(3, 3, SIDE, SIDE)
    fetched = Engines("cpu", shelf=PackageShelf(second / "packages")).network(classifier())
    torch.testing.assert_close(fetched(pictures)[0], classifier_module().eval()(pictures), atol=1e-5, rtol=0)
    assert fetched.engine == "AOTInductor"


# -- refusals: the command in this process, since nothing is compiled --------------------------------------------------


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command's folder of data, in the environment as an owner sets it."""
    for name, value in {"DATA_DIR": tmp_path, "WORK_DIR": tmp_path / "work", "PACKAGES_REPO": REPO}.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setenv("HF_TOKEN", "hf_" + "Zq3" * 11)
    return tmp_path


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with a GPU, for which the CPU stands in."""
    monkeypatch.setattr(compile_command, "job_here", tiny_job)


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The last line of a command that is refused."""
    assert main(["compile", *arguments]) == 1
    return capsys.readouterr().err.splitlines()[-1]


def test_a_machine_without_a_gpu_has_nothing_to_compile(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert refusal(capsys) == (
        "Only the GPU's models are compiled and this machine has no GPU; run it on a machine with one. "
        "[nothing_to_compile]"
    )
    assert not (data / "packages").exists()


@pytest.mark.parametrize("repo", ["", REPO])
@pytest.mark.usefixtures("gpu")
def test_only_the_owners_own_repository_is_used(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, repo: str
) -> None:
    monkeypatch.setenv("PACKAGES_REPO", repo)
    monkeypatch.setattr(HfApi, "__init__", unreachable)
    assert refusal(capsys, "--fetch", "someone/else").endswith("name exactly that one. [packages_repo_needed]")
    assert not (data / "packages").exists()


def unreachable(*_: object, **__: object) -> None:
    raise AssertionError("the Hub is not to be asked")


@pytest.mark.usefixtures("gpu")
def test_a_machine_without_a_compiler_gets_one_sentence(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(data))
    monkeypatch.delenv("CXX", raising=False)
    assert refusal(capsys) == (
        "Compiling the models needs a C++ compiler and this machine has none; install g++ and run it again. "
        "[compiler_missing]"
    )
