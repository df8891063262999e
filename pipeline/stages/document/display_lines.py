"""Headings of documents whose tags name none: word processors and typesetters tag what was only made larger as plain
text.
"""

from collections.abc import Sequence
from itertools import pairwise

from docling_core.types.doc import DocItem, DoclingDocument, SectionHeaderItem, TextItem, TitleItem
from docling_core.types.doc.labels import DocItemLabel

from pipeline.stages.document.element_text import ElementText, TextRecord
from pipeline.stages.document.retyped import retype
from pipeline.stages.light_layout.line_patterns import ends_sentence, is_caption
from pipeline.stages.light_layout.lines import LARGE

CHARACTERS = 100  # at most
ROWS = 2
LETTERS = 3  # at least
SHARE = 0.35  # of a document's texts at most: more are no headings, but a document in two sizes


def name_display_lines(document: DoclingDocument, record: TextRecord) -> None:
    """Make headings of the lines in larger type with text or a table below, in a document of tagged pages that has no
    heading.
    """
    items = [item for item, _ in document.iterate_items() if isinstance(item, DocItem)]
    if any(isinstance(item, SectionHeaderItem | TitleItem) for item in items):
        return
    texts = [item for item in items if isinstance(item, TextItem)]
    looks = {item.self_ref: record.of(item, document) for item in texts}
    if not texts or not all(part.tag for parts in looks.values() for part in parts):
        return
    found = [
        item
        for item, below in pairwise(items)
        if isinstance(item, TextItem)
        and _heads(item, looks[item.self_ref], record.body)
        and _is_smaller(below, looks.get(below.self_ref, ()), looks[item.self_ref])
    ]
    if len(found) <= SHARE * len(texts):
        for item in found:
            retype(document, item, SectionHeaderItem)


def _heads(item: TextItem, parts: Sequence[ElementText], body: float) -> bool:
    """Whether the item is a line or two of display type that are no sentence."""
    text = item.text.strip()
    if item.label is not DocItemLabel.TEXT or item.parent is None or item.parent.cref != "#/body" or len(parts) != 1:
        return False
    if len(text) > CHARACTERS or sum(map(str.isalpha, text)) < LETTERS or len(parts[0].lines) > ROWS:
        return False
    return parts[0].height >= LARGE * body > 0 and not ends_sentence(text) and not is_caption(text)


def _is_smaller(below: DocItem, parts: Sequence[ElementText], heading: Sequence[ElementText]) -> bool:
    """Whether what stands below a heading is no display type as large as it."""
    return not isinstance(below, TextItem) or all(part.height < heading[0].height for part in parts)
