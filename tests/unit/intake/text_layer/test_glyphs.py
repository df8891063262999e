"""Which characters of a page stand in a box."""

import numpy as np

from pipeline.intake.text_layer.glyphs import PageGlyphs


def test_letters_taller_than_their_font_says_are_in_their_line_and_those_of_the_next_are_not() -> None:
    boxes = [(10, 100, 16, 106), (16, 100, 20, 114), (20, 100, 26, 106), (26, 100, 30, 106), (10, 115, 16, 130)]
    glyphs = PageGlyphs(tuple("ol a^"), np.array(boxes, dtype=np.float64))
    line = np.array([8, 99, 40, 106], dtype=np.float64)
    assert [glyphs.characters[number] for number in glyphs.inside(line)] == ["o", "l", "a"]
