"""Text on page images with PP-OCRv6 small, from the ``rapidocr`` wheel: detect lines, turn them upright, read them.

Detection gives a probability map, whose blobs are grown into quadrilaterals (Differentiable Binarization,
https://arxiv.org/abs/1911.08947); recognition is CTC over the characters stored in the graph's file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidocr.ch_ppocr_det.utils import DBPostProcess
from rapidocr.ch_ppocr_rec.utils import CTCLabelDecode

from pipeline.models.images import Floats, Normalizer, Pixels, resize
from pipeline.models.networks import Network, wheel_file

DETECT_LONGEST = 960
DETECT_STEP = 32
LINE_HEIGHT = 48
LEAST_WIDTH = 320
MOST_WIDTH = 3200
ANGLE_WIDTH = 192
ANGLE_SAMPLES = 16
TALL = 1.5
LONG = 2.5


@dataclass(frozen=True, slots=True)
class Line:
    """One detected line: ``pixels`` upright for reading, (height, width, 3) RGB; ``corners`` (4, 2) in page pixels, clockwise from
    where reading starts.
    """

    pixels: Pixels
    corners: Floats


class TextDetector:
    """Finds text lines on a page."""

    def __init__(self) -> None:
        self._network = Network(wheel_file("rapidocr", "models", "PP-OCRv6_det_small.onnx"))
        self._normalizer = Normalizer((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
        self._blobs = DBPostProcess(thresh=0.3, box_thresh=0.5, max_candidates=1000, unclip_ratio=1.6, use_dilation=True)

    def quads(self, image: Pixels) -> Floats:
        """(n, 4, 2) corners in pixels of ``image``: top left, top right, bottom right, bottom left as the page lies."""
        height, width = image.shape[:2]
        ratio = min(DETECT_LONGEST / max(height, width), 1.0)
        steps = [max(round(side * ratio / DETECT_STEP), 1) * DETECT_STEP for side in (width, height)]
        pixels = resize(image, *steps)
        (probability,) = self._network.run(np.ascontiguousarray(self._normalizer.planes(pixels)[None]))
        quads, _ = self._blobs(probability, (height, width))
        return np.asarray(quads, dtype=np.float32).reshape(-1, 4, 2)


class AngleClassifier:
    """Says which lines are upside down."""

    def __init__(self) -> None:
        self._network = Network(wheel_file("rapidocr", "models", "ch_ppocr_mobile_v2.0_cls_mobile.onnx"))
        self._normalizer = Normalizer((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))

    def upside_down(self, crops: Sequence[Pixels]) -> bool:
        """Whether most of the lines read at 180 degrees; the widest decide."""
        chosen = sorted(crops, key=lambda crop: -crop.shape[1] / crop.shape[0])[:ANGLE_SAMPLES]
        if not chosen:
            return False
        (probabilities,) = self._network.run(pad(chosen, ANGLE_WIDTH, self._normalizer))
        return bool(probabilities[:, 1].mean() > 0.5)


class TextReader:
    """Reads upright lines."""

    def __init__(self) -> None:
        self._network = Network(wheel_file("rapidocr", "models", "PP-OCRv6_rec_small.onnx"))
        self._normalizer = Normalizer((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))

    @cached_property
    def _decoder(self) -> CTCLabelDecode:
        return CTCLabelDecode(character=self._network.metadata("character").splitlines())

    def read(self, crops: Sequence[Pixels]) -> list[tuple[str, float]]:
        """Text and confidence of each line, in one pass; best for lines of like proportions."""
        widest = max(ceil(LINE_HEIGHT * crop.shape[1] / crop.shape[0]) for crop in crops)
        width = min(max(widest, LEAST_WIDTH), MOST_WIDTH)
        (probabilities,) = self._network.run(pad(crops, width, self._normalizer))
        results, _ = self._decoder(probabilities)
        return [(text, float(score)) for text, score in results]


def pad(crops: Sequence[Pixels], width: int, normalizer: Normalizer) -> Floats:
    """(n, 3, 48, width): each line scaled to 48 pixels high and at most ``width`` wide, zeros to its right."""
    batch = np.zeros((len(crops), 3, LINE_HEIGHT, width), dtype=np.float32)
    for row, crop in zip(batch, crops, strict=True):
        own = min(ceil(LINE_HEIGHT * crop.shape[1] / crop.shape[0]), width)
        row[:, :, :own] = normalizer.planes(resize(crop, own, LINE_HEIGHT))
    return batch


def lines_on(image: Pixels, quads: Floats, classifier: AngleClassifier) -> list[Line]:
    """Every quadrilateral as an upright line. Lines that run one way on a page are taken to stand the same way up."""
    lines: list[Line] = []
    tall = runs_down(quads)
    for group, quarter in ((quads[~tall], False), (quads[tall], True)):
        members = [cut(image, quad, quarter) for quad in group]
        upside_down = classifier.upside_down([line.pixels for line in members])
        lines.extend(half_turn(line) if upside_down else line for line in members)
    return lines


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


def cut(image: Pixels, quad: Floats, quarter: bool) -> Line:
    """The pixels in ``quad``, laid flat; with ``quarter``, turned so that text which runs down the page runs to the right."""
    width = max(int(max(np.linalg.norm(quad[0] - quad[1]), np.linalg.norm(quad[2] - quad[3]))), 1)
    height = max(int(max(np.linalg.norm(quad[0] - quad[3]), np.linalg.norm(quad[1] - quad[2]))), 1)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    pixels = cv2.warpPerspective(
        image, cv2.getPerspectiveTransform(quad, target), (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    if quarter:
        return Line(np.ascontiguousarray(np.rot90(pixels)), np.roll(quad, -1, axis=0))
    return Line(np.asarray(pixels, dtype=np.uint8), quad)


def half_turn(line: Line) -> Line:
    """The line turned by 180 degrees."""
    return Line(np.ascontiguousarray(line.pixels[::-1, ::-1]), np.roll(line.corners, -2, axis=0))
