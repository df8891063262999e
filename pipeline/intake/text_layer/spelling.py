"""Characters as people write them, from characters as fonts draw them. Pure functions over strings.

A PDF stores glyphs. Their order is the order of drawing, and a letter may be several of them: TeX draws an accent and
then the letter under it, some programs store Indic vowel signs left of their consonant, where the eye sees them, and
Arabic letters in the shape that they have inside a word. Unicode wants the logical order and the letter itself.
"""

import re
import unicodedata

SOFT_HYPHEN = "\u00ad"

# -- accents -----------------------------------------------------------------------------------------------------------

# Spacing accent → its combining mark (Unicode, Spacing Modifier Letters and Latin-1). The ASCII circumflex and tilde
# are left out, because code and formulas use them for themselves.
COMBINING = {
    "\u00b4": "\u0301",
    "`": "\u0300",
    "\u02cb": "\u0300",
    "\u02ca": "\u0301",
    "\u00a8": "\u0308",
    "\u02c6": "\u0302",
    "\u02dc": "\u0303",
    "\u02c7": "\u030c",
    "\u02d8": "\u0306",
    "\u02d9": "\u0307",
    "\u02da": "\u030a",
    "\u00b8": "\u0327",
    "\u02db": "\u0328",
    "\u02dd": "\u030b",
    "\u00af": "\u0304",
}
DOTLESS = {"\u0131": "i", "\u0237": "j"}
_TEX_TEXT = re.compile(r"/?(?:[A-Z]{6}\+)?CM(?!TT|ITT|SLTT|SY|MI|EX|BSY|MIB)[A-Z]+\d+")  # Computer Modern
_ACCENTS = "".join(COMBINING)
_ACCENT = re.compile(rf"(?<![{_ACCENTS}])([{_ACCENTS}])([^\W\d_])")
_OPENING = re.compile(rf"(?:^|(?<=[\s(\[]))[{_ACCENTS}](?=\w)")
_CLOSING = re.compile(rf"(?<=[\w.,!?])[{_ACCENTS}](?=$|[\s.,;:!?)\]])")
_LATE_CEDILLA = re.compile(rf"([cCsStT])\u00b8(?=[{_ACCENTS}])")
_STROKE = re.compile(r"glyph\[suppress\]([Ll])")
_MARKED = re.compile("[A-Za-z\u0370-\u03ff][\u0300-\u030c\u0327\u0328]")
_EARLY_MARK = re.compile("([^\\W\\d_])([\u0300-\u030c\u0327\u0328])([^\\W\\d_])")


def has_no_quotes(font: str) -> bool:
    """Whether the font is one of TeX's for text, which call none of their quotation marks a grave accent."""
    return _TEX_TEXT.fullmatch(font) is not None


def compose_accents(text: str, *, quoted: bool = True) -> str:
    """Spacing accents joined with the letter that follows them: TeX writes "J´an" and "Dvoˇr´ak".

    An accent in the place of a quotation mark stays, where the font has such (``quoted``), and so does one that makes
    no letter.
    """
    if not text.isascii():
        text = _EARLY_MARK.sub(_late_mark, text)
        text = _MARKED.sub(lambda match: unicodedata.normalize("NFC", match[0]), text)
    elif "`" not in text:
        return text
    if quoted and _CLOSING.search(text) and _OPENING.search(text):
        return text
    text = _LATE_CEDILLA.sub(lambda match: unicodedata.normalize("NFC", match[1] + COMBINING["\u00b8"]), text)
    return _ACCENT.sub(lambda match: _composed(match, quoted=quoted), text)


def accents_capital(drawn: str, text: str) -> bool:
    """Whether an accent of its own in ``drawn`` stands above a capital in ``text``."""
    return len(text) < len(drawn) and any(char.isupper() and unicodedata.decomposition(char) for char in text)


def draw_strokes(text: str) -> str:
    """The stroke that TeX draws before an l, whose name the parser writes out, and its letter as one."""
    return _STROKE.sub(lambda match: "\u0141" if match[1] == "L" else "\u0142", text)


def _composed(match: re.Match[str], *, quoted: bool) -> str:
    accent, letter = match[1], match[2]
    before = match.string[match.start() - 1 : match.start()]
    if quoted and accent == "`" and not before.isalpha():
        return match[0]
    whole = unicodedata.normalize("NFC", DOTLESS.get(letter, letter) + COMBINING[accent])
    return whole if len(whole) == 1 else match[0]


def _late_mark(match: re.Match[str]) -> str:
    """A combining mark that stands before its letter goes behind it, where only this makes a letter that exists."""
    first, mark, second = match[1], match[2], match[3]
    if len(unicodedata.normalize("NFC", first + mark)) == 1:
        return match[0]
    whole = unicodedata.normalize("NFC", DOTLESS.get(second, second) + mark)
    return first + whole if len(whole) == 1 else match[0]


# -- shapes ------------------------------------------------------------------------------------------------------------

_LIGATURE = re.compile("[\ufb00-\ufb06](?! )|[\ufb00-\ufb06]$")
_SHAPED = re.compile("[\ufb13-\ufb17\ufb1d-\ufb4f\ufb50-\ufdfb\ufe70-\ufefc]")
_INNER_SOFT_HYPHEN = re.compile(f"{SOFT_HYPHEN}(?=\\w)")
# No word is broken beside a figure or a sign, nor between a small letter and a capital.
_NO_BREAK = re.compile(
    rf"(?:^|[\W\d_]){SOFT_HYPHEN}|{SOFT_HYPHEN}(?:[\d_]|[^\w\s])|[a-z\u00df-\u00ff]{SOFT_HYPHEN}[A-Z]"
)
_HYPHEN = re.compile(f"(?<![^\\W\\d_]){SOFT_HYPHEN}|{SOFT_HYPHEN}(?!$)")


def plain_shapes(text: str) -> str:
    """Presentation forms as the letters they show: Latin ligatures, Hebrew and Arabic forms, lam-alef.

    A Latin ligature before a space stays: docling knows whether the space is one.
    """
    if text.isascii():
        return text
    text = _LIGATURE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    return _SHAPED.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)


# Private use codes of Windows' fonts of signs (Symbol, Wingdings), those that lists and forms are written with.
_SIGNS = str.maketrans(
    {
        "\uf0b7": "•",
        "\uf09f": "•",
        "\uf06c": "●",
        "\uf0a7": "▪",
        "\uf06e": "■",
        "\uf076": "❖",
        "\uf0d8": "➢",
        "\uf0e0": "→",
        "\uf0fc": "✓",
        "\uf0fb": "✗",
        "\uf0a8": "☐",
        "\uf06f": "☐",
        "\uf0fe": "☑",
        "\uf0fd": "☒",
    }
)


def plain_signs(text: str) -> str:
    """Bullets and ticks of fonts of signs as characters that have a meaning."""
    return text.translate(_SIGNS)


def has_misnamed_hyphen(text: str) -> bool:
    """Whether a soft hyphen stands where no word is broken: its font calls all its hyphens so."""
    return SOFT_HYPHEN in text and _NO_BREAK.search(text) is not None


def plain_hyphens(text: str) -> str:
    """``text`` with its soft hyphens as plain ones, but for one behind a letter at the end: there a word goes on."""
    return _HYPHEN.sub("-", text)


def drop_soft_hyphens(text: str) -> str:
    """``text`` without the soft hyphens inside words; one at the end says that the word goes on and stays."""
    return _INNER_SOFT_HYPHEN.sub("", text) if SOFT_HYPHEN in text else text


# -- MacRoman ----------------------------------------------------------------------------------------------------------

# Quotation marks and dashes in the encoding of old Macs, read as Latin-1: capitals with accents. No language writes
# these between or behind small letters.
_MAC_SHOWN = re.compile(
    r"[a-z]\u00d5(?:s|t|re|ve|ll|d|m)\b|(?<!\w)\u00d2\w[^\u00d2\u00d3]*[a-z.,!?]\u00d3(?!\w)|[a-z]\u00d1[a-z]"
)
_MAC_SIGNS = (
    (re.compile(r"(?<=[a-z])\u00d5(?=[a-z])|(?<=s)\u00d5(?!\w)"), "\u2019"),
    (re.compile(r"(?<!\w)\u00d2(?=\w)"), "\u201c"),
    (re.compile(r"(?<=[a-z])\u00c9(?=\u00d3|\W|$)"), "\u2026"),
    (re.compile(r"(?<=[a-z.,!?\u2026])\u00d3(?!\w)"), "\u201d"),
    (re.compile(r"(?<=[a-z])\u00d1(?=[a-z])"), "\u2014"),
    (re.compile(r"(?<!\S)\u00d0(?!\S)"), "\u2013"),
)


def shows_mac_signs(text: str) -> bool:
    """Whether an apostrophe, or both marks of a quotation, were read in the wrong encoding."""
    return _MAC_SHOWN.search(text) is not None


def plain_mac_signs(text: str) -> str:
    """``text`` with the quotation marks, dashes and dots that MacRoman has where Latin-1 has capitals."""
    for wrong, sign in _MAC_SIGNS:
        text = wrong.sub(sign, text)
    return text


# -- Thai --------------------------------------------------------------------------------------------------------------

# Private use codes of Windows' Thai fonts: the same signs, moved left or down to fit their letter.
_THAI_PRIVATE = str.maketrans(
    {
        "\uf700": "\u0e10",
        "\uf701": "\u0e34",
        "\uf702": "\u0e35",
        "\uf703": "\u0e36",
        "\uf704": "\u0e37",
        "\uf705": "\u0e48",
        "\uf706": "\u0e49",
        "\uf707": "\u0e4a",
        "\uf708": "\u0e4b",
        "\uf709": "\u0e4c",
        "\uf70a": "\u0e48",
        "\uf70b": "\u0e49",
        "\uf70c": "\u0e4a",
        "\uf70d": "\u0e4b",
        "\uf70e": "\u0e4c",
        "\uf70f": "\u0e0d",
        "\uf710": "\u0e31",
        "\uf711": "\u0e4d",
        "\uf712": "\u0e47",
        "\uf713": "\u0e48",
        "\uf714": "\u0e49",
        "\uf715": "\u0e4a",
        "\uf716": "\u0e4b",
        "\uf717": "\u0e4c",
        "\uf718": "\u0e38",
        "\uf719": "\u0e39",
        "\uf71a": "\u0e3a",
    }
)
_THAI = re.compile("[\u0e00-\u0e7f\uf700-\uf71a]")
_THAI_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_BEFORE_SIGN = re.compile("(?<=[\u0e01-\u0e4e]) (?=[\u0e31\u0e33-\u0e3a\u0e47-\u0e4e])")  # no word begins with a sign
_THAI_TONE_FIRST = re.compile("([\u0e48-\u0e4c])([\u0e31\u0e34-\u0e3a])")


def order_thai(text: str) -> str:
    """Thai signs in their order of writing: vowel before tone, sara am as one character."""
    if text.isascii() or not _THAI.search(text):
        return text
    text = _BEFORE_SIGN.sub("", text.translate(_THAI_PRIVATE))
    return _THAI_AM.sub("\\1\u0e33", _THAI_TONE_FIRST.sub(r"\2\1", text))


# -- fonts that write a letter twice -----------------------------------------------------------------------------------

# Letters of formulas, and the signs of units that Unicode has twice: ohm, micro, angstrom.
_MATHEMATICAL = re.compile("([\U0001d400-\U0001d7ff\u03a9\u2126\u00b5\u03bc\u212b])\\1*")


def doubles_mathematical(texts: list[str]) -> bool:
    """Whether every mathematical letter of a page stands there twice: its font gives each glyph two values."""
    runs = [match[0] for text in texts if not text.isascii() for match in _MATHEMATICAL.finditer(text)]
    return bool(runs) and all(len(run) % 2 == 0 for run in runs)


def halve_mathematical(text: str) -> str:
    """``text`` with half of each run of one mathematical letter."""
    return _MATHEMATICAL.sub(lambda match: match[0][: len(match[0]) // 2], text)
