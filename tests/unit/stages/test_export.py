"""What every export has in common."""

import io
from pathlib import Path

import pytest
from docling_core.types.doc import DocItemLabel, DoclingDocument

from pipeline.pages import PageStatus
from pipeline.records import PageOutcome
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
    monkeypatch.setattr(DoclingDocument, "export_to_markdown", None)  # it is made once
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
