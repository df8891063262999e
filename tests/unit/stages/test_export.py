"""What every export has in common."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from docling_core.types.doc import (
    DocItemLabel,
    DoclingDocument,
    ImageRef,
    ProvenanceItem,
    RichTableCell,
    TableCell,
    TableData,
    TableItem,
)
from docling_core.types.doc.base import BoundingBox, CoordOrigin, Size
from PIL import Image

from pipeline.formats import MarkdownForm, PictureForm, TableForm
from pipeline.pages import PageStatus
from pipeline.records import PageOutcome
from pipeline.stages import export
from pipeline.stages.chunks import WordTokenizer
from pipeline.stages.doctags import doctags
from pipeline.stages.export import FORMATS, ExportSource, output_facts, printable


def test_control_characters_go_and_nothing_else() -> None:
    every = "".join(map(chr, range(0x3000)))
    kept = [
        character
        for character in every
        if character in "\t\n\r" or not (character < " " or "\x7f" <= character <= "\x9f")
    ]
    assert printable(every) == "".join(kept)
    assert printable("a\ud800b") == "a\ud800b"


def test_the_records_facts_are_those_of_the_markdown_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = DoclingDocument(name="document")
    document.add_text(DocItemLabel.TEXT, "Grüße\x00 – aus\x85 dem Norden.")
    source = ExportSource(document, tmp_path, "document")
    with (tmp_path / "document.md").open("wb") as out:
        FORMATS[0].write(source, out)
    written = (tmp_path / "document.md").read_text(encoding="utf-8")
    assert written == "Grüße – aus dem Norden."
    monkeypatch.setattr(export, "to_markdown", None)  # it is made once
    assert output_facts(source).chars == len(written)


def test_the_json_says_how_each_page_was_read_and_is_still_doclings(tmp_path: Path) -> None:
    document = DoclingDocument(name="document")
    document.add_text(DocItemLabel.TEXT, "Read from an image.")
    page = PageOutcome(4, PageStatus.OK, "text_unsure", "Look.", ocr=True, confidence=0.55, source="ocr")
    out = io.BytesIO()
    next(row for row in FORMATS if row.name == "json").write(ExportSource(document, tmp_path, "a", (page,)), out)
    read = DoclingDocument.model_validate_json(out.getvalue())
    assert read.body.meta is not None
    assert read.body.meta.get_custom_part() == {
        "folio__pages": [{"page": 4, "confidence": 0.55, "source": "ocr", "notices": ["text_unsure"]}]
    }
    assert document.body.meta is None
    assert read.texts[0].text == "Read from an image."


def cell(text: str, row: int, column: int, columns: int = 1) -> TableCell:
    return TableCell(
        text=text,
        start_row_offset_idx=row,
        end_row_offset_idx=row + 1,
        start_col_offset_idx=column,
        end_col_offset_idx=column + columns,
        col_span=columns,
    )


def two_pages(folder: Path) -> DoclingDocument:
    """A heading and a text on page 1; a list, a table with a span and a picture with a caption on page 3."""
    document = DoclingDocument(name="document")
    for page in (1, 2, 3):
        document.add_page(page, Size(width=600, height=800))

    def at(page: int, top: float) -> ProvenanceItem:
        box = BoundingBox(l=60, t=top, r=540, b=top + 40, coord_origin=CoordOrigin.TOPLEFT)
        return ProvenanceItem(page_no=page, bbox=box, charspan=(0, 0))

    document.add_heading("Mills", level=1, prov=at(1, 50))
    document.add_text(DocItemLabel.TEXT, "The tide is a clock. [A link](javascript:x)", prov=at(1, 120))
    cells = [cell("both", 0, 0, 2), cell("one", 1, 0), cell("two", 1, 1)]
    document.add_table(TableData(table_cells=cells, num_rows=2, num_cols=2), prov=at(3, 50))
    caption = document.add_text(DocItemLabel.CAPTION, 'A "mill" <at> work', prov=at(3, 300))
    reference = ImageRef(mimetype="image/png", dpi=72, size=Size(width=2, height=2), uri=Path("pictures/a.png"))
    document.add_picture(image=reference, caption=caption, prov=at(3, 200))
    Image.new("RGB", (2, 2)).save(folder / "a.png")
    return document


def written(source: ExportSource, name: str) -> bytes:
    out = io.BytesIO()
    next(row for row in FORMATS if row.name == name).write(source, out)
    return out.getvalue()


def test_the_zip_has_everything(tmp_path: Path) -> None:
    source = ExportSource(two_pages(tmp_path), tmp_path, "mills", receipt=b'{"record_id": "r"}')
    with zipfile.ZipFile(io.BytesIO(written(source, "zip"))) as archive:
        names = archive.namelist()
        assert [name for name in names if "/" not in name] == [
            *(f"mills{suffix}" for suffix in (".md", ".html", ".json", ".txt", ".doctags", ".jsonl")),
            "receipt.json",
        ]
        assert [name for name in names if "/" in name] == [
            *(f"pages/page-000{page}.md" for page in (1, 2, 3)),
            "pictures/a.png",
        ]
        assert "](pictures/a.png)" in archive.read("mills.md").decode()
        assert "](../pictures/a.png)" in archive.read("pages/page-0003.md").decode()
        assert archive.read("pages/page-0002.md").strip() == b""
        assert archive.read("receipt.json") == b'{"record_id": "r"}'


def test_the_zip_takes_files_that_are_written_and_leaves_out_what_failed(tmp_path: Path) -> None:
    (tmp_path / "document.html").write_text("<p>as written")
    source = ExportSource(two_pages(tmp_path), tmp_path, "mills")
    source.files.update(html=tmp_path / "document.html", doctags=None)
    with zipfile.ZipFile(io.BytesIO(written(source, "zip"))) as archive:
        assert archive.read("mills.html") == b"<p>as written"
        assert [name for name in archive.namelist() if "/" not in name] == [
            *(f"mills{suffix}" for suffix in (".md", ".html", ".json", ".txt", ".jsonl")),
            "receipt.json",
        ]


def test_markdown_is_written_as_asked(tmp_path: Path) -> None:
    document = two_pages(tmp_path)
    plain = ExportSource(document, tmp_path, "mills").markdown.decode()
    assert 'colspan="2"' in plain
    assert "<!-- page" not in plain
    form = MarkdownForm(TableForm.PIPES, PictureForm.EMBEDDED, page_markers=True)
    asked = ExportSource(document, tmp_path, "mills", form=form).markdown.decode()
    assert "colspan" not in asked
    assert [line for line in asked.splitlines() if line.startswith("<!-- page")] == [
        *(f"<!-- page {page} -->" for page in (1, 2, 3))
    ]
    assert "](data:image/png;base64," in asked
    assert asked.index("<!-- page 3 -->") < asked.index("| both")


def test_the_html_has_language_direction_and_words_for_pictures(tmp_path: Path) -> None:
    page = written(ExportSource(two_pages(tmp_path), tmp_path, "a <b>"), "html").decode()
    assert '<html lang="" dir="ltr">' in page
    assert '<meta name="viewport"' in page
    assert "<title>a &lt;b&gt;</title>" in page
    assert 'alt="A &quot;mill&quot; &lt;at&gt; work"' in page
    assert 'javascript:x"' not in page


def test_pictures_in_the_markdown_have_no_language(tmp_path: Path) -> None:
    document = two_pages(tmp_path)
    Image.effect_noise((64, 64), 80).save(tmp_path / "a.png")  # thousands of letters in the Markdown
    sentence = "تدور الطاحونة مع المد والجزر في كل يوم من أيام السنة. "
    document.add_text(DocItemLabel.TEXT, sentence * 4)
    source = ExportSource(document, tmp_path, "mills", form=MarkdownForm(pictures=PictureForm.EMBEDDED))
    assert '<html lang="ar" dir="rtl">' in written(source, "html").decode()


def test_a_chunk_knows_its_headings_pages_and_boxes(tmp_path: Path) -> None:
    lines = written(ExportSource(two_pages(tmp_path), tmp_path, "mills"), "chunks").decode().splitlines()
    chunks = [json.loads(line) for line in lines]
    first = chunks[0]
    assert (first["headings"], first["pages"]) == (["Mills"], [1, 3])
    assert first["boxes"][0] == {"page": 1, "left": 60.0, "top": 120.0, "right": 540.0, "bottom": 160.0}
    assert any("both" in chunk["text"] for chunk in chunks)


def test_a_heading_with_nothing_below_it_is_a_chunk(tmp_path: Path) -> None:
    document = DoclingDocument(name="x")
    document.add_heading("The rules of the river", level=1)
    document.add_heading("A short walk", level=3)
    document.add_heading("Law of the oar", level=2)
    document.add_text(DocItemLabel.TEXT, "Nobody rows alone.")
    chunks = [json.loads(line) for line in written(ExportSource(document, tmp_path, "x"), "chunks").splitlines()]
    assert [chunk["text"] for chunk in chunks] == ["A short walk", "Nobody rows alone."]
    assert chunks[1]["headings"] == ["The rules of the river", "Law of the oar"]


def test_a_long_text_becomes_several_chunks(tmp_path: Path) -> None:
    document = DoclingDocument(name="document")
    document.add_text(DocItemLabel.TEXT, "The mill turns with the tide, whatever the weather. " * 200)
    chunks = [json.loads(line) for line in written(ExportSource(document, tmp_path, "x"), "chunks").splitlines()]
    assert len(chunks) > 2
    assert max(WordTokenizer().count_tokens(chunk["text"]) for chunk in chunks) <= WordTokenizer().get_max_tokens()


def test_doctags_of_a_document_are_doclings_own(tmp_path: Path) -> None:
    document = two_pages(tmp_path)
    assert doctags(document) == document.export_to_doctags()


def test_doctags_of_a_table_look_at_all_items_only_where_a_cell_holds_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, seen, otsl = two_pages(tmp_path), list[int](), TableItem.export_to_otsl

    def watched(table: TableItem, doc: DoclingDocument, **kwargs: Any) -> str:
        seen.append(len(doc.texts))
        return otsl(table, doc, **kwargs)

    monkeypatch.setattr(TableItem, "export_to_otsl", watched)
    doctags(document)
    table = document.tables[0]
    plain = table.data.table_cells[0]
    cut = document.add_inline_group(parent=table)
    document.add_text(DocItemLabel.TEXT, "A mill", parent=cut)
    table.data.table_cells[0] = RichTableCell(**{**plain.model_dump(), "text": "A mill"}, ref=cut.get_ref())
    assert doctags(document).count("A mill") == 1
    pond = document.add_text(DocItemLabel.TEXT, "A pond", parent=table)
    table.data.table_cells[0] = RichTableCell(**plain.model_dump(), ref=pond.get_ref())
    assert "A pond" in doctags(document)
    assert seen == [0, 0, len(document.texts)]


def test_doctags_hold_code_with_its_caption() -> None:
    document = DoclingDocument(name="code")
    caption = document.add_text(DocItemLabel.CAPTION, "Listing 1. The tide.")
    document.add_code("print(tide)", caption=caption)
    assert "print(tide)" in doctags(document)
    assert "<caption>Listing 1. The tide.</caption>" in doctags(document)


def test_doctags_say_what_stands_where(tmp_path: Path) -> None:
    tags = written(ExportSource(two_pages(tmp_path), tmp_path, "mills"), "doctags").decode()
    assert tags.startswith("<doctag>")
    assert "Mills</section_header_level_1>" in tags
