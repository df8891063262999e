"""What a console or a program printed: commands behind prompts, and their output, in columns or not. Pure."""

import re
from collections.abc import Sequence
from typing import Protocol, TypeVar

from pipeline.pages import Box
from pipeline.stages.light_layout.lines import LayoutLine, Typography

SAME_ROW = 0.5  # of a line's height: lines whose middles are nearer stand in one row
LEAST_ROWS = 3
SIGNS = 0.1  # of a console's characters are neither letters, digits, spaces nor the marks of prose
SHORT_ROWS = 0.6  # of a console's rows end before
SHORT = 0.75  # of its widest row
PROMPTS = 2  # lines of a page with a prompt, or drawn with signs, at least
FIXED = 0.95  # of such a page's characters are in fixed pitch
# A shell's prompt with user, machine or folder in front of its sign, or that sign alone; Python's; that of Windows.
_PROMPT = re.compile(r"(?:[\w.-]+@[\w.-]+\S* ?)?[$#%❯➜](?: |$)|>>>(?: |$)|[A-Z]:\\\S*>|PS [A-Z]:\\\S*>")
_DRAWN = re.compile(r"[-=*_#+|~ ]{10,}")
_PROSE_MARKS = re.compile(r"[\w\s.,'\"!?:;()’“”]")


class Printed(Protocol):
    """A line of text: its box, and the height of its type in points."""

    @property
    def text(self) -> str: ...
    @property
    def box(self) -> Box: ...
    @property
    def height(self) -> float: ...


L = TypeVar("L", bound=Printed)


def is_console_page(lines: Sequence[LayoutLine], type_: Typography) -> bool:
    """Whether all text is in fixed pitch, and several lines begin with a prompt, or are drawn with signs between what a
    console prints.
    """
    if not is_set_fixed(lines, type_, FIXED):
        return False
    prompts = sum(_PROMPT.match(line.text.strip()) is not None for line in lines)
    others = [line for line in lines if not _DRAWN.fullmatch(line.text.strip())]
    return prompts >= PROMPTS or (len(lines) - len(others) >= PROMPTS and is_console(others))


def is_set_fixed(lines: Sequence[LayoutLine], type_: Typography, share: float) -> bool:
    """Whether at least a ``share`` of the characters is in fixed pitch."""
    fixed = sum(len(line.text) for line in lines if type_.is_fixed(line))
    return fixed > 0 and fixed >= share * sum(len(line.text) for line in lines)


def is_console(lines: Sequence[Printed]) -> bool:
    """Whether typewritten lines are code or a console's output, and no letter written on a typewriter."""
    rows = printed_rows(lines)
    if len(rows) < LEAST_ROWS:
        return False
    text = "".join(line.text for line in lines if not line.text.isspace())
    signs = len(_PROSE_MARKS.sub("", text)) / max(len(text), 1)
    left = min(line.box.left for line in lines)
    widest = max(line.box.right for line in lines) - left
    short = sum(max(line.box.right for line in row) - left < SHORT * widest for row in rows) / len(rows)
    indents = {round((row[0].box.left - left) / max(row[0].height, 1)) for row in rows}
    return signs >= SIGNS or (short >= SHORT_ROWS and len(indents) > 1)


def printed_rows(lines: Sequence[L]) -> list[list[L]]:
    """The lines by rows from top to bottom, each from left to right."""
    rows: list[list[L]] = []
    for line in sorted(lines, key=lambda line: line.box.top + line.box.bottom):
        if rows and abs(middle(rows[-1][0]) - middle(line)) < SAME_ROW * line.height:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.box.left) for row in rows]


def middle(line: Printed) -> float:
    """The height at which a line's middle stands, in points from the top."""
    return (line.box.top + line.box.bottom) / 2
