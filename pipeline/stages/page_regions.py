"""Where a finished page's elements stand, in reading order: for whoever lays the page's image beside its text."""

from docling.datamodel.base_models import AssembledUnit, Page
from docling_core.types.doc import DocItem, DoclingDocument, TextItem

from pipeline.pages import PageRegion
from pipeline.stages.document.element_text import key_of
from pipeline.stages.export import printable
from pipeline.stages.markdown.inline_markup import plain_text

TEXT_CHARACTERS = 80  # of an element's text, by which a reader finds it again


def regions_of(document: DoclingDocument, page: Page, *, scored: bool = True) -> tuple[PageRegion, ...]:
    """The elements of ``page``, which ``document`` has alone, in reading order; none where its size is unknown.

    They have a confidence where they are ``scored``, by a layout network.
    """
    if page.size is None or not page.size.width or not page.size.height:
        return ()
    elements = (page.assembled or AssembledUnit()).elements
    sure = {key_of(page.page_no, each.cluster.bbox): each.cluster.confidence for each in elements if scored}
    found = []
    for item, _ in document.iterate_items():
        if not isinstance(item, DocItem) or not item.prov:
            continue
        box = item.prov[0].bbox.to_top_left_origin(page.size.height)
        confidence = sure.get(key_of(page.page_no, box))
        places = (box.l / page.size.width, box.t / page.size.height, box.r / page.size.width, box.b / page.size.height)
        left, top, right, bottom = (round(min(max(place, 0.0), 1.0), 4) for place in places)
        text = plain_text(item, document) if isinstance(item, TextItem) else ""
        found.append(
            PageRegion(
                item.label.value,
                (left, top, right, bottom),
                printable(" ".join(text.split())[:TEXT_CHARACTERS]),
                None if confidence is None else round(min(max(float(confidence), 0.0), 1.0), 3),
            )
        )
    return tuple(found)
