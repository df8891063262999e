"""Initials of names that look like the letters of a list's items: ``D. Miller, F. Stone``. Pure functions."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.assign_lines import Block
from pipeline.stages.light_layout.breaks import FIRST_LETTERS
from pipeline.stages.light_layout.line_patterns import has_bullet, letter_mark

EDGE = 0.5  # in line heights: the items of a list begin this close to each other
NAMES = 2  # initials at one edge that make a first letter there, which may begin a list, an initial too


def without_initials(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, where an item is text that begins with a letter and a full stop, when the items before and after it
    at its edge do not begin with the letters before and after: a list that begins or ends on the page still has two of
    its items there.
    """
    lettered = [block for block in blocks if _letter(block)]
    names = {id(block) for column in _by_edge(lettered) for block in _initials(column)}
    return [replace(block, label=LayoutLabel.TEXT) if id(block) in names else block for block in blocks]


def _letter(block: Block) -> str:
    first = block.lines[0]
    return letter_mark(first) if block.label is LayoutLabel.LIST_ITEM and not has_bullet(first) else ""


def _by_edge(blocks: Sequence[Block]) -> list[list[Block]]:
    """The blocks that begin at one edge, from top to bottom."""
    columns: list[list[Block]] = []
    reached = 0.0
    for block in sorted(blocks, key=lambda block: block.box.left):
        if not columns or block.box.left - reached > EDGE * block.lines[0].height:
            columns.append([])
        columns[-1].append(block)
        reached = block.box.left
    return [sorted(column, key=lambda block: block.box.top) for column in columns]


def _initials(column: Sequence[Block]) -> list[Block]:
    counted = {
        number
        for place, (one, other) in enumerate(pairwise(map(_letter, column)))
        if ord(other) - ord(one) == 1
        for number in (place, place + 1)
    }
    alone = [block for number, block in enumerate(column) if number not in counted]
    names = [block for block in alone if _letter(block) not in FIRST_LETTERS]
    return alone if len(names) >= NAMES else names
