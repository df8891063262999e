"""Page headers and footers: what the network called so, checked, and what stands beside it. Pure functions."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.pages import LayoutLabel, LayoutRegion
from pipeline.stages.light_layout import line_patterns
from pipeline.stages.light_layout.assign_lines import Block
from pipeline.stages.light_layout.blocks import rows, same_height
from pipeline.stages.light_layout.containers import TRUSTED, Sheet
from pipeline.stages.light_layout.lines import Typography

MARGIN = 0.15  # share of the page's height at top and bottom in which headers and footers stand
MOST_ROWS = 2
SMALLER = 0.93  # times the body's height: print this small in the margin is taken for furniture on one page's evidence
LARGER = 1.05  # the same where the line starts or ends with a number, as running titles beside a page number do
BODY_LINES = 5
_FURNITURE = (LayoutLabel.PAGE_HEADER, LayoutLabel.PAGE_FOOTER)


def furniture(blocks: Sequence[Block], sheet: Sheet, type_: Typography) -> list[Block]:
    """``blocks`` with the headers and footers set right; body text that was called one becomes text again."""
    blocks = [part for block in blocks for part in _without_page_number(block, sheet, type_)]
    predicted = [region for region in sheet.regions if region.label in _FURNITURE and region.score >= TRUSTED]
    labels = [_label(block, blocks, predicted, sheet, type_) for block in blocks]
    known = [replace(block, label=label) for block, label in zip(blocks, labels, strict=True) if label is not None]
    return [
        _relabelled(block, label or _beside(block, known, sheet)) for block, label in zip(blocks, labels, strict=True)
    ]


def _without_page_number(block: Block, sheet: Sheet, type_: Typography) -> list[Block]:
    """The block; of a few rows of small print at the page's edge, a page number below the others is one of its own."""
    *others, last = rows(block.lines)
    small = all(line.height <= SMALLER * type_.height for line in block.lines)
    if not others or len(others) > MOST_ROWS or not small or _side(block, sheet) is None:
        return [block]
    if not line_patterns.is_page_number(" ".join(line.text for line in last.lines)):
        return [block]
    rest = [line for line in block.lines if not any(line is part for part in last.lines)]
    return [replace(block, lines=tuple(rest)), replace(block, lines=last.lines)]


def _relabelled(block: Block, label: LayoutLabel | None) -> Block:
    if label is not None:
        return replace(block, label=label)
    return replace(block, label=LayoutLabel.TEXT) if block.label in _FURNITURE else block


def _label(
    block: Block, blocks: Sequence[Block], predicted: Sequence[LayoutRegion], sheet: Sheet, type_: Typography
) -> LayoutLabel | None:
    """Header or footer where a page number stands alone, or where the network saw one in print smaller than the body's.

    Nothing may lie further out. Whether larger lines are furniture shows over several pages only.
    """
    side = _side(block, sheet)
    if side is None or len(rows(block.lines)) > MOST_ROWS or _behind(block, blocks, side, sheet):
        return None
    if line_patterns.is_page_number(block.text):
        return side
    limit = LARGER if line_patterns.may_hold_page_number(block.text) else SMALLER
    if any(line.height > limit * type_.height for line in block.lines) or not _has_body(blocks, type_):
        return None  # one page does not show whether such a line repeats
    if block.label in _FURNITURE:
        return side
    weak = block.label is LayoutLabel.TEXT or block.label is LayoutLabel.LIST_ITEM
    return side if weak and any(block.box.intersection(region.box) > 0 for region in predicted) else None


def _has_body(blocks: Sequence[Block], type_: Typography) -> bool:
    """Whether the page holds enough text in its usual size to tell small print from it."""
    return sum(line.height > SMALLER * type_.height for block in blocks for line in block.lines) >= BODY_LINES


def _side(block: Block, sheet: Sheet) -> LayoutLabel | None:
    if block.box.bottom < MARGIN * sheet.height:
        return LayoutLabel.PAGE_HEADER
    return LayoutLabel.PAGE_FOOTER if block.box.top > (1 - MARGIN) * sheet.height else None


def _behind(block: Block, blocks: Sequence[Block], side: LayoutLabel, sheet: Sheet) -> bool:
    """Whether text that is no header or footer stands between the block and the edge of the page."""
    for other in blocks:
        if (
            other is block
            or other.label in _FURNITURE
            or (len(other.lines) == 1 and line_patterns.is_page_number(other.text))
        ):
            continue
        if min(other.box.right, block.box.right) <= max(other.box.left, block.box.left):
            continue
        further = (
            other.box.bottom <= block.box.top if side is LayoutLabel.PAGE_HEADER else other.box.top >= block.box.bottom
        )
        if further and len(other.lines) > MOST_ROWS:
            return True
    return False


def _beside(block: Block, known: Sequence[Block], sheet: Sheet) -> LayoutLabel | None:
    """A line in the row of a header or footer belongs to it."""
    if len(rows(block.lines)) > 1 or _side(block, sheet) is None or block.label is LayoutLabel.SECTION_HEADER:
        return None
    box = block.box
    return next(
        (
            other.label
            for other in known
            if same_height(box, other.box) and box.height < 2 * other.box.height and other.label in _FURNITURE
        ),
        None,
    )
