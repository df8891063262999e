"""How high the letters of a line are where its font says too little: some fonts say half of it."""

import unicodedata
from dataclasses import replace

from pipeline.pages import Box

TALL = 1.6  # mean widths of a line's characters: its letters are as high at least
LOW = 2.5  # times the height that a font says: its letters are no higher


def letter_box(line: Box, text: str, pitch: float, height: float) -> Box:
    """The box of a line of ``text``, grown at its top until it is as high as its letters are at least.

    ``pitch`` is the mean width of its characters and ``height`` the height that its font says, in points with the
    origin at the top left. A line with East Asian wide letters stays as it is: they are as wide as they are high.
    """
    if any(unicodedata.east_asian_width(letter) in "WF" for letter in text):
        return line
    return replace(line, top=min(line.top, line.bottom - min(TALL * pitch, LOW * height)))
