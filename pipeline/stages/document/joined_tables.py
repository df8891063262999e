"""Tables that go on over pages become one table.

Two tables are one where nothing but furniture stands between them, the second one opens its page, and their columns
agree. A header that repeats is dropped, a row that only looked like one is a row, and a row that the page break cut is
put together. A header that stands alone at the foot of a page goes for the whole table on the next one. The joined
table stands at both places: it keeps the provenance of each part.
"""

from collections.abc import Iterator, Sequence

from docling_core.types.doc import ContentLayer, DocItem, DoclingDocument, GroupItem, NodeItem, TableItem
from docling_core.types.doc.document import RichTableCell, TableCell, TableData

ALIGNED = 0.03  # share of the table's width by which a column's edge may move from page to page
SAME_WIDTH = 0.05  # share of the width by which two parts of one table may differ


def join_tables(document: DoclingDocument) -> int:
    """Join what goes on over pages; returns how many tables were put into the one before them."""
    joined = 0
    before: TableItem | None = None
    gone: list[NodeItem] = []
    begun: set[tuple[str, ...]] = set()
    for item in _body(document):
        if not isinstance(item, TableItem):
            before = None
            continue
        first = _first_row(item.data)
        again = first in begun and before is not None and repeated_rows(before.data, item.data) == 0
        begun.add(first)
        if before is not None and not again and _goes_on(before, item):
            _append(before, item)
            gone.append(item)
            joined += 1
        else:
            before = item
    if gone:
        document.delete_items(node_items=gone)
    return joined


def _first_row(data: TableData) -> tuple[str, ...]:
    """What the table's first row says: a row with which an earlier table began opens the same form once more."""
    return tuple(_norm(cell.text) for cell in data.grid[0]) if data.grid else ()


def _body(document: DoclingDocument) -> Iterator[NodeItem]:
    """The nodes of the body in reading order, without furniture."""
    for child in document.body.children:
        node = child.resolve(document)
        furniture = isinstance(node, DocItem) and node.content_layer is not ContentLayer.BODY
        if not furniture and not (isinstance(node, GroupItem) and not node.children):
            yield node


def _goes_on(before: TableItem, after: TableItem) -> bool:
    """Whether ``after`` is the rest of ``before``: on the next page, with the same columns, and no title of its
    own.
    """
    if not before.prov or not after.prov or after.captions:
        return False
    if after.prov[0].page_no != before.prov[-1].page_no + 1 or after.label != before.label:
        return False
    one, other = before.data, after.data
    if _is_head_of(one, other):
        return True
    if one.num_cols != other.num_cols or one.num_cols < 2 or not other.table_cells:
        return False
    if any(isinstance(cell, RichTableCell) for cell in (*one.table_cells, *other.table_cells)):
        return False
    return repeated_rows(one, other) > 0 or _aligned(before, after)


def _aligned(before: TableItem, after: TableItem) -> bool:
    """Whether most columns of the two parts stand at the same places, or the parts are as wide as each other where
    cells have no places.

    Columns are compared at their left, their right and their middle, since figures are set to the right. On facing
    pages the whole table is moved.
    """
    upper, lower = before.prov[-1].bbox, after.prov[0].bbox
    width = max(upper.r - upper.l, lower.r - lower.l)
    mine, theirs = _column_edges(before.data), _column_edges(after.data)
    shared = sorted(mine.keys() & theirs.keys())
    if len(shared) < 2:
        return abs((upper.r - upper.l) - (lower.r - lower.l)) <= SAME_WIDTH * width
    shifts = (0.0, theirs[shared[0]][0] - mine[shared[0]][0])
    least = max(2, 0.6 * len(shared))
    return any(
        sum(_same_place(mine[column], theirs[column], shift) <= ALIGNED * width for column in shared) >= least
        for shift in shifts
    )


def _same_place(one: tuple[float, float], other: tuple[float, float], shift: float) -> float:
    """How far two columns, moved by ``shift``, are apart at their nearest of left, right and middle, in points."""
    left, right = other[0] - one[0] - shift, other[1] - one[1] - shift
    return min(abs(left), abs(right), abs(left + right) / 2)


def _column_edges(data: TableData) -> dict[int, tuple[float, float]]:
    """The left and right edges of each column's cells, the outermost ones, where cells have boxes."""
    edges: dict[int, tuple[float, float]] = {}
    for cell in data.table_cells:
        if cell.bbox is not None and cell.col_span == 1:
            left, right = edges.get(cell.start_col_offset_idx, (cell.bbox.l, cell.bbox.r))
            edges[cell.start_col_offset_idx] = (min(left, cell.bbox.l), max(right, cell.bbox.r))
    return edges


def repeated_rows(one: TableData, other: TableData) -> int:
    """How many rows at the top of ``other`` repeat those at the top of ``one``."""
    count = 0
    for upper, lower in zip(one.grid, other.grid, strict=False):
        mine, theirs = ([_norm(cell.text) for cell in row] for row in (upper, lower))
        if not any(theirs) or mine != theirs:
            break
        count += 1
    headed = _head_rows(one)
    return min(count, headed) if headed else min(count, 1)


def _is_head_of(one: TableData, other: TableData) -> bool:
    """Whether all words of ``one`` are those of the first rows of ``other``, which has more: where few rows tell the
    columns apart, several heads may have become one cell.
    """
    if one.num_rows >= other.num_rows:
        return False
    alone, whole = _words(one.grid), other.grid
    return bool(alone) and any(alone == _words(whole[:count]) for count in range(1, one.num_rows + 1))


def _words(rows: Sequence[Sequence[TableCell]]) -> list[str]:
    """The words of the rows' cells in reading order; a cell that spans several counts once."""
    seen: dict[int, TableCell] = {id(cell): cell for row in rows for cell in row}
    return [word for cell in seen.values() for word in _norm(cell.text).split()]


def _norm(text: str) -> str:
    return " ".join(text.split()).casefold()


def _head_rows(data: TableData) -> int:
    heads = [cell for cell in data.table_cells if cell.column_header]
    rows = {cell.start_row_offset_idx + down for cell in heads for down in range(cell.row_span)}
    count = 0
    while count in rows:
        count += 1
    return count


def _append(before: TableItem, after: TableItem) -> None:
    if _is_head_of(before.data, after.data):
        before.data = after.data
        before.prov.extend(after.prov)
        return
    dropped = repeated_rows(before.data, after.data)
    rest = [cell for cell in after.data.table_cells if cell.start_row_offset_idx >= dropped]
    cut = _continues(before.data, rest, dropped)
    if cut:
        _complete(before.data, [cell for cell in rest if cell.start_row_offset_idx == dropped])
        rest = [cell for cell in rest if cell.start_row_offset_idx > dropped]
        dropped += 1
    shift = before.data.num_rows - dropped
    for cell in rest:
        moved = {
            "start_row_offset_idx": cell.start_row_offset_idx + shift,
            "end_row_offset_idx": cell.end_row_offset_idx + shift,
            "column_header": False,
        }
        before.data.table_cells.append(cell.model_copy(update=moved))
    before.data.num_rows += after.data.num_rows - dropped
    before.prov.extend(after.prov)


def _continues(data: TableData, rest: Sequence[TableCell], row: int) -> bool:
    """Whether ``row`` is the rest of the last row: nothing in the first column, where every row of the table has
    something.
    """
    first = [cell for cell in rest if cell.start_row_offset_idx == row]
    filled = {cell.start_col_offset_idx for cell in first if cell.text.strip()}
    if not filled or 0 in filled or any(cell.row_span > 1 for cell in first) or len(filled) == data.num_cols:
        return False
    heads = _head_rows(data)
    keys = [line[0].text.strip() for line in data.grid[heads:]]
    last = data.grid[-1]
    open_ended = all(last[column].text.strip() and not _ends(last[column].text) for column in filled)
    return all(keys) and (open_ended or len(filled) == 1)


def _ends(text: str) -> bool:
    return text.rstrip().endswith((".", "!", "?", "。"))


def _complete(data: TableData, cells: Sequence[TableCell]) -> None:
    last = data.num_rows - 1
    for cell in cells:
        if not cell.text.strip():
            continue
        for target in data.table_cells:
            columns = range(target.start_col_offset_idx, target.end_col_offset_idx)
            if target.end_row_offset_idx == last + 1 and cell.start_col_offset_idx in columns:
                target.text = f"{target.text} {cell.text}".strip()
