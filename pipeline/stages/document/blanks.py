"""Lines to write on, as forms draw them with underscores: as long as the paper is wide, which is nothing to read."""

import re

from docling_core.types.doc import CodeItem, DoclingDocument

from pipeline.stages.light_layout.line_patterns import BLANK

SHORT = "___"
_LINE = re.compile(BLANK)
_BEHIND_ENTRY = re.compile(rf"(?<=[^\W_]){BLANK}|(?<=[^\W_][.,)]){BLANK}")


def shorten_blanks(document: DoclingDocument) -> None:
    """Let each line to write on be three underscores, and drop the rest of a line that is written on."""
    for item in document.texts:
        if not isinstance(item, CodeItem):
            item.text = shortened(item.text)
    for table in document.tables:
        for cell in table.data.table_cells:
            cell.text = shortened(cell.text)


def shortened(text: str) -> str:
    """``text`` with its runs of underscores cut."""
    return _LINE.sub(SHORT, _BEHIND_ENTRY.sub("", text))
