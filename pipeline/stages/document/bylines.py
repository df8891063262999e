"""Names of authors between a document's title and its text are no headings, however large they are set.

They are told by what no heading has: the marks behind names that lead to places and notes.
"""

import re
from functools import partial
from itertools import takewhile

from docling_core.types.doc import DocItemLabel, DoclingDocument, NodeItem, SectionHeaderItem, TextItem, TitleItem

from pipeline.stages.document.element_text import TextRecord
from pipeline.stages.document.retyped import retype

PROSE = 25  # words from which on a paragraph is the document's text
_MARKS = re.compile(r"(?<=\w)\)?[\s,]*[*∗†‡§¶⋆]|^[^(]*[a-z][a-h]\)(?=[\s,]|$)")
_BEGINS = re.compile(r"(?i:abstract|summary|contents|introduction|keywords)\b|[\dIVX]+[.\s]")
_SMALL = re.compile(
    r"(?<!\w)(?:and|und|et|og|och|with|de|da|di|do|dos|del|della|la|le|van|von|der|den|ter|zu|af|al)(?!\w)"
)


def unmark_bylines(document: DoclingDocument, record: TextRecord) -> None:
    """Make text of the headings that name authors."""
    for heading in _first_headings(document):
        if is_byline(heading.text, marked=_is_marked(heading, document, record)):
            retype(document, heading, partial(TextItem, label=DocItemLabel.TEXT))


def _first_headings(document: DoclingDocument) -> list[SectionHeaderItem]:
    """The headings between the title and the document's text."""
    body = [item for item, _ in document.iterate_items()]
    titles = [place for place, item in enumerate(body) if isinstance(item, TitleItem)]
    after = body[titles[0] + 1 :] if titles else []
    return [item for item in takewhile(_is_above_text, after) if isinstance(item, SectionHeaderItem)]


def _is_above_text(item: NodeItem) -> bool:
    if not isinstance(item, TextItem):
        return False
    if isinstance(item, SectionHeaderItem):
        return _BEGINS.match(item.text) is None
    return len(item.text.split()) < PROSE


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
    words = re.findall(r"(?<![\w-])[^\W\d_]{2,}", _SMALL.sub(" ", text))
    return len(words) > 0 and all(word[0].isupper() for word in words)
