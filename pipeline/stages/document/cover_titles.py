"""Titles of documents that begin with a cover: a page of a few lines, on which the largest is the title.

Covers are set by their own measure. Their title may be smaller than the headings of chapters, and is often the usual
type of its page, so that it looks like text. A logo beside it is a picture, whatever is read in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

from docling_core.types.doc import ContentLayer, DoclingDocument, SectionHeaderItem, TextItem
from docling_core.types.doc.labels import DocItemLabel

from pipeline.stages.document.bylines import PROSE, is_told
from pipeline.stages.document.element_text import TextRecord
from pipeline.stages.document.retyped import retype
from pipeline.stages.light_layout.breaks import FULL_STOPS

LARGER = 1.12  # times the height of every other line of the cover, and of the body of the pages after it
SENTENCE = 8  # words of a sentence at least
MOST = 12  # texts on a cover
DRAWN = 3  # characters at most of an ornament's name in its font, which has a figure
PLACE = 0.6  # of the page's height: a title stands above this
CHARACTERS = 160  # of a title at most
_LINES = (DocItemLabel.TEXT, DocItemLabel.SECTION_HEADER, DocItemLabel.CAPTION, DocItemLabel.FOOTNOTE)
_MAYBE_TITLE = (DocItemLabel.TEXT, DocItemLabel.SECTION_HEADER)


@dataclass(frozen=True, slots=True)
class CoverLine:
    """A text of a cover, the height of its type in points, and whether all of it is bold."""

    item: TextItem
    height: float
    bold: bool


def cover_title(document: DoclingDocument, record: TextRecord) -> TextItem | None:
    """The text on the first page that is the document's title, in a document that begins with a cover; None where it
    begins with anything else, or where no text stands out as the largest, or as the only bold one of the largest.
    """
    body = [page.body for number, page in record.pages.items() if number > 1 and page.body]
    lines = [line for item in _cover_texts(document) if (line := _cover_line(item, document, record)) is not None]
    if not lines or not body:
        return None
    most = max(line.height for line in lines)
    largest = [line for line in lines if LARGER * line.height > most]
    found = largest if len(largest) == 1 else [line for line in largest if line.bold]
    if len(found) != 1 or found[0].height < LARGER * median(body):
        return None
    return found[0].item if _may_be_title(found[0].item, document, record) else None


def unmark_drawn(document: DoclingDocument, record: TextRecord) -> None:
    """Make text of the headings on a cover that are read from a picture, or are ornaments."""
    for item in _cover_texts(document):
        if isinstance(item, SectionHeaderItem) and _cover_line(item, document, record) is None:
            retype(document, item, partial(TextItem, label=DocItemLabel.TEXT))


def _cover_texts(document: DoclingDocument) -> Sequence[TextItem]:
    """The texts of a first page that is a cover: few, none of them a sentence or in a list, and no table with them."""
    texts = [item for item in document.texts if item.prov and item.prov[0].page_no == 1]
    shown = [item for item in texts if item.content_layer is ContentLayer.BODY]
    tables = any(item.prov and item.prov[0].page_no == 1 for item in document.tables)
    lines = all(item.label in _LINES and not _is_prose(item.text) for item in shown)
    return shown if len(document.pages) > 1 and 0 < len(shown) <= MOST and lines and not tables else ()


def _is_prose(text: str) -> bool:
    words = len(text.split())
    return words >= PROSE or (words >= SENTENCE and text.rstrip().endswith(FULL_STOPS))


def _cover_line(item: TextItem, document: DoclingDocument, record: TextRecord) -> CoverLine | None:
    """How the item is printed; None where it was read from a picture, or is an ornament."""
    parts = [part for part in record.of(item, document) if any(line.words for line in part.lines)]
    if not parts or _is_ornament(item.text.strip()):
        return None
    return CoverLine(item, max(part.height for part in parts), all(part.bold for part in parts))


def _is_ornament(text: str) -> bool:
    return len(text) <= DRAWN and any(map(str.isdigit, text))


def _may_be_title(item: TextItem, document: DoclingDocument, record: TextRecord) -> bool:
    text = item.text.strip()
    if item.label not in _MAYBE_TITLE or item.parent is None or item.parent.cref != "#/body":
        return False
    if sum(map(str.isalpha, text)) < 2 or len(text) > CHARACTERS or is_told(text):
        return False
    height = record.pages[1].height if 1 in record.pages else document.pages[1].size.height
    return record.upright(item.prov[0], document).top < PLACE * height
