"""Which of a document's pages are scans, at a glance: before a run, by pdfium alone and within a budget of time. Never
imported by the server.

The rule is the one by which a page is read from its image later (``planning.needs_ocr``), on the facts that cost least.
So the answer is an estimate: letters drawn as outlines, garbled text and fonts that lie about their letters are found
only by the run itself, and text that lies under the image of its page counts as shown here.
"""

import math
import time
from collections.abc import Iterator
from itertools import islice

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.intake import raster
from pipeline.intake.cells import covered_share
from pipeline.intake.page_objects import bounds_on_page
from pipeline.intake.planning import STAMPED, needs_ocr
from pipeline.intake.raster import Refused
from pipeline.intake.scan_detail import FORM_DEPTH, INVISIBLE, MOST_OBJECTS
from pipeline.intake.wire import Surveyed, SurveyRequest
from pipeline.pages import OcrMode, PageFacts, PageSize

SAMPLED_CHARACTERS = 200  # of a page; the others are taken to be like them
GOLDEN = (math.sqrt(5) - 1) / 2


def survey(document: pdfium.PdfDocument, request: SurveyRequest) -> Surveyed:
    """Look at pages until all have been seen or the time is used up, which is looked at between two pages."""
    end = time.monotonic() + request.budget_ms / 1000
    looked = scanned = 0
    for page in spread(min(len(document), request.pages)):
        scanned += _is_scan(document, page, request.scanned_share)
        looked += 1
        if time.monotonic() >= end:
            break
    return Surveyed(looked, scanned)


def spread(count: int) -> Iterator[int]:
    """The numbers from 1 to ``count``, each once, in an order of which any beginning is spread evenly.

    Steps of the golden section (Weyl's sequence) are that, and fall in with no period of the pages, such as backs that
    are blank.
    """
    step = max(round(count * GOLDEN), 1)
    while math.gcd(step, count) > 1:
        step += 1
    return (number * step % count + 1 for number in range(count))


def _is_scan(document: pdfium.PdfDocument, number: int, scanned_share: float) -> bool:
    try:
        page = raster.load_page(document, number)
    except Refused:  # a page that cannot be found is not read by anybody
        return False
    try:
        return needs_ocr(_facts(page, number), OcrMode.AUTO, scanned_share)
    except pdfium.PdfiumError:  # one page says nothing of the others
        return False
    finally:
        page.close()


def _facts(page: pdfium.PdfPage, number: int) -> PageFacts:
    """What is counted of the page. Bitmaps are measured only where the text is too little to decide alone."""
    characters = _shown_characters(page)
    covered = _image_share(page) if characters < STAMPED else 0.0
    size = PageSize(page.get_width(), page.get_height())
    return PageFacts(number, size, 0, characters, 0, garbled_share=0.0, image_share=covered)


def _shown_characters(page: pdfium.PdfPage) -> int:
    """About how many characters leave ink on the page."""
    text_page = page.get_textpage()
    try:
        count = text_page.count_chars()
        sampled = min(count, SAMPLED_CHARACTERS)
        shown = sum(_leaves_ink(text_page, place * count // sampled) for place in range(sampled))
        return round(shown * count / sampled) if sampled else 0
    finally:
        text_page.close()


def _leaves_ink(text_page: pdfium.PdfTextPage, index: int) -> bool:
    """Whether the character is shown. Spaces between words that pdfium adds by itself belong to no object."""
    shown_by = pdfium_c.FPDFText_GetTextObject(text_page, index)
    if not shown_by or pdfium_c.FPDFText_GetUnicode(text_page, index) <= ord(" "):
        return False
    return pdfium_c.FPDFTextObj_GetTextRenderMode(shown_by) not in INVISIBLE


def _image_share(page: pdfium.PdfPage) -> float:
    """Share of the page's area under bitmaps, in [0, 1], as far as they are among its first objects."""
    left, bottom, right, top = page.get_bbox()
    objects = islice(page.get_objects(max_depth=FORM_DEPTH), MOST_OBJECTS)
    boxes = (bounds_on_page(item) for item in objects if item.type == pdfium_c.FPDF_PAGEOBJ_IMAGE)
    shifted = ((x0 - left, y0 - bottom, x1 - left, y1 - bottom) for x0, y0, x1, y1 in boxes)
    return covered_share(shifted, right - left, top - bottom)
