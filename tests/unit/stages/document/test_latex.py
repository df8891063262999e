"""LaTeX is believed where it has the characters of the formula that stands there."""

from dataclasses import replace

import pytest
from docling_core.types.doc import DocItemLabel

from pipeline.pages import Box, FormulaReading
from pipeline.stages.document.element_text import TextRecord
from pipeline.stages.document.latex import fits, set_latex
from tests.documents.parts import FORMULAS
from tests.unit.stages.document.made import Made, line

# As their characters follow in print.
PRINTED = [
    "𝑃 = 𝜌𝑔ℎ𝑄𝜂",
    "𝑣 = √2𝑔ℎ",
    "𝑥̄ = 1𝑛 ∑𝑛 𝑖=1 𝑥𝑖",
    "𝑡 = 𝑉 𝑄1−𝑄2",
]
LATEX = tuple(formula.latex for formula in FORMULAS)
TEXT = "a2 + b2 = c2"


@pytest.mark.parametrize(("printed", "latex"), list(zip(PRINTED, LATEX, strict=True)))
def test_latex_fits_its_own_formula(printed: str, latex: str) -> None:
    assert fits(latex, printed)
    assert not any(fits(other, printed) for other in LATEX if other != latex)


@pytest.mark.parametrize(
    ("latex", "printed", "wanted"),
    [
        (r"\sin ( x ) \leq \log n", "sin(x) ≤ log n", True),
        (r"\begin{array}{ccc} 1 & 0 \\ 0 & 1 \end{array} = I", "1 0 0 1 = I", True),
        (r"\begin{matrix} 1 & 0 \\ 0 & 1 \end{matrix} = I", "1 0 0 1 = I", True),
        (r"\alpha \beta = \gamma", "αβ = γ", True),
        (r"a ^ { 2 } + b ^ { 2 }", "a2 + b2 = c2 (7)", False),  # half of it
        (r"x = y \quad \text{the rest was invented here}", "x = y", False),
        (r"E = m c ^ { 3 }", "E = mc2 + 14", False),
        ("", TEXT, False),
    ],
)
def test_letters_and_digits_decide(latex: str, printed: str, wanted: bool) -> None:
    assert fits(latex, printed) is wanted


def formula(readings: tuple[FormulaReading, ...], *, read: bool = False) -> str:
    made = Made()
    own = line(TEXT, 100.0)
    item = made.text(own, label=DocItemLabel.FORMULA)
    item.text = ""
    pages = [replace(page, formulas=readings, read=read) for page in made.record.pages.values()]
    set_latex(made.document, TextRecord(pages))
    return item.text


def own_box(share: float = 1.0) -> Box:
    box = line(TEXT, 100.0).box
    return Box(box.left, box.top, box.left + share * box.width, box.bottom)


def test_a_formula_gets_the_latex_that_was_read_at_its_place() -> None:
    latex = "a ^ { 2 } + b ^ { 2 } = c ^ { 2 }"
    assert formula((FormulaReading(own_box(), latex),)) == latex
    assert formula((FormulaReading(Box(50, 300, 200, 320), latex),)) == TEXT, "another formula"
    assert formula((FormulaReading(own_box(0.3), latex),)) == TEXT, "a part of it"
    assert formula(()) == TEXT


def test_parts_of_a_formula_stand_below_each_other() -> None:
    box = own_box()
    middle = (box.top + box.bottom) / 2
    parts = (
        FormulaReading(Box(box.left, middle, box.right, box.bottom), "b ^ { 2 } = c ^ { 2 }"),
        FormulaReading(Box(box.left, box.top, box.right, middle), "a ^ { 2 } +"),
    )
    assert formula(parts) == r"\begin{gathered} a ^ { 2 } + \\ b ^ { 2 } = c ^ { 2 } \end{gathered}"


def test_characters_that_were_read_from_the_image_decide_nothing() -> None:
    other = FormulaReading(own_box(), "z = 1")
    assert formula((other,)) == TEXT
    assert formula((other,), read=True) == "z = 1", "the text is a guess too"
