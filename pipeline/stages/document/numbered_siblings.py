"""Headings by their siblings: a line with a section's number that is set as the headings of its depth is one.

The page stages judge each line by what is around it, so that of two sections one may look like text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from docling_core.types.doc import ContentLayer, DocItemLabel, DoclingDocument, SectionHeaderItem, TextItem

from pipeline.stages.document.element_text import TextRecord
from pipeline.stages.document.retyped import retype
from pipeline.stages.light_layout.line_patterns import ends_sentence, has_leader

ALIKE = 0.04  # of its height: lines of one type differ by less
CHARACTERS = 120  # of a heading at most
ROWS = 2
_NUMBER = re.compile(r"(\d{1,2}|[A-Z])((?:\.\d{1,2}){1,4})\.?\s+(?=.*[^\W\d_]{2})")


@dataclass(frozen=True, slots=True)
class NumberedStyle:
    """How a line with a section's number is set: the parts of the number, the height of the type in points, whether all
    of it is bold or in italics, or all in capitals.
    """

    parts: int
    height: float
    bold: bool
    italic: bool
    capitals: bool

    def is_like(self, other: "NumberedStyle") -> bool:
        """Whether both are headings of one depth, if one of them is."""
        marks = (self.parts, self.bold, self.italic, self.capitals)
        same = marks == (other.parts, other.bold, other.italic, other.capitals)
        return same and abs(self.height - other.height) <= ALIKE * other.height

    def stands_out(self, body: float) -> bool:
        """Whether it is set in another way than the document's text, of which clauses with numbers may be."""
        return self.bold or self.italic or self.capitals or abs(self.height - body) > 2 * ALIKE * body


def name_siblings(document: DoclingDocument, record: TextRecord) -> None:
    """Make headings of the texts on untagged pages that are set as a heading with a number of as many parts."""
    styles = {
        style
        for item in document.texts
        if isinstance(item, SectionHeaderItem)
        for style in _style(item, document, record)
    }
    known = [style for style in styles if style.stands_out(record.body)]
    if not known:
        return
    for item in [item for item in document.texts if _may_be_sibling(item)]:
        if any(style.is_like(other) for style in _style(item, document, record) for other in known):
            retype(document, item, SectionHeaderItem)


def _style(item: TextItem, document: DoclingDocument, record: TextRecord) -> Iterator[NumberedStyle]:
    """The style of a line with a section's number on an untagged page; nothing for any other text."""
    number = _NUMBER.match(item.text.strip())
    parts = record.of(item, document) if number else ()
    if number and len(parts) == 1 and parts[0].tag is None and 0 < len(parts[0].lines) <= ROWS:
        words = [word for line in parts[0].lines for word in line.words]
        title = words[1:]
        yield NumberedStyle(
            number[2].count("."),
            round(words[0].box.height if words else parts[0].height, 1),  # small capitals are lower than their number
            bool(title) and all(word.bold for word in title),
            bool(title) and all(word.italic for word in title),
            _is_in_capitals(item.text),
        )


def _is_in_capitals(text: str) -> bool:
    """Whether most of its letters are capitals and none is small: some scripts have neither."""
    return text.isupper() and 2 * sum(map(str.isupper, text)) > sum(map(str.isalpha, text))


def _may_be_sibling(item: TextItem) -> bool:
    text = item.text.strip()
    plain = item.label is DocItemLabel.TEXT and item.content_layer is ContentLayer.BODY
    alone = item.parent is not None and item.parent.cref == "#/body"
    return plain and alone and len(text) <= CHARACTERS and not ends_sentence(text) and not has_leader(text)
