"""Pictures that the network sees over text alone."""

import numpy as np
from numpy.typing import NDArray

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.drawn_pictures import without_bare
from pipeline.stages.light_layout.lines import LayoutLine
from tests.support.layout_pages import line, region

SCALE = 2.0
PICTURE = region(LayoutLabel.PICTURE, (50, 90, 350, 200), 0.6)
ROWS = [line(text, left, top) for top in (100, 116, 132) for text, left in (("811.2", 60), ("475.4", 200))]


def page(lines: list[LayoutLine], *drawn: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """White paper with a grey box for each word and a black one for each of ``drawn`` (left, top, right, bottom)."""
    gray = np.full((1600, 1200), 255, dtype=np.uint8)
    boxes = [(word.box.left, word.box.top, word.box.right, word.box.bottom) for one in lines for word in one.words]
    for left, top, right, bottom in [*boxes, *drawn]:
        gray[int(top * SCALE) : int(bottom * SCALE), int(left * SCALE) : int(right * SCALE)] = 40
    return gray


def test_rows_of_figures_with_nothing_drawn_beside_them_are_no_picture() -> None:
    assert without_bare([PICTURE], ROWS, page(ROWS), SCALE) == ()


def test_a_picture_stays_where_something_is_drawn() -> None:
    assert without_bare([PICTURE], ROWS, page(ROWS, (60, 150, 340, 190)), SCALE) == (PICTURE,)


def test_labels_that_stand_by_themselves_stay_a_picture() -> None:
    labels = [line("3.4", 60, 100), line("of the oak", 60, 130)]
    assert without_bare([PICTURE], labels, page(labels), SCALE) == (PICTURE,)
