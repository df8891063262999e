"""Fonts that lie are doubted by what they yield; fonts of any language, of code and of headings are not."""

from pathlib import Path

import pytest

from pipeline.intake import cells
from pipeline.intake.text_layer.fonts import doubt_fonts
from tests.support.mapped_fonts import MappedFont
from tests.unit.intake.pdf_files import Page, PdfFile

STORY = (
    "The council later asked for a fixed bridge but neither bank would carry the larger share of the cost and the "
    "survey found firm gravel below nine feet of silt on the eastern side of the channel near the old landing stage"
)
NAMES = ["Savings at Pellam bank", "Bonds of the Lime Board", "Cash box in the toll house"]
VOWELS = str.maketrans("aeioubcdfghjklmnpqrstvwxyz", "oiuaecdfghjklmnpqrstvwxyzb")


def shifted(text: str) -> str:
    """Glyph numbers of a font made on Windows, taken for characters."""
    return "".join(char if char == " " else chr(ord(char) - 29) for char in text)


def doubted(tmp_path: Path, lines: list[str]) -> tuple[int, list[str]]:
    font = MappedFont(tuple(dict.fromkeys("".join(lines))))
    shown = (b"BT /F1 9 Tf 72 %d Td %s Tj ET\n" % (700 - 14 * row, font.encode(line)) for row, line in enumerate(lines))
    path = PdfFile([Page(b"".join(shown), media_box=(0, 0, 1200, 792))], [font.table()], font.font()).write(
        tmp_path / "a.pdf"
    )
    page = cells.parse_page(cells.load(str(path), ""), 1)
    count = doubt_fonts(page)
    return count, [cell.text for cell in page.textline_cells if cell.confidence == 0]


@pytest.mark.parametrize(
    "lines",
    [
        [shifted(STORY)],
        [shifted(name) for name in NAMES],
        [STORY.lower().translate(VOWELS)],
        ["犬" * 30, "犬" * 12],
        ["\ufffd\ufffd\ufffd\ufffd \ufffd\ufffd\ufffd"],
        ["\ue012\ue013\ue014 \ue015\ue016"],
    ],
    ids=["glyph numbers", "glyph numbers in a column", "other letters", "one character", "replacement", "private use"],
)
def test_a_font_that_yields_no_language_is_doubted(tmp_path: Path, lines: list[str]) -> None:
    count, texts = doubted(tmp_path, lines)
    assert texts == lines
    assert count == sum(len(line.replace(" ", "")) for line in lines)


@pytest.mark.parametrize(
    "lines",
    [
        [STORY],
        [STORY.upper()],
        ["ANNUAL REPORT", "PART ONE: WATER", "APPENDIX B"],
        ["Der Fährmann hat in der Nacht nicht die Brücke, sondern das alte Boot genommen, und sein Hund ist mit ihm"],
        ["A régi révnél egy csónak várt, és a révész azt mondta, hogy nem megy át, mert az áradás nagy"],
        ["for (int i = 0; i < n; ++i) { total += price[i] * count[i]; } return total;"],
        ["1,204.50 33.10 7.25 1998 2001 45% 12.5% 100.00 17.3 2.25"],
        ["-----------------------", "......................"],
        [f"{number} Choosing a cover for the market {'.' * 90} {number}" for number in range(11, 15)],
        ["مكتبــــــــــــــــة القرية"],
        ["渡船章程", "每辆货车付两枚铜钱，空车免费。"],
        ["x2 + y2 = z2", "E = mc2"],
    ],
)
def test_a_font_that_tells_the_truth_is_believed(tmp_path: Path, lines: list[str]) -> None:
    assert doubted(tmp_path, lines) == (0, [])
