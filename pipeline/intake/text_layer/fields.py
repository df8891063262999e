"""What a reader sees in a form and in notes on a page, where no parser gives it as text.

Ticks are drawings, a value without an appearance is drawn by the viewer (ISO 32000-1, 12.7.3.3, ``NeedAppearances``),
and so is a free-text note (12.5.6.6). Each becomes a word and a line in its own place.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from ctypes import c_ushort
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from docling_core.types.doc.page import PdfCellRenderingMode, PdfTextCell, PdfWidget, SegmentedPdfPage

from pipeline.intake.page_objects import Rect
from pipeline.intake.shown import ShownPage
from pipeline.intake.text_layer.geometry import boxes_of, joined, numbered, placed, rectangle

RADIO, PUSH_BUTTON, PASSWORD = 1 << 15, 1 << 16, 1 << 13  # field flags (ISO 32000-1, tables 226 and 228)
LABEL_GAP = 3.0  # of a box's height: the label of a tick is no farther to its right
LINE_HEIGHT = 12.0  # points: of a value without an appearance, whose type the viewer chooses
INK = 0.8  # of a line's height: lines of one value do not touch
LETTER_WIDTH = 0.5  # of the height, on average
MOST_NOTES = 1000
MOST_NOTE_BYTES = 65_536
NOTE_FLAGS = pdfium_c.FPDF_ANNOT_FLAG_HIDDEN | pdfium_c.FPDF_ANNOT_FLAG_NOVIEW


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A text and its box (left, bottom, right, top) in points of the page as shown, origin at the bottom left."""

    text: str
    rect: Rect


def add_fields(page: SegmentedPdfPage, shown: pdfium.PdfPage, frame: ShownPage) -> None:
    """Add what fields and notes say to the page's words and lines, in place."""
    notes = list(_notes(shown, frame)) if pdfium_c.FPDFPage_GetAnnotCount(shown) else []
    if not page.widgets and not notes:
        return
    font = _body_font(page)
    values = list(_values(page.widgets))
    for value in (*values, *notes):
        if not _stands_there(page, value):
            add_text(page, value, font)
    ticks = list(_ticks(page.widgets))
    for tick in ticks:
        _add_tick(page, tick, font)
    for field in (*values, *ticks):
        _join_label(page, field)
    page.word_cells, page.textline_cells = numbered(page.word_cells), numbered(page.textline_cells)


def _body_font(page: SegmentedPdfPage) -> str:
    """The font of most words: what is added is set in it, so that it is taken for neither code nor a heading."""
    fonts = Counter(word.font_name for word in page.word_cells if isinstance(word, PdfTextCell))
    return fonts.most_common(1)[0][0] if fonts else ""


def _values(widgets: Iterable[PdfWidget]) -> Iterator[PlacedText]:
    for widget in widgets:
        kind, text = widget.widget_field_type, widget.widget_text
        secret = kind == "/Tx" and widget.widget_field_flags & PASSWORD
        if kind in ("/Tx", "/Ch") and text and text.strip() and not secret:
            yield PlacedText(text, _rect(widget))


def _ticks(widgets: Iterable[PdfWidget]) -> Iterator[PlacedText]:
    for widget in widgets:
        if widget.widget_field_type == "/Btn" and not widget.widget_field_flags & PUSH_BUTTON:
            on = widget.widget_appearance_state not in (None, "", "/Off")
            round_ = bool(widget.widget_field_flags & RADIO)
            yield PlacedText(("(x)" if on else "( )") if round_ else ("[x]" if on else "[ ]"), _rect(widget))


def _rect(widget: PdfWidget) -> Rect:
    box = widget.rect.to_bounding_box()
    return (box.l, box.b, box.r, box.t)


def _notes(shown: pdfium.PdfPage, frame: ShownPage) -> Iterator[PlacedText]:
    """The texts of the page's free-text annotations."""
    rect = pdfium_c.FS_RECTF()
    for index in range(min(pdfium_c.FPDFPage_GetAnnotCount(shown), MOST_NOTES)):
        annotation = pdfium_c.FPDFPage_GetAnnot(shown, index)
        if not annotation:
            continue
        try:
            written = pdfium_c.FPDFAnnot_GetSubtype(annotation) == pdfium_c.FPDF_ANNOT_FREETEXT
            if written and not pdfium_c.FPDFAnnot_GetFlags(annotation) & NOTE_FLAGS:
                text = _string(annotation, b"Contents")
                if text.strip() and pdfium_c.FPDFAnnot_GetRect(annotation, rect):
                    yield PlacedText(text, frame.shown((rect.left, rect.bottom, rect.right, rect.top)))
        finally:
            pdfium_c.FPDFPage_CloseAnnot(annotation)


def _string(annotation: pdfium_c.FPDF_ANNOTATION, key: bytes) -> str:
    size = min(pdfium_c.FPDFAnnot_GetStringValue(annotation, key, None, 0), MOST_NOTE_BYTES)
    buffer = (c_ushort * (size // 2 + 1))()
    pdfium_c.FPDFAnnot_GetStringValue(annotation, key, buffer, size)
    return bytes(buffer).decode("utf-16-le", "replace").split("\0", 1)[0]


def _stands_there(page: SegmentedPdfPage, value: PlacedText) -> bool:
    """Whether the text is among the page's words in its box already, as it is where there is an appearance."""
    if not page.word_cells:
        return False
    boxes = boxes_of(page.word_cells)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    box = np.array(value.rect)
    inside = np.flatnonzero(((middles >= box[:2] - 2) & (middles <= box[2:] + 2)).all(axis=1))
    found = "".join(page.word_cells[index].text for index in inside)
    return _letters(value.text)[:20] in _letters(found)


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def add_text(page: SegmentedPdfPage, value: PlacedText, font: str) -> None:
    """Add ``value``, in type of ``font``, to the page's words and lines, in place."""
    left, _, _, top = value.rect
    lines = [line for line in re.split(r"[\r\n]+", value.text) if line.strip()]
    height = min(LINE_HEIGHT, (top - value.rect[1]) / len(lines))
    top = (top + value.rect[1] + height) / 2 if len(lines) == 1 else top
    for number, line in enumerate(lines):
        high = top - number * height - (1 - INK) * height / 2
        low = high - INK * height
        x = left
        for word in line.split():
            width = LETTER_WIDTH * height * len(word)
            page.word_cells.append(_cell(word, (x, low, x + width, high), font))
            x += width + LETTER_WIDTH * height
        rect = (left, low, x, high)
        page.textline_cells.insert(_place(page, rect), _cell(" ".join(line.split()), rect, font))


def _place(page: SegmentedPdfPage, rect: Rect) -> int:
    """Where among the page's lines one in ``rect`` is read: behind the nearest one above it, else at the end."""
    left, _, right, top = rect
    boxes = boxes_of(page.textline_cells)
    over = (boxes[:, 0] < right) & (boxes[:, 2] > left) & ((boxes[:, 1] + boxes[:, 3]) / 2 > top)
    if not over.any():
        return len(boxes)
    return int(np.where(over, boxes[:, 1] - top, np.inf).argmin()) + 1


def _cell(text: str, rect: Sequence[float], font: str) -> PdfTextCell:
    return PdfTextCell(
        index=0,
        rect=rectangle(rect),
        text=text,
        orig=text,
        rendering_mode=PdfCellRenderingMode.FILL_TEXT,
        widget=True,
        font_key="",
        font_name=font,
    )


def _add_tick(page: SegmentedPdfPage, tick: PlacedText, font: str) -> None:
    """A tick before its label, where one begins right of its box; else by itself. What draws it goes: a letter of a
    font of signs.
    """
    page.word_cells = [cell for cell in page.word_cells if not _draws(cell, tick)]
    page.textline_cells = [cell for cell in page.textline_cells if not _draws(cell, tick)]
    page.word_cells.append(_cell(tick.text, tick.rect, font))
    number = _label(page, tick)
    line = None if number is None else page.textline_cells[number]
    if number is None or not isinstance(line, PdfTextCell):
        page.textline_cells.insert(_place(page, tick.rect), _cell(tick.text, tick.rect, font))
        return
    box = line.rect.to_bounding_box()
    page.textline_cells[number] = placed(line, f"{tick.text} {line.text}", (tick.rect[0], box.b, box.r, box.t))


def _label(page: SegmentedPdfPage, tick: PlacedText) -> int | None:
    """The number of the line that begins next to a tick, at its right, unless one ends far nearer at its left."""
    left, bottom, right, top = tick.rect
    boxes = boxes_of(page.textline_cells)
    middles = (boxes[:, 1] + boxes[:, 3]) / 2
    level = (bottom < middles) & (middles < top)
    after = np.where(level & (boxes[:, 0] >= right - 1), boxes[:, 0] - right, np.inf)
    before = np.where(level & (boxes[:, 2] <= left + 1), left - boxes[:, 2], np.inf)
    nearest = after.min(initial=np.inf)
    if nearest > LABEL_GAP * (top - bottom) or 2 * before.min(initial=np.inf) < nearest:
        return None
    return int(after.argmin())


def _join_label(page: SegmentedPdfPage, field: PlacedText) -> None:
    """A value of one line and the label at its left become one line, where nothing else stands in their row."""
    boxes = boxes_of(page.textline_cells)
    left, bottom, right, top = field.rect
    middles = (boxes[:, 1] + boxes[:, 3]) / 2
    row = np.flatnonzero((middles > bottom) & (middles < top)).tolist()
    if len(row) != 2:
        return
    label, value = sorted(row, key=lambda index: float(boxes[index, 0]))
    cells = (page.textline_cells[label], page.textline_cells[value])
    inside = left - 1 <= (boxes[value, 0] + boxes[value, 2]) / 2 <= right + 1
    if not (inside and boxes[label, 2] <= left + 1 and all(isinstance(cell, PdfTextCell) for cell in cells)):
        return
    whole = joined([cell for cell in cells if isinstance(cell, PdfTextCell)], f"{cells[0].text} {cells[1].text}")
    page.textline_cells[label] = whole
    del page.textline_cells[value]


def _draws(cell: object, tick: PlacedText) -> bool:
    if not isinstance(cell, PdfTextCell) or not cell.widget or len(cell.text.strip()) > 1:
        return False
    box = cell.rect.to_bounding_box()
    left, bottom, right, top = tick.rect
    return left <= (box.l + box.r) / 2 <= right and bottom <= (box.b + box.t) / 2 <= top
