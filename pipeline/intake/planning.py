"""What to convert, how, and in which portions: pure functions over page numbers and page facts."""

import math
import re
from collections.abc import Iterator, Sequence

from pipeline.errors import PageRangeMalformed, PageRangeOutside, TooManyPages
from pipeline.pages import MOST_PAGES, POINTS_PER_INCH, RANGE_DASHES, RENDER_DPI, OcrMode, PageFacts, PageSize
from pipeline.pixels import BYTES_PER_PIXEL

# -- page ranges -----------------------------------------------------------------------------------------------------

ANY_DASH = str.maketrans(RANGE_DASHES, "-" * len(RANGE_DASHES))
RANGE_PART = re.compile(r"(?P<first>\d{0,12})(?:\s*(?P<dash>-)\s*(?P<last>\d{0,12}))?", re.ASCII)


def parse_page_range(text: str, page_count: int, limit: int = MOST_PAGES) -> tuple[int, ...]:
    """Page numbers from 1, in order and each once: ``1-3,7``, ``5-`` to the end, ``-3`` from the start, empty for all.
    Any dash does, and a range may be written backwards.

    Raises PageRangeMalformed, PageRangeOutside, or TooManyPages where more than ``limit`` pages are selected.
    """
    parts = text.translate(ANY_DASH).split(",") if text.strip() else ["-"]
    spans = _merge(sorted(_span(part.strip(), text, page_count) for part in parts))
    selected = sum(last - first + 1 for first, last in spans)
    if selected > limit:
        raise TooManyPages(selected, limit)
    return tuple(page for first, last in spans for page in range(first, last + 1))


def _span(part: str, text: str, page_count: int) -> tuple[int, int]:
    match = RANGE_PART.fullmatch(part)
    if match is None or not part or (part == "-" and text.strip()):
        raise PageRangeMalformed(text)
    first = int(match["first"] or 1)
    last = int(match["last"] or page_count) if match["dash"] else first
    for page in (first, last):
        if not 1 <= page <= page_count:
            raise PageRangeOutside(page, page_count)
    return min(first, last), max(first, last)


def _merge(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in spans:
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


# -- which pages need OCR ----------------------------------------------------------------------------------------------

# share of meaningless characters that makes OCR the better text; one unreadable box on a good page was seen to reach
# 0.19
GARBLED = 0.3
SCANNED = 0.5  # share of the page under bitmaps from which the page counts as an image of a page
STAMPED = 400  # visible characters that a scanned page may carry as stamps, download notices or running titles
FEW_CHARACTERS = 50  # the same of a page whose text is drawn as outlines: a page number
INKED = 0.003  # share of a page's image that is ink and no word, from which on it may be outlines: about two lines


def needs_ocr(facts: PageFacts, mode: OcrMode, scanned_share: float = SCANNED) -> bool:
    """Whether the page's text is to be read from its image.

    In ``auto``: where the text layer is garbled or a font lies about its letters, where bitmaps cover most of a page
    that shows no more text itself than stamps do, and where there is ink but no text, since letters can be drawn as
    outlines, of any size and turned any way; also where only a part of the page shows lines of text that the layer does
    not have. A hidden text layer does not count as text that the page shows: it is somebody else's OCR, and its quality
    is unknown. Text that the page does show is never read over: OCR's lines that touch it are dropped. From
    ``scanned_share`` of the page's area on, bitmaps cover most of it.
    """
    if mode is not OcrMode.AUTO:
        return mode is OcrMode.ALWAYS
    scanned = facts.image_share >= scanned_share and facts.characters < STAMPED
    outlined = facts.ink_share >= INKED and facts.characters < FEW_CHARACTERS
    return _garbled(facts) or scanned or outlined or facts.doubtful_characters > 0 or facts.unread_share > 0


def replaces_text(facts: PageFacts, mode: OcrMode) -> bool:
    """Whether OCR replaces the page's text layer instead of adding to it."""
    return mode is OcrMode.ALWAYS or (mode is OcrMode.AUTO and _garbled(facts))


def _garbled(facts: PageFacts) -> bool:
    return facts.characters > 0 and facts.garbled_share >= GARBLED


# -- page batches ------------------------------------------------------------------------------------------------------

BATCH_BYTES = 1 << 30  # page images of one batch as planned; three batches are on disk at a time
# The same as drawn, from which on a batch is ended early: a scan has up to 4.5 times the bytes of a page of its size.
MOST_BATCH_BYTES = 2 << 30
UNKNOWN_PAGE = PageSize(612.0, 792.0)  # points, US letter: what a page whose size was not sent is taken for


def plan_batches(
    pages: Sequence[int],
    batch_pages: int,
    first: Sequence[int] = (),
    sizes: Sequence[PageSize] = (),
    max_megapixels: int = 24,
) -> tuple[tuple[int, ...], ...]:
    """Split ``pages`` into page batches of at most ``batch_pages`` pages and 1 GiB of page images.

    ``first`` has the largest number of pages of the first batches (small ones show a first page early); ``sizes`` the
    sizes of the document's pages, as ``Preflight`` has them.
    """
    return tuple(_batches(pages, batch_pages, first, sizes, max_megapixels * 1_000_000 * BYTES_PER_PIXEL))


def _batches(
    pages: Sequence[int], batch_pages: int, first: Sequence[int], sizes: Sequence[PageSize], most_bytes: int
) -> Iterator[tuple[int, ...]]:
    limits = [min(limit, batch_pages) for limit in first]
    batch: list[int] = []
    held = done = 0
    for page in pages:
        size = sizes[page - 1] if page <= len(sizes) else UNKNOWN_PAGE
        needed = min(image_bytes(size), most_bytes)
        limit = limits[done] if done < len(limits) else batch_pages
        if batch and (len(batch) >= limit or held + needed > BATCH_BYTES):
            yield tuple(batch)
            batch, held, done = [], 0, done + 1
        batch.append(page)
        held += needed
    if batch:
        yield tuple(batch)


def image_bytes(size: PageSize) -> int:
    """Bytes of a page's RGB image at 144 dpi."""
    scale = RENDER_DPI / POINTS_PER_INCH
    return math.ceil(size.width * scale) * math.ceil(size.height * scale) * BYTES_PER_PIXEL
