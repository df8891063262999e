"""Pictures that the network sees where nothing is drawn but a table's rows."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.pages import Box, LayoutLabel, LayoutRegion
from pipeline.stages.light_layout.containers import inside, line_words
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.open_tables import cells_across
from pipeline.stages.light_layout.stray_ink import stray_ink

LEAST_ROWS = 2  # of several cells; labels that stand by themselves may be the parts of a figure
DRAWN = 0.002  # share of a picture's pixels that are ink beside its words


def without_bare(
    regions: Sequence[LayoutRegion], lines: Sequence[LayoutLine], gray: NDArray[np.uint8], scale: float
) -> tuple[LayoutRegion, ...]:
    """The regions less the pictures in which nothing is drawn but rows of cells that the file itself writes.

    ``gray`` is the page's brightness (height, width) at ``scale`` pixels per point.
    """
    return tuple(
        region
        for region in regions
        if region.label is not LayoutLabel.PICTURE
        or not _has_rows(region.box, lines)
        or _is_drawn(region.box, lines, gray, scale)
    )


def _has_rows(box: Box, lines: Sequence[LayoutLine]) -> bool:
    held = [line for line in lines if inside(line, box)]
    return all(line.words for line in held) and sum(count > 1 for count in cells_across(held)) >= LEAST_ROWS


def _is_drawn(box: Box, lines: Sequence[LayoutLine], gray: NDArray[np.uint8], scale: float) -> bool:
    """Whether something but words is drawn in the box."""
    left, top = max(int(box.left * scale), 0), max(int(box.top * scale), 0)
    part = gray[top : int(box.bottom * scale) + 1, left : int(box.right * scale) + 1]
    if not part.size:
        return True
    words = [word for line in lines if line.box.intersection(box) > 0 for word in line_words(line)]
    return stray_ink(part, scale, [word.box for word in words], left, top) >= DRAWN
