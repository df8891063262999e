"""The numbers of code's lines are taken off the code, and no others."""

from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from pipeline.intake.text_layer import code_numbers
from tests.unit.intake.text_layer.test_mending import lines, mended, words

CODE = [
    "def total(trays):",
    "    result = 0",
    "    for name in trays:",
    "        result += trays[name]",
    "    return result",
]


def listing(path: Path, rows: list[str], *, font: str = "Courier", right: bool = False) -> Path:
    """Numbered rows in typewriter type; the numbers are small, and stand left of the rows or at their right."""
    canvas = Canvas(str(path))
    for number, row in enumerate(rows, start=9):
        canvas.setFont("Helvetica", 6)
        canvas.drawRightString(520 if right else 80, 700 - 12 * number, str(number))
        canvas.setFont(font, 10)
        canvas.drawString(90 + 6 * (len(row) - len(row.lstrip())), 700 - 12 * number, row.lstrip())
    canvas.save()
    return path


def test_code_is_without_the_numbers_of_its_lines(tmp_path: Path) -> None:
    page = mended(listing(tmp_path / "a.pdf", CODE))
    assert lines(page) == [row.strip() for row in CODE]
    assert words(page) == [word for row in CODE for word in row.split()]
    assert [round(cell.rect.r_x0) for cell in page.textline_cells] == [90, 114, 114, 138, 114]


def test_numbers_at_the_right_are_taken_off_too(tmp_path: Path) -> None:
    assert lines(mended(listing(tmp_path / "a.pdf", CODE, right=True))) == [row.strip() for row in CODE]


def test_numbers_beside_prose_and_beside_rows_of_a_typed_list_stay(tmp_path: Path) -> None:
    names = ["Apples, red", "Pears, small", "Plums", "Cherries, late", "Quinces"]
    assert sum(word.isdigit() for word in words(mended(listing(tmp_path / "a.pdf", names)))) == len(names)
    serif = mended(listing(tmp_path / "b.pdf", CODE, font="Times-Roman"))
    assert [word for word in words(serif) if word in ("9", "10", "11", "12", "13")] == ["9", "10", "11", "12", "13"]


def test_each_font_beside_a_column_of_numbers_is_looked_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(code_numbers, "is_typewriter", asked.append)
    mended(listing(tmp_path / "a.pdf", ["A manuscript whose lines are counted"] * 50, font="Times-Roman"))
    # The numbers are aligned at their right and, from the tenth on, at their left. As many looks as there are words or
    # numbers would take half a minute on a page of a manuscript.
    assert len(asked) == 2
    assert len(set(asked)) == 1
