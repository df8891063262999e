"""From a map of text probabilities to the quadrilaterals of its lines (Differentiable Binarization,
https://arxiv.org/abs/1911.08947, section 3.4): a blob's smallest rectangle is grown by as much as training shrank it.

``rapidocr``'s ``DBPostProcess`` gives the same to the pixel and takes three times as long, since it rounds and clips
single numbers with numpy: 9 ms a page, during which a GPU waits and is paid. Its growing is used as it is.
"""

from math import ceil, floor

import cv2
import numpy as np
from rapidocr.ch_ppocr_det.utils import DBPostProcess

from pipeline.models.images import Floats
from pipeline.models.line_direction import are_long

LEAST_PROBABILITY = 0.3  # of a pixel of a blob
MOST_BLOBS = 1000
GROWN = 1.6  # times area by circumference: by how many pixels of the map a rectangle is grown on each side
LEAST_SIDE = 3.0  # in pixels of the map, before it is grown
LEAST_GROWN_SIDE = 5.0
LEAST_PAGE_SIDE = 4  # in pixels of the page
# The mean probability of a line's box at least. Leaders lower it: with 0.5, every third row of a noisy contents page
# was lost, with 0.4 none, and of 9 other pages no blob was taken for text that was none.
BOX_SCORE = 0.4
SHORT_SCORE = 0.5  # the same of a short box: an icon is no letter

_DILATION = np.ones((2, 2), dtype=np.uint8)
_library = DBPostProcess(unclip_ratio=GROWN)


def blob_quads(probability: Floats, width: int, height: int) -> Floats:
    """(n, 4, 2) corners of lines in whole pixels of a page of ``width`` × ``height`` that ``probability`` (rows,
    columns) covers: top left, top right, bottom right, bottom left.
    """
    blobs = cv2.dilate((probability > LEAST_PROBABILITY).astype(np.uint8), _DILATION) * np.uint8(255)
    contours, _ = cv2.findContours(blobs, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    boxes: list[Floats] = []
    scores: list[float] = []
    for contour in contours[:MOST_BLOBS]:
        rectangle = cv2.minAreaRect(contour)
        if min(rectangle[1]) < LEAST_SIDE:
            continue
        box = _corners(rectangle)
        score = _score(probability, box)
        if score < BOX_SCORE:
            continue
        grown = cv2.minAreaRect(_library.unclip(box))
        if min(grown[1]) >= LEAST_GROWN_SIDE:
            boxes.append(_corners(grown))
            scores.append(score)
    if not boxes:
        return np.empty((0, 4, 2), dtype=np.float32)
    quads = _on_page(np.array(boxes), (probability.shape[1], probability.shape[0]), (width, height))
    sides = np.linalg.norm(quads[:, [1, 3]] - quads[:, [0]], axis=2)
    kept = (sides >= LEAST_PAGE_SIDE).all(axis=1) & (are_long(quads) | (np.array(scores) >= SHORT_SCORE))
    return np.asarray(quads[kept], dtype=np.float32)


def _corners(rectangle: cv2.typing.RotatedRect) -> Floats:
    return np.asarray(cv2.boxPoints(rectangle), dtype=np.float32)


def _score(probability: Floats, box: Floats) -> float:
    """The mean probability within the box (4, 2)."""
    rows, columns = probability.shape
    xs, ys = box[:, 0].tolist(), box[:, 1].tolist()
    left, right = _within(floor(min(xs)), columns), _within(ceil(max(xs)), columns)
    top, bottom = _within(floor(min(ys)), rows), _within(ceil(max(ys)), rows)
    inside = np.zeros((bottom - top + 1, right - left + 1), dtype=np.uint8)
    corners = (box - np.array((left, top), dtype=np.float32)).astype(np.int32)
    cv2.fillPoly(inside, [corners], 1)
    return float(cv2.mean(probability[top : bottom + 1, left : right + 1], inside)[0])


def _within(place: int, size: int) -> int:
    return min(max(place, 0), size - 1)


def _on_page(boxes: Floats, size: tuple[int, int], page: tuple[int, int]) -> Floats:
    """The boxes (n, 4, 2) of a map of ``size``, width and height, in whole pixels of the page, clockwise from the top
    left.
    """
    own, wanted = (np.array(sides, dtype=np.float32) for sides in (size, page))
    scaled = np.clip(np.round(boxes / own * wanted), 0, wanted - 1)
    by_x = np.take_along_axis(scaled, np.argsort(scaled[:, :, :1], axis=1, kind="stable"), axis=1)
    left, right = (
        np.take_along_axis(half, np.argsort(half[:, :, 1:], axis=1, kind="stable"), axis=1)
        for half in (by_x[:, :2], by_x[:, 2:])
    )
    return np.stack([left[:, 0], right[:, 0], right[:, 1], left[:, 1]], axis=1).astype(np.float32)
