"""The head of a tagged table of which the tags name no head: its first row is bold, and the others are not."""

from collections.abc import Sequence

from docling_core.types.doc.page import PdfTextCell

from pipeline.stages.light_layout.lines import is_bold
from pipeline.stages.tagged.tag_tree import TagCell
from pipeline.stages.tagged.tagged_words import MarkedWord

HEADS = 2  # cells with text in the first row at least
ROWS = 3


def has_bold_head(cells: Sequence[TagCell], held: Sequence[Sequence[MarkedWord]]) -> bool:
    """Whether the first row heads the table; ``held`` are the words of each cell."""
    if any(cell.header for cell in cells) or len({cell.row for cell in cells}) < ROWS:
        return False
    pairs = [(cell.row, words) for cell, words in zip(cells, held, strict=True) if words]
    heads = [_is_bold(words) for row, words in pairs if row == 0]
    others = [_is_bold(words) for row, words in pairs if row > 0]
    return len(heads) >= HEADS and all(heads) and 2 * sum(others) < len(others)


def _is_bold(words: Sequence[MarkedWord]) -> bool:
    return all(isinstance(word.cell, PdfTextCell) and is_bold(word.cell.font_name) for word in words)
