"""Signs of currency in columns of their own. Pure functions.

Accounts often give the signs a narrow column in front of each column of amounts. There a sign stands right behind the
amount to its left, to which white space seems to join it, and far from its own.
"""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.stages.light_layout.line_patterns import is_amount
from pipeline.stages.light_layout.match import LayoutWord
from pipeline.stages.light_layout.whitespace import GUTTER, TextRow, text_rows

APART = 1.1  # times the narrowest gutter: so far the sign is moved from the amount that is not its own
_SIGNS = frozenset("$€£¥")


def with_signs_apart(words: Sequence[LayoutWord]) -> list[LayoutWord]:
    """The ``words`` of a table, where a sign right behind another's amount is moved towards its own, if there is room
    for a gutter on either side.
    """
    moved: dict[int, LayoutWord] = {}
    for row in text_rows(words):
        if _signs_lead(row):
            for before, sign, amount in zip(row.words, row.words[1:], row.words[2:], strict=False):
                if is_amount(before.text) and sign.text in _SIGNS and is_amount(amount.text):
                    moved[id(sign)] = _between(before, sign, amount)
    return [moved.get(id(word), word) for word in words]


def _signs_lead(row: TextRow) -> bool:
    """Whether the signs of the row stand before their amounts: one before the first amount, and none at the end."""
    first = next((number for number, word in enumerate(row.words) if is_amount(word.text)), 0)
    return first > 0 and row.words[first - 1].text in _SIGNS and row.words[-1].text not in _SIGNS


def _between(before: LayoutWord, sign: LayoutWord, amount: LayoutWord) -> LayoutWord:
    gutter = APART * GUTTER * sign.box.height
    left = max(sign.box.left, before.box.right + gutter)
    right = left + sign.box.width
    return replace(sign, box=replace(sign.box, left=left, right=right)) if right + gutter <= amount.box.left else sign
