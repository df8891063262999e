"""Text that no tag calls a paragraph, put together by where its pieces stand.

A browser writes a division of a page (``div``) and a part of a line (``span``) as the same ``NonStruct``. So pieces of
bare text are one text where they go on in a line, and texts of their own where they begin a new one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.stages.tagged.tag_tree import BlockKind, TagBlock
from pipeline.stages.tagged.tagged_words import MarkedWord

ROW = 0.5  # of a word's height that two words of one row share
GAP = 1.5  # of a word's height: words of one line are no further apart
LINE_GAP = 1.0  # of a word's height between a line and the next one of a text
STOPS = tuple(".!?:;。")


def with_whole_texts(blocks: Sequence[TagBlock], words: Mapping[int, Sequence[MarkedWord]]) -> list[TagBlock]:
    """The blocks, where consecutive pieces of bare text that belong together are one; ``words`` by their marks."""
    found: list[TagBlock] = []
    for block in blocks:
        if found and _is_bare(found[-1]) and _is_bare(block) and _goes_on(found[-1], block, words):
            found[-1] = replace(found[-1], marks=(*found[-1].marks, *block.marks))
        else:
            found.append(block)
    return found


def _is_bare(block: TagBlock) -> bool:
    return block.bare and block.kind is BlockKind.TEXT


def _goes_on(before: TagBlock, after: TagBlock, words: Mapping[int, Sequence[MarkedWord]]) -> bool:
    ended = [word for mark in before.marks for word in words.get(mark, ())]
    begun = [word for mark in after.marks for word in words.get(mark, ())]
    if not ended or not begun:
        return True  # a rule or a space belongs to either
    last, first = ended[-1].box, begun[0].box
    height = min(last.height, first.height)
    if min(last.bottom, first.bottom) - max(last.top, first.top) > ROW * height:
        return max(first.left - last.right, last.left - first.right) < GAP * height
    ends = ended[-1].cell.text.rstrip().endswith(STOPS)
    return not ends and begun[0].cell.text.strip()[:1].islower() and 0 <= first.top - last.bottom < LINE_GAP * height
