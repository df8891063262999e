"""Headings that no tag names: word processors and typesetters tag what was only made larger as plain text."""

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
LARGER = 1.15  # times the height of every heading that a tag names
SHARE = 0.35  # of a document's texts at most: more are no headings, but a document in two sizes


def name_display_lines(document: DoclingDocument, record: TextRecord) -> set[str]:
    """Make headings of the lines in larger type with text or a table below, in a document of tagged pages; where tags
    name headings, of those in type larger than any of these. Returns their references.
    """
    items = [item for item, _ in document.iterate_items() if isinstance(item, DocItem)]
    texts = [item for item in items if isinstance(item, TextItem)]
    looks = {item.self_ref: record.of(item, document) for item in texts}
    if not texts or not all(part.tag for parts in looks.values() for part in parts):
        return set()
    named = [item for item in texts if isinstance(item, SectionHeaderItem | TitleItem)]
    least = max([LARGE * record.body, *(LARGER * part.height for item in named for part in looks[item.self_ref])])
    found = [
        item
        for item, below in pairwise(items)
        if isinstance(item, TextItem)
        and record.body > 0
        and _heads(item, looks[item.self_ref], least)
        and _is_smaller(below, looks.get(below.self_ref, ()), looks[item.self_ref])
    ]
    if len(found) > SHARE * len(texts):
        return set()
    made = [retype(document, item, SectionHeaderItem) for item in found]
    return {item.self_ref for item in made}


def _heads(item: TextItem, parts: Sequence[ElementText], least: float) -> bool:
    """Whether the item is a line or two in type of the ``least`` height that are no sentence."""
    text = item.text.strip()
    if item.label is not DocItemLabel.TEXT or item.parent is None or item.parent.cref != "#/body" or len(parts) != 1:
        return False
    if len(text) > CHARACTERS or sum(map(str.isalpha, text)) < LETTERS or len(parts[0].lines) > ROWS:
        return False
    return parts[0].height >= least and not ends_sentence(text) and not is_caption(text)


def _is_smaller(below: DocItem, parts: Sequence[ElementText], heading: Sequence[ElementText]) -> bool:
    """Whether what stands below a heading is no display type as large as it."""
    return not isinstance(below, TextItem) or all(part.height < heading[0].height for part in parts)
