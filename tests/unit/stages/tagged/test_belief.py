"""Tags are believed where they say something, cover the text and follow the page."""

from pipeline.pages import Box
from pipeline.stages.tagged.belief import BlockText, believed
from pipeline.stages.tagged.tag_tree import BlockKind

HEADING, TEXT = BlockKind.HEADING, BlockKind.TEXT


def page(*parts: tuple[BlockKind, str, float]) -> list[BlockText]:
    return [BlockText(kind, text, Box(50, top, 550, top + 20)) for kind, text, top in parts]


GOOD = page((HEADING, "One", 40), (TEXT, "Words.", 80), (HEADING, "Two", 120), (TEXT, "More words.", 160))


def test_a_well_tagged_page_is_believed() -> None:
    assert believed(GOOD, covered=100, loose=5, artifacts=20)


def test_text_without_tags_or_mostly_artifacts_is_not() -> None:
    assert not believed(GOOD, covered=100, loose=30, artifacts=0)
    assert not believed(GOOD, covered=100, loose=0, artifacts=200)
    assert not believed([], covered=0, loose=0, artifacts=0)


def test_paragraphs_alone_say_no_more_than_the_page() -> None:
    assert not believed(page((TEXT, "One.", 40), (TEXT, "Two.", 80)), covered=100, loose=0, artifacts=0)


def test_an_order_that_jumps_up_the_page_is_not_believed() -> None:
    jumping = page(*[(HEADING, "Up and down", 700 - 40 * step) for step in range(10)])
    assert not believed(jumping, covered=100, loose=0, artifacts=0)


def test_columns_are_no_jumps() -> None:
    left = [BlockText(HEADING, "Left", Box(50, 40 * row, 280, 40 * row + 20)) for row in range(1, 6)]
    right = [BlockText(TEXT, "Right.", Box(310, 40 * row, 550, 40 * row + 20)) for row in range(1, 6)]
    assert believed([*left, *right], covered=100, loose=0, artifacts=0)


def test_one_paragraph_for_a_whole_page_and_one_for_each_line_are_not_believed() -> None:
    lump = page((HEADING, "One", 40), (TEXT, "words " * 400, 80))
    assert not believed(lump, covered=2400, loose=0, artifacts=0)
    lines = page((HEADING, "One", 40), *[(TEXT, "and so the line goes on", 80 + 20 * row) for row in range(12)])
    assert not believed(lines, covered=300, loose=0, artifacts=0)


def test_text_that_only_the_document_holds_is_not_believed() -> None:
    bare = BlockText(TEXT, "Foreword iii 1 The ford 4 2 Soundings 11", Box(50, 80, 550, 300), bare=True)
    assert not believed([GOOD[0], bare], covered=50, loose=0, artifacts=0)
    assert believed([*GOOD, bare], covered=500, loose=0, artifacts=0)
