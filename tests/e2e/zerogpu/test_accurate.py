"""``app.py`` with weights of docling's networks: the accurate bundle serves the GPU lane, the light one the CPU."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.e2e.zerogpu.space import LONG_SECOND, Space, convert, open_space, visit
from tests.standins.zerogpu.scheduler import Limits
from tests.support.checkpoints import SOME_FORMULAS, save_layout, save_tables
from tests.support.formula_checkpoint import LIGHT, save_formulas

PROGRAM = "tests/support/serve_patiently.py"
CALLS = 2  # that a visitor may make
ASKED = "4-6,8"  # of the manual: pages with a figure or a table, which are for a network


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    folder = tmp_path_factory.mktemp("accurate")
    save_layout(folder / "weights", biases=SOME_FORMULAS)
    save_formulas(folder / "weights", LIGHT, LIGHT)
    save_tables(folder / "weights", torch.zeros(1, 3, 448, 448), [["fcel", "nl"]])
    variables = {"WEIGHTS_DIR": str(folder / "weights"), "BATCH_PAGES": "1", "LONG_SECOND": str(LONG_SECOND)}
    limits = Limits(runs=CALLS, second=LONG_SECOND)
    with open_space(folder / "space", limits, program=PROGRAM, executed=False, **variables) as running:
        yield running


def test_the_accurate_models_serve_the_gpu_lane_where_their_weights_are(
    space: Space, tmp_path: Path, documents: Path
) -> None:
    with visit(space, tmp_path, "ann") as client:
        on_gpu = convert(client, documents / "manual.pdf", pages="4-5", lane="gpu")
        on_cpu = convert(client, documents / "manual.pdf", pages="4-5", lane="cpu")
    records = [space.record(told.status["record_id"]) for told in (on_gpu, on_cpu)]
    assert [(record.status.value, record.bundle, record.gpu.calls) for record in records] == [
        ("ok", "accurate", 2),
        ("ok", "light", 0),
    ]
    assert [(engine.task, engine.model) for engine in records[0].engines] == [
        ("layout", "docling-layout-heron"),
        ("ocr", "PP-OCRv6 small"),
        ("tables", "TableFormerV2"),
        ("formulas", "CodeFormulaV2"),
    ]


def test_formulas_of_a_scan_are_latex(space: Space, tmp_path: Path, documents: Path) -> None:
    with visit(space, tmp_path, "dan") as client:
        told = convert(client, documents / "scan.pdf", lane="gpu")
    assert told.status["status"] == "ok"
    assert f"$${LIGHT}$$" in told.markdown


def test_the_light_models_finish_what_the_accurate_ones_may_not(space: Space, tmp_path: Path, documents: Path) -> None:
    with visit(space, tmp_path, "bob") as client:
        told = convert(client, documents / "manual.pdf", pages=ASKED, lane="gpu_then_cpu")
    assert (told.status["status"], told.status["lane"], told.code) == ("ok", "cpu", "")
    assert (told.status["bundle"], told.status["bundles"]) == ("accurate+light", {"accurate": "4-5", "light": "6, 8"})
    record = space.record(told.status["record_id"])
    assert [page.bundle for page in record.pages] == ["accurate", "accurate", "light", "light"]
    assert {engine.model for engine in record.engines} >= {"docling-layout-heron", "PP-PicoDet CDLA"}
    for phrase in (
        "Choosing a reliable sensor",
        "Warmth of the gauges at the ridge station",
        "Choosing a spare battery",
        "Gauges near the ridge station",
    ):
        assert phrase in told.markdown


def test_a_run_is_continued_on_the_cpu_as_was_said_beforehand(space: Space, tmp_path: Path, documents: Path) -> None:
    with visit(space, tmp_path, "cay") as client:
        told = convert(client, documents / "manual.pdf", pages=ASKED, lane="gpu")
        assert (told.status["status"], told.code) == ("partial", "gpu_runs_exceeded")
        assert told.status["on_cpu"] == {"pages_kept": 2, "pages_left": 2, "bundle": "light"}
        markdown, status, _ = client.predict(run_id=told.status["run_id"], lane="cpu", api_name="/resume")
    assert (status["status"], status["pages_done"], status["on_cpu"]) == ("ok", 4, None)
    assert status["bundles"] == {"accurate": "4-5", "light": "6, 8"}
    assert markdown.startswith(told.markdown.rstrip()[:200])
    assert len(markdown) > len(told.markdown)
