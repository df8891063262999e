"""Tables as wide as the words in their rows: an edge that cuts a line of a cell would lose its end. Pure functions."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.pages import Box, LayoutRegion
from pipeline.stages.light_layout.containers import inside, line_words
from pipeline.stages.light_layout.lines import LayoutLine, bounds

SPACE = 1.0  # of a line's height: words farther apart are of two columns; a typewriter's space is 0.7


def with_cut_words(region: LayoutRegion, lines: Sequence[LayoutLine], held: Sequence[LayoutRegion]) -> LayoutRegion:
    """The table, grown sideways around the words that its edge parts from those before or behind them, unless other
    lines, or regions that are ``held``, stand there.
    """
    own = [line for line in lines if line.upright and inside(line, region.box)]
    grown = bounds([region.box, *(box for line in own for box in _runs_into(line, region.box))])
    grown = replace(region.box, left=grown.left, right=grown.right)
    if grown == region.box:
        return region
    others = [line.box for line in lines if not inside(line, region.box)] + [other.box for other in held]
    free = not any(_is_new(box, region.box, grown) for box in others)
    return replace(region, box=grown) if free else region


def _runs_into(line: LayoutLine, box: Box) -> Iterator[Box]:
    """The boxes of the line's runs of words, a space apart, that stand in ``box`` with a part."""
    run: list[Box] = []
    for word in sorted((word.box for word in line_words(line)), key=lambda word: word.left):
        if run and word.left - run[-1].right >= SPACE * line.height:
            yield from _touched(run, box)
            run = []
        run.append(word)
    yield from _touched(run, box)


def _touched(run: Sequence[Box], box: Box) -> list[Box]:
    return [bounds(run)] if any(word.intersection(box) > 0.5 * word.area for word in run) else []


def _is_new(other: Box, box: Box, grown: Box) -> bool:
    """Whether more of ``other`` lies in the grown box."""
    return other.intersection(grown) > other.intersection(box) + 0.1
