"""Rows in fixed pitch: which are code, and which are an item or the end of a paragraph. Pure functions."""

from collections.abc import Sequence

from pipeline.stages.light_layout.blocks import Row
from pipeline.stages.light_layout.line_patterns import has_bullet
from pipeline.stages.light_layout.lines import Typography

EDGE = 0.35  # in line heights: rows that begin this close to each other begin at one edge
SPACE = 0.3  # in line heights: a space between words
ABOVE = 12  # rows above that show where a column begins and ends
_STOPS = (".", "!", "?", "\u3002")
_GOES_ON = (*_STOPS, ":", ";")  # a sentence that ends so is followed by no more of it, but by what it announces


def is_fixed(row: Row, type_: Typography) -> bool:
    """Whether the row is set in fixed pitch, but for signs."""
    return all(type_.is_fixed(line) for line in row.lines)


def is_code(row: Row, type_: Typography) -> bool:
    """Whether the row may be one of a piece of code: in fixed pitch, on a page of other type, and no item of a list."""
    return type_.font not in type_.fixed and is_fixed(row, type_) and not is_signed(row, type_)


def is_signed(row: Row, type_: Typography) -> bool:
    """Whether the row begins with a bullet that is drawn, or is of no fixed pitch as its text may be."""
    first = row.lines[0]
    return has_bullet(first) and (first.bulleted or (len(first.words) > 1 and first.words[0].font not in type_.fixed))


def hangs_on(item: Row, row: Row, type_: Typography) -> bool:
    """Whether a row below an item in fixed pitch goes on with it: it begins where the item's text does, in fixed pitch
    too or within a sentence.
    """
    if not (is_signed(item, type_) and is_fixed(item, type_) and (is_fixed(row, type_) or row.text[:1].islower())):
        return False
    return abs(row.box.left - _text_start(item)) < EDGE * row.height


def _text_start(row: Row) -> float:
    """Where the row's text begins, behind a bullet."""
    first = row.lines[0]
    marked = has_bullet(first) and not first.bulleted and len(first.words) > 1
    return first.words[1].box.left if marked else row.box.left


def _lists_code(row: Row, type_: Typography) -> bool:
    """Whether the row ends with a comma behind a word in fixed pitch, so that more of such words follow."""
    words = row.lines[-1].words
    return bool(words) and words[-1].font in type_.fixed and words[-1].text.endswith(",")


def ends_paragraph(number: int, ordered: Sequence[Row], type_: Typography, edge: float | None) -> bool:
    """Whether row ``number`` in fixed pitch is the last one of the paragraph or item above: that one's last sentence
    goes on to the edge of its column, and ends with the row or lists such words.

    ``edge`` is where the lines of the column end, in points from the left, as far as it is known.
    """
    upper, lower = ordered[number - 1], ordered[number]
    if not is_code(lower, type_) or is_fixed(upper, type_):
        return False
    if not (lower.text.rstrip().endswith(_STOPS) or _lists_code(upper, type_)):
        return False
    if upper.text.rstrip().endswith(_GOES_ON):
        return False
    text = [row for row in ordered[max(number - ABOVE, 0) : number] if not is_fixed(row, type_)]
    if edge is None and len(text) < 2:
        return False
    reach = max([edge or 0.0, *(row.box.right for row in text)])
    full = reach - upper.box.right < lower.lines[0].first_width + SPACE * lower.height
    starts = (_text_start(upper), min(row.box.left for row in text))
    return full and any(abs(lower.box.left - start) < EDGE * lower.height for start in starts)
