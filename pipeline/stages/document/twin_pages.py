"""Pages that say what another page says: copies of one form, a letter to many, the same sheet scanned twice.

What such pages share is what they are made of, so that it says nothing about what repeats around their text.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import islice

from docling.datamodel.base_models import Page, Table, TextElement

from pipeline.stages.document.element_text import PrintedPage

ALIKE = 0.75  # share of the distinct words of two pages that both have: fields are filled, a scan is read once more
SAME_PLACE = 0.06  # share of a page's height by which the same words stand elsewhere at most, on the whole
LEAST_WORDS = 30  # distinct words: pages of fewer are alike by chance
RECENT = 32  # different pages before a page with which it is compared
_WORD = re.compile(r"[^\W\d_]{2,}")


def first_alike(pages: Sequence[Page], texts: Mapping[int, PrintedPage]) -> Mapping[int, int]:
    """For each page's number that of the first page that says the same, its own where none before it does."""
    found: dict[int, int] = {}
    different: dict[int, Mapping[str, float]] = {}
    for page in pages:
        words = _places(page, texts.get(page.page_no))
        recent = islice(reversed(different.items()), RECENT)
        found[page.page_no] = next((number for number, other in recent if _alike(words, other)), page.page_no)
        if found[page.page_no] == page.page_no:
            different[page.page_no] = words
    return found


def _places(page: Page, text: PrintedPage | None) -> dict[str, float]:
    """The distinct words of a page's texts and cells, each with the highest place at which it stands, as a share of the
    page's height.
    """
    found: dict[str, float] = {}
    elements = page.assembled.elements if page.assembled and text is not None else ()
    for element in elements:
        box = text.upright(element.cluster.bbox) if text is not None else None
        words = _WORD.findall(_said(element).casefold())
        for number, word in enumerate(words):
            place = (box.top + number / len(words) * box.height) / text.height if box and text else 0.0
            found[word] = min(place, found.get(word, place))
    return found


def _said(element: object) -> str:
    if isinstance(element, Table):
        return " ".join(cell.text for cell in element.table_cells)
    return element.text if isinstance(element, TextElement) else ""


def _alike(words: Mapping[str, float], other: Mapping[str, float]) -> bool:
    fewer, more = sorted((len(words), len(other)))
    if fewer < max(LEAST_WORDS, ALIKE * more):
        return False
    shared = words.keys() & other.keys()
    if len(shared) < ALIKE * (fewer + more - len(shared)):
        return False
    return sum(abs(words[word] - other[word]) for word in shared) <= SAME_PLACE * len(shared)
