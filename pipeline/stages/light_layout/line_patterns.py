"""What the text of a line says about its kind: list marks, captions, leaders, page numbers, sentence ends. Pure
functions.
"""

import re
from collections.abc import Sequence

from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.match import RAISED_BY, RAISED_HEIGHT

_BULLETS = "•●○◦▪▫■□☐☑☒►▶▸‣➢➤✓✔✗∙·–—*-"
# Control and private-use characters are what bullets of symbol fonts extract as. Dashes or stars in a row are a rule.
_NO_RULE = r"(?![-–—]\s[-–—]\s|[*∗]\s[*∗](?:\s|$))"
_BULLET = re.compile(rf"{_NO_RULE}[{re.escape(_BULLETS)}\x80-\x9f\ue000-\uf8ff]+(\s|$)")
# Marks as text recognition reads them, close to their texts: a ring is an "o" or the full stop of Chinese.
_READ_BULLET = re.compile(r"[。○◦●•·▪■]\s*\w|o[A-Z][a-z ]")
_CHOICE = re.compile(r"(\[[x ]\]|\([x ]\))\s")  # a check box or a round button, as forms' fields are written
_NUMBER = re.compile(r"(\(?(\d{1,3}|[a-zA-Z]|[ivx]{2,5})\)|(\d{1,3}|[a-zA-Z]|[ivx]{2,5})\.|[①-⑳])(\s*(?=\D)|\s+)\S")
# "e.g.", "d. h.", "J.R. Smith", "J.-P. Smith", "5.º", or the initial that a line of authors goes on with, as in
# "K., Smith, B."
_ABBREVIATION = re.compile(r"[^\W\d_]\.(?:[-\u2010]?[^\W\d_]{1,2}\.|[,;:&)])|[a-z]\.\s[a-z]\.|z\.\sB\.|\d+\.[ªº]")
_RELATION = re.compile("[=≡≈≅∼≠<>≤≥≪≫∈∉⊂⊆:←→↔⇐⇒↦+±×]+")
_MARK = re.compile(rf"[{re.escape(_BULLETS)}\x80-\x9f\ue000-\uf8ff]|\(?(\d{{1,2}}|[a-zA-Z]|[ivx]{{2,5}})[.)]")
_ITEM = re.compile(r"\(?(\d{1,3})[.)]\s")
_CLAUSE = re.compile(r"\d{1,3}(\.\d{1,3})+\.?\s")
_SECTION = re.compile(r"(\d{1,3}|[A-Z]\.\d{1,2})(\.\d{1,3})*\.?\s+\S")
_SECTION_MARK = re.compile(r"§?\s?((?:\d{1,3}|[A-Z]|[IVX]{2,5})(?:\.\d{1,3})*)\.?")
_PART = re.compile(
    r"(chapter|part|appendix|kapitel|teil|anhang|chapitre|partie|annexe|capítulo|parte|apéndice|capitolo|hoofdstuk"
    r"|deel|rozdział|глава|часть)\s+(\d{1,3}|[ivxlc]{1,6}|[a-z])",
    re.IGNORECASE,
)
_NOTE_SIGNS = ("∗", "†", "‡", "§", "¶", "‖", "⋆")
_RAISED_MARK = re.compile(r"\d{1,3}|[a-z]|\*")
_IDEOGRAPHIC = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
INDEX_ENTRIES = 12  # at least of a page or table that is an index
INDEX_SHARE = 0.6  # of its lines: others are letters, wrapped lines and references
# "Danvers family, 151–157", "for piles, 32, 140", "forged, 85, 87n"
_INDEX_ENTRY = re.compile(r"[^\W\d].*,\s*\d{1,4}(?:[-–]\d{1,4})?(?:n|ff?\.?)?,?")
_LETTER = re.compile(r"([a-zA-Z])\.\s")
_ENTRY = re.compile(r"\[(\d{1,3})\]\s*\S")
_CAPTION = re.compile(
    r"(fig(ure|\.)?|table|tab\.|chart|listing|example|scheme|algorithm|plate|abbildung|abb\.|tabelle"
    r"|figura|tabla|tableau|표|그림|图|表|図)"
    r"\s*(\d|[ivx]+\b|[A-Z]?[.\-]?\d)",
    re.IGNORECASE,
)
_TITLED = re.compile(r"\D{1,12}\d[\d.\-]*[.:]\s+\w")
BLANK = "_{6,}"  # a line to write on, drawn with underscores
_LEADER = re.compile(rf"(\.\s?){{4,}}|(…\s?){{2,}}|(·\s?){{4,}}|{BLANK}")
_BLANK_END = re.compile(rf"{BLANK}\s*$")
_LEADER_END = re.compile(
    r"((\.\s?){4,}|(…\s?){2,}|(·\s?){4,})\s*([ivxlcdm]{1,7}|([A-Z]|\d{1,3}(?=-))?-?\d{1,4})\s*$",
    re.IGNORECASE,
)
# What text recognition leaves of a leader.
_READ_LEADER = re.compile(r"\s[.…·]+$|\w\s?[.…·]{2,}$|…$|^[.…·]+\s?\d+$")
_LEADS_ON = re.compile(r"((\.\s?){4,}|(…\s?){2,}|(·\s?){4,})$")
_PAGE_NUMBER = re.compile(
    r"[-–—\s]*(page|p\.|seite|第)?\s*((\d{1,3}|[A-Z])-\d{1,4}|\d{1,4}|[ivxlc]{1,6})\s*(页|頁)?"
    r"\s*((of|/|von)\s*\d{1,4})?[-–—\s]*",
    re.IGNORECASE,
)
_LAST_NUMBER = re.compile(r"(?:\D\s+|\s[.·…]+)(\d{1,4})$")  # text recognition leaves a dot of a leader or none
_CONTENTS_TITLE = re.compile(
    r"(table of |list of )?(contents|figures|tables)|inhalt(sverzeichnis|sübersicht)?|sommaire|table des matières"
    r"|índice|contenido|sumário|indice|sommario|inhoud(sopgave)?|spis treści|obsah|içindekiler"
    r"|содержание|оглавление|περιεχόμενα|目\s*录|目\s*次|目\s*錄"
    r"|목\s*차|차\s*례|فهرس|المحتويات|תוכן( העניינים)?|สารบัญ",
    re.IGNORECASE,
)
_NUMBERED_ROW = re.compile(r"(\d{1,4}|[ivxlc]{1,6})\s+\D.*|.*\D\s+(\d{1,4}|[ivxlc]{1,6})", re.IGNORECASE)
_AMOUNT = re.compile(r"[(\-−–+]?[$€£¥]?\s?\d[\d.,]*\s?\)?\s?[%€]?")
_ADDRESS = re.compile(r"(\{[^{}]+\}|[\w.+-]+)@[\w-]+(\.[\w-]+)+|(https?://|www\.)\S+", re.IGNORECASE)
_ENDING = (".", "。", "!", ";", "；", ",", "，", "、", "：", "،", "۔")
# Between a formula and its number in the formula's font, or where a formula begins: no bullets.
_NO_BULLETS = ".,;:!?)]}([{∫∑∏√"
MARK_GAP = 0.4  # in line heights: text stands further from its bullet than words from each other
MARK_WIDTH = 1.6  # in line heights: a first word in a font of its own that is no wider than this is a drawn bullet


def has_bullet(line: LayoutLine) -> bool:
    """Starts with a bullet: one of the usual characters, a narrow glyph in another font than the text after it, or a
    drawn one.
    """
    text = line.text.strip()
    if line.bulleted or _BULLET.match(text) or is_choice(text) or (not line.words and _READ_BULLET.match(text)):
        return True
    if len(line.words) < 2:
        return False
    first, second = line.words[0], line.words[1]
    apart = second.box.left - first.box.right > MARK_GAP * line.height
    narrow = first.box.width <= MARK_WIDTH * line.height
    sign = not first.text[0].isdigit() and first.text[0] not in _NO_BULLETS and not _is_term(first.text, second.text)
    return narrow and apart and first.font != second.font and sign and _single(first.text)


def _single(text: str) -> bool:
    """One character, or a glyph name that stands for one (a letter run that the narrow box cannot hold is such a
    name).
    """
    return len(text) == 1 or (len(text) > 4 and any(map(str.isdigit, text)))


def _is_term(first: str, second: str) -> bool:
    """Whether the two words begin a formula such as ``s = 0.7``."""
    return first.isalpha() and _RELATION.fullmatch(second) is not None


def is_item_mark(text: str) -> bool:
    """Whether the text is a bullet, or an item's number with its full stop or bracket, and nothing else."""
    return _MARK.fullmatch(text.strip()) is not None


def is_choice(text: str) -> bool:
    """Begins with a check box or a round button."""
    return _CHOICE.match(text.strip()) is not None


def is_index_entry(text: str) -> bool:
    """Ends with a comma and the number of a page, as the entries of a book's index do."""
    return _INDEX_ENTRY.fullmatch(text.strip()) is not None


def is_index(lines: Sequence[LayoutLine]) -> bool:
    """Whether most of the lines are entries of a book's index, which is no table however level its columns are."""
    entries = sum(is_index_entry(line.text) for line in lines)
    return entries >= max(INDEX_ENTRIES, INDEX_SHARE * len(lines))


def begins_note(line: LayoutLine) -> bool:
    """Begins with the mark of a note: a sign of its own, or a number or letter smaller than the word after it, and
    raised.
    """
    if line.text.lstrip()[:1] in _NOTE_SIGNS:
        return True
    if len(line.words) < 2 or _RAISED_MARK.fullmatch(line.words[0].text) is None:
        return False
    mark, word = line.words[0].box, line.words[1].box
    return mark.height < RAISED_HEIGHT * word.height and mark.bottom < word.bottom - RAISED_BY * word.height


def has_number(line: LayoutLine) -> bool:
    """Starts with an item number such as ``1.``, ``(2)``, ``a)``, or with a bare one of a list; an abbreviation such as
    ``e.g.`` or ``J.R.`` is none.
    """
    text = line.text.strip()
    return line.numbered or (_NUMBER.match(text) is not None and _ABBREVIATION.match(text) is None)


def item_number(text: str) -> int | None:
    """The number with which an item such as ``3. text`` or ``(3) text`` starts; None without one."""
    found = _ITEM.match(text.strip())
    return int(found[1]) if found else None


def has_clause_number(text: str) -> bool:
    """Begins with a number of at least two parts, such as ``3.1``."""
    return _CLAUSE.match(text.strip()) is not None


def begins_numbered(text: str) -> bool:
    """Begins with a section's number, such as ``2``, ``3.1`` or ``A.2``."""
    return _SECTION.match(text.strip()) is not None


def is_section_mark(text: str) -> bool:
    """Whether the text is a section's number, such as ``2``, ``§1.``, ``A.2`` or ``IV.``, and nothing else."""
    return _SECTION_MARK.fullmatch(text.strip()) is not None


def counts_part(text: str) -> bool:
    """Whether the text counts a part of a book and says no more, such as ``Chapter 4`` or ``Anhang B``."""
    return _PART.fullmatch(text.strip()) is not None


def goes_deeper(upper: str, lower: str) -> bool:
    """Whether both begin with a section's number, the lower one with that of a section in the upper one's."""
    one, other = (_SECTION_MARK.fullmatch(text.strip().partition(" ")[0]) for text in (upper, lower))
    return one is not None and other is not None and other[1].startswith(f"{one[1]}.")


def letter_mark(line: LayoutLine) -> str:
    """The letter with which an item marked so starts, as in ``b. text``; empty without one."""
    found = _LETTER.match(line.text.strip())
    return found[1] if found else ""


def entry_number(text: str) -> int | None:
    """The number in square brackets with which an entry of a list of references starts; None without one."""
    found = _ENTRY.match(text.strip())
    return int(found[1]) if found else None


def is_caption(text: str) -> bool:
    """Starts as captions do: what it captions, then a number."""
    return _CAPTION.match(text.strip().lstrip("[<(「")) is not None


def is_titled_caption(text: str) -> bool:
    """Starts as captions do, and goes on behind a full stop or colon, as no sentence does: ``Table 2. Rain in mm``."""
    return is_caption(text) and _TITLED.match(text.strip()) is not None


def is_amount(text: str) -> bool:
    """Nothing but an amount: digits with their sign, brackets, currency or per cent."""
    return _AMOUNT.fullmatch(text.strip()) is not None


def is_address(text: str) -> bool:
    """Nothing but an address of a person or of a page, which papers set in a fixed pitch."""
    return _ADDRESS.fullmatch(text.strip()) is not None


def is_contents_entry(text: str) -> bool:
    """Ends with leader dots and a page number."""
    return _LEADER_END.search(text) is not None


def ends_with_leader(text: str) -> bool:
    """Ends with leader dots."""
    return _LEADS_ON.search(text.strip()) is not None


def ends_with_read_leader(text: str) -> bool:
    """Ends with what text recognition leaves of leader dots, or begins with it before a number."""
    return _READ_LEADER.search(text.strip()) is not None


def is_contents_title(text: str) -> bool:
    """Nothing but what contents pages are headed with."""
    return _CONTENTS_TITLE.fullmatch(text.strip().rstrip(":")) is not None


def last_number(text: str) -> int:
    """The number of up to four digits with which a row ends behind its text; 0 without one."""
    found = _LAST_NUMBER.search(text.strip())
    return int(found[1]) if found else 0


def ends_with_blank(text: str) -> bool:
    """Ends with a line to write on."""
    return _BLANK_END.search(text) is not None


def is_ideographic(text: str) -> bool:
    """Whether most of the characters are Chinese or Japanese."""
    return 2 * len(_IDEOGRAPHIC.findall(text)) > len(text)


def has_leader(text: str) -> bool:
    """Holds a run of dots or underscores that leads the eye."""
    return _LEADER.search(text) is not None


def is_page_number(text: str) -> bool:
    """Nothing but a page number."""
    return _PAGE_NUMBER.fullmatch(text.strip()) is not None


def may_hold_page_number(text: str) -> bool:
    """Starts or ends with what may be a page number."""
    return _NUMBERED_ROW.fullmatch(text.strip()) is not None


def ends_sentence(text: str) -> bool:
    """Ends with punctuation that headings do not end with."""
    return text.rstrip().endswith(_ENDING)
