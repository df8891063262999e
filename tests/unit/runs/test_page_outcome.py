"""How far the text of a page is trusted."""

from dataclasses import replace

import pytest

from pipeline.pages import PageFacts, PageNotice, PagePrediction, PageSize, TextLine
from pipeline.runs.page_outcome import converted_page, page_confidence, text_source

PRINTED = PageFacts(3, PageSize(612, 792), 40, 1000, 0, 0.0, 0.1)
PLAIN = PagePrediction(3, (), (), (), False, 10.0, 0.0, 0.0)
CORNERS = ((0.0, 0.0), (100.0, 0.0), (100.0, 10.0), (0.0, 10.0))
READ = replace(PLAIN, ocr=True, lines=(TextLine("x" * 100, 0.8, CORNERS),), text_score=0.8)
SCANNED = replace(PRINTED, cells=0, characters=0, image_share=1.0)


def test_a_sound_text_layer_is_trusted() -> None:
    assert page_confidence(PRINTED, PLAIN, replaced=False) == 1


def test_characters_without_a_meaning_and_fonts_that_lie_are_not() -> None:
    assert page_confidence(replace(PRINTED, garbled_share=0.2), PLAIN, replaced=False) == pytest.approx(0.8)
    assert page_confidence(replace(PRINTED, doubtful_characters=500), PLAIN, replaced=False) == pytest.approx(0.75)


def test_a_scan_is_trusted_as_far_as_it_was_read() -> None:
    assert page_confidence(SCANNED, READ, replaced=False) == pytest.approx(0.8)
    assert page_confidence(PRINTED, READ, replaced=True) == pytest.approx(0.8)
    assert page_confidence(replace(SCANNED, characters=100), READ, replaced=False) == pytest.approx(0.9)


def test_a_blank_page_has_no_confidence_and_one_that_could_not_be_read_has_none_left() -> None:
    assert page_confidence(SCANNED, replace(READ, lines=(), text_score=1.0), replaced=False) is None
    assert page_confidence(SCANNED, replace(READ, lines=(), text_score=0.0), replaced=False) == 0


def test_an_unsure_page_says_so_after_what_else_there_is_to_say() -> None:
    heard = PageNotice("language_data_missing", "Page 3: no data.")
    outcome = converted_page(SCANNED, replace(READ, text_score=0.4, notices=(heard,)), False, 2)
    assert outcome.confidence == 0.4
    assert "language_data_missing" in outcome.code
    assert "text_unsure" in outcome.code
    assert converted_page(SCANNED, READ, False, 2).code == ""


def test_a_page_says_where_its_text_came_from() -> None:
    hidden = replace(SCANNED, hidden_characters=900)
    assert text_source(PRINTED, PLAIN, replaced=False) == "layer"
    assert text_source(SCANNED, READ, replaced=False) == "ocr"
    assert text_source(PRINTED, READ, replaced=False) == "layer+ocr"
    assert text_source(PRINTED, READ, replaced=True) == "ocr"
    assert text_source(hidden, READ, replaced=False) == "ocr"
    assert text_source(hidden, PLAIN, replaced=False) == "layer"
    assert text_source(SCANNED, replace(READ, languages=("rus", "ell")), replaced=False) == "ocr:rus,ell"
    assert text_source(SCANNED, PLAIN, replaced=False) == ""
