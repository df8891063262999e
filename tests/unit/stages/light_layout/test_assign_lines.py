"""Which region gets which line."""

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.assign_lines import Block, claim, joined
from pipeline.stages.light_layout.lines import typography
from tests.support.layout_pages import line, paragraph, region

FULL = "some words that fill one whole line of running text here"
WEAK = region(LayoutLabel.FORMULA, (50, 90, 550, 300), 0.4)


def test_a_weak_region_gets_the_few_lines_that_nobody_claims() -> None:
    lines = [line("p + q = 2", 100, 100), line("d < l", 100, 116)]
    blocks, orphans = claim([WEAK], lines)
    assert [block.lines for block in blocks] == [tuple(lines)]
    assert not orphans


def test_a_weak_region_gets_nothing_where_lines_of_another_one_stand_between() -> None:
    text = paragraph(3, 60, 140)
    lines = [line("p + q = 2", 100, 100), *text, line("A title beside it", 400, 250)]
    blocks, orphans = claim([WEAK, region(LayoutLabel.TEXT, (55, 138, 420, 185), 0.9)], lines)
    assert [block.label for block in blocks] == [LayoutLabel.TEXT]
    assert orphans == [lines[0], lines[-1]]


def test_a_paragraph_that_the_network_cuts_is_whole_at_its_own_leading() -> None:
    lines = [line(FULL, 60, 100 + 16 * number) for number in range(5)]
    blocks = [Block(LayoutLabel.TEXT, 0.9, tuple(part)) for part in (lines[:3], lines[3:])]
    assert len(joined(blocks, typography(lines))) == 1, "0.6 of a line between all lines"
    apart = [line(FULL, 60, 100 + 16 * number + 8 * (number > 2)) for number in range(5)]
    blocks = [Block(LayoutLabel.TEXT, 0.9, tuple(part)) for part in (apart[:3], apart[3:])]
    assert len(joined(blocks, typography(apart))) == 2, "white space between paragraphs"


def spaced(*texts: str) -> list[Block]:
    """A paragraph of four lines whose white is nearly as high as they are, and one block for each of the ``texts``."""
    usual = [line(FULL, 60, 100 + 19 * number) for number in range(4)]
    pair = [line(text, 60, 300 + 19.3 * number) for number, text in enumerate(texts)]
    return [Block(LayoutLabel.TEXT, 0.9, part) for part in (tuple(usual), *((each,) for each in pair))]


def number_joined(blocks: list[Block]) -> int:
    return len(joined(blocks, typography([each for block in blocks for each in block.lines])))


def test_a_paragraph_of_two_lines_is_whole_at_the_leading_of_its_page() -> None:
    assert number_joined(spaced(FULL, "and goes on from there")) == 2
    assert number_joined(spaced(f"{FULL[:-5]}.", "and goes on from there")) == 3, "the sentence ends"
    assert number_joined(spaced("a line that is less wide", "and goes on from there")) == 3, "the next word had room"
    assert number_joined([*spaced(FULL)[1:], *spaced(FULL, "and goes on")[2:]]) == 2, "nothing shows the leading"
