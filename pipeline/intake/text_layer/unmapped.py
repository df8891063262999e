"""Signs for which the parser has no letter: those of fonts of mathematics and dingbats, whose file has no table that
says which letters their glyphs are. pdfium knows more of their names, and TeX's encodings the rest.

The parser writes U+FFFD for such a sign, the code of a dingbat as if it were a letter, and the pieces of tall brackets
in the private codes that Adobe gave them (Adobe Glyph List, https://github.com/adobe-type-tools/agl-aglfn).
"""

import re
from collections.abc import Callable, Mapping

from docling_core.types.doc.page import PdfTextCell, SegmentedPdfPage

from pipeline.intake.text_layer.geometry import Boxes, boxes_of, respelled, retell
from pipeline.intake.text_layer.glyphs import REPLACEMENT, PageGlyphs

MOST_LIGATURES = 3  # in a word
_DINGBATS = re.compile("ZapfDingbats|ITCZapfDingbats|D050000L", re.IGNORECASE)
# TeX's encodings OMS of symbols, OML of mathematical letters and OMX of large signs (The TeXbook, appendix F), and the
# ends of the names of fonts in them: cmsy10, txsys, rtxmi, cmex10, txexs.
_OMS = (
    dict(enumerate("−·×∗÷⋄±∓⊕⊖⊗⊘⊙◯∘•≍≡⊆⊇≤≥⪯⪰∼≈⊂⊃≪≫≺≻←→↑↓↔↗↘≃⇐⇒⇑⇓⇔↖↙∝′∞∈∋△▽"))
    | dict(enumerate("∀∃¬∅ℜℑ⊤⊥ℵ", start=0x38))
    | dict(enumerate("∪∩⊎∧∨⊢⊣⌊⌋⌈⌉{}⟨⟩|∥↕⇕\\≀√⨿∇∫⊔⊓⊑⊒§†‡¶♣♢♡♠", start=0x5B))
)
_OML = dict(enumerate("ΓΔΘΛΞΠΣΥΦΨΩαβγδϵζηθικλμνξπρστυϕχψωεϑϖϱςφ↼↽⇀⇁")) | dict(enumerate(".,</>⋆∂", start=0x3A))
_OMX = (
    dict(enumerate("()[]⌊⌋⌈⌉{}⟨⟩|∥/\\"))
    | dict(enumerate("()()[]⌊⌋⌈⌉{}⟨⟩/\\()[]⌊⌋⌈⌉{}⟨⟩/\\/\\", start=0x10))
    | dict(enumerate("⟨⟩⊔⊔∮∮⊙⊙⊕⊕⊗⊗∑∏∫⋃⋂⊎⋀⋁∑∏∫⋃⋂⊎⋀⋁∐∐", start=0x44))
    | dict(enumerate("[]⌊⌋⌈⌉{}√√√√", start=0x68))
)
_ENCODINGS: tuple[tuple[re.Pattern[str], Mapping[int, str]], ...] = (
    (re.compile(r"sys?\d*$", re.IGNORECASE), _OMS),
    (re.compile(r"mi\d*$", re.IGNORECASE), _OML),
    (re.compile(r"exs?\d*$", re.IGNORECASE), _OMX),
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
_PIECES = str.maketrans(dict(enumerate("⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪⎮⎞⎟⎠⎤⎥⎦⎫⎬⎭", start=0xF8EB)))
_PIECE = re.compile("[\uf8eb-\uf8fe]")


def name_unmapped(page: SegmentedPdfPage, read_glyphs: Callable[[], PageGlyphs]) -> None:
    """Give the signs of the page's words their letters, in place. ``read_glyphs`` is asked where some have none."""
    _name_pieces(page)
    words = [cell for cell in page.word_cells if isinstance(cell, PdfTextCell)]
    places = [place for place, word in enumerate(words) if REPLACEMENT in word.text]
    if not places or len(words) < len(page.word_cells):
        return
    glyphs = read_glyphs()
    changed = []
    for place, box in zip(places, boxes_of([words[place] for place in places]), strict=True):
        named = _named(words[place], box, glyphs)
        if named != words[place].text:
            words[place] = respelled(words[place], named).model_copy(update={"orig": named})
            changed.append(words[place])
    if changed:
        lines = [cell for cell in page.textline_cells if isinstance(cell, PdfTextCell)]
        retell(lines, words, changed)
        page.word_cells, page.textline_cells = list(words), list(lines)


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
    """The word with what pdfium reads where the parser has no letter: one sign, or a ligature in letters. Nothing is
    changed where the two do not agree about the rest.
    """
    numbers = sorted(glyphs.inside(box).tolist(), key=lambda number: glyphs.boxes[number, 0])
    read = "".join(_character(number, glyphs, word.font_name) for number in numbers)
    if len(read) != len(word.text) and word.text.count(REPLACEMENT) > MOST_LIGATURES:
        return word.text
    sign = "(.)" if len(read) == len(word.text) else "(.{1,3}?)"
    letters = [(sign if own == REPLACEMENT else re.escape(own) if own.isalnum() else ".") for own in word.text]
    found = re.fullmatch("".join(letters), read)
    if found is None:
        return word.text
    signs = iter(found.groups())
    return "".join(next(signs) if own == REPLACEMENT else own for own in word.text)


def _character(number: int, glyphs: PageGlyphs, font: str) -> str:
    """What pdfium reads; where it knows the code only, the sign that has it in TeX's fonts."""
    read = glyphs.characters[number]
    if number in glyphs.unsure:
        return next((table.get(ord(read), REPLACEMENT) for name, table in _ENCODINGS if name.search(font)), REPLACEMENT)
    return read if read.isprintable() else REPLACEMENT
