"""Signs for which the parser has no letter: those of fonts of mathematics and dingbats, whose file has no table that
says which letters their glyphs are. pdfium knows more of their names, and TeX's encodings the rest.

The parser writes U+FFFD for such a sign, the code of a dingbat as if it were a letter, and the pieces of tall brackets
in the private codes that Adobe gave them (Adobe Glyph List, https://github.com/adobe-type-tools/agl-aglfn).
"""

import re
from collections.abc import Callable, Mapping, Sequence

from docling_core.types.doc.page import PdfTextCell, SegmentedPdfPage

from pipeline.intake.pdfium_text import REPLACEMENT
from pipeline.intake.text_layer.geometry import Boxes, boxes_of, respelled, retell
from pipeline.intake.text_layer.glyphs import PageGlyphs
from pipeline.intake.text_layer.spelling import COMBINING

MOST_LIGATURES = 3  # in a word
_LIGATURE = "(f[fijlt]|ff[ijlt])"  # the letters of those that fonts have
_DINGBATS = re.compile("ZapfDingbats|ITCZapfDingbats|D050000L", re.IGNORECASE)
# TeX's encodings OMS of symbols, OML of mathematical letters and OMX of large signs (The TeXbook, appendix F), and the
# ends of the names of fonts in them: cmsy10, txsys, rtxmi, cmex10, txexs.
_OMS = (
    dict(enumerate("−·×∗÷⋄±∓⊕⊖⊗⊘⊙◯∘•≍≡⊆⊇≤≥⪯⪰∼≈⊂⊃≪≫≺≻"))
    | dict(enumerate("←→↑↓↔↗↘≃⇐⇒⇑⇓⇔↖↙∝′∞∈∋△▽", start=0x20))
    | dict(enumerate("∀∃¬∅ℜℑ⊤⊥ℵ", start=0x38))
    | dict(enumerate("∪∩⊎∧∨⊢⊣⌊⌋⌈⌉{}⟨⟩|∥↕⇕\\≀", start=0x5B))
    | dict(enumerate("√⨿∇∫⊔⊓⊑⊒§†‡¶♣♢♡♠", start=0x70))
)
_OML = (
    dict(enumerate("ΓΔΘΛΞΠΣΥΦΨΩαβγδϵζηθικλμνξπρστυϕχ"))
    | dict(enumerate("ψωεϑϖϱςφ↼↽⇀⇁", start=0x20))
    | dict(enumerate(".,</>⋆∂", start=0x3A))
)
_OMX = (
    dict(enumerate("()[]⌊⌋⌈⌉{}⟨⟩|∥/\\"))
    | dict(enumerate("()()[]⌊⌋⌈⌉{}⟨⟩/\\()[]⌊⌋⌈⌉{}⟨⟩/\\/\\", start=0x10))
    | dict(enumerate("⟨⟩⊔⊔∮∮⊙⊙⊕⊕⊗⊗", start=0x44))
    | dict(enumerate("∑∏∫⋃⋂⊎⋀⋁∑∏∫⋃⋂⊎⋀⋁∐∐", start=0x50))
    | dict(enumerate("[]⌊⌋⌈⌉{}√√√√", start=0x68))
)
_ENCODINGS: tuple[tuple[re.Pattern[str], Mapping[int, str]], ...] = (
    (re.compile(r"sys?\d*$", re.IGNORECASE), _OMS),
    (re.compile(r"mi\d*$", re.IGNORECASE), _OML),
    (re.compile(r"exs?\d*$", re.IGNORECASE), _OMX),
)
# What no font in these encodings shows: the letters that its codes would be in ASCII.
_FOREIGN = (
    (_ENCODINGS[0][0], re.compile("[\ufffda-z]")),
    (_ENCODINGS[1][0], re.compile('[\ufffd:;=!"#]')),
    (_ENCODINGS[2][0], re.compile("[\ufffda-zA-Z]")),
)
# ISO 32000-1, annex D.6: the dingbats of Unicode in their order, but for those that stand in another block
_DINGBAT_SIGNS = {code: chr(0x26E0 + code) for code in range(0x21, 0x7F)} | {
    0x25: "☎",
    0x2A: "☛",
    0x2B: "☞",
    0x48: "★",
    0x6C: "●",
    0x6E: "■",
    0x73: "▲",
    0x74: "▼",
    0x75: "◆",
    0x77: "◗",
}
_HANGUL = re.compile("[\uac00-\ud7a3]")  # the parser has no letter for many syllables that the file tells
_PIECES = str.maketrans(dict(enumerate("⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪⎮⎞⎟⎠⎤⎥⎦⎫⎬⎭", start=0xF8EB)))
_PIECE = re.compile("[\uf8eb-\uf8fe]")


def name_unmapped(page: SegmentedPdfPage, read_glyphs: Callable[[bool], PageGlyphs]) -> None:
    """Give the signs of the page's words their letters, in place. ``read_glyphs`` is asked where some have none, with
    the fonts of the glyphs where the codes of a font of mathematics were taken for letters.
    """
    _name_pieces(page)
    words = [cell for cell in page.word_cells if isinstance(cell, PdfTextCell)]
    coded = any(map(_is_coded, words))
    places = [place for place, word in enumerate(words) if coded or REPLACEMENT in word.text]
    if not places or len(words) < len(page.word_cells):
        return
    glyphs = read_glyphs(coded)
    boxes = boxes_of([words[place] for place in places])
    readings = [_named(words[place], box, glyphs) for place, box in zip(places, boxes, strict=True)]
    korean = _is_korean("".join(readings))
    changed = []
    for place, named in zip(places, readings, strict=True):
        old = words[place].text
        if named != old and (korean or not _HANGUL.search(named) or REPLACEMENT not in old):
            words[place] = respelled(words[place], named).model_copy(update={"orig": named})
            changed.append(words[place])
    if changed:
        lines = [cell for cell in page.textline_cells if isinstance(cell, PdfTextCell)]
        retell(lines, words, changed)
        page.word_cells, page.textline_cells = list(words), list(lines)


def _is_korean(text: str) -> bool:
    """Whether every syllable is one of the 2,350 that Korean writes (KS X 1001), of 11,172 that there could be: a font
    that lies shows others.
    """
    return all(len(syllable.encode("euc_kr")) == len(b"..") for syllable in set(_HANGUL.findall(text)))


def _is_coded(word: PdfTextCell) -> bool:
    """Whether a word of a font of mathematics has letters that its encoding lacks, or none at all: the parser took the
    codes of its glyphs for letters.
    """
    return any(name.search(word.font_name) and foreign.search(word.text) for name, foreign in _FOREIGN)


def _name_pieces(page: SegmentedPdfPage) -> None:
    for cell in (*page.word_cells, *page.textline_cells):
        if not cell.text.isascii() and _PIECE.search(cell.text):
            cell.text = cell.orig = cell.text.translate(_PIECES)


def name_dingbats(page: SegmentedPdfPage) -> None:
    """Give the page's dingbats, whose codes are those of letters, the signs that they are, in place; their font has its
    name by then.
    """
    for cell in (*page.word_cells, *page.textline_cells):
        if isinstance(cell, PdfTextCell) and cell.text.isascii() and _DINGBATS.search(cell.font_name):
            cell.text = cell.orig = cell.text.translate(_DINGBAT_SIGNS)


def _named(word: PdfTextCell, box: Boxes, glyphs: PageGlyphs) -> str:
    """The word with what pdfium reads where the parser has no letter, a sign or a ligature in letters, and in fonts of
    mathematics. Nothing is changed where the two do not agree about the rest, nor where pdfium reads another letter: a
    font that hides its letters from the parser may lie to pdfium, and has to be doubted.
    """
    as_read = glyphs.inside(box).tolist()
    from_left = sorted(as_read, key=lambda number: glyphs.boxes[number, 0])
    named = _agreed(word, from_left, glyphs)
    if named is None and any(glyphs.characters[number] in COMBINING for number in as_read):
        named = _agreed(word, as_read, glyphs)  # an accent that is drawn over its letter has no place of its own
    return _with_ligatures(word.text, "".join(_signs(word, from_left, glyphs))) if named is None else named


def _agreed(word: PdfTextCell, numbers: Sequence[int], glyphs: PageGlyphs) -> str | None:
    """The word with what pdfium reads at the places of these glyphs; None where the two do not agree."""
    if len(numbers) != len(word.text):
        return None
    signs = _signs(word, numbers, glyphs)
    of_mathematics = [_is_of_mathematics(number, glyphs) for number in numbers]
    parts = list(zip(word.text, signs, of_mathematics, strict=True))
    if not all(own in (sign, REPLACEMENT) or math or not own.isalnum() for own, sign, math in parts):
        return None
    return "".join(sign if _is_known(own, sign, math) else own for own, sign, math in parts)


def _signs(word: PdfTextCell, numbers: Sequence[int], glyphs: PageGlyphs) -> list[str]:
    return [_sign(number, glyphs, word.font_name) for number in numbers]


def _is_known(own: str, sign: str, of_mathematics: bool) -> bool:
    """Whether what pdfium reads, ``sign``, is to stand for what the parser read."""
    may_be = own == REPLACEMENT and (not sign.isalpha() or _HANGUL.match(sign) is not None)
    return sign != REPLACEMENT and (of_mathematics or may_be)


def _with_ligatures(text: str, read: str) -> str:
    """``text`` with what stands in ``read`` for the glyphs without a letter."""
    if not 0 < text.count(REPLACEMENT) <= MOST_LIGATURES:
        return text
    parts = [_LIGATURE if own == REPLACEMENT else re.escape(own) if own.isalnum() else "." for own in text]
    found = re.fullmatch("".join(parts), read)
    if found is None:
        return text
    letters = iter(found.groups())
    return "".join(next(letters) if own == REPLACEMENT else own for own in text)


def _is_of_mathematics(number: int, glyphs: PageGlyphs) -> bool:
    return bool(glyphs.fonts) and any(name.search(glyphs.fonts[number]) for name, _ in _ENCODINGS)


def _sign(number: int, glyphs: PageGlyphs, font: str) -> str:
    """What pdfium reads; where it knows the code only, the sign that has it in TeX's fonts."""
    read = glyphs.characters[number]
    if number in glyphs.unsure:
        own = glyphs.fonts[number] if glyphs.fonts else font
        return next((table.get(ord(read), REPLACEMENT) for name, table in _ENCODINGS if name.search(own)), REPLACEMENT)
    return read if read.isprintable() else REPLACEMENT
