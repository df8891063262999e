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
from tests.unit.intake.pdf_files import Page, PdfFile, assemble, page_body, text


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


def test_an_empty_cell_keeps_its_place_in_its_row(tmp_path: Path) -> None:
    cell = b"<< /Type /StructElem /S /TD /P 7 0 R /Pg 11 0 R /K %d >>"
    objects = [
        b"<< /Type /StructTreeRoot /K 5 0 R /ParentTree 6 0 R >>",
        b"<< /Type /StructElem /S /Table /P 4 0 R /K [7 0 R] >>",
        b"<< /Nums [0 [9 0 R 10 0 R]] >>",
        b"<< /Type /StructElem /S /TR /P 5 0 R /K [8 0 R 9 0 R 10 0 R] >>",
        b"<< /Type /StructElem /S /TD /P 7 0 R >>",
        cell % 0,
        cell % 1,
    ]
    shown = b"".join(b"/P << /MCID %d >> BDC\n%sEMC\n" % (n, text(str(2021 + n), 100 + 80 * n, 700)) for n in range(2))
    page = Page(shown, body=page_body(Page(), 12).replace(b"/Type /Page", b"/Type /Page /StructParents 0", 1))
    bodies = PdfFile([page], objects).bodies()
    bodies[0] = b"<< /Type /Catalog /Pages 2 0 R /MarkInfo << /Marked true >> /StructTreeRoot 4 0 R >>"
    (tmp_path / "tagged.pdf").write_bytes(assemble(bodies))
    document = pdfium.PdfDocument(tmp_path / "tagged.pdf")
    shown_page = document[0]
    try:
        write_page_tags(document, shown_page, tmp_path / "cells.json", first=False)
    finally:
        shown_page.close()
        document.close()
    nodes = read_tags(tmp_path / "cells.json").nodes
    assert [(node.role, node.mark) for node in nodes][2:] == [("TD", -1), ("TD", -1), ("", 0), ("TD", -1), ("", 1)]
