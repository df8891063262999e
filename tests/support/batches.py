"""Page batches as far as a booking looks at them."""

from dataclasses import replace

from pipeline.pages import PageBatch, PageFacts, PageSize, PageTask, Rates, RenderedPage

FACTS = PageFacts(
    1, PageSize(612.0, 792.0), cells=60, characters=2000, hidden_characters=0, garbled_share=0.0, image_share=0.1
)

RATES = Rates(
    start_seconds=10.0, page_seconds=0.1, table_seconds=0.1, ocr_seconds=0.8
)  # with the margin 0.3 s a page, 1.2 s its OCR


def batch_of(pages: int, ocr_pages: int = 0, rates: Rates = RATES) -> PageBatch:
    rendered = [RenderedPage(page, 10, 10, 0, 2.0, "cells", replace(FACTS, page=page)) for page in range(1, pages + 1)]
    return PageBatch(
        0, "pixels", tuple(PageTask(page, ocr=page.page <= ocr_pages, tables=True) for page in rendered), rates
    )
