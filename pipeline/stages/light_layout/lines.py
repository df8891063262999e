"""The text lines of a page as the layout rules see them: native lines and OCR lines in one type, with their words'
fonts.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from statistics import median, median_high

import numpy as np
from docling_core.types.doc.page import PdfTextCell, TextCell

from pipeline.pages import Box, TextLine
from pipeline.stages.docling_boxes import box_around
from pipeline.stages.letter_height import letter_box
from pipeline.stages.light_layout.match import LayoutWord, first_word_width
from pipeline.stages.replay import ReplayPage, once_per_page
from pipeline.stages.tex_fonts import is_tex_bold, is_tex_italic
from pipeline.stages.text_choice import is_inkless, line_box
from pipeline.typewriter_fonts import is_typewriter

# words of a fixed-pitch font differ in width per character by rounding only; proportional ones by 10 % and more
PITCH_SPREAD = 0.02
PLAIN = 0.3  # of the most common style's characters: bold is hardly ever the body, so less of another style outvotes it
LARGE = 1.15  # times the body's height: display type
TALLEST = 1.5  # times the body's height: larger sentences are slogans
WIDE = 1.08  # times the body's mean width of a character: wider than the chance of a line's letters makes it
WIDE_SCAN = (
    1.5  # the same of scanned lines with strokes as usual: bold, capitals and figures are up to 1.4 times as wide
)
PITCH_CHARACTERS = 12  # the mean width of fewer characters says little
PITCH_WORDS = 4  # distinct words of three and more ASCII characters that are needed to call a font fixed-pitch
MARGIN_GAP = 9.0  # in line heights: a clause's text starts at most this far behind its number
BULLET_GAP = 2.5  # the same of an item's text behind its bullet
MOST_MARKS = 500  # of a page that are looked at: more are of tables
# They stand for the font of a scanned line, by the width of its strokes: as is usual on its page, or heavy.
PLAIN_SCAN, HEAVY_SCAN = "Scan", "Scan-Bold"
_CLAUSE = re.compile(r"(\d{1,3}\.|\.\d{1,3}|\d{1,2}(\.\d{1,3}){1,4}\.?|\(?([a-z]|[ivx]{1,5}|\d{1,3})\))")
WRAP = "\u21aa"  # with which LaTeX's listings mark a line that goes on with the one above
_BULLET = re.compile("[•●○◦▪▫■□‣➢➤∙·–-]")
# Of a sentence: its last words, or a part of it in a script without spaces.
_SENTENCE = re.compile(r"(\S+\s){4,}\S{2,}\.(\s|$)|[\u3040-\u30ff\u3400-\u9fff]{8,}[，、。]")
SENTENCES = 2  # lines with the end of a sentence, of a page of code that is explained in another font
_BOLD_NAME = re.compile(r"bold|black|heavy|demi|semi|medium|[-,]bd", re.IGNORECASE)
_ITALIC_NAME = re.compile(r"ital|obl", re.IGNORECASE)


@dataclass(frozen=True)
class LayoutLine:
    """One line of text: its box in points, the font most of it is set in ("" where OCR read it, ``PLAIN_SCAN`` or
    ``HEAVY_SCAN`` where its page shows what strokes are usual), its native words.

    ``turn`` is the number of quarter turns clockwise, 0 to 3, by which its text is turned; ``bulleted`` says that a
    bullet is drawn in front of it, ``numbered`` that it begins with the bare number of a list's item. ``stroke`` is
    the width of its strokes in points, 0 where it was not looked at; ``begins_column``, that it goes on no line that
    ends right before it.
    """

    text: str
    box: Box
    font: str = ""
    words: tuple[LayoutWord, ...] = ()
    turn: int = 0
    bulleted: bool = False
    numbered: bool = False
    stroke: float = 0.0
    begins_column: bool = False

    @cached_property
    def height(self) -> float:
        """The height of its type in points: of its tallest common words, since superscripts and bullets stretch the
        box.
        """
        if not self.words:
            return self.box.height
        return median_high(word.box.height for word in self.words for _ in word.text)

    @cached_property
    def pitch(self) -> float:
        """The mean width of its characters in points, spaces left out where the words are known."""
        if not self.words:
            return self.box.width / max(len(self.text), 1)
        return sum(word.box.width for word in self.words) / max(sum(len(word.text) for word in self.words), 1)

    @property
    def first_width(self) -> float:
        """The width of its first word in points."""
        return first_word_width(self.text, self.box, [word.box for word in self.words])

    @cached_property
    def letter_box(self) -> Box:
        """Its box, as high as its letters are at least: some fonts say that they are half as high."""
        return letter_box(self.box, self.text, self.pitch, self.height)

    @property
    def upright(self) -> bool:
        """False for text that runs up or down the page."""
        return self.box.width >= self.box.height or len(self.text.strip()) < 3

    @cached_property
    def fonts(self) -> frozenset[str]:
        """The fonts of its words; its own where words are unknown."""
        return frozenset(word.font for word in self.words) or frozenset((self.font,))


@dataclass(frozen=True)
class Typography:
    """What most text of a page looks like; every size threshold is relative to it.

    ``height`` is the height of a body line in points and ``font`` its font; ``fixed`` are the fixed-pitch fonts.
    ``pitch`` is the mean width of a body character in points, 0 where it is unknown. ``texts`` are the upright and
    light fonts in which sentences are set, no smaller than the body, each with the height of the largest of them in
    points: where a table or code holds most of a page's text, the type of its prose is another one.
    """

    height: float
    font: str
    fixed: frozenset[str]
    pitch: float = 0.0
    texts: Mapping[str, float] = field(default_factory=dict)

    def is_large(self, line: LayoutLine) -> bool:
        """Whether the line is display type.

        The height of a line's box hangs on its letters where boxes hug the ink, as those of OCR and of some fonts do.
        So a line in the body's font must be wider set as well, and a scanned line have wider strokes or be set far
        wider: titles in light type have strokes little wider than the body's.
        """
        if line.height < LARGE * max(self.height, self.texts.get(line.font, 0.0)):
            return False
        if line.font == PLAIN_SCAN:
            long = self.pitch > 0 and len(line.text) >= PITCH_CHARACTERS and not line.text.isupper()
            return long and line.pitch >= WIDE_SCAN * self.pitch
        known = self.pitch > 0 and line.font == self.font and len(line.text) >= PITCH_CHARACTERS
        return not known or line.pitch >= WIDE * self.pitch or line.text.isupper()

    def is_plain(self, fonts: Collection[str]) -> bool:
        """Whether one of the fonts is the body's, or one that sentences are set in."""
        return any(font == self.font or font in self.texts for font in fonts)

    def is_fixed(self, line: LayoutLine) -> bool:
        """Whether the line is set in a fixed-pitch font from end to end, but for signs: TeX takes some from another."""
        lettered = [word for word in line.words if any(map(str.isalnum, word.text))]
        if lettered:
            return all(is_set_in(word, self.fixed) for word in lettered)
        return line.fonts <= self.fixed


def typography(lines: Sequence[LayoutLine]) -> Typography:
    """Measure the page; weights are characters, so that a long paragraph outvotes many labels."""
    weights: Counter[tuple[str, int]] = Counter()
    for line in lines:
        if line.upright:
            weights[line.font, round(line.height)] += len(line.text)
    if not weights:
        return Typography(10.0, "", frozenset())
    fixed = fixed_pitch(word for line in lines for word in line.words)
    (font, size), most = weights.most_common(1)[0]
    plain = Counter({style: weight for style, weight in weights.items() if not is_bold(style[0])})
    if plain and plain.most_common(1)[0][1] >= PLAIN * most:
        (font, size), _ = plain.most_common(1)[0]
    sentences = [line for line in lines if line.words and _SENTENCE.search(line.text)]
    if font in fixed:
        ends = Counter((line.font, round(line.height)) for line in sentences)
        prose = [style for style in plain if style[0] not in fixed and ends[style] >= SENTENCES]
        font, size = max(prose, key=lambda style: plain[style], default=(font, size))
    height = median(line.height for line in lines if line.upright and (line.font, round(line.height)) == (font, size))
    alike = [line for line in lines if line.font == font and abs(line.height - height) < 0.2 * height]
    long = [line.pitch for line in alike if len(line.text) >= PITCH_CHARACTERS]
    texts: dict[str, float] = {}
    for line in sentences:
        light = not is_bold(line.font) and not is_italic(line.font) and line.font not in fixed
        if (light or line.font == font) and 0.97 * height <= line.height < TALLEST * height:
            texts[line.font] = max(line.height, texts.get(line.font, 0.0))
    return Typography(height, font, fixed, median(long) if long else 0.0, texts)


def is_set_in(word: LayoutWord, fixed: Collection[str]) -> bool:
    """Whether the word is set in one of the ``fixed`` fonts of its page; the parser gives the word behind the arrow of
    a wrapped line of code that arrow's font.
    """
    return word.font in fixed or (bool(fixed) and word.text.startswith(WRAP))


def fixed_pitch(words: Iterable[LayoutWord]) -> frozenset[str]:
    """Fonts whose words all have the same width per character, or whose name says so."""
    pitches: dict[str, dict[str, float]] = {}
    named = set()
    for word in words:
        if is_typewriter(word.font):
            named.add(word.font)
        text = word.text
        if len(text) >= 3 and text.isascii() and word.box.height < word.box.width:
            pitches.setdefault(word.font, {})[text] = word.box.width / len(text)
    return frozenset(named | {font for font, found in pitches.items() if _uniform(found)})


def _uniform(pitches: dict[str, float]) -> bool:
    """Digits alone prove nothing, since proportional fonts set them at one width too."""
    lettered = [pitch for text, pitch in pitches.items() if sum(map(str.isalpha, text)) >= 3]
    if len(lettered) < PITCH_WORDS:
        return False
    middle = median(lettered)
    return all(abs(pitch - middle) <= PITCH_SPREAD * middle for pitch in lettered)


def is_bold(font: str) -> bool:
    """Whether the font's name says that it is bold."""
    return _BOLD_NAME.search(font) is not None or is_tex_bold(font)


def is_italic(font: str) -> bool:
    """Whether the font's name says that it is italic."""
    return _ITALIC_NAME.search(font) is not None or is_tex_italic(font)


def bounds(boxes: Sequence[Box]) -> Box:
    """The smallest box around ``boxes``, of which there must be one at least."""
    if len(boxes) == 1:
        return boxes[0]
    return Box(
        min([box.left for box in boxes]),
        min([box.top for box in boxes]),
        max([box.right for box in boxes]),
        max([box.bottom for box in boxes]),
    )


@once_per_page
def page_lines(page: ReplayPage) -> tuple[LayoutLine, ...]:
    """The page's visible lines in their source order, then the OCR lines that touch none of them."""
    native = [] if page.replace_text else _native(page)
    read = [_read(line) for line in page.lines]
    if columns := page.number_columns:
        native, read = ([each for each in part if not counts_lines(each.box, columns)] for part in (native, read))
    visible = [line.box for line in native]
    unseen = (line for line in read if not any(line.box.intersection(box) > 0 for box in visible))
    return (*with_margin_numbers(native), *unseen)


def counts_lines(box: Box, columns: Sequence[Box]) -> bool:
    """Whether a line is the number of another one: it stands in one of the ``columns`` of such numbers."""
    return any(column.holds_middle(box) for column in columns)


def with_margin_numbers(lines: Sequence[LayoutLine]) -> list[LayoutLine]:
    """The lines; a clause number in the margin, or a bullet, makes one line with the only other line in its row.

    A number stands in the margin where nothing but numbers lies left of the text, further away than a space.
    """
    numbers = [line for line in lines if line.turn == 0 and _reach(line.text.strip())]
    if len(numbers) > MOST_MARKS:
        return list(lines)
    joined: dict[int, LayoutLine] = {}
    for number in numbers:
        beside = [
            line
            for line in lines
            if line is not number
            and min(line.box.bottom, number.box.bottom) - max(line.box.top, number.box.top) > 0.5 * number.box.height
        ]
        if len(beside) == 1 and 0 < beside[0].box.left - number.box.right < _reach(number.text.strip()) * number.height:
            joined[id(beside[0])] = number
    taken = {id(number) for number in joined.values()}
    found = []
    for line in lines:
        if id(line) in joined:
            found.append(after_number(joined[id(line)], line))
        elif id(line) not in taken:
            found.append(line)
    return found


def _reach(mark: str) -> float:
    """How far behind a mark its text starts at most, in line heights; 0 where it is no mark."""
    return MARGIN_GAP if _CLAUSE.fullmatch(mark) else BULLET_GAP if _BULLET.fullmatch(mark) else 0.0


def after_number(number: LayoutLine, line: LayoutLine) -> LayoutLine:
    """One line of a number that stands alone and the line that it numbers, in the type of the latter."""
    box, text = bounds([number.box, line.box]), f"{number.text.strip()} {line.text}"
    return replace(line, text=text, box=box, words=(*number.words, *line.words))


def _native(page: ReplayPage) -> list[LayoutLine]:
    segmented = page.segmented
    hidden = bool(page.lines)  # a hidden layer counts only where OCR did not read the same ink again
    cells = [cell for cell in segmented.textline_cells if cell.text.strip() and not (hidden and is_inkless(cell))]
    boxes = [box_around(cell.rect) for cell in cells]
    words = [LayoutWord(cell.text.strip(), box_around(cell.rect), _font(cell)) for cell in segmented.word_cells]
    owned = _share_out(boxes, [word for word in words if word.text])
    return [
        LayoutLine(cell.text, box, _main_font(own) or _font(cell), tuple(own), cell_turn(cell))
        for cell, box, own in zip(cells, boxes, owned, strict=True)
        if box.area > 0
    ]


def _font(cell: TextCell) -> str:
    return cell.font_name if isinstance(cell, PdfTextCell) else ""


def _main_font(words: Sequence[LayoutWord]) -> str:
    weights: Counter[str] = Counter()
    for word in words:
        weights[word.font] += len(word.text)
    return weights.most_common(1)[0][0] if weights else ""


def _share_out(lines: Sequence[Box], words: Sequence[LayoutWord]) -> list[list[LayoutWord]]:
    """Each word to the line around its centre; to the smallest one where lines lie over each other."""
    owned: list[list[LayoutWord]] = [[] for _ in lines]
    if not lines or not words:
        return owned
    edges = np.array([(box.left, box.top, box.right, box.bottom) for box in lines])
    area = (edges[:, 2] - edges[:, 0]) * (edges[:, 3] - edges[:, 1])
    order = np.argsort(area, kind="stable")
    edges = edges[order]
    centers = np.array([((word.box.left + word.box.right) / 2, (word.box.top + word.box.bottom) / 2) for word in words])
    across = (centers[:, None, 0] >= edges[None, :, 0]) & (centers[:, None, 0] <= edges[None, :, 2])
    inside = across & (centers[:, None, 1] >= edges[None, :, 1]) & (centers[:, None, 1] <= edges[None, :, 3])
    first = inside.argmax(axis=1)
    for number in np.flatnonzero(inside.any(axis=1)):
        owned[order[first[number]]].append(words[int(number)])
    return owned


def _read(line: TextLine) -> LayoutLine:
    (x0, y0), (x1, y1) = line.corners[:2]
    return LayoutLine(line.text, line_box(line), turn=_turn(x1 - x0, y1 - y0))


def cell_turn(cell: TextCell) -> int:
    """The quarter turns clockwise, 0 to 3, of a cell's text; the cell's origin is at the top left."""
    return _turn(cell.rect.r_x1 - cell.rect.r_x0, cell.rect.r_y1 - cell.rect.r_y0)


def _turn(right: float, down: float) -> int:
    """The quarter turns clockwise of text that runs ``right`` and ``down``."""
    if abs(right) >= abs(down):
        return 0 if right >= 0 else 2
    return 1 if down > 0 else 3
