"""The light bundle as a whole."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from pipeline.models.bundle import Bundle
from pipeline.models.light_bundle import LightBundle
from pipeline.pages import Box, LayoutLabel, PageFailure, PagePrediction, PageResult
from tests.documents.handmade import SCAN_LINES
from tests.support.render import render, task_for

ROOT = Path(__file__).parents[2]
TABLE_ROWS = slice(400, 700)  # pixels of the paper's page that show its table


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return LightBundle(threads=2)


def predicted(result: PageResult) -> PagePrediction:
    assert isinstance(result, PagePrediction)
    return result


def without_times(result: PageResult) -> tuple[object, ...]:
    page = predicted(result)
    return page.page, page.regions, page.lines, page.tables, page.turn


def test_pages_come_back_in_order_with_what_was_asked_for(bundle: Bundle, documents: Path) -> None:
    printed, scanned = render(documents / "paper_page.pdf"), render(documents / "scan.pdf")
    part = np.ascontiguousarray(printed[TABLE_ROWS])
    tasks = [task_for(printed, 4), task_for(scanned, 7, ocr=True), task_for(part, 9, ocr=True)]
    results = [predicted(result) for result in bundle.predict(tasks, [printed, scanned, part])]

    assert [result.page for result in results] == [4, 7, 9]
    assert [result.ocr for result in results] == [False, True, True]
    assert [[line.text for line in result.lines] for result in results[:2]] == [[], list(SCAN_LINES)]
    assert [LayoutLabel.TABLE in {r.label for r in result.regions} for result in results] == [True, False, True]
    assert [[(table.rows, table.columns) for table in result.tables] for result in results] == [[], [], [(6, 8)]]
    assert results[2].tables[0].box in [
        region.box for region in results[2].regions if region.label is LayoutLabel.TABLE
    ]
    assert all(result.layout_ms > 0 for result in results)
    assert results[0].ocr_ms == 0
    assert results[1].ocr_ms > 0


@pytest.mark.parametrize(
    ("name", "turn"),
    [("scan", 0), ("scan_rotated_90", 1), ("scan_rotated_180", 2), ("scan_rotated_270", 3)],
)
def test_the_region_of_a_turned_paragraph_lies_around_its_lines(
    bundle: Bundle, documents: Path, name: str, turn: int
) -> None:
    image = render(documents / f"{name}.pdf")
    (result,) = bundle.predict([task_for(image, ocr=True)], [image])
    page = predicted(result)
    x, y = np.array([line.corners for line in page.lines]).reshape(-1, 2).T
    assert page.turn == turn
    assert [region.label for region in page.regions] == [LayoutLabel.TEXT]
    assert page.regions[0].box.overlap(Box(x.min(), y.min(), x.max(), y.max())) > 0.85


def test_a_page_that_fails_leaves_the_others_alone(bundle: Bundle, documents: Path) -> None:
    good, bad = render(documents / "scan.pdf"), np.zeros((0, 100, 3), dtype=np.uint8)
    tasks = [task_for(good, 1, ocr=True), task_for(bad, 2, ocr=True), task_for(bad, 3), task_for(good, 4, ocr=True)]
    first, second, third, fourth = bundle.predict(tasks, [good, bad, bad, good])
    assert [line.text for line in predicted(first).lines] == [line.text for line in predicted(fourth).lines]
    assert second == PageFailure(2, "page_model_failed", "Page 2: the models failed on it; convert this page again.")
    assert isinstance(third, PageFailure)


def test_no_pages_give_no_results(bundle: Bundle) -> None:
    assert bundle.predict([], []) == []


def test_calls_from_several_threads_do_not_disturb_each_other(documents: Path) -> None:
    bundle = LightBundle(threads=2)
    image = render(documents / "scan.pdf")
    with ThreadPoolExecutor(3) as pool:
        calls = [pool.submit(bundle.predict, [task_for(image, ocr=True)], [image]) for _ in range(3)]
        results = {without_times(call.result()[0]) for call in calls}
    assert len(results) == 1


FORKING = """
import os, sys, tempfile
from pathlib import Path
from pipeline.models.light_bundle import LightBundle
from tests.documents.handmade import SCAN_LINES
from tests.support.render import render, task_for

image = render(Path("tests/documents/pdf/scan.pdf"))
bundle = LightBundle(threads=2)

def lines():
    return [line.text for line in bundle.predict([task_for(image, ocr=True)], [image])[0].lines]

before = lines()
child = os.fork()
if child == 0:
    os._exit(0 if lines() == before and len(before) == 3 else 1)
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status) or lines() != before)
"""


def test_a_forked_process_predicts_the_same_after_its_parent_did() -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORKING], cwd=ROOT, check=True, timeout=120)


def test_the_app_can_name_its_engines(bundle: Bundle) -> None:
    assert bundle.name == "light"
    assert {engine.task: engine.model for engine in bundle.engines} == {
        "layout": "PP-PicoDet CDLA",
        "ocr": "PP-OCRv6 small",
        "tables": "SLANet-plus",
    }
