"""Both sides of benchmarks/gpu.py do the same work: as many tables, in the same places, of the same length."""

from pathlib import Path

import pytest

from benchmarks.gpu_clock import Clock, read
from benchmarks.gpu_docling import Docling
from benchmarks.gpu_networks import COLUMNS, ROWS, TABLE, Folio, Made, accurate_passes, folio
from benchmarks.gpu_pages import Corpus, Kind, corpus
from pipeline.models.accurate.decoding import CHECK_EVERY
from pipeline.models.aot.compiler import Target
from pipeline.models.aot.spec import Precision
from pipeline.pages import Box, LayoutLabel, LayoutRegion, PagePrediction
from tests.networks.benchmarks.conftest import SMALL_NETWORKS

# Page, and left, top, right and bottom in whole points.
Spot = tuple[int, int, int, int, int]


pytestmark = pytest.mark.xdist_group(SMALL_NETWORKS)


@pytest.fixture(scope="module")
def pages() -> Corpus:
    return corpus(Kind.PLAIN, 6)


def eager(made: Made, pages: Corpus) -> Folio:
    return folio(made, pages, Clock("cpu"), Precision.FLOAT32, accurate=True, compiled=False)


def spot(page: int, box: Box) -> Spot:
    return page, round(box.left), round(box.top), round(box.right), round(box.bottom)


def test_both_decode_the_same_table_in_the_same_places(made: Made, pages: Corpus, tmp_path: Path) -> None:
    wanted = {
        spot(number, region.box)
        for number, own in enumerate(pages.regions, 1)
        for region in own
        if region.label is LayoutLabel.TABLE
    }
    assert len(wanted) == pages.tables >= 2

    docling = Docling(made.weights_dir, pages, Clock("cpu"), tmp_path)
    theirs = [
        (page.page_no, table)
        for page in docling.convert(len(pages)).pages
        if page.predictions.tablestructure
        for table in page.predictions.tablestructure.table_map.values()
    ]
    assert {(number, *(round(side) for side in table.cluster.bbox.as_tuple())) for number, table in theirs} == wanted
    assert all(tuple(table.otsl_seq) == TABLE for _, table in theirs)
    assert docling.clock.calls["tableformer"] == len(wanted)
    assert docling.clock.calls["heron"] >= 1
    assert "rapidocr" not in docling.clock.calls

    ours = eager(made, pages)
    results = [
        result for result in ours.bundle.predict(pages.tasks(), pages.images) if isinstance(result, PagePrediction)
    ]
    assert {spot(result.page, table.box) for result in results for table in result.tables} == wanted
    assert {(table.rows, table.columns, len(table.cells)) for result in results for table in result.tables} == {
        (ROWS, COLUMNS, 30)
    }
    # All tables go step by step together, up to the look after the last token.
    assert ours.clock.calls["tableformer-step"] == -(-(len(TABLE) + 1) // CHECK_EVERY) * CHECK_EVERY
    assert ours.clock.calls["heron"] == 1


def test_a_reading_counts_the_measured_pages_only(made: Made, pages: Corpus) -> None:
    ours = eager(made, pages)
    found = read(ours, 2, 2)
    assert found.tables == pages.first(2).tables
    assert ours.clock.calls["heron"] == 1
    assert set(found.networks) == {"heron", "tableformer-encode", "tableformer-step", "tableformer-place"}
    assert 0 < sum(found.networks.values()) <= found.seconds
    assert 0 < found.busy_share <= 1
    assert ours.engines == {"layout": "torch", "tables": "torch"}


def test_docling_reads_scans_with_the_wheels_networks(made: Made, tmp_path: Path) -> None:
    page = corpus(Kind.SCANNED, 1)
    top = page.images[0][:360]
    text = LayoutRegion(LayoutLabel.TEXT, 1.0, Box(100, 80, 500, 170))
    docling = Docling(made.weights_dir, Corpus(Kind.SCANNED, page.places, (top,), ((text,),)), Clock("cpu"), tmp_path)
    result = docling.convert(1)
    assert "Settings of the Gauges" in " ".join(item.text for item in result.document.texts)
    assert docling.clock.calls["rapidocr"] == docling.clock.calls["heron"] == 1
    assert docling.engines == {"layout": "torch", "tables": "torch", "ocr": "onnxruntime"}


@pytest.mark.parametrize(("device", "pages"), [("cpu", {1, 2}), ("cuda", {16})])
def test_every_network_of_the_bundle_is_compiled_once(made: Made, device: str, pages: set[int]) -> None:
    specs = accurate_passes(made, Target(device))
    tables = ["tableformer-encode", "tableformer-step", "tableformer-place"]
    assert [spec.name for spec in specs] == ["heron", *tables, "ppocr6-det-small", "ppocr2-cls", "ppocr6-rec-small"]
    assert all(len(spec.signatures) == 1 for spec in specs)
    assert specs[0].signatures[0].batch in pages


def test_light_networks_are_measured_without_tables() -> None:
    light = folio(
        Made(Path("nowhere"), Path("nowhere")), corpus(Kind.PLAIN, 1), Clock("cpu"), Precision.FLOAT32, False, False
    )
    found = read(light, 1, 1)
    assert (found.tables, list(found.networks)) == (0, ["picodet-cdla"])
    assert light.engines == {"layout": "torch"}
