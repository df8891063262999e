"""Names of authors between a document's title and its text are no headings, however large they are set.

They are told by what no heading has: the marks behind names that lead to places and notes, a date, a version, an
address. Names without marks are told by their type, in which no heading of the document is set, and by what is below.
"""

import re
from collections.abc import Sequence
from functools import partial
from itertools import takewhile

from docling_core.types.doc import DocItemLabel, DoclingDocument, NodeItem, SectionHeaderItem, TextItem, TitleItem

from pipeline.stages.document.element_text import TextRecord
from pipeline.stages.document.retyped import retype

PROSE = 25  # words from which on a paragraph is the document's text
_MARKS = re.compile(r"(?<=\w)\)?[\s,]*[*∗†‡§¶⋆]|^[^(]*[a-z][a-h]\)(?=[\s,]|$)")
_TOLD = re.compile(
    r"\S@\S|^(version|release|revision|rev\.|v\.?)\s?\d"
    r"|(?=.*\b(19|20)\d\d\b)(?=.*(?<![\d.])([12]?\d|3[01])(\.|,|st|nd|rd|th)?(?![\d.\w]))",
    re.IGNORECASE,
)
TOLD_WORDS = 12  # of a line with a date, a version or an address
ALIKE = 0.04  # of its height: headings of one size differ by less
_ABSTRACT = re.compile(r"abstract|summary|résumé|zusammenfassung|resumen|resumo|riassunto", re.IGNORECASE)
_BEGINS = re.compile(r"(?i:abstract|summary|contents|introduction|keywords)\b|[\dIVX]+[.\s]")
_SMALL = re.compile(
    r"(?<!\w)(?:and|und|et|og|och|with|de|da|di|do|dos|del|della|la|le|van|von|der|den|ter|zu|af|al)(?!\w)"
)


def unmark_bylines(document: DoclingDocument, record: TextRecord) -> None:
    """Make text of the headings that name authors, or tell dates, versions and addresses."""
    body = [item for item, _ in document.iterate_items()]
    start = next((place for place, item in enumerate(body, start=1) if isinstance(item, TitleItem)), len(body))
    above = list(takewhile(_is_above_text, body[start:]))
    rest = body[start + len(above) :]
    headings = [item for item in rest if isinstance(item, SectionHeaderItem)]
    for item, below in zip(above, [*above[1:], *rest[:1], None], strict=False):
        if not isinstance(item, SectionHeaderItem):
            continue
        marked = is_byline(item.text, marked=_is_marked(item, document, record))
        told = is_told(item.text) and not _is_prose(below)
        if marked or told or (_may_name(item, below) and _is_unlike(item, headings, document, record)):
            retype(document, item, partial(TextItem, label=DocItemLabel.TEXT))


def is_told(text: str) -> bool:
    """Whether a line tells a date with its day, a version, or an address of a person."""
    return _TOLD.search(text) is not None and len(text.split()) <= TOLD_WORDS


def _may_name(heading: SectionHeaderItem, below: NodeItem | None) -> bool:
    """Whether a heading may be names: of several words with capitals, above a place, or above the abstract."""
    if len(heading.text.split()) < 2 or not _has_capitals(heading.text) or any(map(str.isdigit, heading.text)):
        return False
    if isinstance(below, SectionHeaderItem):
        return _ABSTRACT.match(below.text) is not None
    return isinstance(below, TextItem) and _is_above_text(below) and not below.text.rstrip().endswith((".", ":"))


def _is_unlike(
    heading: SectionHeaderItem, others: Sequence[SectionHeaderItem], document: DoclingDocument, record: TextRecord
) -> bool:
    """Whether none of the document's headings, of which there are some, is set as this one."""
    height, bold = _type(heading, document, record)
    types = [_type(other, document, record) for other in others]
    alike = any(bold is other and abs(height - size) <= ALIKE * height for size, other in types)
    return bool(types) and height > 0 and not alike


def _type(heading: SectionHeaderItem, document: DoclingDocument, record: TextRecord) -> tuple[float, bool]:
    """The height of the heading's type in points, 0 where it is unknown, and whether it is bold."""
    return next(((part.height, part.bold) for part in record.of(heading, document)), (0.0, False))


def _is_above_text(item: NodeItem) -> bool:
    if not isinstance(item, TextItem):
        return False
    if isinstance(item, SectionHeaderItem):
        return _BEGINS.match(item.text) is None
    return not _is_prose(item)


def _is_prose(item: NodeItem | None) -> bool:
    """Whether an item is a paragraph of the document's text."""
    heading = isinstance(item, SectionHeaderItem)
    return isinstance(item, TextItem) and not heading and len(item.text.split()) >= PROSE


def _is_marked(heading: SectionHeaderItem, document: DoclingDocument, record: TextRecord) -> bool:
    """Whether something is raised behind one of its words."""
    lines = [line for part in record.of(heading, document) for line in part.lines]
    return any(word.script == 1 for line in lines for word in line.words[1:])


def is_byline(text: str, *, marked: bool) -> bool:
    """Whether a heading is names and their marks: every word has a capital but for those that join names. ``marked``
    says that some of it is raised.
    """
    if not marked and _MARKS.search(text) is None:
        return False
    return _has_capitals(text)


def _has_capitals(text: str) -> bool:
    """Whether every word has a capital but for those that join names."""
    words = re.findall(r"(?<![\w-])[^\W\d_]{2,}", _SMALL.sub(" ", text))
    return len(words) > 0 and all(word[0].isupper() for word in words)
