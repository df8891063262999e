"""The document's title, and the levels of its headings.

docling's ``HeadingHierarchyModel`` infers levels from bookmarks and numbering, or from style. Each of the two ways is
asked by itself, and then they are brought together: bookmarked and numbered headings say which level a style has in
this document, and headings of that style that have neither get it.
"""

import re
from collections import Counter
from collections.abc import Sequence

from docling.datamodel.pipeline_options import HeadingHierarchyOptions
from docling.models.stages.heading_hierarchy.heading_hierarchy_model import HeadingHierarchyModel
from docling_core.types.doc import ContentLayer, DoclingDocument, SectionHeaderItem, TextItem, TitleItem
from docling_core.types.doc.labels import DocItemLabel
from docling_core.types.doc.page import SegmentedPdfPage

from pipeline.page_tags import Bookmark
from pipeline.stages.docling_boxes import with_height
from pipeline.stages.docling_internals import outline_entries
from pipeline.stages.document.bylines import unmark_bylines
from pipeline.stages.document.cover_titles import cover_title, unmark_drawn
from pipeline.stages.document.display_lines import name_display_lines
from pipeline.stages.document.element_text import TextRecord
from pipeline.stages.document.heading_numbers import nested_levels
from pipeline.stages.document.numbered_siblings import name_siblings
from pipeline.stages.document.promoted_items import lift_headings, marks_of_items
from pipeline.stages.document.retyped import retype
from pipeline.stages.light_layout.type_size import settled_heights

LARGER = 1.12  # times the type of what it heads: a title stands out by its size
DRAWN = (3, 5.0)  # characters at most, and body heights from which on so few are no title
TITLE_CHARACTERS = 250
TITLE_PLACE = 0.6  # of the first page's height: a title stands above this
SLIDE_LINES = 3  # below the title of a first slide: names, a date
NO_LEVEL = 100  # the heading model leaves a level alone for which it has no signal
MOST_BOOKMARKS = 5000  # each is compared with every heading of its page
_NUMBERED = re.compile(r"\(?\d{1,3}(\.\d{1,3})*[.)]?\s|[A-Z]\.\d|§")
_MAYBE_TITLE = (DocItemLabel.SECTION_HEADER, DocItemLabel.TEXT, DocItemLabel.TITLE)


def set_headings(document: DoclingDocument, record: TextRecord, outline: Sequence[Bookmark]) -> None:
    """Find the title, and set the levels of the other headings from 1."""
    over = name_display_lines(document, record)
    tagged = _tagged(document, record)
    named = tagged_title(document, tagged)
    title = named or cover_title(document, record)
    if title is not None and title is not named:
        unmark_drawn(document, record)
    title = title or find_title(document, record)
    if title is not None and not isinstance(title, TitleItem):
        retype(document, title, TitleItem)
    unmark_bylines(document, record)
    name_siblings(document, record)
    told = _told(document, [entry for entry in outline if entry.page is not None][:MOST_BOOKMARKS])
    headings = _headings(document)
    if headings:
        shown = _shown(document, record)
        levels = merged_levels(told, shown)
        refs = [heading.self_ref for heading in _headings(document)]
        if tagged and all(ref in tagged or ref in over for ref in refs):
            levels = _below(refs, tagged, over, 1 if named else 0)
        for heading, level in zip(_headings(document), levels, strict=True):
            heading.level = level


def _below(refs: Sequence[str], tagged: dict[str, int], over: set[str], titles: int) -> list[int]:
    """The levels that tags give below so many ``titles`` that they name, and below the headings ``over`` them all."""
    least = 2 if any(ref in over for ref in refs) else 1
    above = titles if least == 1 else min(tagged.values()) - least
    return [1 if ref in over else max(tagged[ref] - above, 1) for ref in refs]


def _headings(document: DoclingDocument) -> list[SectionHeaderItem]:
    return [item for item in document.texts if isinstance(item, SectionHeaderItem)]


def _tagged(document: DoclingDocument, record: TextRecord) -> dict[str, int]:
    """The levels that tags give, by item."""
    found = {}
    for item in _headings(document):
        tags = [part.tag for part in record.of(item, document) if part.tag is not None and part.tag.level]
        if tags:
            found[item.self_ref] = tags[0].level
    return found


def tagged_title(document: DoclingDocument, tagged: dict[str, int]) -> SectionHeaderItem | None:
    """The only heading of level 1 that tags name, if it is the first heading."""
    tops = [ref for ref, level in tagged.items() if level == 1]
    first = next((item for item, _ in document.iterate_items() if isinstance(item, SectionHeaderItem)), None)
    return first if first is not None and tops == [first.self_ref] else None


def _told(document: DoclingDocument, outline: Sequence[Bookmark]) -> list[int]:
    """Levels from bookmarks and numbering, 0 where there is neither; a bookmark makes a heading of a list item."""
    for item in _headings(document):
        item.level = NO_LEVEL
    model = HeadingHierarchyModel(HeadingHierarchyOptions(enabled=True, use_style=False))
    marks = marks_of_items(document)
    model.assign_heading_levels(document, outline=outline_entries(outline))
    lift_headings(document, marks)
    headings = _headings(document)
    nested = {} if outline else nested_levels([item.text for item in headings])
    told = [item.level if item.level < NO_LEVEL else 0 for item in headings]
    return [nested.get(place, level) for place, level in enumerate(told)]


def _shown(document: DoclingDocument, record: TextRecord) -> list[int]:
    """Levels from the headings' type alone, 0 where nothing is known of it."""
    for item in _headings(document):
        item.level = NO_LEVEL
    options = HeadingHierarchyOptions(enabled=True, use_bookmarks=False, use_numbering=False, use_style=True)
    parsed = _in_sizes({n: page.heading_cells for n, page in record.pages.items() if page.heading_cells is not None})
    HeadingHierarchyModel(options).assign_heading_levels(document, parsed_pages=parsed)
    return [item.level if item.level < NO_LEVEL else 0 for item in _headings(document)]


def _in_sizes(pages: dict[int, SegmentedPdfPage]) -> dict[int, SegmentedPdfPage]:
    """The pages' heading cells, where those that were read and differ by no more than one size does are alike."""
    read = [cell for page in pages.values() for cell in page.textline_cells if cell.from_ocr]
    settled = settled_heights([cell.rect.height for cell in read], [max(len(cell.text), 1) for cell in read])
    as_high = {
        id(cell): cell.model_copy(update={"rect": with_height(cell.rect, height)})
        for cell, height in zip(read, settled, strict=True)
    }
    return {
        number: page.model_copy(update={"textline_cells": [as_high.get(id(c), c) for c in page.textline_cells]})
        for number, page in pages.items()
    }


def merged_levels(told: Sequence[int], shown: Sequence[int]) -> list[int]:
    """One level for each heading, contiguous from 1, of what numbers and bookmarks (``told``) and type (``shown``)
    say; 0 is no word.
    """
    votes: dict[int, Counter[int]] = {}
    for level, style in zip(told, shown, strict=True):
        if level and style:
            votes.setdefault(style, Counter())[level] += 1
    anchors = {style: counted.most_common(1)[0][0] for style, counted in votes.items()}
    levels = [level or _by_style(style, anchors) for level, style in zip(told, shown, strict=True)]
    ranks = {level: rank for rank, level in enumerate(sorted(set(levels)), start=1)}
    return [ranks[level] for level in levels]


def _by_style(style: int, anchors: dict[int, int]) -> int:
    """The level of a style: known, or one under the next larger known style, or one over the next smaller one."""
    if not anchors or not style:
        return style or 1
    if style in anchors:
        return anchors[style]
    larger = [other for other in anchors if other < style]
    return anchors[max(larger)] + 1 if larger else anchors[min(anchors)] - 1


def find_title(document: DoclingDocument, record: TextRecord) -> TextItem | None:
    """The item that is the document's title: set larger than every heading, or alone on a first slide, high on page 1;
    None where none is.
    """
    for item in document.texts:
        if isinstance(item, TitleItem):
            return item
    heights = {item.self_ref: _height(item, document, record) for item in document.texts}
    drawn = DRAWN[1] * record.body  # bars of a chart that were read as letters
    first = [
        item
        for item in document.texts
        if _may_be_title(item, document, record)
        and (len(item.text.strip()) > DRAWN[0] or heights[item.self_ref] < drawn)
    ]
    if not first:
        return None
    best = max(first, key=lambda item: heights[item.self_ref])
    largest = heights[best.self_ref]
    rest = [heights[item.self_ref] for item in _headings(document) if item is not best]
    if largest < LARGER * max([record.body, *rest]):
        return best if _is_title_slide(best, document) else None
    return best if isinstance(best, SectionHeaderItem) or largest > LARGER**2 * record.body else None


def _is_title_slide(title: TextItem, document: DoclingDocument) -> bool:
    """Whether the first page is a slide with nothing but a heading and a line or two: its title may be set as the
    headings of the others are.
    """
    first = [item for item in document.texts if item.prov and item.prov[0].page_no == 1]
    body = [item for item in first if item.content_layer is ContentLayer.BODY and item is not title]
    size = document.pages[1].size
    pictured = any(item.prov and item.prov[0].page_no == 1 for item in (*document.tables, *document.pictures))
    plain = all(item.label is DocItemLabel.TEXT for item in body) and len(body) <= SLIDE_LINES and not pictured
    return plain and size.width > size.height and len(document.pages) > 1 and isinstance(title, SectionHeaderItem)


def _may_be_title(item: TextItem, document: DoclingDocument, record: TextRecord) -> bool:
    if item.label not in _MAYBE_TITLE or item.content_layer is not ContentLayer.BODY or not item.prov:
        return False
    place = item.prov[0]
    page = document.pages.get(place.page_no)
    if place.page_no != 1 or page is None or item.parent is None or item.parent.cref != "#/body":
        return False
    text = item.text.strip()
    if not 2 <= len(text) <= TITLE_CHARACTERS or _NUMBERED.match(text) or sum(map(str.isalpha, text)) < 2:
        return False
    height = record.pages[1].height if 1 in record.pages else page.size.height
    return record.upright(place, document).top < TITLE_PLACE * height


def _height(item: TextItem, document: DoclingDocument, record: TextRecord) -> float:
    return max((part.height for part in record.of(item, document)), default=0.0)
