"""A formula stands in every format: as LaTeX, or as its characters and nothing that looks like LaTeX."""

import json
from collections.abc import Callable

import pytest
from docling_core.types.doc import DocItemLabel, DoclingDocument, FormulaItem, ImageRefMode

from pipeline.formats import MATHML_CHARACTERS
from pipeline.stages.chunks import chunk_lines
from pipeline.stages.doctags import doctags
from pipeline.stages.document.emphasis import add_styles
from pipeline.stages.document.latex import set_latex
from pipeline.stages.formula_text import is_latex, text_export
from pipeline.stages.html_page import html_page
from pipeline.stages.markdown import to_markdown
from tests.unit.stages.document.made import Made, line

PRINTED, LATEX = "P = ρghQη < 5 & 100 % a_b", r"v = \sqrt { 2 g h } < 3"


def chunks(document: DoclingDocument) -> str:
    return "\n".join(json.loads(row)["text"] for row in chunk_lines(document))


def html(document: DoclingDocument) -> str:
    return html_page(document, ImageRefMode.PLACEHOLDER, "title", "text")


def markdown(document: DoclingDocument) -> str:
    return to_markdown(document, ImageRefMode.PLACEHOLDER)


WRITERS: dict[str, Callable[[DoclingDocument], str]] = {
    "markdown": markdown,
    "html": html,
    "text": text_export,
    "doctags": doctags,
    "chunks": chunks,
}


def document_of(text: str, orig: str) -> DoclingDocument:
    document = DoclingDocument(name="formulas")
    document.add_text(DocItemLabel.TEXT, "Before it.")
    item = document.add_text(DocItemLabel.FORMULA, text, orig=orig)
    assert item.text == text
    return document


@pytest.mark.parametrize("name", WRITERS)
def test_a_formula_of_characters_stands_in_every_format(name: str) -> None:
    made = Made()
    made.text(line("Before it.", 80.0))
    item = made.text(line(PRINTED, 100.0), label=DocItemLabel.FORMULA)
    item.text = ""  # as docling leaves it
    set_latex(made.document, made.record)
    add_styles(made.document, made.record)
    written = WRITERS[name](made.document)
    assert "ρghQη" in written
    assert "$" not in written
    assert "decoded" not in written


@pytest.mark.parametrize("name", ["markdown", "text", "chunks"])
def test_latex_stands_between_its_signs(name: str) -> None:
    assert f"$${LATEX}$$" in WRITERS[name](document_of(LATEX, "v = √2gh < 3"))


def test_latex_is_mathml_in_html_up_to_a_length() -> None:
    written = html(document_of(LATEX, "v = √2gh < 3"))
    assert "<msqrt>" in written
    assert '<annotation encoding="TeX">v = \\sqrt { 2 g h } &lt; 3</annotation>' in written
    long = "x + " * MATHML_CHARACTERS
    assert f"<pre>{long}</pre>" in html(document_of(long, "x"))


def test_what_a_formula_says_opens_no_tag() -> None:
    for text in ("a <script>alert(1)</script>", r"\text{<script>alert(1)</script>}", "<b>" * 3):
        for orig in (text, "other"):
            written = html(document_of(text, orig))
            assert "<script" not in written
            assert "<b>" not in written


def test_latex_is_told_from_characters() -> None:
    formulas = [document_of(*pair).texts[1] for pair in (("x", "x"), ("x", "y"), ("", "y"))]
    assert [isinstance(item, FormulaItem) and is_latex(item) for item in formulas] == [False, True, False]
