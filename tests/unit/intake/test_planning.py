"""Page ranges, the choice of OCR, batches: pure functions."""

from dataclasses import replace
from typing import Any

import pytest

from pipeline.errors import PageRangeMalformed, PageRangeOutside, TooManyPages
from pipeline.intake.planning import needs_ocr, parse_page_range, plan_batches, replaces_text
from pipeline.pages import OcrMode, PageFacts, PageSize

LETTER = PageSize(612.0, 792.0)


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("", (1, 2, 3, 4, 5, 6, 7, 8, 9)),
        ("  ", (1, 2, 3, 4, 5, 6, 7, 8, 9)),
        ("4", (4,)),
        ("1-3,7", (1, 2, 3, 7)),
        (" 1 - 3 , 7 ", (1, 2, 3, 7)),
        ("7-", (7, 8, 9)),
        ("-3", (1, 2, 3)),
        ("7,1-3,2-4,3,7", (1, 2, 3, 4, 7)),
        ("9-9,1", (1, 9)),
        ("3-1,9-8", (1, 2, 3, 8, 9)),
    ],
)
def test_a_page_range_selects_each_page_once_and_in_order(text: str, pages: tuple[int, ...]) -> None:
    assert parse_page_range(text, 9) == pages


def test_any_dash_makes_a_range() -> None:
    assert {parse_page_range(f"1{dash}3,5{dash}", 6) for dash in "-‐‑‒–—−"} == {(1, 2, 3, 5, 6)}


@pytest.mark.parametrize(
    "text",
    ["-", ",", "1,", "1,,2", "a", "1-2-3", "1;2", "1.5", "--2", "１-３", "1 2", "1-1000000000000000", "0x1"],
)
def test_what_is_no_page_range_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(PageRangeMalformed, match="1-3,7"):
        parse_page_range(text, 9)


@pytest.mark.parametrize(
    ("text", "page"), [("0", "0"), ("10", "10"), ("3-12", "12"), ("999999999999", "999,999,999,999"), ("0-3", "0")]
)
def test_a_page_outside_the_document_is_named(text: str, page: str) -> None:
    with pytest.raises(PageRangeOutside, match=f"^Page {page} is outside the document, which has 9 pages"):
        parse_page_range(text, 9)


def test_a_document_of_one_page_needs_no_range() -> None:
    with pytest.raises(PageRangeOutside, match="which has one page; leave the range empty"):
        parse_page_range("1-2", 1)


def test_a_document_that_claims_a_thousand_million_pages_is_counted_and_not_listed() -> None:
    with pytest.raises(TooManyPages, match="1,000,000,000 pages are selected and the limit is 300"):
        parse_page_range("", 1_000_000_000, limit=300)
    assert parse_page_range("999999998-", 1_000_000_000) == (999_999_998, 999_999_999, 1_000_000_000)


def test_overlapping_ranges_count_once_against_the_limit() -> None:
    assert parse_page_range("1-4,2-5", 9, limit=5) == (1, 2, 3, 4, 5)
    with pytest.raises(TooManyPages, match="6 pages"):
        parse_page_range("1-4,2-6", 9, limit=5)


BORN_DIGITAL = PageFacts(1, LETTER, cells=60, characters=2000, hidden_characters=0, garbled_share=0.0, image_share=0.1)


@pytest.mark.parametrize(
    ("changes", "ocr"),
    [
        ({}, False),
        ({"image_share": 1.0}, False),  # a page with a background picture
        ({"characters": 0, "cells": 0, "image_share": 0.0}, False),  # a blank page, or vector graphics only
        ({"characters": 0, "cells": 0, "image_share": 0.9}, True),  # a scan
        ({"characters": 20, "cells": 1, "image_share": 1.0}, True),  # a scan with a stamp
        (
            {"characters": 0, "cells": 0, "hidden_characters": 1800, "image_share": 1.0},
            True,
        ),  # a scan with somebody's OCR
        ({"characters": 0, "cells": 0, "image_share": 0.2}, False),  # a page that holds one photograph
        ({"characters": 120, "cells": 2, "image_share": 1.0}, True),  # a scan with a download notice
        ({"characters": 3, "cells": 1, "image_share": 0.0, "ink_share": 0.05}, True),  # text drawn as outlines
        ({"characters": 0, "cells": 0, "image_share": 0.0, "ink_share": 0.0005}, False),  # a rule on a blank page
        ({"ink_share": 0.08}, False),
        ({"garbled_share": 0.19}, False),
        ({"garbled_share": 0.8}, True),
    ],
)
def test_pages_are_read_from_their_image_only_where_the_text_layer_is_no_good(
    changes: dict[str, Any], ocr: bool
) -> None:
    facts = replace(BORN_DIGITAL, **changes)
    assert needs_ocr(facts, OcrMode.AUTO) is ocr
    assert needs_ocr(facts, OcrMode.ALWAYS)
    assert not needs_ocr(facts, OcrMode.NEVER)


def test_ocr_replaces_a_garbled_text_layer_and_adds_to_a_sound_one() -> None:
    garbled = replace(BORN_DIGITAL, garbled_share=0.8)
    stamped = replace(BORN_DIGITAL, characters=20, image_share=1.0)
    assert replaces_text(garbled, OcrMode.AUTO)
    assert not replaces_text(stamped, OcrMode.AUTO)
    assert replaces_text(BORN_DIGITAL, OcrMode.ALWAYS)
    assert not replaces_text(garbled, OcrMode.NEVER)


def test_batches_start_small_and_grow() -> None:
    batches = plan_batches(range(1, 31), 12, first=(2, 4, 8))
    assert [len(batch) for batch in batches] == [2, 4, 8, 12, 4]
    assert [page for batch in batches for page in batch] == list(range(1, 31))


def test_no_batch_is_larger_than_allowed_even_at_the_start() -> None:
    assert plan_batches((3, 5, 7), 1, first=(2, 4)) == ((3,), (5,), (7,))
    assert plan_batches((), 8) == ()


def test_large_pages_make_batches_of_fewer_pages() -> None:
    poster = PageSize(
        2000.0, 3000.0
    )  # 24 megapixels, 72 MB: fifteen to a batch of 1 GiB hold 1.08 GB, fourteen 1.01 GB
    batches = plan_batches(range(1, 31), 96, sizes=[poster] * 30)
    assert [len(batch) for batch in batches] == [14, 14, 2]


def test_a_page_of_impossible_size_counts_as_the_largest_image_allowed() -> None:
    absurd = PageSize(1e9, 1e9)
    assert plan_batches((1, 2), 96, sizes=[absurd, LETTER]) == ((1, 2),)
