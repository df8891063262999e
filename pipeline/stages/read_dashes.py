"""Dashes before items that text recognition read as lines of their own, often as the Chinese figure one. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.pages import TextLine
from pipeline.stages.text_choice import line_box

REACH = 1.6  # in line heights: an item's text begins at most this far behind its dash
OVER = 0.5  # in line heights: by how much the two boxes may overlap
FLAT = 0.9  # of its text's height: a dash's box is lower
DASH = "–"
_DASH = re.compile(r"[一—–―ー_-]")
_UNSPACED = re.compile(r"[\u2e80-\uffef]")  # Chinese, Japanese, Korean: in these some of the above are letters


def with_read_dashes(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """The read lines, upright ones with the dash that stands right before them, alone in their row."""
    behind = {id(dash): text for dash in lines if _is_dash(dash) and (text := _behind(dash, lines)) is not None}
    before = {id(behind[id(dash)]): dash for dash in lines if id(dash) in behind}
    return tuple(
        _joined(before[id(line)], line) if id(line) in before else line for line in lines if id(line) not in behind
    )


def _is_dash(line: TextLine) -> bool:
    return _DASH.fullmatch(line.text.strip()) is not None


def _behind(dash: TextLine, lines: Sequence[TextLine]) -> TextLine | None:
    """The only other line in the dash's row, where its text begins right behind the dash."""
    box = line_box(dash)
    middle = (box.top + box.bottom) / 2
    level = [line for line in lines if line is not dash and line_box(line).top < middle < line_box(line).bottom]
    if len(level) != 1 or len(level[0].text.strip()) < 2 or _UNSPACED.search(level[0].text):
        return None
    own, (start, end) = line_box(level[0]), level[0].corners[:2]
    upright = end[0] - start[0] > abs(end[1] - start[1])
    near = -OVER * own.height < own.left - box.right < REACH * own.height
    return level[0] if upright and near and box.height < FLAT * own.height else None


def _joined(dash: TextLine, text: TextLine) -> TextLine:
    left = line_box(dash).left
    first, second, third, fourth = text.corners
    return replace(text, text=f"{DASH} {text.text}", corners=((left, first[1]), second, third, (left, fourth[1])))
