"""Tables as Markdown: pipes where they can say everything, HTML where cells span rows or columns.

Pipe tables have one header row and no spans (GitHub's extension, "Tables"). The HTML carries no blank line, so that a
Markdown reader takes all of it for one block, and no attribute but the spans and the addresses of links.
"""

import re
from collections.abc import Sequence
from statistics import median

from docling_core.types.doc import DocItemLabel, DoclingDocument, TableCell, TableData, TableItem

from pipeline.formats import TableForm
from pipeline.stages.markdown.escape import escape_block, escape_cell, escape_inline
from pipeline.stages.markdown.inline_markup import cell_html, cell_markdown

PADDED = 120  # characters: a table that is wider is written without padding, since no window shows it in columns
NARROWEST = 3  # dashes of a column's delimiter
INNER = "  "  # before an entry of a list, for each list around it
STEP = 0.5  # in line heights: entries whose beginnings differ by more are on different levels
MOST_LEVELS = 6  # more beginnings than this are no levels
_NUMBER = re.compile(r"[A-Z\d]{1,3}(\.\d{1,3})*\.?(?=\s)")


def table_markdown(item: TableItem, form: TableForm, document: DoclingDocument) -> str:
    """The table's text without its captions; empty for a table without cells."""
    data = item.data
    if not data.table_cells or not data.num_rows or not data.num_cols:
        return ""
    if item.label is DocItemLabel.DOCUMENT_INDEX:
        return contents_list(data)
    heads = header_rows(data)
    if form is TableForm.HTML and (heads > 1 or any(_spans(cell) for cell in data.table_cells)):
        return _as_html(data, document)
    return _as_pipes(data, heads, document)


def header_rows(data: TableData) -> int:
    """The number of rows at the top in which every cell with text heads columns."""
    for number, row in enumerate(data.grid):
        filled = [cell for cell in row if cell.text.strip()]
        if not filled or not all(cell.column_header for cell in filled):
            return number
    return data.num_rows


def contents_list(data: TableData) -> str:
    """A table of contents as a nested list: each entry with its page number."""
    rows = [[cell for cell in row if cell.text.strip()] for row in data.grid]
    entries = [list({id(cell): cell for cell in row}.values()) for row in rows if row]
    texts = [" ".join(" ".join(cell.text.split()) for cell in entry) for entry in entries]
    levels = entry_levels(texts, _starts(entries))
    return "\n".join(
        f"{INNER * level}- {escape_block(escape_inline(text))}" for level, text in zip(levels, texts, strict=True)
    )


def _starts(entries: Sequence[Sequence[TableCell]]) -> list[tuple[float, float]]:
    """Where each entry with a box begins, counted along its line, and the height of its line, in points.

    The page numbers behind the entries show which way lines run on a page that lies on its side or upside down.
    """
    paged = [(entry[0].bbox, entry[-1].bbox) for entry in entries if len(entry) > 1]
    steps = [(last.l - first.l, last.t - first.t) for first, last in paged if first is not None and last is not None]
    across, down = sum(step[0] for step in steps), sum(step[1] for step in steps)
    boxes = [entry[0].bbox for entry in entries]
    if abs(across) >= abs(down):
        return [(-box.r if across < 0 else box.l, abs(box.t - box.b)) for box in boxes if box is not None]
    return [(-max(box.t, box.b) if down < 0 else min(box.t, box.b), box.r - box.l) for box in boxes if box is not None]


def entry_levels(texts: Sequence[str], starts: Sequence[tuple[float, float]]) -> list[int]:
    """How deep each entry of a table of contents lies, from 0: by where it begins, else by its number.

    ``starts`` are the beginnings and the heights of the lines, of all entries or of none. No entry lies more than one
    level deeper than the one before it.
    """
    lefts = [left for left, _ in starts]
    step = STEP * median(height for _, height in starts) if lefts else 0.0
    edges: list[float] = []
    for left in sorted(lefts):
        if not edges or left - edges[-1] > step:
            edges.append(left)
    if len(lefts) == len(texts) and 1 < len(edges) <= MOST_LEVELS:
        wanted = [sum(edge < left - step / 2 for edge in edges) for left in lefts]
    else:
        wanted = [match[0].rstrip(".").count(".") if (match := _NUMBER.match(text)) else 0 for text in texts]
    levels: list[int] = []
    for level in wanted:
        levels.append(min(level, levels[-1] + 1 if levels else 0))
    return levels


def _spans(cell: TableCell) -> bool:
    return cell.row_span > 1 or cell.col_span > 1


def _as_html(data: TableData, document: DoclingDocument) -> str:
    rows: list[list[TableCell]] = [[] for _ in range(data.num_rows)]
    for number, row in enumerate(data.grid):
        for column, cell in enumerate(row):
            first = (cell.start_row_offset_idx, cell.start_col_offset_idx) == (number, column)
            if first:
                rows[number].append(cell)
    lines = [f"<tr>{''.join(_html_cell(cell, document) for cell in row)}</tr>" for row in rows]
    return "\n".join(("<table>", *lines, "</table>"))


def _html_cell(cell: TableCell, document: DoclingDocument) -> str:
    name = "th" if cell.column_header or cell.row_header else "td"
    down = f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
    across = f' colspan="{cell.col_span}"' if cell.col_span > 1 else ""
    return f"<{name}{down}{across}>{cell_html(cell, document)}</{name}>"


def _as_pipes(data: TableData, heads: int, document: DoclingDocument) -> str:
    """The grid as a pipe table; several header rows become one, and a table without one gets an empty one."""
    grid = [[escape_cell(cell_markdown(cell, document)) for cell in row] for row in data.grid]
    head = [_flattened([row[column] for row in grid[:heads]]) for column in range(data.num_cols)]
    rows = [head, *grid[heads:]]
    widths = [max(NARROWEST, *(len(row[column]) for row in rows)) for column in range(data.num_cols)]
    if sum(widths) + 3 * len(widths) + 1 > PADDED:
        widths = [NARROWEST] * len(widths)
    delimiter = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    lines = [_pipe_row(row, widths) for row in rows]
    return "\n".join((lines[0], delimiter, *lines[1:]))


def _flattened(texts: Sequence[str]) -> str:
    """The header cells of one column, from top to bottom, each text once."""
    return " - ".join(dict.fromkeys(text for text in texts if text))


def _pipe_row(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = (text.ljust(width) for text, width in zip(row, widths, strict=True))
    return "| " + " | ".join(padded) + " |"
