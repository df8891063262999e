"""The generator: the same seed gives the same bytes, other seeds other documents, and each finish does what it says."""

import json
from pathlib import Path

import pypdfium2
import pytest

from tests.documents import canvas_print, truth, typst_print
from tests.documents.__main__ import main
from tests.documents.finishes import FINISHES, PASSWORD
from tests.documents.handmade import gauge_table, note
from tests.documents.html_print import html
from tests.documents.kinds import KINDS
from tests.documents.model import Box, Document, Formula, Item, Listing, Note, Paragraph, Span, plain


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_settles_a_document(kind: str) -> None:
    make = KINDS[kind].make
    assert make(3) == make(3)
    assert truth.markdown(make(3)) != truth.markdown(make(4))


@pytest.mark.parametrize("kind", ["report", "paper", "invoice", "form", "slides"])
def test_the_same_document_gives_the_same_bytes(kind: str) -> None:
    document = KINDS[kind].make(1)
    assert canvas_print.pdf(document) == canvas_print.pdf(document)
    assert typst_print.pdf(document) == typst_print.pdf(document)
    assert html(document) == html(document)


@pytest.mark.parametrize("finish", FINISHES)
def test_a_finish_gives_the_same_bytes_and_leaves_its_mark(finish: str) -> None:
    document = note()
    printed = canvas_print.pdf(document)
    chosen = FINISHES[finish]
    made = chosen.apply(printed, document, 5)
    assert made == chosen.apply(printed, document, 5)
    assert (made == printed) == (finish == "plain")
    assert bool(chosen.facts) == (finish != "plain")
    if finish not in {"cut", "prefixed"}:
        with pypdfium2.PdfDocument(made, password=PASSWORD if finish == "encrypted" else None) as pdf:
            assert len(pdf) == 1


def test_the_places_of_cells_that_span_are_counted() -> None:
    places = {(row, column): cell.text for row, column, cell in gauge_table().places()}
    assert gauge_table().columns == 8
    assert [places[1, column] for column in (3, 4, 5)] == ["calm", "rough", "all"]
    assert places[0, 6] == "Drift"
    assert places[2, 7] == "2.73"


def test_markdown_is_escaped_and_marked_up() -> None:
    inner = Listing((Item(plain("inner")),), ordered=True)
    blocks = (
        Paragraph(
            (Span("1. A*B|C "), Span("bold", bold=True), Span("site", link="https://example.org"), Span("x", note="2"))
        ),
        Listing((Item(plain("outer"), inner), Item(plain("next")))),
        Box("Note", plain("Look.")),
        Formula("a^2", "a²", "a^2"),
        Note("2", "Small."),
        gauge_table(),
    )
    text = truth.markdown(Document("a", "a", "en", blocks))
    assert text.startswith("\\1. A\\*B\\|C **bold**[site](https://example.org)x[^2]\n\n- outer\n  1. inner\n- next\n\n")
    assert "> **Note**\n>\n> Look.\n\n$$\na^2\n$$\n\n[^2]: Small.\n\n" in text
    assert '<th rowspan="2">Floats</th>' in text
    assert '<th colspan="3">Agreement</th>' in text


def test_the_command_line_writes_what_is_asked_for(tmp_path: Path) -> None:
    main(
        [
            str(tmp_path),
            "--seeds",
            "1-2,1000",
            "--kinds",
            "letter",
            "--renderers",
            "reportlab",
            "--finishes",
            "plain,scan",
        ]
    )
    names = {f"letter_{seed:04d}_reportlab{end}" for seed in (1, 2, 1000) for end in ("", "_scan")}
    assert {path.stem for path in tmp_path.iterdir()} == names
    assert len(list(tmp_path.iterdir())) == 3 * len(names)
    facts = json.loads((tmp_path / "letter_1000_reportlab_scan.json").read_text())
    assert (facts["seed"], facts["finish"], facts["scan"]["dpi"]) == (1000, "scan", 200)
