"""One character of a page's text, as pdfium reads it."""

import ctypes
import sys

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

REPLACEMENT = "\ufffd"
SOFT_HYPHEN = "\x02"  # pdfium's mark for a hyphen at the end of a line, behind which it tells no line's end
LONGEST_NAME = 256  # bytes; PDF's own limit is 127 (ISO 32000-1, annex C)
LIGATURES = {11: "ff", 12: "fi", 13: "fl", 14: "ffi", 15: "ffl"}
ACCENTS = dict(enumerate("ıȷ`´ˇ˘¯˚¸ßæœøÆŒØ", start=16))
"""The codes below 32 of TeX's text fonts (The TeXbook, appendix F), which pdfium tells as they are where a font has no
table of letters; its Greek capitals have those before them.
"""
_OF_CORK = dict(enumerate(LIGATURES.values(), start=27))  # where TeX's newer encoding has them, and the older æ and œ
_IN_WORDS = LIGATURES | ACCENTS | _OF_CORK
_ALONE = {1: "Δ", 3: "Λ", 4: "Ξ", 5: "Π", 6: "Σ", 7: "Υ", 8: "Φ"} | dict(
    enumerate("αβγδϵζηθικλμνξπρστυϕχ", start=11)
)  # those of TeX's mathematical italic; 2 is pdfium's own mark
_COLON = ord(":")
_APART = {15: "•", 19: "«", 20: "»", _COLON: "."}
"""Between white space: a bullet, quotation marks of the Cork encoding, dots that lead to a number."""


def character(text_page: pdfium.PdfTextPage, index: int) -> str:
    """The character at ``index``, or half of a surrogate pair: pdfium answers in UTF-16 code units. A code of a font
    that TeX drew is the letter that TeX means by it.
    """
    code = pdfium_c.FPDFText_GetUnicode(text_page, index)
    if code in _IN_WORDS or code in _ALONE or code == _COLON:
        return _of_tex(text_page, index, code)
    return chr(code) if code <= sys.maxunicode else REPLACEMENT


def _of_tex(text_page: pdfium.PdfTextPage, index: int, code: int) -> str:
    """A ligature or an accent where the letters beside it are of the same font, else a letter of mathematics."""
    if pdfium_c.FPDFText_IsGenerated(text_page, index) == 1 or font_name(text_page, index):
        return chr(code)
    beside = [pdfium_c.FPDFText_GetUnicode(text_page, place) for place in (index - 1, index + 1) if place >= 0]
    if all(chr(other).isspace() for other in beside) and code in _APART:
        return _APART[code]
    own = _font(text_page, index)
    letters = [place for place, other in zip((index - 1, index + 1), beside, strict=False) if chr(other).isalpha()]
    table = _IN_WORDS if any(_font(text_page, place) == own for place in letters) else _ALONE
    return table.get(code, chr(code))


def _font(text_page: pdfium.PdfTextPage, index: int) -> int | None:
    """What tells the font of a character from others of the document."""
    font = pdfium_c.FPDFTextObj_GetFont(pdfium_c.FPDFText_GetTextObject(text_page, index))
    return ctypes.cast(font, ctypes.c_void_p).value


def font_name(text_page: pdfium.PdfTextPage, index: int) -> str:
    """The name of the font of a character; empty where it has none, or there is no such character."""
    buffer, flags = ctypes.create_string_buffer(LONGEST_NAME), ctypes.c_int()
    length = pdfium_c.FPDFText_GetFontInfo(text_page, index, buffer, LONGEST_NAME, flags) if index >= 0 else 0
    return buffer.value.decode("utf-8", "replace") if 1 < length <= LONGEST_NAME else ""


def known_font(text_page: pdfium.PdfTextPage, index: int) -> str:
    """The name of the font of a character, or what tells a font without one from others, in the parser's form."""
    return font_name(text_page, index) or f"F{_font(text_page, index) or 0}"


def leaves_no_ink(text_page: pdfium.PdfTextPage, index: int) -> bool:
    """Whether the character is drawn without ink (ISO 32000-1, 9.3.6): readers find it, nobody sees it."""
    mode = pdfium_c.FPDFTextObj_GetTextRenderMode(pdfium_c.FPDFText_GetTextObject(text_page, index))
    return mode in (pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP)


def page_words(page: pdfium.PdfPage) -> list[str]:
    """All of the page's text, parted at white space; what lies beyond the page's edge, too."""
    text_page = page.get_textpage()
    try:
        text: str = text_page.get_text_range()
        return text.split()
    finally:
        text_page.close()
