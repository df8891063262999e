"""Links and raised or lowered characters in the cells of tables, as docling's rich cells.

Bold and italic words tell a table's heads and sums, which its cells say already: they stay plain.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from docling_core.types.doc import (
    DocItemLabel,
    DoclingDocument,
    ProvenanceItem,
    RichTableCell,
    TableCell,
    TableItem,
)

from pipeline.pages import Box
from pipeline.stages.document.element_text import StyledWord, TextRecord
from pipeline.stages.document.emphasis import PLAIN, StyledRun, add_run, styled_runs
from pipeline.stages.markdown.inline_markup import is_linked

MOST_COMPARED = 2_000_000  # cells and words of a table, half a second; cells beyond that are left plain
BESIDE = 0.3  # of its height that a raised or lowered word shares with another word of its cell


class _Printed:
    """The words of a table on one of its pages, asked by place."""

    def __init__(self, words: Sequence[StyledWord]) -> None:
        self._words = words
        self._levels = sorted(((word.box.top + word.box.bottom) / 2, number) for number, word in enumerate(words))

    def level(self, box: Box) -> range:
        """Which of the words, counted from the top, are no higher and no lower than ``box``."""
        return range(bisect_left(self._levels, (box.top,)), bisect_right(self._levels, (box.bottom, len(self._levels))))

    def inside(self, box: Box) -> list[StyledWord]:
        """The words whose middles lie in ``box``, in their order."""
        numbers = sorted(self._levels[place][1] for place in self.level(box))
        return [self._words[number] for number in numbers if box.holds_middle(self._words[number].box)]


def add_cell_styles(document: DoclingDocument, record: TextRecord) -> None:
    """Give the cells of ``document``'s tables the links and the raised and lowered characters of their words."""
    for table in document.tables:
        printed = [_Printed(words) for words in record.table_words(table, document)]
        if not printed or table.label is DocItemLabel.DOCUMENT_INDEX:
            continue
        left, cells = MOST_COMPARED, []
        for cell in table.data.table_cells:
            box = _box(cell, table, document, record) if left > 0 else None
            left -= sum(len(page.level(box)) for page in printed) if box is not None else 0
            cells.append(_with_styles(cell, box, table, document, printed) if box is not None else cell)
        table.data.table_cells = [*cells]  # the page keeps its own list, of which other documents are made


def _box(cell: TableCell, table: TableItem, document: DoclingDocument, record: TextRecord) -> Box | None:
    """Where the cell lies on a page held upright; None for one without a place, or that holds other items."""
    if cell.bbox is None or isinstance(cell, RichTableCell):
        return None
    return record.upright(ProvenanceItem(page_no=table.prov[0].page_no, bbox=cell.bbox, charspan=(0, 0)), document)


def _with_styles(
    cell: TableCell, box: Box, table: TableItem, document: DoclingDocument, printed: Sequence[_Printed]
) -> TableCell:
    """The cell as a rich one where it has a marked word, else as it is.

    ``printed`` are the words of the table on each of its pages. A cell's box does not say on which page it stands: the
    words of the right one spell its text.
    """
    for page in printed:
        held = _marks(page.inside(box))
        if any(word.style != PLAIN for word in held) and _letters(cell.text) == _letters(*(w.text for w in held)):
            runs = list(styled_runs(cell.text, held))
            return _rich(cell, table, document, runs) if any(run.style != PLAIN for run in runs) else cell
    return cell


def _marks(words: Sequence[StyledWord]) -> list[StyledWord]:
    """The words with what they are marked with: addresses of the web and of mail, and height beside another word."""
    return [
        replace(
            word,
            bold=False,
            italic=False,
            fixed=False,
            script=word.script if word.script and _stands_beside(word, words) else 0,
            link=word.link if is_linked(word.link) else "",
        )
        for word in words
    ]


def _stands_beside(word: StyledWord, words: Sequence[StyledWord]) -> bool:
    return any(not other.script and _shared_height(word.box, other.box) > BESIDE * word.box.height for other in words)


def _shared_height(one: Box, other: Box) -> float:
    return min(one.bottom, other.bottom) - max(one.top, other.top)


def _letters(*texts: str) -> list[str]:
    return sorted("".join("".join(texts).split()))


def _rich(cell: TableCell, table: TableItem, document: DoclingDocument, runs: Sequence[StyledRun]) -> TableCell:
    group = document.add_inline_group(parent=table)
    for run in runs:
        add_run(document, group, run)
    return RichTableCell(**{name: getattr(cell, name) for name in TableCell.model_fields}, ref=group.get_ref())
