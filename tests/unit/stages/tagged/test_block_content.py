"""Text of several check boxes that tags hold as one is a block for each."""

from docling_core.types.doc.page import BoundingRectangle, TextCell

from pipeline.pages import Box
from pipeline.stages.docling_boxes import to_docling
from pipeline.stages.tagged.block_content import BlockContent, cut_choices
from pipeline.stages.tagged.tag_tree import BlockKind, TagBlock
from pipeline.stages.tagged.tagged_words import MarkedWord


def content(*texts: str, kind: BlockKind = BlockKind.TEXT) -> BlockContent:
    """A block of these lines, each of which is a word."""
    lines, words = [], []
    for row, text in enumerate(texts):
        box = Box(50, 100 + 14 * row, 200, 110 + 14 * row)
        rect = BoundingRectangle.from_bounding_box(to_docling(box))
        lines.append(TextCell(index=row, rect=rect, text=text, orig=text, from_ocr=False))
        words.append(MarkedWord(lines[-1], box, 7, row))
    return BlockContent(TagBlock(kind, (7,)), words, lines, Box(50, 100, 200, 96 + 14 * len(texts)))


def lines(*contents: BlockContent) -> list[list[str]]:
    return [[line.text for line in piece.lines] for piece in cut_choices(contents)]


def test_each_choice_is_a_block_with_its_further_lines() -> None:
    whole = content("What you need:", "[x] a berth", "for two nights", "[ ] a crane")
    assert lines(whole) == [["What you need:"], ["[x] a berth", "for two nights"], ["[ ] a crane"]]
    assert [[word.index for word in piece.words] for piece in cut_choices([whole])] == [[0], [1, 2], [3]]
    assert [piece.box.top for piece in cut_choices([whole])] == [100, 114, 142]


def test_other_blocks_stay_whole() -> None:
    plain, table = content("a berth", "a crane"), content("[x] a berth", "[ ] a crane", kind=BlockKind.TABLE)
    assert cut_choices([plain, table, content("[x] a berth", "for two")])[:2] == [plain, table]
    assert lines(content("[x] a berth", "for two")) == [["[x] a berth", "for two"]]
