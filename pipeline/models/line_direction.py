"""Which way the lines of a page run, and the corners of lines that were found on the page turned. Pure functions."""

import numpy as np
from numpy.typing import NDArray

from pipeline.models.images import Floats

TALL = 1.5
LONG = 2.5


def runs_down(quads: Floats) -> NDArray[np.bool_]:
    """Which lines (n, 4, 2) run down or up the page instead of across it, (n,) bool.

    A short box, such as one digit, has no direction of its own and follows the longer lines of its page.
    """
    if not len(quads):
        return np.zeros(0, dtype=bool)
    sides = np.linalg.norm(quads - np.roll(quads, -1, axis=1), axis=2)
    widths, heights = np.maximum(sides[:, 0], sides[:, 2]), np.maximum(sides[:, 1], sides[:, 3])
    tall = heights > widths
    mostly_tall = bool(heights[tall].sum() > widths[~tall].sum())
    thickness = np.median(np.minimum(widths, heights))
    long = np.maximum(widths, heights) >= np.maximum(TALL * np.minimum(widths, heights), LONG * thickness)
    return np.where(long, tall, mostly_tall)


def are_long(quads: Floats) -> NDArray[np.bool_]:
    """Which lines (n, 4, 2) are clearly longer than high, or higher than long, (n,) bool."""
    sides = np.linalg.norm(quads - np.roll(quads, -1, axis=1), axis=2)
    return np.asarray(sides.max(axis=1, initial=0.0) >= TALL * sides.min(axis=1, initial=np.inf), dtype=np.bool_)


def lies_sideways(quads: Floats) -> bool:
    """Whether most of the text between these corners (n, 4, 2) runs down or up the page.

    Such a page is looked at again on its other side: the detector learned from text that runs across. Of the page
    numbers of a contents page it found one in 28, and all of them where the page stood.
    """
    longest = np.linalg.norm(quads - np.roll(quads, -1, axis=1), axis=2).max(axis=1, initial=0.0)
    down = runs_down(quads)
    return bool(longest[down].sum() > longest[~down].sum())


def on_sideways_page(quads: Floats, width: int) -> Floats:
    """Where corners (n, 4, 2), found on a page that was turned by a quarter counter-clockwise, lie on the page itself,
    which is ``width`` pixels wide: top left, top right, bottom right, bottom left as it lies.
    """
    corners = np.stack((width - quads[..., 1], quads[..., 0]), axis=-1)
    return np.asarray(np.roll(corners, 1, axis=1), dtype=np.float32)
