"""Pieces of text without a tag of their own are one text where they go on in a line."""

import pytest
from docling_core.types.doc.page import BoundingRectangle, PdfCellRenderingMode, PdfTextCell, TextCell

from pipeline.page_tags import TagNode
from pipeline.pages import Box
from pipeline.stages.tagged.bare_text import with_whole_texts
from pipeline.stages.tagged.tag_tree import BlockKind, TagBlock, blocks
from pipeline.stages.tagged.tagged_words import MarkedWord
from tests.unit.stages.tagged.test_tag_tree import tree

RECT = BoundingRectangle(r_x0=0, r_y0=0, r_x1=1, r_y1=0, r_x2=1, r_y2=1, r_x3=0, r_y3=1)


def whole(*pieces: tuple[str, float, float], kind: BlockKind = BlockKind.TEXT) -> list[tuple[int, ...]]:
    """The marks of the texts that pieces make, each one word at (left, top), 12 points high and 6 a character wide."""
    words = {
        mark: [
            MarkedWord(
                TextCell(index=mark, rect=RECT, text=text, orig=text, from_ocr=False),
                Box(left, top, left + 6 * len(text), top + 12),
                mark,
                mark,
            )
        ]
        for mark, (text, left, top) in enumerate(pieces)
        if text
    }
    found = [TagBlock(kind, (mark,), bare=True) for mark in range(len(pieces))]
    return [block.marks for block in with_whole_texts(found, words)]


def test_divisions_below_each_other_are_texts_of_their_own() -> None:
    assert whole(("Patient: Hollis", 60, 100), ("Born: 5 May", 60, 114)) == [(0,), (1,)]


def test_divisions_side_by_side_are_too() -> None:
    assert whole(("Patient: Hollis", 60, 100), ("Received: 7 May", 320, 100)) == [(0,), (1,)]


@pytest.mark.parametrize(
    ("label", "left", "joined"), [("Account:", 160, True), ("Account", 160, False), ("Account:", 0, False)]
)
def test_a_label_and_the_value_right_of_it_are_one(label: str, left: float, joined: bool) -> None:
    assert whole((label, 60, 100), ("C-5582", left, 100)) == ([(0, 1)] if joined else [(0,), (1,)])
    assert whole((label, 60, 100), ("C-5582", left, 120)) == [(0,), (1,)]


def test_parts_of_a_line_are_one_text() -> None:
    assert whole(("Patient:", 60, 100), ("Hollis", 111, 100), ("", 0, 0), (", Ambrose", 147, 100)) == [(0, 1, 2, 3)]


@pytest.mark.parametrize(
    ("end", "start", "joined"), [("the", "old", True), ("the.", "old", False), ("the", "Old", False)]
)
def test_a_sentence_goes_on_in_the_next_line(end: str, start: str, joined: bool) -> None:
    assert len(whole((end, 300, 100), (start, 60, 114))) == (1 if joined else 2)


def test_what_has_a_tag_stays_as_it_is() -> None:
    assert whole(("Depth", 60, 100), ("chart", 93, 100), kind=BlockKind.PICTURE) == [(0,), (1,)]


def test_each_division_of_a_document_is_a_piece() -> None:
    nodes: list[TagNode] = tree(
        "Document;.NonStruct;..NonStruct;...0;..NonStruct;...1;.NonStruct;..2;.P;..NonStruct;...3;..4"
    )
    assert [(block.marks, block.bare) for block in blocks(nodes)] == [
        ((0,), True),
        ((1,), True),
        ((2,), True),
        ((3, 4), False),
    ]


def typed(*pieces: tuple[str, float, float, str]) -> list[tuple[int, ...]]:
    """As ``whole``, in these fonts."""
    words = {}
    for mark, (text, left, top, font) in enumerate(pieces):
        cell = PdfTextCell(
            index=mark,
            rect=RECT,
            text=text,
            orig=text,
            rendering_mode=PdfCellRenderingMode.FILL_TEXT,
            widget=False,
            font_key="",
            font_name=font,
        )
        words[mark] = [MarkedWord(cell, Box(left, top, left + 6 * len(text), top + 12), mark, mark)]
    found = [TagBlock(BlockKind.TEXT, (mark,), bare=True) for mark in range(len(pieces))]
    return [block.marks for block in with_whole_texts(found, words)]


def test_a_line_of_code_does_not_go_on_from_its_caption() -> None:
    caption, first = ("Listing (plan.go)", 60, 100, "/Serif-Italic"), ("type", 60, 115, "/Mono")
    assert typed(caption, first, ("struct", 90, 115, "/Mono")) == [(0,), (1, 2)]
    assert typed(caption, first, ("is a word", 90, 115, "/Serif")) == [(0, 1, 2)], "code within a sentence"
    assert typed(("var", 60, 100, "/Mono"), first) == [(0, 1)], "code goes on in code"
