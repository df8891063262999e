"""Page layout over a micro-batch: what ``pipeline.models.picodet_layout`` does page by page, in one or two passes
for all pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from pipeline.models.aot.engine import Engine
from pipeline.models.images import IMAGENET_DEVIATION, IMAGENET_MEAN, Pixels
from pipeline.models.light_torch.canvas import Canvas, Part
from pipeline.models.light_torch.paper import on_white_paper
from pipeline.models.picodet_layout import (
    INPUT_HEIGHT,
    INPUT_WIDTH,
    Candidates,
    candidates,
    in_points,
    page_wide_picture,
    parts_of,
    regions_in,
    without_frame,
)
from pipeline.models.turned_page import TurnedPage
from pipeline.models.views import View, facing_pages
from pipeline.pages import LayoutRegion

LOOK_COUNTS = (1, 2, 4, 8, 16, 32)  # a page has one or two views


@dataclass(frozen=True, slots=True)
class PageToLookAt:
    """A page of the canvas: its image (RGB) on the host, how it lies, and its pixels per point."""

    image: Pixels
    frame: TurnedPage
    scale: float


@dataclass(frozen=True, slots=True)
class PageView:
    """A view on page ``page`` of the canvas, turned back by ``turn``."""

    page: int
    turn: int
    view: View

    @property
    def part(self) -> Part:
        height, width = self.view.pixels.shape[:2]
        return Part(self.page, self.turn, self.view.left, self.view.top, width, height)


class BatchedLayout:
    """Finds layout regions on the pages of a canvas. ``threshold`` is the least score of a region, in [0, 1]."""

    def __init__(self, network: Engine, device: torch.device, threshold: float) -> None:
        self._network = network
        self._threshold = threshold
        self._mean = 255 * torch.tensor(IMAGENET_MEAN, device=device)[:, None, None]
        self._deviation = 255 * torch.tensor(IMAGENET_DEVIATION, device=device)[:, None, None]

    def find(self, canvas: Canvas, pages: Sequence[PageToLookAt]) -> list[tuple[LayoutRegion, ...]]:
        """The regions of each page in points of the page turned back, best score first; see ``LayoutNetwork.find``."""
        looks = [
            PageView(number, page.frame.turn, view)
            for number, page in enumerate(pages)
            for view in facing_pages(np.rot90(page.image, page.frame.turn))
        ]
        regions = self._look(canvas, looks)
        pictures = [page_wide_picture(look.view, seen) for look, seen in zip(looks, regions, strict=True)]
        again = [(look, picture) for look, picture in zip(looks, pictures, strict=True) if picture is not None]
        inside = [PageView(look.page, look.turn, without_frame(look.view, picture)) for look, picture in again]
        found: list[list[LayoutRegion]] = [[] for _ in pages]
        for look, seen in zip(looks, regions, strict=True):
            found[look.page] += seen
        for (look, picture), seen in zip(again, self._look(canvas, inside), strict=True):
            found[look.page] += parts_of(picture, seen)
        return [in_points(seen, page.scale) for seen, page in zip(found, pages, strict=True)]

    def _look(self, canvas: Canvas, looks: Sequence[PageView]) -> list[list[LayoutRegion]]:
        """One pass: the regions of each view in pixels of its page turned back, best score first."""
        if not looks:
            return []
        filled = canvas.filled(looks, LOOK_COUNTS)
        pixels = on_white_paper(canvas.resized([look.part for look in filled], INPUT_WIDTH, INPUT_HEIGHT))
        outputs = [part[: len(looks)] for part in self._network((pixels - self._mean) / self._deviation)]
        scores, bins = torch.cat(outputs[:4], dim=1).float(), torch.cat(outputs[4:], dim=1)
        views, cells = (scores > self._threshold).any(dim=2).nonzero(as_tuple=True)
        kept = [values.cpu().numpy() for values in (views, cells, scores[views, cells], bins[views, cells].float())]
        return [regions_in(look.view, self._candidates(kept, number)) for number, look in enumerate(looks)]

    def _candidates(self, kept: Sequence[NDArray[Any]], number: int) -> Candidates:
        views, cells, scores, bins = kept
        own = views == number
        return candidates(scores[own], bins[own], cells[own], self._threshold)
