"""What the canvas renderer places: a piece of a block that stays whole."""

from collections.abc import Callable
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas


@dataclass(frozen=True)
class Piece:
    """``draw(canvas, x, y)`` draws it with its top left corner at (x, y), in points from the page's lower left corner.

    ``company`` is the room below that it must share a column with: a heading's first lines.
    """

    height: float
    draw: Callable[[Canvas, float, float], None]
    company: float = 0.0
