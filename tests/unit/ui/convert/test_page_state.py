"""The state takes positions from clients and never follows one that does not exist."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.ui.convert.page_state import Document, PageState

TWO = PageState((Document(Path("a.pdf"), "a.pdf"), Document(Path("b.pdf"), "b.pdf")), first=5)


@pytest.mark.parametrize(("position", "chosen", "first"), [(1, 1, 0), (0, 0, 0), (2, 0, 5), (-1, 0, 5)])
def test_choosing(position: int, chosen: int, first: int) -> None:
    state = TWO.choose(position)
    assert (state.chosen, state.first) == (chosen, first)


@pytest.mark.parametrize(("index", "first"), [(0, 0), (4, 0), (5, 5), (11, 10), (99, 10), (-3, 0)])
def test_turning_pages_of_twelve(index: int, first: int) -> None:
    assert TWO.turn_to(index, 12).first == first


def test_the_question_whether_to_delete_is_about_the_chosen_document() -> None:
    asked = replace(TWO, deleting=True)
    assert asked.turn_to(0, 12).deleting
    assert not asked.choose(1).deleting


def test_a_document_takes_the_chosen_ones_place() -> None:
    first, second = TWO.documents
    other = replace(second, run_id="r")
    assert TWO.choose(1).with_chosen(other).documents == (first, other)
    assert TWO.with_chosen(other).documents == (other, second)


def test_an_empty_state_has_no_document() -> None:
    assert PageState().document is None
    assert not PageState().convertible
