"""Which pages need no layout network, because they are running text whose lines say what they are."""

from collections.abc import Sequence
from itertools import pairwise

from pipeline.pages import PageFacts
from pipeline.stages.light_layout.blocks import rows, same_height
from pipeline.stages.light_layout.formula_lines import is_formula
from pipeline.stages.light_layout.lines import LayoutLine, page_lines, typography
from pipeline.stages.light_layout.ruled_tables import ink_beside_text
from pipeline.stages.replay import ReplayPage

BARE = 0.002  # share of the page's area: ink of a few underlines; the lines of a chart have more
RULED = 0.02  # share of the page's area: ink of frames and rules; more is shades and pictures
ROWS = 4  # of text at least: how few lines belong together is seen from the page as a whole


def is_read_by_lines(page: ReplayPage) -> bool:
    """Whether the page is running text in one column, maybe between rules or in frames, and nothing else: no pictures,
    drawings, fields or columns, and no text that has to be read from its image.
    """
    if not _shows_text_alone(page.rendered.facts) or page.segmented.widgets:
        return False
    lines = page_lines(page)
    return is_running_text(lines) and _draws_rules_alone(page, lines)


def _shows_text_alone(facts: PageFacts) -> bool:
    doubtful = facts.doubtful_characters > 0 or facts.garbled_share > 0 or facts.unread_share > 0
    return not doubtful and facts.image_share == 0 and facts.ink_share < RULED


def _draws_rules_alone(page: ReplayPage, lines: Sequence[LayoutLine]) -> bool:
    return page.rendered.facts.ink_share < BARE or ink_beside_text(page, lines) < BARE


def is_running_text(lines: Sequence[LayoutLine]) -> bool:
    """Whether the text is lines of one column in a type of varying width, with nothing beside another but in the first
    and the last row, where a page has its number.
    """
    if not lines or not all(line.upright for line in lines):
        return False
    type_ = typography(lines)
    if type_.font in type_.fixed or any(is_formula(line.text) for line in lines):
        return False
    ordered = rows(lines)
    first, last = ordered[0].box, ordered[-1].box
    inner = [row.box for row in ordered if not same_height(row.box, first) and not same_height(row.box, last)]
    return len(ordered) >= ROWS and not any(same_height(one, other) for one, other in pairwise(inner))
