"""An assembled page as text, so that a run that continues another takes it over without rendering it again.

What docling needs of a page to put a document together is its assembled elements. Beside them stands how the page looks
in print, which the passes over the whole document ask. All of it is JSON, mostly the places of words, and so is stored
compressed, at a fifth of its size. Each element is saved with the name of its class, since several classes have the
same fields. A page that another release of Folio or docling has saved is not taken over: its elements may mean
something else there.
"""

import base64
import zlib
from dataclasses import dataclass, replace
from importlib.metadata import version

from docling.datamodel.base_models import (
    AssembledUnit,
    ContainerElement,
    FigureElement,
    Page,
    PageElement,
    Table,
    TextElement,
)
from docling_core.types.doc import ImageRef
from docling_core.types.doc.base import Size
from pydantic import BaseModel

import pipeline
from pipeline.page_tags import Bookmark
from pipeline.stages.document.element_text import ElementKey, ElementText, PrintedPage

RELEASE = f"folio {pipeline.__version__}, docling {version('docling')}"
ELEMENTS = {kind.__name__: kind for kind in (TextElement, Table, FigureElement, ContainerElement)}


class SavedElement(BaseModel):
    """One element: the name of its class, and its fields as JSON; in which of docling's two lists it stands too."""

    kind: str
    fields: str
    in_body: bool
    in_headers: bool


class SavedPicture(BaseModel):
    """A picture of the page: its element's key, and the reference to its file."""

    key: ElementKey
    image: ImageRef


class SavedPage(BaseModel):
    """One page, as written by ``save_page``.

    The elements of ``text`` stand in ``text_elements``, since JSON has no mapping from keys that are tuples.
    """

    release: str
    page: int
    size: Size
    elements: list[SavedElement]
    text: PrintedPage
    text_elements: list[tuple[ElementKey, ElementText]]
    pictures: list[SavedPicture]
    tagged: bool
    outline: tuple[Bookmark, ...]


@dataclass(frozen=True, slots=True)
class ReadyPage:
    """A page between its assembly and the document's: for docling, for the passes over the document, and its pictures.

    ``tagged`` says that it was read by the PDF's tags; ``outline`` is the PDF's, which every page brings.
    """

    page: Page
    text: PrintedPage
    pictures: list[SavedPicture]
    tagged: bool
    outline: tuple[Bookmark, ...]


def save_page(ready: ReadyPage) -> str:
    """The page as text; empty where it holds what cannot be saved. Raises ValueError for a page without a size."""
    page, text = ready.page, ready.text
    unit = page.assembled or AssembledUnit()
    if page.size is None:
        raise ValueError("the page has no size")
    if any(type(element).__name__ not in ELEMENTS for element in unit.elements):
        return ""
    body, headers = set(map(id, unit.body)), set(map(id, unit.headers))
    elements = [
        SavedElement(
            kind=type(element).__name__,
            fields=element.model_dump_json(),
            in_body=id(element) in body,
            in_headers=id(element) in headers,
        )
        for element in unit.elements
    ]
    saved = SavedPage(
        release=RELEASE,
        page=page.page_no,
        size=page.size,
        elements=elements,
        text=replace(text, elements={}),
        text_elements=list(text.elements.items()),
        pictures=ready.pictures,
        tagged=ready.tagged,
        outline=ready.outline,
    )
    return base64.b64encode(zlib.compress(saved.model_dump_json().encode("utf-8", "replace"))).decode("ascii")


def load_page(text: str) -> ReadyPage | None:
    """The page; None for text that this release has not saved."""
    try:
        saved = SavedPage.model_validate_json(zlib.decompress(base64.b64decode(text)))
        if saved.release != RELEASE:
            return None
        elements = [(_element(item), item) for item in saved.elements]
    except (ValueError, KeyError, zlib.error):  # pydantic's errors are ValueErrors
        return None
    page = Page(page_no=saved.page, size=saved.size)
    page.assembled = AssembledUnit()  # filled afterwards: docling's model would copy the lists and test each element
    page.assembled.elements = [element for element, _ in elements]
    page.assembled.body = [element for element, item in elements if item.in_body]
    page.assembled.headers = [element for element, item in elements if item.in_headers]
    return ReadyPage(
        page, replace(saved.text, elements=dict(saved.text_elements)), saved.pictures, saved.tagged, saved.outline
    )


def _element(saved: SavedElement) -> PageElement:
    return ELEMENTS[saved.kind].model_validate_json(saved.fields)
