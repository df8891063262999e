"""A page's text as its reader would write it down, from what the parser read: one step after another, each only where
the page has a sign of its kind, since most pages have none.
"""

import warnings
from collections.abc import Callable, Sequence
from functools import cached_property

from docling_core.types.doc.page import PdfTextCell, SegmentedPdfPage, TextCell

from pipeline.intake.text_layer import (
    barred_quotes,
    code_numbers,
    drawn_accents,
    drawn_marks,
    gutters,
    indic,
    item_labels,
    leftward,
    pieces,
    signs,
    spelling,
    squeezed,
    touching,
    tracked,
    vertical,
)
from pipeline.intake.text_layer.geometry import as_high_as_their_font, joined, numbered, respelled, retell
from pipeline.intake.text_layer.glyphs import PageGlyphs
from pipeline.signed_scripts import SIGNED

ReadGlyphs = Callable[[], PageGlyphs]
PartWord = Callable[[PdfTextCell, PageGlyphs], list[PdfTextCell]]


class TextLayer:
    """The words and lines of one page while they are mended. ``read_glyphs`` costs milliseconds and is asked once, and
    so is ``read_ink``, which gives the same characters in boxes of their ink.
    """

    def __init__(
        self, lines: Sequence[TextCell], words: Sequence[TextCell], read_glyphs: ReadGlyphs, read_ink: ReadGlyphs
    ) -> None:
        self.lines = [cell for cell in lines if isinstance(cell, PdfTextCell)]
        self.words = [cell for cell in words if isinstance(cell, PdfTextCell)]
        self._read_glyphs = read_glyphs
        self.read_ink = read_ink

    @cached_property
    def glyphs(self) -> PageGlyphs:
        return self._read_glyphs()

    def has(self, sign: Callable[[str], object]) -> bool:
        """Whether some line has the sign."""
        return any(sign(line.text) for line in self.lines if not line.text.isascii())


def mend(page: SegmentedPdfPage, read_glyphs: ReadGlyphs, read_ink: ReadGlyphs) -> None:
    """Put the page's words and lines right, in place. A step that fails on a page costs what it would have mended."""
    text = TextLayer(page.textline_cells, page.word_cells, read_glyphs, read_ink)
    for step in STEPS:
        before = list(text.lines), list(text.words)
        try:
            step(text)
        except (LookupError, TypeError, ValueError) as error:
            text.lines, text.words = before
            warnings.warn(f"{step.__name__.strip('_')} was left out: {error}", RuntimeWarning, stacklevel=1)
    page.textline_cells, page.word_cells = numbered(text.lines), numbered(text.words)


def _copies(text: TextLayer) -> None:
    words, lines = pieces.drop_copies(text.words), pieces.drop_copies(text.lines)
    if len(words) < len(text.words):
        words = pieces.halve_letters(touching.join_letters(words), text.glyphs)
        lines = pieces.join_overlapping(lines, words)
    text.words, text.lines = words, lines


def _torn(text: TextLayer) -> None:
    text.lines = drawn_accents.join_under_accents(text.lines)
    _regroup(text, drawn_accents.under_accents(text.words))
    _regroup(text, pieces.join_torn(text.words))


def _columns(text: TextLayer) -> None:
    if text.has(vertical.FORMS.search):
        text.lines = [respelled(line, vertical.plain_forms(line.text)) for line in text.lines]
        text.words = [respelled(word, vertical.plain_forms(word.text)) for word in text.words]
    if text.has(vertical.IDEOGRAPHIC.match):
        text.lines, text.words = vertical.join_columns(text.lines, text.words)


def _gutters(text: TextLayer) -> None:
    if not text.has(leftward.LEFTWARD.search):
        text.lines = gutters.part_at_gutters(text.lines, text.words)


def _leftward(text: TextLayer) -> None:
    if text.has(leftward.LEFTWARD.search):
        lines = pieces.join_rows(leftward.part_rows(text.lines, text.words))
        text.lines, text.words = leftward.reorder(leftward.join_rows(lines), text.words, text.glyphs)


def _signed(text: TextLayer) -> None:
    if text.has(SIGNED.search):
        text.lines = touching.join_signed_rows(pieces.join_rows(touching.join_signed(text.lines)))
        text.words = touching.join_signed(text.words)


def _spaced(text: TextLayer) -> None:
    _regroup(text, tracked.join_tracked(text.words, lambda: text.glyphs))
    _regroup(text, pieces.join_spaced(text.words))


def _regroup(text: TextLayer, groups: Sequence[Sequence[PdfTextCell]]) -> None:
    """Each group of words becomes one word."""
    if len(groups) < len(text.words):
        text.words = [
            group[0] if len(group) == 1 else joined(group, "".join(c.text for c in group)) for group in groups
        ]
        retell(text.lines, text.words, [word for word, group in zip(text.words, groups, strict=True) if len(group) > 1])


def _glued(text: TextLayer) -> None:
    if pieces.glued(text.words):
        _part(text, pieces.part(text.words, text.glyphs))


def _squeezed(text: TextLayer) -> None:
    if spaces := squeezed.narrow_spaces(text.words):
        _part(text, squeezed.part_squeezed(text.words, spaces, text.glyphs))


def _labelled(text: TextLayer) -> None:
    _part_some(text, item_labels.labelled(text.words, text.lines), item_labels.part_label)


def _part(text: TextLayer, parts: Sequence[Sequence[PdfTextCell]]) -> None:
    """Each word becomes its pieces."""
    text.words = [piece for word in parts for piece in word]
    retell(text.lines, text.words, [piece for word in parts if len(word) > 1 for piece in word])


def _marked(text: TextLayer) -> None:
    _part_some(text, pieces.with_marks(text.words), pieces.part_marks)
    parts = drawn_marks.part_drawn_marks(text.words, lambda: text.glyphs, text.read_ink)
    if len(parts) < sum(map(len, parts)):
        _part(text, parts)


def _part_some(text: TextLayer, numbers: Sequence[int], part: PartWord) -> None:
    """The words with these numbers become their pieces."""
    if suspects := set(numbers):
        glyphs = text.glyphs
        _part(text, [part(word, glyphs) if n in suspects else [word] for n, word in enumerate(text.words)])


def _bulleted(text: TextLayer) -> None:
    places = signs.bullets(text.words)
    for place in places:
        text.words[place] = respelled(text.words[place], signs.BULLET)
    retell(text.lines, text.words, [text.words[place] for place in places])


def _quoted(text: TextLayer) -> None:
    quoted = barred_quotes.with_quotes(text.words, lambda: text.glyphs, text.read_ink)
    text.words = [quoted.get(place, word) for place, word in enumerate(text.words)]
    retell(text.lines, text.words, list(quoted.values()))


def _hyphened(text: TextLayer) -> None:
    """The soft hyphens of a page whose fonts call all hyphens so are plain ones, where all inside lines have ink."""
    if not text.has(spelling.has_misnamed_hyphen):
        return
    ink = text.read_ink()
    shown = ink.boxes[[char == spelling.SOFT_HYPHEN for char in ink.characters]]
    if not (shown[:, :2] < shown[:, 2:]).all():
        return
    ends = {line.text.split()[-1] for line in text.lines if line.text.endswith(spelling.SOFT_HYPHEN)}
    text.lines = [respelled(line, spelling.plain_hyphens(line.text)) for line in text.lines]
    text.words = [
        respelled(
            word,
            spelling.plain_hyphens(word.text) if word.text in ends else word.text.replace(spelling.SOFT_HYPHEN, "-"),
        )
        for word in text.words
    ]


def _spelled(text: TextLayer) -> None:
    lines = [line.text for line in text.lines]
    drawn = indic.drawn_order(lines) if text.has(indic.INDIC.search) else ()
    halve = spelling.doubles_mathematical(lines)
    mac = text.has(spelling.shows_mac_signs)

    def spell(read: str, font: str) -> str:
        old = spelling.draw_strokes(read) if "glyph[" in read else read
        if old.isascii() and "`" not in old:
            return old
        new = spelling.plain_signs(spelling.drop_soft_hyphens(spelling.plain_shapes(old)))
        new = spelling.plain_mac_signs(new) if mac else new
        new = indic.whole_signs(spelling.order_thai(new))
        new = indic.written_order(new, drawn) if drawn else new
        new = spelling.compose_accents(new, quoted=not spelling.has_no_quotes(font))
        return spelling.halve_mathematical(new) if halve else new

    for cells in (text.lines, text.words):
        accented = []
        for number, cell in enumerate(cells):
            new = spell(cell.text, cell.font_name)
            if new != cell.text:
                cells[number] = respelled(cell, new)
            if spelling.accents_capital(cell.text, new):
                accented.append(number)
        as_high_as_their_font(cells, accented)


def _counted(text: TextLayer) -> None:
    if places := code_numbers.code_numbers(text.words):
        numbers = [text.words[place] for place in places]
        text.words = [word for place, word in enumerate(text.words) if place not in set(places)]
        text.lines = code_numbers.without(text.lines, numbers, text.words)


def _late(text: TextLayer) -> None:
    if not text.has(leftward.LEFTWARD.search):
        text.lines = signs.marks_first(text.lines)


STEPS = (
    *(_copies, _torn, _counted, _columns, _leftward, _signed, _spaced, _glued, _squeezed, _labelled),
    *(_marked, _bulleted, _quoted, _hyphened, _spelled, _gutters, _late),
)
