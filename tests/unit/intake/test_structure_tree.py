"""What a PDF says of its structure comes out of the parse child, bounded and checked."""

from pathlib import Path

import pypdfium2 as pdfium
import pytest

from pipeline.intake import structure_tree
from pipeline.intake.reader import PdfReader
from pipeline.intake.structure_tree import write_page_tags
from pipeline.page_tags import MOST_BYTES, SUFFIX, PageTags, read_tags
from pipeline.pages import RenderedPage
from tests.documents.committed import FOLDER


def rendered(reader: PdfReader, file: Path, out_dir: Path) -> PageTags:
    (page,) = reader.render(file, "", [1], out_dir)
    assert isinstance(page, RenderedPage)
    return read_tags(out_dir / page.cells)


def test_a_tagged_page_comes_with_its_tree_and_its_bookmarks(reader: PdfReader, out_dir: Path) -> None:
    tags = rendered(reader, FOLDER / "multi_page.pdf", out_dir)
    roles = {node.role for node in tags.nodes}
    assert {"H1", "P"} <= roles
    marks = {node.mark for node in tags.nodes if node.mark >= 0}
    assert marks & {box.mark for box in tags.boxes if box.text}
    assert tags.bookmarks[0].page == 1
    assert tags.bookmarks[0].top is not None


def test_an_untagged_file_has_no_tree(reader: PdfReader, out_dir: Path) -> None:
    tags = rendered(reader, FOLDER / "invoice.pdf", out_dir)
    assert (tags.nodes, tags.boxes) == ((), ())


def test_a_tree_beyond_the_bounds_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structure_tree, "MOST_NODES", 5)
    document = pdfium.PdfDocument(FOLDER / "multi_page.pdf")
    page = document[0]
    try:
        write_page_tags(document, page, tmp_path / "cells.json", first=False)
        assert read_tags(tmp_path / "cells.json") == PageTags()
    finally:
        page.close()
        document.close()


@pytest.mark.parametrize(
    "content",
    [
        b"no JSON",
        b'{"nodes": [{"depth": 1000}]}',
        b'{"nodes": [{"depth": 0, "role": "TD", "rows": 100000}]}',
        b'{"boxes": [{"mark": 1, "artifact": false, "text": true, "left": 1e99, "top": 0, "right": 1, "bottom": 1}]}',
        b"[" * 100_000,
        b" " * (MOST_BYTES + 1),
    ],
    ids=["no JSON", "too deep", "too many rows", "not a place", "nested without end", "too long"],
)
def test_a_file_that_does_not_pass_is_none(content: bytes, tmp_path: Path) -> None:
    (tmp_path / f"cells{SUFFIX}").write_bytes(content)
    assert read_tags(tmp_path / "cells.json") == PageTags()
