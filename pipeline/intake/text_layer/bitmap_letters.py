"""Letters of TeX's bitmap fonts, which a PDF holds as Type 3 fonts without a table of letters.

pdfTeX names their glyphs "a" and the character's code, as in a65. The parser takes such a name for one of Zapf
Dingbats, where the names mean other signs ("a65" is a flower), and writes out the names that it does not find there.
So the codes can be had back from what it wrote, and TeX's encodings say which letters they are.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from docling_core.types.doc.page import PdfTextCell, SegmentedPdfPage, TextCell

from pipeline.intake.pdfium_text import ACCENTS, LIGATURES
from pipeline.intake.text_layer.geometry import Boxes, boxes_of, placed, rectangle, respelled, retell, within
from pipeline.intake.text_layer.pieces import join_rows

# such a font has no name of its own; the parser takes the one that the page has for it
NAMELESS = re.compile(r"/?[A-Za-z]{1,4}\d+|null")
_TEX_FONT = re.compile(r"/?[A-Z]{6}\+CM[A-Z]+\d+")  # Computer Modern, to which signs of a bitmap font may be glued
_DINGBAT = "\u2190-\u21ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f"
_GLYPH = re.compile(rf"a(\d{{1,3}})|([{_DINGBAT}])")
# In a word of another font an arrow is one of its own.
_ARROWS = "\u2190-\u21ff"
_SIGN = re.compile(f"(?![{_ARROWS}])[{_DINGBAT}]")
_SIGN_OR_CODE = re.compile(rf"a(\d{{1,3}})|({_SIGN.pattern})")
_LETTERS = re.compile("[A-Za-z]")
_HIGH = re.compile("[^a-z.,;:_–—-]|[bdfhiklt]")  # characters that reach above the small letters
_DEEP = re.compile("[gjpqyQ,;()\\[\\]{}/çşţąęįų_]")  # that reach below the base line
_QUOTES = re.compile("[“”‘’\"'*°]+")

# T1, the Cork encoding, where it differs from ASCII (EC fonts; LaTeX's t1enc.def)
_T1 = dict(enumerate("`´ˆ˜¨˝˚ˇ˘¯˙¸˛‚‹›“”„«»–—\u200b₀ıȷ")) | {
    27: "ff",
    28: "fi",
    29: "fl",
    30: "ffi",
    31: "ffl",
    39: "’",
    96: "‘",
    127: "-",
    **dict(enumerate("ĂĄĆČĎĚĘĞĹĽŁŃŇŊŐŔŘŚŠŞŤŢŰŮŸŹŽŻĲİđ§", start=128)),
    **dict(enumerate("ăąćčďěęğĺľłńňŋőŕřśšşťţűůÿźžżĳ¡¿£", start=160)),
    **{code: chr(code) for code in range(192, 256)},
    215: "Œ",
    223: "ẞ",
    247: "œ",
    255: "ß",
}
# OT1, the encoding of Knuth's text fonts (The TeXbook, appendix F)
_OT1 = {
    **dict(enumerate("ΓΔΘΛΞΠΣΥΦΨΩ")),
    **LIGATURES,
    **ACCENTS,
    34: "”",
    39: "’",
    60: "¡",
    62: "¿",
    92: "“",
    94: "ˆ",
    95: "˙",
    96: "‘",
    123: "–",
    124: "—",
    125: "˝",
    126: "˜",
    127: "¨",
}
TEXT_SIGNS = str.maketrans({chr(code): _OT1[code] for code in (34, 39, 92, 96, 123, 124)})
"""What pdfium takes for ASCII in a text font of that encoding."""
# TS1, the text companion fonts: signs without letters (LaTeX's ts1enc.def), those that documents use
_TS1 = {
    36: "$",
    39: "'",
    42: "*",
    45: "-",
    132: "†",
    133: "‡",
    134: "‖",
    135: "‰",
    136: "•",
    137: "℃",
    151: "™",
    155: "◦",
    191: "€",
    **{code: chr(code) for code in (*range(162, 191), 215, 247) if code not in (173, 187)},
}
DEPTH = 0.28  # of the height of its tall letters: what a font reaches below the base line, where no letter shows it
RAISED = 0.3  # of that height: where dashes stand
_DASH = re.compile("[-–—]+")
TYPEWRITER = "CMTT"  # Computer Modern's
LETTERS, WORDS, LENGTHS = 3, 8, 3  # of a word that is measured, of a font, and how many lengths these have
SPREAD = 0.35  # of a character's width: the white beside the ink of a word's first and last letter
Box = tuple[float, float, float, float]
_PLAIN = {code: chr(code) for code in range(33, 127)}
_TYPED = _T1 | _PLAIN  # a typewriter's are those of ASCII where text fonts have others
_OT1_ONLY = frozenset(LIGATURES)
_T1_ONLY = frozenset((*range(16, 24), *range(27, 32), *range(128, 256)))


def name_bitmap_letters(page: SegmentedPdfPage) -> None:
    """Give the words of such fonts, and the lines that they stand in, their letters, in place."""
    words = [cell for cell in page.word_cells if isinstance(cell, PdfTextCell)]
    nameless = [word for word in words if NAMELESS.fullmatch(word.font_name)]
    codes = _fonts(nameless)
    typed = {font for font in codes if _types([word for word in nameless if word.font_name == font])}
    tables = {font: _TYPED if font in typed else _table(found) for font, found in codes.items()}
    glued = _glued(words, tables)
    among_others = {code: sign for code, sign in _of_text(nameless, tables).items() if code in _PLAIN} | _TS1
    named = [
        _named(word, tables[word.font_name])
        if word.font_name in tables
        else _named(word, among_others, _SIGN_OR_CODE)
        if id(word) in glued
        else word
        for word in words
    ]
    if all(new is old for old, new in zip(words, named, strict=True)):
        return
    lines = [cell for cell in page.textline_cells if isinstance(cell, PdfTextCell)]
    retell(lines, named, [new for old, new in zip(words, named, strict=True) if new is not old])
    boxes: dict[int, Box] = {}
    for font in tables:
        own = [word for word in named if word.font_name == font]
        heights = of_font_height([word.text for word in own], boxes_of(own))
        boxes |= {id(word): box for word, box in zip(own, heights, strict=True)}
    high = [placed(word, word.text, boxes[id(word)]) if id(word) in boxes else word for word in named]
    joined = join_rows([_around(line, named, boxes) for line in lines])
    page.word_cells, page.textline_cells = _typed(high, typed), _typed(list(joined), typed)


def _fonts(words: Sequence[PdfTextCell]) -> dict[str, set[int]]:
    """The codes that each bitmap font shows: one of whose words each has codes, and most are nothing else. A formula's
    letters, which are of other fonts, may be glued to some.
    """
    plain: set[str] = set()
    mostly: Counter[str] = Counter()
    codes: dict[str, set[int]] = {}
    for word in words:
        coded = sum(len(match[0]) for match in _GLYPH.finditer(word.text))
        if not coded:
            plain.add(word.font_name)
        mostly[word.font_name] += 1 if 2 * coded > len(word.text) else -1
        codes.setdefault(word.font_name, set()).update(_codes(word.text))
    return {font: found for font, found in codes.items() if font not in plain and mostly[font] > 0}


def _types(words: Sequence[PdfTextCell]) -> bool:
    """Whether the words, not named yet, are of a typewriter's font."""
    lengths = [len(_GLYPH.sub("x", word.text)) for word in words]
    letters = [any(chr(code).isalpha() for code in _codes(word.text) if code > 0) for word in words]
    return is_fixed_pitch(boxes_of(words), lengths, letters)


def is_fixed_pitch(boxes: Boxes, lengths: Sequence[int], lettered: Sequence[bool]) -> bool:
    """Whether words with these ``boxes`` (n, 4) of their ink, ``lengths`` in characters, some of them ``lettered``, are
    of one font in which all characters are as wide: a word is as wide as its characters but for the white at its ends.
    """
    widths = boxes[:, 2] - boxes[:, 0]
    counts = np.array(lengths, dtype=np.float64)
    own = np.array(lettered, dtype=np.bool_) & (counts >= LETTERS)
    if own.sum() < WORDS or np.unique(counts[own]).size < LENGTHS:
        return False
    pitch, ends = np.polyfit(counts[own], widths[own], 1)
    return bool(pitch > 0 and np.abs(widths[own] - pitch * counts[own] - ends).max() <= SPREAD * pitch)


def _typed(cells: Sequence[PdfTextCell], fonts: Collection[str]) -> list[TextCell]:
    """The cells, those of typewriters' ``fonts`` with a name that says so."""
    return [cell.model_copy(update={"font_name": TYPEWRITER}) if cell.font_name in fonts else cell for cell in cells]


def _of_text(words: Sequence[PdfTextCell], tables: Mapping[str, Mapping[int, str]]) -> Mapping[int, str]:
    """The table of the bitmap font with most words, in which most text is; empty without such a font."""
    said = Counter(word.font_name for word in words if word.font_name in tables)
    return tables[said.most_common(1)[0][0]] if said else {}


def of_font_height(texts: Sequence[str], boxes: Boxes) -> list[Box]:
    """Boxes as high as their font for words of one, whose ``boxes`` (n, 4) are as high as the ink of their letters.

    A word's base line is found from its top where some letter of it reaches up, else from its bottom.
    """
    heights = boxes[:, 3] - boxes[:, 1]
    up = np.array([_HIGH.search(text) is not None and text.isascii() for text in texts])
    down = np.array([_DEEP.search(text) is not None for text in texts])
    tall = float(np.median(heights[up & ~down])) if (up & ~down).any() else float(heights.max())
    depth = max(float(np.median(heights[up & down])) - tall, 0.0) if (up & down).any() else DEPTH * tall
    found = []
    for text, (left, bottom, right, top), reaches, hangs in zip(texts, boxes, up, down, strict=True):
        if _QUOTES.fullmatch(text) or reaches:
            base = top - tall
        else:
            base = bottom - RAISED * tall if _DASH.fullmatch(text) else bottom + (depth if hangs else 0)
        found.append((float(left), float(base - depth), float(right), float(base + tall)))
    return found


def _around(line: PdfTextCell, words: Sequence[PdfTextCell], boxes: Mapping[int, Box]) -> PdfTextCell:
    """The line with a box around those of its words that have new ones."""
    own = [boxes[id(word)] for word in within(words, line) if id(word) in boxes]
    if not own:
        return line
    lefts, bottoms, rights, tops = zip(boxes_of([line])[0], *own, strict=True)
    return line.model_copy(update={"rect": rectangle((min(lefts), min(bottoms[1:]), max(rights), max(tops[1:])))})


def _glued(words: Sequence[PdfTextCell], tables: Mapping[str, Mapping[int, str]]) -> set[int]:
    """The words, by ``id``, with signs of a companion font, where the parser took them into words of another font."""
    if not any(_TEX_FONT.fullmatch(word.font_name) for word in words):
        return set()
    return {
        id(word)
        for word in words
        if word.font_name not in tables
        and _SIGN.search(word.text)
        and (_TEX_FONT.fullmatch(word.font_name) or NAMELESS.fullmatch(word.font_name))
    }


def _codes(text: str) -> list[int]:
    dingbats = _dingbats()
    return [int(match[1]) if match[1] else dingbats.get(match[2], -1) for match in _GLYPH.finditer(text)]


def _table(codes: set[int]) -> Mapping[int, str]:
    """What the codes of a font mean, by which codes it has: signs only, or letters in one of two encodings."""
    if not any(_LETTERS.fullmatch(chr(code)) for code in codes if code > 0):
        return _PLAIN | _TS1
    return _PLAIN | (_OT1 if codes & _OT1_ONLY or not codes & _T1_ONLY else _T1)


def _named(word: PdfTextCell, table: Mapping[int, str], glyph: re.Pattern[str] = _GLYPH) -> PdfTextCell:
    dingbats = _dingbats()

    def letter(match: re.Match[str]) -> str:
        return table.get(int(match[1]) if match[1] else dingbats.get(match[2], -1), match[0])

    return respelled(word, glyph.sub(letter, word.text))


@cache
def _dingbats() -> Mapping[str, int]:
    """The number in the name of each sign of Zapf Dingbats, from the table that the parser uses: name;code point."""
    table = files("docling_parse") / "pdf_resources" / "glyphs" / "standard" / "zapfdingbats.dat"
    rows: Sequence[tuple[str, str]] = re.findall(r"(?m)^a(\d+);([0-9A-F]{4})\b", table.read_text(encoding="ascii"))
    return {chr(int(point, 16)): int(number) for number, point in rows}
