"""What every export has in common."""

from pathlib import Path

import pytest
from docling_core.types.doc import DocItemLabel, DoclingDocument

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
