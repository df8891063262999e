"""Lines to write on, as forms draw them with underscores: as long as the paper is wide, which is nothing to read."""

import re

from docling_core.types.doc import CodeItem, DoclingDocument

BLANK = "___"
_LINE = re.compile(r"_{6,}")
_BEHIND_ENTRY = re.compile(r"(?<=[^\W_])_{6,}|(?<=[^\W_][.,)])_{6,}")


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
    return _LINE.sub(BLANK, _BEHIND_ENTRY.sub("", text)) if "______" in text else text
