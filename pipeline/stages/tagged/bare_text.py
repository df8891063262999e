"""Text that no tag calls a paragraph, put together by where its pieces stand.

A browser writes a division of a page (``div``) and a part of a line (``span``) as the same ``NonStruct``. So pieces of
bare text are one text where they go on in a line, and texts of their own where they begin a new one. A label and its
value side by side are one, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from docling_core.types.doc.page import PdfTextCell

from pipeline.stages.light_layout.blocks import same_height
from pipeline.stages.light_layout.labelled_rows import LABEL_CHARACTERS
from pipeline.stages.tagged.tag_tree import BlockKind, TagBlock
from pipeline.stages.tagged.tagged_words import MarkedWord
from pipeline.typewriter_fonts import is_typewriter

GAP = 1.5  # of a word's height: words of one line are no further apart
LINE_GAP = 1.0  # of a word's height between a line and the next one of a text
COLONS = (":", "：")
STOPS = tuple(".!?:;。")


def with_whole_texts(blocks: Sequence[TagBlock], words: Mapping[int, Sequence[MarkedWord]]) -> list[TagBlock]:
    """The blocks, where consecutive pieces of bare text that belong together are one, and so are a label and its value;
    ``words`` by their marks.
    """
    found: list[TagBlock] = []
    for number, block in enumerate(blocks):
        goes_on = (
            bool(found) and _goes_on(found[-1], block, words) and not _begins_code(found[-1], blocks[number:], words)
        )
        if goes_on or (found and _is_field(found[-1], block, words)):
            found[-1] = replace(found[-1], marks=(*found[-1].marks, *block.marks))
        else:
            found.append(block)
    return found


def _is_bare(block: TagBlock) -> bool:
    return block.bare and block.kind is BlockKind.TEXT


def _is_field(label: TagBlock, value: TagBlock, words: Mapping[int, Sequence[MarkedWord]]) -> bool:
    """Whether the one is a short text that ends in a colon, and the other stands right of it in its row: cells of a
    grid that lays a form out are no more than divisions.
    """
    named, valued = _words(label, words), _words(value, words)
    if not label.kind is value.kind is BlockKind.TEXT or not named or not valued:
        return False
    last, first = named[-1].box, valued[0].box
    text = " ".join(word.cell.text.strip() for word in named)
    beside = same_height(last, first) and first.left >= last.right
    return beside and text.endswith(COLONS) and len(text) <= LABEL_CHARACTERS


def _begins_code(before: TagBlock, rest: Sequence[TagBlock], words: Mapping[int, Sequence[MarkedWord]]) -> bool:
    """Whether the ``rest`` begins a line of typewriter type, of which nothing is in ``before``: code, of which each
    colour is a piece of its own, below its caption.
    """
    ended, begun = _words(before, words), _words(rest[0], words)
    if not ended or not begun or same_height(ended[-1].box, begun[0].box):
        return False
    line = takewhile(
        lambda word: same_height(begun[0].box, word.box), (word for block in rest for word in _words(block, words))
    )
    return all(map(_is_typed, line)) and not any(map(_is_typed, ended))


def _is_typed(word: MarkedWord) -> bool:
    return isinstance(word.cell, PdfTextCell) and is_typewriter(word.cell.font_name)


def _words(block: TagBlock, words: Mapping[int, Sequence[MarkedWord]]) -> list[MarkedWord]:
    return [word for mark in block.marks for word in words.get(mark, ())]


def _goes_on(before: TagBlock, after: TagBlock, words: Mapping[int, Sequence[MarkedWord]]) -> bool:
    """Whether both are bare, and the one goes on in the other: in its last line, or in the middle of a sentence in the
    next one.
    """
    if not (_is_bare(before) and _is_bare(after)):
        return False
    ended, begun = _words(before, words), _words(after, words)
    if not ended or not begun:
        return True  # a rule or a space belongs to either
    last, first = ended[-1].box, begun[0].box
    height = min(last.height, first.height)
    if same_height(last, first):
        return max(first.left - last.right, last.left - first.right) < GAP * height
    ends = ended[-1].cell.text.rstrip().endswith(STOPS)
    return not ends and begun[0].cell.text.strip()[:1].islower() and 0 <= first.top - last.bottom < LINE_GAP * height
