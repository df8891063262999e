"""The ruled tables of a replayed page, or of a part of it."""

from dataclasses import replace

import numpy as np

from pipeline.pages import Box, LayoutLabel, TableStructure
from pipeline.pixels import page_image
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.match import LayoutWord
from pipeline.stages.light_layout.rulings import lattices
from pipeline.stages.replay import ReplayPage

AROUND = 4.0  # points looked at beyond a table's box, where its outer rules may lie
HELD = 0.8  # share of a table's words that its lattice must hold
LEAST_PIXELS = 32
SUSPICION = 0.5
_SUSPECTS = (LayoutLabel.TABLE, LayoutLabel.PICTURE)


def ruled_tables(page: ReplayPage, lines: list[LayoutLine]) -> tuple[TableStructure, ...]:
    """The tables with drawn rules on the page; pages on which the network saw no table or picture are not looked at."""
    if not any(region.label in _SUSPECTS and region.score >= SUSPICION for region in page.prediction.regions):
        return ()
    size = page.rendered.facts.size
    words = [word for line in lines for word in (line.words or (LayoutWord(line.text, line.box),))]
    return tuple(_look(page, Box(0, 0, size.width, size.height), words))


def ruled_structure(page: ReplayPage, box: Box, words: list[LayoutWord]) -> TableStructure | None:
    """The lattice drawn over most of ``box``; None where there is none."""
    around = Box(box.left - AROUND, box.top - AROUND, box.right + AROUND, box.bottom + AROUND)
    found = _look(page, around, words)
    best = max(found, key=lambda table: table.box.area, default=None)
    if best is None or sum(_held(word, best.box) for word in words) < HELD * len(words):
        return None
    return best


def _held(word: LayoutWord, box: Box) -> bool:
    return word.box.intersection(box) > 0.5 * word.box.area


def _look(page: ReplayPage, box: Box, words: list[LayoutWord]) -> list[TableStructure]:
    scale = page.rendered.scale
    pixels = page_image(page.pixels, page.rendered)
    left, top = max(int(box.left * scale), 0), max(int(box.top * scale), 0)
    green = np.ascontiguousarray(pixels[top : int(box.bottom * scale) + 1, left : int(box.right * scale) + 1, 1])
    if min(green.shape) < LEAST_PIXELS:
        return []
    dx, dy = left / scale, top / scale
    local = [LayoutWord(word.text, _moved(word.box, -dx, -dy)) for word in words]
    return [_placed(table, dx, dy) for table in lattices(green, scale, local)]


def _moved(box: Box, dx: float, dy: float) -> Box:
    return Box(box.left + dx, box.top + dy, box.right + dx, box.bottom + dy)


def _placed(table: TableStructure, dx: float, dy: float) -> TableStructure:
    cells = tuple(replace(cell, box=_moved(cell.box, dx, dy) if cell.box else None) for cell in table.cells)
    return replace(table, box=_moved(table.box, dx, dy), cells=cells)
