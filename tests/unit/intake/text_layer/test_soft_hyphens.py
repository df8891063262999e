"""Fonts that call their hyphen a soft one: what shows it, and what it is then."""

from pathlib import Path

import pypdfium2 as pdfium
import pytest

from pipeline.intake import cells
from pipeline.intake.text_layer.mending import mend
from tests.support.glyph_readers import glyph_readers
from tests.support.mapped_fonts import mapped_page
from tests.unit.intake.text_layer.test_mending import lines, words

SOFT = "\u00ad"


def mended(path: Path, *shown: str, inked: bool = True) -> tuple[list[str], list[str]]:
    """Lines and words of a page with these lines; "~" is a soft hyphen, with ink or without."""
    mapped_page([list(line.replace("~", SOFT)) for line in shown]).write(path)
    page = cells.parse_page(cells.load(str(path), ""), 1)
    with pdfium.PdfDocument(path) as document:
        glyphs, ink = glyph_readers(document[0])
        own = ink()
        own.boxes[:, 2:] = own.boxes[:, :2] + 5
        if not inked:
            soft = [char == SOFT for char in own.characters]
            own.boxes[soft, 2:] = own.boxes[soft, :2]
        mend(page, glyphs, lambda: own)
    return lines(page), words(page)


def test_a_hyphen_where_no_word_is_broken_shows_that_all_are_plain(tmp_path: Path) -> None:
    said, single = mended(tmp_path / "a.pdf", "old mid~day at 5~10 of mid~", "summer and half~ or more")
    assert said == [f"old mid-day at 5-10 of mid{SOFT}", "summer and half- or more"]
    assert single == ["old", "mid-day", "at", "5-10", "of", f"mid{SOFT}", "summer", "and", "half-", "or", "more"]


@pytest.mark.parametrize("shown", ["note~book at 5-10 of mid~", "note~book of the man~"])
def test_other_soft_hyphens_go(tmp_path: Path, shown: str) -> None:
    assert mended(tmp_path / "a.pdf", shown)[0] == [shown.replace("note~", "note").replace("~", SOFT)]


def test_hyphens_without_ink_go(tmp_path: Path) -> None:
    assert mended(tmp_path / "a.pdf", "mid~day at x~10", inked=False)[0] == ["midday at x10"]
