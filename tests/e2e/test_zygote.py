"""The parents of forked servers, with imports that take no time."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.runs import until
from tests.support.zygote import ROOT, Parent

NOTHING_TO_IMPORT = """
import sys, time
from tests.support.zygote import PLAIN_IMPORTS
sys.modules |= dict.fromkeys(PLAIN_IMPORTS, sys)
time.sleep(1)
"""
STARTER = """
import sys
from pathlib import Path
from tests.support.zygote import Parent
Parent(Path(sys.argv[1]), False, int(sys.argv[2]))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The parent's folder; beside it lies what is imported in place of ``spaces``."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    folder = tmp_path / "parent"
    folder.mkdir()
    return folder


@pytest.fixture
def session() -> Iterator["subprocess.Popen[bytes]"]:
    """The process that a parent ends with."""
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def test_each_worker_is_told_why_a_parent_does_not_start(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "spaces.py").write_text("raise ImportError('no spaces here')")
    for _ in range(2):
        with pytest.raises(RuntimeError, match="no spaces here"):
            Parent(folder, False, os.getpid())


def test_a_parent_outlives_the_worker_that_starts_it(
    tmp_path: Path, folder: Path, session: "subprocess.Popen[bytes]"
) -> None:
    (tmp_path / "spaces.py").write_text(NOTHING_TO_IMPORT)
    (tmp_path / "program.py").write_text("print('here')")
    with subprocess.Popen([sys.executable, "-c", STARTER, str(folder), str(session.pid)], cwd=ROOT) as worker:
        until((folder / "socket").exists, 20)
        worker.kill()
    with (tmp_path / "out").open("w+b") as out:
        files = [out.fileno()] * 3
        assert Parent(folder, False, session.pid).fork([str(tmp_path / "program.py")], os.environ, files).wait(20) == 0
    assert (tmp_path / "out").read_text() == "here\n"
    session.kill()
    session.wait()
    until(lambda: not folder.exists(), 20)
