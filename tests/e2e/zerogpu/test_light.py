"""The light networks in a GPU call: their weights packed, handed to a forked worker, and used on emulated CUDA."""

from pathlib import Path

import pytest

from tests.documents.handmade import SCAN_LINES
from tests.e2e.zerogpu.space import LONG_SECOND, convert, open_space, visit
from tests.standins.zerogpu.scheduler import Limits

PROGRAM = "tests/support/serve_light_gpu.py"


@pytest.mark.timeout(900)
def test_both_lanes_say_the_same_of_a_page(tmp_path: Path, documents: Path) -> None:
    with (
        open_space(tmp_path, Limits(second=LONG_SECOND), program=PROGRAM) as space,
        visit(space, tmp_path, "ann") as client,
    ):
        gpu = convert(client, documents / "scan.pdf", lane="gpu")
        cpu = convert(client, documents / "scan.pdf", lane="cpu")
        (grant,) = space.api.grants
    assert (gpu.status["status"], cpu.status["status"], grant.failed, grant.killed) == ("ok", "ok", False, "")
    assert all(line in gpu.markdown for line in SCAN_LINES)
    # A line is padded to another width on the GPU lane, where the reader may see a space more or less.
    assert gpu.markdown.split("\n\n")[0] == cpu.markdown.split("\n\n")[0]
    assert "".join(gpu.markdown.split()) == "".join(cpu.markdown.split())
