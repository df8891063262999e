"""Which text of a page is believed where there are two: that of the file, or that read from the image.

A hidden layer under a scan is somebody else's OCR, and goes where ours read the page well. Cells of doubtful fonts
(confidence 0) are compared with what was read in their place, font by font: where the two agree, the font tells the
truth and its text stays, since it has no misread letter; where they do not, the image is right.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from docling_core.types.doc.page import PdfCellRenderingMode, PdfTextCell, SegmentedPdfPage, TextCell

from pipeline.pages import Box, TextLine
from pipeline.stages.docling_boxes import box_around

AGREEMENT = 0.7  # of the letters, from which a doubtful font is believed
READ_WELL = 0.7  # mean confidence of our own reading, from which it replaces a hidden layer
READ_SHARE = 0.5  # of a hidden layer's characters that our reading must have at least
Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
REPLACEMENT = "\ufffd"
INKLESS = frozenset({PdfCellRenderingMode.INVISIBLE, PdfCellRenderingMode.ONLY_CLIPPING})


def is_inkless(cell: TextCell) -> bool:
    """Whether the cell leaves no ink on the page, by its rendering mode (ISO 32000-1, 9.3.6)."""
    return isinstance(cell, PdfTextCell) and cell.rendering_mode in INKLESS


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """A text cell of the file and its box, origin top left."""

    cell: TextCell
    box: Box

    @property
    def hidden(self) -> bool:
        return is_inkless(self.cell)

    @property
    def doubtful(self) -> bool:
        return self.cell.confidence == 0 and not self.hidden

    @property
    def font(self) -> str:
        return self.cell.font_name if isinstance(self.cell, PdfTextCell) else ""


def choose_text(page: SegmentedPdfPage, lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """Take the cells that are not believed out of the page, in place; returns the read lines that are.

    The page's origin is the top left. Without read lines everything stays, since there is nothing better.
    """
    if not lines:
        return ()
    native = [PlacedCell(cell, box_around(cell.rect)) for cell in page.textline_cells]
    hidden = [cell for cell in native if cell.hidden]
    if hidden and not _read_well(lines, hidden):
        return ()
    liars = _liars(native, lines)
    gone = [cell for cell in native if cell.hidden or (cell.doubtful and cell.font in liars and _read_in(cell, lines))]
    kept = [cell for cell in native if cell not in gone]
    page.textline_cells = [cell.cell for cell in kept]
    page.word_cells = [cell for cell in page.word_cells if not _belongs(PlacedCell(cell, box_around(cell.rect)), gone)]
    visible = [cell for cell in kept if cell.cell.text.strip()]
    replaced = [cell for cell in gone if not cell.hidden]
    return tuple(trimmed for line in lines if (trimmed := _trimmed(line, visible, replaced)))


def line_box(line: TextLine) -> Box:
    """The upright box around a read line."""
    across, down = [x for x, _ in line.corners], [y for _, y in line.corners]
    return Box(min(across), min(down), max(across), max(down))


def _read_well(lines: Sequence[TextLine], layer: Sequence[PlacedCell]) -> bool:
    weights = [len(line.text) for line in lines]
    score = sum(line.score * weight for line, weight in zip(lines, weights, strict=True)) / max(sum(weights), 1)
    return score >= READ_WELL and sum(weights) >= READ_SHARE * sum(len(cell.cell.text) for cell in layer)


def _liars(native: Sequence[PlacedCell], lines: Sequence[TextLine]) -> frozenset[str]:
    """The fonts of doubtful cells whose text is not what the image shows."""
    compared: dict[str, list[tuple[int, float]]] = {}
    for cell in native:
        if cell.doubtful:
            read = _letters("".join(line.text for line in _read_in(cell, lines)))
            said = _letters(cell.cell.text)
            if read:
                compared.setdefault(cell.font, []).append((len(read), _agreement(cell.cell.text, said, read)))
    return frozenset(
        font
        for font, pairs in compared.items()
        if sum(weight * agreement for weight, agreement in pairs) < AGREEMENT * sum(weight for weight, _ in pairs)
    )


def _agreement(text: str, said: str, read: str) -> float:
    """How far two readings are the same, in [0, 1]. Where most letters of ``text`` are of another script than Latin,
    with gaps, and not one in three was read, the reader does not know the script, and the text has its full belief.
    """
    if said and said in read:
        return 1.0
    alike = SequenceMatcher(None, said, read, autojunk=False).ratio()
    foreign = sum(not char.isascii() for char in said)
    gaps = REPLACEMENT in text and 2 * foreign > len("".join(text.split()))
    return 1.0 if gaps and alike < 1 / 3 else alike


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _read_in(cell: PlacedCell, lines: Sequence[TextLine]) -> list[TextLine]:
    """The read lines in the place of the cell, from left to right."""
    found = [line for line in lines if _shares_row(line_box(line), cell.box) and _across(line_box(line), cell.box) > 0]
    return sorted(found, key=lambda line: line_box(line).left)


def _shares_row(one: Box, other: Box) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared > 0.4 * min(one.height, other.height)


def _across(one: Box, other: Box) -> float:
    """How wide the part is that both have, in points; negative where they are apart."""
    return min(one.right, other.right) - max(one.left, other.left)


def _belongs(word: PlacedCell, gone: Sequence[PlacedCell]) -> bool:
    if not (word.hidden or word.doubtful):
        return False
    return any(cell.box.holds_middle(word.box) for cell in gone)


def _trimmed(line: TextLine, visible: Sequence[PlacedCell], replaced: Sequence[PlacedCell]) -> TextLine | None:
    """The line without the words that good text of the page says already, where it also says what is replaced."""
    box = line_box(line)
    own = [cell.box for cell in replaced if _shares_row(box, cell.box) and _across(box, cell.box) > 0]
    if not own:
        return line
    # Read lines are boxed generously; where they took in a neighbour's edge, that neighbour would oust them.
    box = Box(box.left, min(cell.top for cell in own), box.right, max(cell.bottom for cell in own))
    good = [cell.box for cell in visible if _shares_row(box, cell.box) and _across(box, cell.box) > 0]
    words = line.text.split()
    if not good or not words:
        return replace(line, corners=_corners(box.left, box.right, box))
    pitch = box.width / max(len(line.text), 1)
    kept, start = [], 0
    for word in words:
        at = line.text.index(word, start)
        start = at + len(word)
        middle = box.left + (at + len(word) / 2) * pitch
        if not any(other.left <= middle <= other.right for other in good):
            kept.append((word, box.left + at * pitch, box.left + start * pitch))
    if not kept:
        return None
    left = max([kept[0][1], *(other.right for other in good if other.right <= kept[0][2])])
    right = min([kept[-1][2], *(other.left for other in good if other.left >= kept[-1][1])])
    return replace(line, text=" ".join(word for word, _, _ in kept), corners=_corners(left, right, box))


def _corners(left: float, right: float, box: Box) -> Corners:
    return ((left, box.top), (right, box.top), (right, box.bottom), (left, box.bottom))
