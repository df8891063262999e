"""Where a page begins in the Markdown of a whole document."""

import pytest
from docling_core.types.doc import (
    BoundingBox,
    DocItemLabel,
    DoclingDocument,
    ImageRefMode,
    ProvenanceItem,
)

from pipeline.stages.markdown import to_markdown
from pipeline.stages.page_starts import page_starts


def on(page: int) -> ProvenanceItem:
    return ProvenanceItem(page_no=page, bbox=BoundingBox(l=0, t=0, r=1, b=1), charspan=(0, 1))


def placed(document: DoclingDocument) -> dict[int, str]:
    """The first twelve characters of each page, by its number."""
    plain = to_markdown(document, ImageRefMode.PLACEHOLDER)
    starts = page_starts(document, plain, to_markdown(document, ImageRefMode.PLACEHOLDER, page_marks=True))
    return {page: plain[offset : offset + 12] for page, offset in starts}


def test_each_page_begins_at_its_first_item() -> None:
    document = DoclingDocument(name="pages")
    for page in (3, 4, 7):
        document.add_heading(f"Page {page}", prov=on(page))
        document.add_text(DocItemLabel.TEXT, f"Text of page {page}.", prov=on(page))
    assert placed(document) == {3: "## Page 3\n\nT", 4: "## Page 4\n\nT", 7: "## Page 7\n\nT"}


def test_a_list_over_two_pages_is_cut_between_its_items() -> None:
    document = DoclingDocument(name="list")
    group = document.add_list_group()
    for number, page in enumerate((1, 1, 2, 2)):
        document.add_list_item(f"item {number}", parent=group, prov=on(page))
    document.add_text(DocItemLabel.TEXT, "Afterwards.", prov=on(3))
    assert placed(document) == {1: "- item 0\n- i", 2: "- item 2\n- i", 3: "Afterwards."}


def test_a_document_whose_text_holds_such_a_mark_is_not_misplaced() -> None:
    document = DoclingDocument(name="hostile")
    document.add_text(DocItemLabel.CODE, "#_#_DOCLING_DOC_PAGE_BREAK_1_9_#_#", prov=on(1))
    document.add_code("#_#_DOCLING_DOC_PAGE_BREAK_1_9_#_#", prov=on(1))
    document.add_text(DocItemLabel.TEXT, "More.", prov=on(2))
    assert list(placed(document)) == [1]


@pytest.mark.parametrize("pages", [(), (5,)])
def test_a_document_of_one_page_or_none(pages: tuple[int, ...]) -> None:
    document = DoclingDocument(name="short")
    for page in pages:
        document.add_text(DocItemLabel.TEXT, "Alone.", prov=on(page))
    assert placed(document) == dict.fromkeys(pages, "Alone.")
