"""The pages that benchmarks/gpu.py measures on, and the table that it lets every table be."""

import json
import statistics
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from benchmarks.gpu_networks import COLUMNS, ROWS, TABLE
from benchmarks.gpu_pages import Kind, Place, all_places, choose, corpus, settled
from benchmarks.throughput import SOURCES
from pipeline.pages import Box, LayoutLabel, LayoutRegion, PagePrediction
from tests.documents.committed import FOLDER


def test_few_pages_are_spread_over_all_and_many_come_again() -> None:
    places = [Place("a.pdf", page) for page in range(1, 8)]
    assert [place.page for place in choose(places, 3)] == [1, 3, 5]
    assert choose(places, 7) == places
    assert [place.page for place in choose(places, 9)] == [1, 2, 3, 4, 5, 6, 7, 1, 2]


def test_a_page_that_comes_again_is_not_rendered_again() -> None:
    distinct = len(all_places())
    pages = corpus(Kind.PLAIN, distinct + 1)
    assert len(pages) == distinct + 1
    assert pages.images[-1] is pages.images[0]
    assert pages.regions[-1] is pages.regions[0]
    # The first page warms up the table networks. A table may be found twice or cut by a page's end.
    assert pages.first(1).tables == 1
    printed = sum(len(json.loads((FOLDER / name).with_suffix(".json").read_text())["tables"]) for name in SOURCES)
    assert 0.7 * printed <= pages.first(distinct).tables <= 2 * printed


def test_tables_are_told_once_and_beyond_doubt() -> None:
    table, inside, other = Box(50, 50, 300, 300), Box(60, 60, 290, 290), Box(50, 400, 300, 500)
    regions = (
        LayoutRegion(LayoutLabel.TEXT, 0.35, Box(0, 0, 40, 40)),
        LayoutRegion(LayoutLabel.TABLE, 0.9, table),
        LayoutRegion(LayoutLabel.TABLE, 0.8, inside),
        LayoutRegion(LayoutLabel.TABLE, 0.41, other),
    )
    prediction = PagePrediction(1, regions, (), (), ocr=False, layout_ms=0, ocr_ms=0, table_ms=0)
    assert settled(prediction) == (
        replace(regions[0], score=1.0),
        LayoutRegion(LayoutLabel.TABLE, 1.0, table),
        LayoutRegion(LayoutLabel.TABLE, 1.0, other),
    )


@pytest.mark.parametrize(("kind", "has_text"), [(Kind.PLAIN, True), (Kind.SCANNED, False)])
def test_the_pages_as_a_pdf(tmp_path: Path, kind: Kind, has_text: bool) -> None:
    pages = corpus(kind, 3)
    made = pypdfium2.PdfDocument(pages.save(tmp_path / "pages.pdf"))
    assert [bool(page.get_textpage().get_text_bounded().strip()) for page in made] == [has_text] * 3
    assert [tuple(round(2 * side) for side in page.get_size()) for page in made] == [
        image.shape[1::-1] for image in pages.images
    ]
    assert [task.ocr for task in pages.tasks()] == [not has_text] * 3


def test_three_quarters_of_the_test_documents_tables_are_no_longer_than_the_table() -> None:
    facts = (json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json"))
    # Each row has its cells and an end, and the table has one.
    lengths = [table["rows"] * (table["columns"] + 1) + 1 for each in facts for table in each["tables"]]
    assert len(lengths) > 40
    assert statistics.quantiles(lengths, n=4)[2] == len(TABLE) + 1 == ROWS * (COLUMNS + 1) + 1
