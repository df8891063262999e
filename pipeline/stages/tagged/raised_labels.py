"""Raised numbers of notes, cut from the words that they touch. Pure functions.

Fonts have raised digits of their own. A reader of the text layer takes them for digits of the line: 12.5 with a note 2
becomes 12.52. Tags say that the raised one is a label, and where its ink stands.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from docling_core.types.doc.page import BoundingRectangle

from pipeline.page_tags import MarkedBox
from pipeline.pages import Box
from pipeline.stages.docling_boxes import to_docling
from pipeline.stages.tagged.tagged_words import MarkedWord

HIGH = 0.6  # of the word's height, from its top: a label's ink ends above
REACH = 0.15  # of the word's height by which a label's ink may miss the word's end
_LABEL = re.compile(r"\d{1,3}|[*†‡§¶]{1,3}")


def cut_labels(words: Sequence[MarkedWord], boxes: Sequence[MarkedBox], labels: Collection[int]) -> list[MarkedWord]:
    """The words, those that begin or end with a raised label in two parts; ``labels`` are the marks of labels."""
    raised = [box for box in boxes if box.text and not box.artifact and box.mark in labels]
    if not raised:
        return list(words)
    return [part for word in words for part in _parts(word, raised)]


def _parts(word: MarkedWord, raised: Sequence[MarkedBox]) -> Iterator[MarkedWord]:
    text, box = word.cell.text.strip(), word.box
    for label in raised:
        if label.mark == word.mark or not _is_above(label, box):
            continue
        if abs(box.right - label.right) <= REACH * box.height:
            count = len(text) - _characters(text, box.right - label.left, box)
            if _LABEL.fullmatch(text[count:]) and text[count - 1 : count].isalnum():
                yield _part(word, text[:count], replace(box, right=label.left), word.mark)
                yield _part(word, text[count:], label.box, label.mark)
                return
        elif abs(label.left - box.left) <= REACH * box.height:
            count = _characters(text, label.right - box.left, box)
            if _LABEL.fullmatch(text[:count]) and text[count : count + 1].isalpha():
                yield _part(word, text[:count], label.box, label.mark)
                yield _part(word, text[count:], replace(box, left=label.right), word.mark)
                return
    yield word


def _is_above(label: MarkedBox, box: Box) -> bool:
    within = box.left - REACH * box.height <= label.left and label.right <= box.right + REACH * box.height
    beside = label.right - label.left < 0.9 * box.width
    return within and beside and box.top - box.height <= label.top and label.bottom <= box.top + HIGH * box.height


def _characters(text: str, width: float, box: Box) -> int:
    """How many of the word's characters ``width`` holds, one at least: small digits are narrower than others."""
    return max(1, round(len(text) * width / box.width))


def _part(word: MarkedWord, text: str, box: Box, mark: int) -> MarkedWord:
    rect = BoundingRectangle.from_bounding_box(to_docling(box))
    cell = word.cell.model_copy(update={"rect": rect, "text": text, "orig": text})
    return MarkedWord(cell, box, mark, word.index, cut=True)
