"""Lines that the parser ran across the gutter between two columns are parted there, and no others."""

from collections.abc import Sequence

import pytest
from docling_core.types.doc.page import PdfTextCell

from pipeline.intake.text_layer.geometry import joined
from pipeline.intake.text_layer.gutters import part_at_gutters
from tests.unit.intake.text_layer.test_touching import piece, texts

GUTTER = 15  # points; the type is 10 high
LETTER = 5.0  # points
ROWS = 8
OLD = "every hen of the old farm sat on its nest"
NEW = "while each duck of the new one went to swim"


def words(text: str, left: float, foot: float, space: float = 3.0) -> list[PdfTextCell]:
    found = []
    for word in text.split():
        found.append(piece(word, left, left + LETTER * len(word), foot, foot + 10))
        left += LETTER * len(word) + space
    return found


def line(*parts: Sequence[PdfTextCell]) -> PdfTextCell:
    own = [word for part in parts for word in part]
    return joined(own, " ".join(word.text for word in own))


def rows(left: str, right: str, lift: float = 0.0, together: int = 2) -> tuple[list[PdfTextCell], list[PdfTextCell]]:
    """The lines and words of two columns, the right one ``lift`` points higher; as the parser has them, the first
    ``together`` rows run across.
    """
    lines, found = [], []
    for number in range(ROWS):
        foot = 700 - 12 * number
        one = words(f"{left} {number}", 60, foot)
        other = words(f"{right} {number}", 60 + LETTER * (len(left) + 2) + GUTTER, foot + lift)
        lines += [line(one, other)] if number < together else [line(one), line(other)]
        found += [*one, *other]
    return lines, found


@pytest.mark.parametrize("lift", [0.0, 4.0, -4.0], ids=["level", "the right one higher", "lower"])
def test_a_line_is_parted_at_the_gutter_between_columns_of_text(lift: float) -> None:
    lines, found = rows(OLD, NEW, lift)
    parted = part_at_gutters(lines, found)
    assert texts(parted) == [f"{side} {number}" for number in range(ROWS) for side in (OLD, NEW)]
    assert [cell.font_name for cell in parted] == ["/F"] * 2 * ROWS


@pytest.mark.parametrize("left", ["12.", "the feed of hens"], ids=["numbers of items", "terms"])
def test_labels_stay_beside_their_texts(left: str) -> None:
    lines, found = rows(left, NEW)
    assert texts(part_at_gutters(lines, found)) == texts(lines)


def test_numbers_of_a_list_in_a_column_stay_beside_their_items() -> None:
    lines, found = [], []
    for number in range(3 * ROWS):
        foot = 700 - 12 * number
        mark = [] if number % 3 else words(f"{number}.", 284, foot)
        one, other = words(OLD, 60, foot), words(NEW, 310, foot)
        lines += [line(one), line(mark, other)]
        found += [*one, *mark, *other]
    assert texts(part_at_gutters(lines, found)) == texts(lines)


def test_a_gap_in_text_that_runs_over_the_page_is_no_gutter() -> None:
    lines, found = rows(OLD, NEW)
    for number in range(ROWS):
        over = words(" ".join((OLD, "which", NEW)), 60, 690 - 12 * number)
        lines.append(line(over))
        found += over
    assert texts(part_at_gutters(lines, found)) == texts(lines)


def test_a_line_that_its_words_do_not_tell_stays() -> None:
    lines, found = rows(OLD, NEW)
    lines[0] = lines[0].model_copy(update={"text": "something else than its words say"})
    assert texts(part_at_gutters(lines, found))[:2] == ["something else than its words say", f"{OLD} 1"]


def test_code_stays_beside_its_remarks() -> None:
    lines, found = rows(OLD, NEW)
    typed = [word.model_copy(update={"font_name": "/Courier"}) for word in found]
    assert texts(part_at_gutters(lines, typed)) == texts(lines)
