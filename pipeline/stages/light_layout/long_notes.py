"""Notes at the foot of a page that are longer than its text, and those that go on from the page before."""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.assign_lines import Block
from pipeline.stages.light_layout.classify import SMALL
from pipeline.stages.light_layout.line_patterns import begins_note
from pipeline.stages.light_layout.lines import LayoutLine, Typography, typography

ALIKE = 0.05  # of its height by which the lines of one note differ
TEXT_LINES = 3  # of running text above the notes, each with so many
TEXT_CHARACTERS = 30  # characters at least
MOST_LINES = 1_000  # of a page that is looked at: the cost grows with their square
APART = 1.2  # in heights of the text: from what goes on to the note below it


def body_typography(lines: Sequence[LayoutLine]) -> Typography:
    """The page's type as ``typography`` measures it, by the text above the notes where those have more characters."""
    type_ = typography(lines)
    if len(lines) > MOST_LINES:
        return type_
    text = _text_above_notes(lines, type_)
    return replace(typography(text), fixed=type_.fixed) if text else type_


def _text_above_notes(lines: Sequence[LayoutLine], type_: Typography) -> list[LayoutLine]:
    """The page less its notes where these are set in the page's commonest type: the first of them has a note's mark,
    larger text stands above and none below. Else nothing.
    """
    notes = [line for line in lines if line.upright and abs(line.height - type_.height) <= ALIKE * type_.height]
    if not notes or not begins_note(min(notes, key=lambda line: (line.box.top, line.box.left))):
        return []
    larger = [
        line
        for line in lines
        if line.upright and SMALL * line.height > type_.height and len(line.text) >= TEXT_CHARACTERS
    ]
    over = [line for line in larger if all(_is_above(line, note) for note in notes)]
    known = {id(note) for note in notes}
    return [line for line in lines if id(line) not in known] if len(over) == len(larger) >= TEXT_LINES else []


def _is_above(line: LayoutLine, note: LayoutLine) -> bool:
    return not line.box.shares_width(note.box) or line.box.bottom <= (note.box.top + note.box.bottom) / 2


def with_notes_going_on(blocks: Sequence[Block], type_: Typography) -> list[Block]:
    """The blocks, of which small text in mid-sentence right above a note is one, too."""
    notes = [block for block in blocks if block.label is LayoutLabel.FOOTNOTE]
    return [
        replace(block, label=LayoutLabel.FOOTNOTE)
        if any(_goes_on_above(block, note, type_) for note in notes)
        else block
        for block in blocks
    ]


def _goes_on_above(block: Block, note: Block, type_: Typography) -> bool:
    if block.label is not LayoutLabel.TEXT or not block.text.lstrip()[:1].islower():
        return False
    gap = note.box.top - block.box.bottom
    if not block.box.shares_width(note.box) or not -0.5 * type_.height <= gap <= APART * type_.height:
        return False
    height, other = (median(line.height for line in each.lines) for each in (block, note))
    return height < SMALL * type_.height and abs(height - other) <= ALIKE * other
