"""Text that nobody can see: it is how instructions are smuggled to programs that read documents.

The page as drawn tells which words leave no mark. That alone is not enough, because a font that is not embedded leaves
none here either, so each such word needs a reason: its colour is that of the ground, it has no ink by its rendering
mode (ISO 32000-1, 9.3.6), something was painted over it later, or it is too small to read. Text under a picture of a
page is an OCR layer, and stays marked as hidden.
"""

import re
from collections.abc import Sequence
from ctypes import c_float, c_int, c_uint
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from docling_core.types.doc.page import PdfCellRenderingMode, PdfTextCell, SegmentedPdfPage, TextCell
from numpy.typing import NDArray

from pipeline.intake.cells import INKLESS
from pipeline.intake.page_objects import Rect, bounds_on_page
from pipeline.intake.shown import ShownPage
from pipeline.intake.text_layer.geometry import Boxes, boxes_of, respelled
from pipeline.signed_scripts import SIGNED

FAINT = 14  # of 255: a smaller contrast cannot be told from none
LEAST_HEIGHT = 1.9  # points: smaller type cannot be read on paper
INSET = 0.2  # of a word's height and of its width: its own box may touch rules and neighbours
SAMPLED_COLUMNS = 24  # pixels of a word that are looked at first, in each of the rows at these shares of its height
SAMPLED_ROWS = (0.3, 0.5, 0.7)
SCAN = 0.5  # share of a word under a picture from which the picture may be a scan of the word
MOST_TEXTS, MOST_CLIPS = 16, 64  # text objects at one place, and clipping paths and their points, that are looked at
OPAQUE = 250  # of 255: what is painted with less lets the ground through
MOST_OBJECTS = 20_000  # beyond this many the order of drawing is not looked at
# Letters and digits, but no dingbats, some of which are numbers: the parser writes one for the bullet of TeX's bitmap
# fonts, which fills its box.
_SPOKEN = re.compile("(?![\u2700-\u27bf])[^\\W_]")


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """The page as pdfium drew it: where its pixels lie (RGB, row-major) and how many there are to a point."""

    pixels: str
    offset: int
    width: int
    height: int
    scale: float

    def image(self) -> NDArray[np.uint8]:
        """(height, width, 3), mapped from the file; raises OSError or ValueError where the file is not there."""
        shape = (self.height, self.width, 3)
        return np.memmap(Path(self.pixels), dtype=np.uint8, mode="r", offset=self.offset, shape=shape)


def drop_hidden(page: SegmentedPdfPage, shown: pdfium.PdfPage, frame: ShownPage, drawn: DrawnPage) -> int:
    """Take the words that nobody can see out of the page, in place. Returns the number of their characters.

    Words without ink that lie under a picture are marked as invisible instead.
    """
    words = [cell for cell in page.word_cells if isinstance(cell, PdfTextCell)]
    if not words:
        return 0
    boxes = boxes_of(words)
    under = _under_pictures(boxes, page)
    inkless = np.array([word.rendering_mode in INKLESS for word in words])
    signs = np.array([_SPOKEN.search(word.text) is None for word in words])
    suspects = (_flat(boxes, drawn) & ~signs) | (under > SCAN)
    gone = (inkless & (under <= SCAN)) | ((_thickness(words, boxes) < LEAST_HEIGHT) & ~signs)
    layer = np.zeros(len(words), dtype=np.bool_)
    open_cases = np.flatnonzero(suspects & ~gone & ~inkless & ~np.array([word.widget for word in words]))
    if len(open_cases):
        scene = Scene(shown, frame)
        for index in open_cases:
            covering = scene.covering(boxes[index])
            if covering == pdfium_c.FPDF_PAGEOBJ_IMAGE:
                layer[index] = True
            elif under[index] <= SCAN:
                hidden = covering is not None or _same_colour(scene, boxes[index], drawn)
                gone[index] = hidden or scene.is_clipped(boxes[index])
    return _take_out(page, words, boxes, _with_signs(gone, signs), layer)


def _with_signs(gone: NDArray[np.bool_], signs: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """``gone`` with the signs between words that are gone.

    A sign by itself tells nothing: a dash is thin, and it fills its box from end to end where that hugs the ink.
    """
    found = gone.copy()
    others = np.flatnonzero(~signs)
    for index in np.flatnonzero(signs).tolist():
        after = int(np.searchsorted(others, index))
        near = others[max(after - 1, 0) : after + 1]
        found[index] |= len(near) > 0 and bool(gone[near].all())
    return found


def _thickness(words: Sequence[PdfTextCell], boxes: Boxes) -> NDArray[np.float64]:
    """How high the type of each word is, whichever way it runs; a lone letter may be narrow, and so may two of Thai or
    Indic scripts, of which one stands on the other.
    """
    sides = boxes[:, 2:] - boxes[:, :2]
    lone = np.array([len(word.text) < (3 if SIGNED.search(word.text) else 2) for word in words])
    return np.asarray(np.where(lone, sides.max(axis=1), sides.min(axis=1)))


def _flat(boxes: Boxes, drawn: DrawnPage) -> NDArray[np.bool_]:
    """Which words leave no mark on the drawn page."""
    try:
        green = drawn.image()[:, :, 1]
    except (OSError, ValueError):
        return np.zeros(len(boxes), dtype=np.bool_)
    inset = INSET * (boxes[:, 3] - boxes[:, 1])
    across = np.minimum(inset, INSET * (boxes[:, 2] - boxes[:, 0]))
    left = np.clip((boxes[:, 0] + across) * drawn.scale, 0, drawn.width - 1).astype(int)
    right = np.clip((boxes[:, 2] - across) * drawn.scale, 0, drawn.width).astype(int)
    top = np.clip(drawn.height - (boxes[:, 3] - inset) * drawn.scale, 0, drawn.height - 1).astype(int)
    bottom = np.clip(drawn.height - (boxes[:, 1] + inset) * drawn.scale, 0, drawn.height).astype(int)
    flat = _looks_flat(green, np.stack((left, top, right, bottom), axis=1))
    for index in np.flatnonzero(flat).tolist():
        mark = green[top[index] : bottom[index] + 1, left[index] : right[index] + 1]
        flat[index] = not mark.size or int(mark.max()) - int(mark.min()) < FAINT
    return flat


def _looks_flat(green: NDArray[np.uint8], places: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which places (n, 4), left, top, right, bottom in pixels, show no mark in a few of their pixels: nearly all words
    of a page are settled by these at once.
    """
    height, width = green.shape
    starts, sizes = places[:, :2], places[:, 2:] - places[:, :2]
    across = (starts[:, :1] + sizes[:, :1] * np.linspace(0, 1, SAMPLED_COLUMNS)).astype(int).clip(0, width - 1)
    down = (starts[:, 1:] + sizes[:, 1:] * np.array(SAMPLED_ROWS)).astype(int).clip(0, height - 1)
    seen = green[down[:, :, None], across[:, None, :]].reshape(len(places), -1).astype(np.int16)
    return np.asarray(seen.max(axis=1) - seen.min(axis=1) < FAINT)


def _under_pictures(boxes: Boxes, page: SegmentedPdfPage) -> NDArray[np.float64]:
    """The largest share of each word that lies under one picture."""
    share = np.zeros(len(boxes))
    area = np.maximum((boxes[:, 2:] - boxes[:, :2]).prod(axis=1), 1e-6)
    for bitmap in page.bitmap_resources[:1000]:
        box = bitmap.rect.to_bounding_box()
        low = np.maximum(boxes[:, :2], (box.l, min(box.b, box.t)))
        high = np.minimum(boxes[:, 2:], (box.r, max(box.b, box.t)))
        share = np.maximum(share, np.clip(high - low, 0, None).prod(axis=1) / area)
    return share


def _same_colour(scene: "Scene", box: NDArray[np.float64], drawn: DrawnPage) -> bool:
    """Whether the word's colour is that of the ground where it stands."""
    colour = scene.colour(box)
    if colour is None:
        return False
    x = min(max(round((box[0] + box[2]) / 2 * drawn.scale), 0), drawn.width - 1)
    y = min(max(round(drawn.height - (box[1] + box[3]) / 2 * drawn.scale), 0), drawn.height - 1)
    ground = drawn.image()[y, x].astype(int)
    return colour[3] == 0 or bool(np.abs(ground - np.array(colour[:3])).max() < FAINT)


class Scene:
    """What is painted on a page, in its order; read when first asked."""

    def __init__(self, shown: pdfium.PdfPage, frame: ShownPage) -> None:
        self._shown, self._frame = shown, frame
        self._text_page = shown.get_textpage()
        self._kinds: list[int] = []
        self._items: list[pdfium.PdfObject] = []
        boxes: list[Rect] = []
        for item in shown.get_objects(max_depth=4):
            if len(boxes) >= MOST_OBJECTS:
                break
            if item.type in (pdfium_c.FPDF_PAGEOBJ_TEXT, pdfium_c.FPDF_PAGEOBJ_IMAGE) or _paints(item):
                self._kinds.append(item.type)
                self._items.append(item)
                boxes.append(frame.shown(bounds_on_page(item)))
        self._boxes = np.array(boxes, dtype=np.float64).reshape(-1, 4)

    def covering(self, box: NDArray[np.float64]) -> int | None:
        """The kind of the object that was painted over the text in ``box`` and hides it; None where none does."""
        middle = (box[:2] + box[2:]) / 2
        around = ((self._boxes[:, :2] <= middle + 0.01) & (self._boxes[:, 2:] >= middle - 0.01)).all(axis=1)
        last_text = -1
        cover: int | None = None
        for index in np.flatnonzero(around):
            if self._kinds[index] == pdfium_c.FPDF_PAGEOBJ_TEXT:
                last_text, cover = int(index), None
            elif last_text >= 0 and _holds(self._boxes[index], box):
                cover = self._kinds[index]
        return cover

    def is_clipped(self, box: NDArray[np.float64]) -> bool:
        """Whether the text in ``box`` was drawn where its clipping path lets nothing through."""
        middle = (box[:2] + box[2:]) / 2
        around = ((self._boxes[:, :2] <= middle + 0.01) & (self._boxes[:, 2:] >= middle - 0.01)).all(axis=1)
        texts = [n for n in np.flatnonzero(around).tolist() if self._kinds[n] == pdfium_c.FPDF_PAGEOBJ_TEXT]
        clips = [_clip_box(self._items[n]) for n in texts[:MOST_TEXTS]]
        return bool(clips) and all(clip is not None and not _meet(self._frame.shown(clip), box) for clip in clips)

    def colour(self, box: NDArray[np.float64]) -> tuple[int, int, int, int] | None:
        """Red, green, blue and alpha of the character nearest to the middle of ``box``; None where there is none."""
        x, y = self._frame.stored((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        index = pdfium_c.FPDFText_GetCharIndexAtPos(self._text_page, x, y, 6.0, 6.0)
        values = [c_uint() for _ in range(4)]
        if index < 0 or not pdfium_c.FPDFText_GetFillColor(self._text_page, index, *values):
            return None
        red, green, blue, alpha = (value.value for value in values)
        return red, green, blue, alpha


def _clip_box(item: pdfium.PdfObject) -> Rect | None:
    """The box that an object's clipping paths leave, in points of the page as stored; None where nothing clips it, or
    where it stands in a form, whose coordinates are its own.
    """
    path = pdfium_c.FPDFPageObj_GetClipPath(item)
    count = pdfium_c.FPDFClipPath_CountPaths(path) if path and item.container is None else 0
    boxes = [box for number in range(min(count, MOST_CLIPS)) if (box := _path_box(path, number)) is not None]
    if not boxes:
        return None
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return max(lefts), max(bottoms), min(rights), min(tops)


def _path_box(path: object, number: int) -> Rect | None:
    x, y = c_float(), c_float()
    points: list[tuple[float, float]] = []
    for index in range(min(pdfium_c.FPDFClipPath_CountPathSegments(path, number), MOST_CLIPS)):
        if pdfium_c.FPDFPathSegment_GetPoint(pdfium_c.FPDFClipPath_GetPathSegment(path, number, index), x, y):
            points.append((x.value, y.value))
    xs, ys = zip(*points, strict=True) if points else ((), ())
    return (min(xs), min(ys), max(xs), max(ys)) if points else None


def _meet(clip: Rect, box: NDArray[np.float64]) -> bool:
    across, up = min(clip[2], box[2]) - max(clip[0], box[0]), min(clip[3], box[3]) - max(clip[1], box[1])
    return bool(across > 0 and up > 0)


def _holds(outer: NDArray[np.float64], inner: NDArray[np.float64]) -> bool:
    width, height = inner[2:] - inner[:2]
    slack = np.array((0.1 * width, 0.3 * height))
    return bool((outer[:2] <= inner[:2] + slack).all() and (outer[2:] >= inner[2:] - slack).all())


def _paints(item: pdfium.PdfObject) -> bool:
    """Whether a path is filled with an opaque colour."""
    if item.type != pdfium_c.FPDF_PAGEOBJ_PATH or pdfium_c.FPDFPageObj_HasTransparency(item):
        return False
    fill, stroke = c_int(), c_int()
    alpha = [c_uint() for _ in range(4)]
    pdfium_c.FPDFPath_GetDrawMode(item, fill, stroke)
    coloured = pdfium_c.FPDFPageObj_GetFillColor(item, *alpha)
    return fill.value != pdfium_c.FPDF_FILLMODE_NONE and not (coloured and alpha[3].value < OPAQUE)


def _take_out(
    page: SegmentedPdfPage,
    words: Sequence[PdfTextCell],
    boxes: Boxes,
    gone: NDArray[np.bool_],
    layer: NDArray[np.bool_],
) -> int:
    if not (gone.any() or layer.any()):
        return 0
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    lines: list[TextCell] = []
    for line, box in zip(page.textline_cells, boxes_of(page.textline_cells), strict=True):
        own = np.flatnonzero(((middles >= box[:2] - 0.5) & (middles <= box[2:] + 0.5)).all(axis=1)).tolist()
        kept = [index for index in own if not gone[index]]
        if len(kept) == len(own):
            lines.append(_marked(line) if len(own) and layer[own].mean() > 0.5 else line)
        elif kept and isinstance(line, PdfTextCell):
            lines.append(respelled(line, " ".join(words[index].text for index in kept)))
    page.textline_cells = lines
    page.word_cells = [_marked(word) if layer[index] else word for index, word in enumerate(words) if not gone[index]]
    return sum(len("".join(words[index].text.split())) for index in np.flatnonzero(gone).tolist())


def _marked(cell: TextCell) -> TextCell:
    return cell.model_copy(update={"rendering_mode": PdfCellRenderingMode.INVISIBLE})
