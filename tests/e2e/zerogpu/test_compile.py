"""COMPILE_AT_START on ZeroGPU: one booked call whose worker compiles what the GPU lane then runs, or a refusal that
keeps nobody out.
"""

from pathlib import Path

import pytest

from pipeline.gpu.compile_call import BOOKED_SECONDS
from pipeline.models.aot.shelf import MANIFEST
from tests.e2e.zerogpu.space import LONG_SECOND, convert, open_space, visit
from tests.standins.zerogpu.emulation import PLAIN_VARIABLE
from tests.standins.zerogpu.scheduler import Limits

PROGRAM = "tests/support/serve_compiled.py"
NETWORK = "one-number"
MODE = {PLAIN_VARIABLE: "true", "BUNDLE": "light"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Space's folder, without any package."""
    monkeypatch.setattr("tests.e2e.conftest.START_SECONDS", 600)  # it compiles before it serves
    return tmp_path / "space"


@pytest.mark.timeout(900)
def test_a_booked_call_compiles_what_the_gpu_lane_runs(folder: Path, documents: Path) -> None:
    with (
        open_space(folder, None, program=PROGRAM, executed=True, **MODE) as space,
        visit(space, folder, "ann") as client,
    ):
        (compiling,) = space.api.grants
        assert compiling.booking.seconds == BOOKED_SECONDS * 1.5
        assert (compiling.booking.visitor, compiling.failed, compiling.killed) == ("", False, "")
        (made,) = (folder / "data" / "packages").iterdir()
        assert made.name.startswith(NETWORK)
        assert '"architecture": "cuda sm_120 ' in (made / MANIFEST).read_text()
        log = space.site.log.read_text()
        assert f"compiling in a GPU call: {NETWORK} float[1,3,32,32]: compiled in" in log

        told = convert(client, documents / "manual.pdf", pages="1-2", lane="gpu")
        _, converting = space.api.grants
        maps = Path(f"/proc/{converting.pid}/maps").read_text()
    assert (told.status["status"], told.status["pages_done"]) == ("ok", 2)
    assert told.status["engines"] == [{"task": "layout", "model": "one number", "engine": "AOTInductor"}]
    assert compiling.pid not in (space.site.process.pid, converting.pid)
    assert "/data/aotinductor/" in maps


def test_a_refused_call_keeps_nobody_out(folder: Path, documents: Path) -> None:
    """``app.py`` itself."""
    mode = {"COMPILE_AT_START": "true", "BUNDLE": "light"}
    with (
        open_space(folder, Limits(longest=300, second=LONG_SECOND), program="app.py", executed=False, **mode) as space,
        visit(space, folder, "ann") as client,
    ):
        assert space.api.grants == []
        assert "compiling in a GPU call failed" in space.site.log.read_text()
        told = convert(client, documents / "manual.pdf", pages="2", lane="gpu")
    assert (told.status["status"], len(space.api.grants)) == ("ok", 1)
    assert told.status["engines"][0] == {"task": "layout", "model": "PP-PicoDet CDLA", "engine": "torch"}
