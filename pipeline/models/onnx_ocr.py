"""Text on page images with PP-OCRv6 small, from the ``rapidocr`` wheel: detect lines, turn them upright, read them.

Detection gives a probability map, whose blobs are grown into quadrilaterals (Differentiable Binarization,
https://arxiv.org/abs/1911.08947); recognition is CTC over the characters stored in the graph's file.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import ceil, dist

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidocr.ch_ppocr_rec.utils import CTCLabelDecode

from pipeline.models.images import Floats, Normalizer, Pixels, resize, with_contrast
from pipeline.models.line_direction import lies_sideways, on_sideways_page, runs_down
from pipeline.models.networks import Network
from pipeline.models.text_blobs import blob_quads
from pipeline.models.turned_page import TurnedPage, rows_of
from pipeline.models.wheels import ANGLE_CLASSIFIER, TEXT_DETECTOR, TEXT_READER, wheel_file
from pipeline.models.word_gaps import column_ink, steps_read, with_spaces
from pipeline.pages import POINTS_PER_INCH

# Detection at 96 dpi finds what it finds at 144 dpi, in less than half the time; pages of odd sizes stay within these
# pixels.
DETECT_DPI = 96
DETECT_SHORTEST, DETECT_LONGEST = 960, 1600
DETECT_STEP = 32
LONG_PAGE = 3.0  # times as long as wide: a page is looked at in strips from there on
STRIP_ASPECT = 2.0
LEAST_SKEW, MOST_SKEW, SKEW_SPREAD = 0.7, 15.0, 1.0  # degrees
SKEW_LINES = 3  # a page of fewer has no skew
SKEW_AGREED = 0.6  # share of the lines, by length, that agree on a skew
CORNER_ERROR = 0.14  # in line heights: by which corners lie off, so that short lines show little of a skew
STRIP_OVERLAP = 0.15  # of the page's width, more than a line is high
LINE_HEIGHT = 48
LEAST_WIDTH = 160
MOST_WIDTH = 3200
ANGLE_WIDTH = 192
ANGLE_SAMPLES = 16
SURE = 0.97  # the least score of a line with a leader that is read once
SPARSE = 1.0  # in line heights: the mean width of a character from which on a leader was left out
STRETCH = 1.25  # times as wide as it is: how a line is read again whose first reading is doubtful

_LEADER = re.compile(r"[.…·]{2,}|…|\s[.·]$")  # of which a dot or two may be left


@dataclass(frozen=True, slots=True)
class DetectedLine:
    """One detected line: ``pixels`` upright for reading, (height, width, 3) RGB; ``corners`` (4, 2) in page pixels,
    clockwise from where reading starts.
    """

    pixels: Pixels
    corners: Floats


@dataclass(frozen=True, slots=True)
class DetectedLines:
    """The lines of a page in reading order, and by how many quarter turns clockwise its text is turned against the
    page, 0 to 3.

    ``skew`` is by how many degrees clockwise the page lay aslant; the lines' corners are those of the page turned
    straight around its middle (``straightened``).
    """

    lines: tuple[DetectedLine, ...]
    turn: int
    skew: float = 0.0


def detection_size(width: int, height: int, scale: float) -> tuple[int, int]:
    """Width and height to which a page of this size in pixels, at ``scale`` pixels per point, is brought for
    detection.
    """
    wanted = max(height, width) * DETECT_DPI / (POINTS_PER_INCH * scale)
    ratio = min(min(max(wanted, DETECT_SHORTEST), DETECT_LONGEST) / max(height, width), 1.0)
    across, down = (max(round(side * ratio / DETECT_STEP), 1) * DETECT_STEP for side in (width, height))
    return across, down


@dataclass(frozen=True, slots=True)
class DetectionStrip:
    """Part of a long page that is looked at by itself, from ``top`` to ``bottom`` in pixels, and which lines it answers
    for: those whose middle lies from ``first`` to before ``end``.
    """

    top: int
    bottom: int
    first: float
    end: float

    def of(self, image: Pixels) -> Pixels:
        """The strip's pixels."""
        return image[self.top : self.bottom]

    def own(self, quads: Floats) -> Floats:
        """The strip's own lines of those found on it, (n, 4, 2), in pixels of the page."""
        moved = quads + np.array((0, self.top), dtype=np.float32)
        middles = moved[:, :, 1].mean(axis=1)
        return np.asarray(moved[(middles >= self.first) & (middles < self.end)], dtype=np.float32)


def strips(width: int, height: int) -> list[DetectionStrip]:
    """The strips of a page of this size in pixels: one, but for rolls, which would be squeezed to fit the detector.

    Strips overlap, so that a line at the edge of one is whole on the next.
    """
    if height <= LONG_PAGE * width or height <= DETECT_LONGEST:
        return [DetectionStrip(0, height, -np.inf, np.inf)]
    count = ceil(height / (STRIP_ASPECT * width))
    edges = [height * number / count for number in range(count + 1)]
    overlap = STRIP_OVERLAP * width
    return [
        DetectionStrip(
            max(int(first - overlap), 0),
            min(ceil(end + overlap), height),
            first if first else -np.inf,
            end if end < height else np.inf,
        )
        for first, end in pairwise(edges)
    ]


class TextDetector:
    """Finds text lines on a page."""

    def __init__(self) -> None:
        self._network = Network(wheel_file(*TEXT_DETECTOR))
        self._normalizer = Normalizer((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))

    def quads(self, image: Pixels, scale: float) -> Floats:
        """(n, 4, 2) corners in pixels of ``image``: top left, top right, bottom right, bottom left as the page lies.

        ``image`` is (height, width, 3) RGB at ``scale`` pixels per point.
        """
        parts = strips(image.shape[1], image.shape[0])
        return np.concatenate([part.own(self._quads(part.of(image), scale)) for part in parts])

    def _quads(self, image: Pixels, scale: float) -> Floats:
        height, width = image.shape[:2]
        pixels = with_contrast(resize(image, *detection_size(width, height, scale)))
        (probability,) = self._network.run(np.ascontiguousarray(self._normalizer.planes(pixels)[None]))
        return blob_quads(probability[0, 0], width, height)


class AngleClassifier:
    """Says which lines are upside down."""

    def __init__(self) -> None:
        self._network = Network(wheel_file(*ANGLE_CLASSIFIER))
        self._normalizer = Normalizer((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))

    def upside_down(self, crops: Sequence[Pixels]) -> bool:
        """Whether most of the lines read at 180 degrees; the middles of the widest decide.

        A whole line would be squeezed into the network's narrow input, and letters squeezed to a third of their width
        were taken to stand on their heads on half of the pages tried.
        """
        chosen = [middle(crop) for crop in sorted(crops, key=network_width, reverse=True)[:ANGLE_SAMPLES]]
        if not chosen:
            return False
        (probabilities,) = self._network.run(pad(chosen, ANGLE_WIDTH, self._normalizer))
        return bool(probabilities[:, 1].mean() > 0.5)


def middle(crop: Pixels) -> Pixels:
    """The middle of a line, as long as the angle classifier's input at the line's own proportions; a short line as it
    is.
    """
    height, width = crop.shape[:2]
    length = max(round(height * ANGLE_WIDTH / LINE_HEIGHT), 1)
    start = max((width - length) // 2, 0)
    return crop[:, start : start + length]


def middle_corners(corners: Floats) -> Floats:
    """The corners (4, 2) of what ``middle`` takes of the line between these corners."""
    width, height = quad_size(corners)
    share = min(height * ANGLE_WIDTH / (LINE_HEIGHT * width), 1.0)
    first, second, third, fourth = corners
    before, after = (1 - share) / 2, (1 + share) / 2
    along = [first + (second - first) * before, first + (second - first) * after]
    below = [fourth + (third - fourth) * after, fourth + (third - fourth) * before]
    return np.asarray([*along, *below], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class ReadText:
    """The text of one line and its confidence in [0, 1]."""

    text: str
    score: float


class TextReader:
    """Reads upright lines."""

    def __init__(self) -> None:
        self._network = Network(wheel_file(*TEXT_READER))
        self._normalizer = Normalizer((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))

    @cached_property
    def _decoder(self) -> CTCLabelDecode:
        return CTCLabelDecode(character=self._network.metadata("character").splitlines())

    def read(self, line: DetectedLine) -> ReadText:
        """Text and confidence of one line; of a doubtful one with a leader the better of two readings. Batches do not
        pay on a CPU: a pass costs what its pixels cost, padding included.
        """
        first = self._read(line)
        if not is_doubtful(first, network_width(line.pixels)):
            return first
        height, width = line.pixels.shape[:2]
        wider = DetectedLine(resize(line.pixels, round(width * STRETCH), height), line.corners)
        return better(first, self._read(wider))

    def _read(self, line: DetectedLine) -> ReadText:
        wide = network_width(line.pixels)
        width = reading_width(wide)
        pixels = pad([line.pixels], width, self._normalizer)
        (probabilities,) = self._network.run(pixels)
        numbers, best = probabilities.argmax(axis=2), probabilities.max(axis=2)
        ((text, score),), _ = self._decoder.decode(numbers, best, remove_duplicate=True)
        ink = column_ink(pixels[0, 1, :, : min(ceil(wide), width)])
        return ReadText(spaced(text, numbers[0], ink, width), float(score))


def is_doubtful(read: ReadText, width: float) -> bool:
    """Whether a line of this ``width`` in pixels, at 48 pixels high, holds a leader that spoils its reading.

    Its box is a little higher than its type, so that letters are read narrower: "Glashouses" with 0.85.
    """
    sparse = width > SPARSE * LINE_HEIGHT * max(len(read.text), 1)
    return 0 < read.score < SURE and (sparse or _LEADER.search(read.text) is not None)


def better(first: ReadText, second: ReadText) -> ReadText:
    """The reading with the higher score; the first of two with the same."""
    return second if second.score > first.score else first


def spaced(text: str, numbers: NDArray[np.integer], ink: Floats, width: int) -> str:
    """``text`` with the spaces that its line shows and the reader left out.

    ``numbers`` (steps,) are the reader's characters over an input of ``width`` pixels, whose columns hold ``ink``.
    """
    places = (steps_read(numbers) + 0.5) * (width / len(numbers))
    return with_spaces(text, places.tolist(), ink, LINE_HEIGHT)


def reading_width(width: float) -> int:
    """Width in pixels at which the reader gets a line whose own width is ``width``, at 48 pixels high."""
    return min(max(int(width), LEAST_WIDTH), MOST_WIDTH)


def network_width(crop: Pixels) -> float:
    """Width in pixels of a line that is scaled to 48 pixels high."""
    ratio: float = crop.shape[1] / crop.shape[0]
    return LINE_HEIGHT * ratio


def pad(crops: Sequence[Pixels], width: int, normalizer: Normalizer) -> Floats:
    """(n, 3, 48, width): each line scaled to 48 pixels high and at most ``width`` wide, zeros to its right."""
    batch = np.zeros((len(crops), 3, LINE_HEIGHT, width), dtype=np.float32)
    for row, crop in zip(batch, crops, strict=True):
        own = min(ceil(network_width(crop)), width)
        row[:, :, :own] = normalizer.planes(resize(crop, own, LINE_HEIGHT))
    return batch


def find_lines(image: Pixels, scale: float, detector: TextDetector, classifier: AngleClassifier) -> DetectedLines:
    """Every line on a page (RGB, ``scale`` pixels per point), upright.

    Lines that run one way on a page are taken to stand the same way up.
    """
    quads = detector.quads(image, scale)
    if lies_sideways(quads):
        quads = on_sideways_page(detector.quads(np.ascontiguousarray(np.rot90(image)), scale), image.shape[1])
    down = runs_down(quads)
    lines: list[DetectedLine] = []
    turns: list[tuple[float, int]] = []
    for group, quarter in ((quads[~down], 0), (quads[down], 1)):
        members = [cut(image, quad, bool(quarter)) for quad in group]
        upside_down = classifier.upside_down([line.pixels for line in members])
        lines.extend(half_turn(line) if upside_down else line for line in members)
        turns.append((sum(line.pixels.shape[1] for line in members), quarter + 2 * upside_down))
    height, width = image.shape[:2]
    frame = TurnedPage(max(turns)[1] if lines else 0, width, height)
    skew = skew_of([line.corners for line in lines], frame.turn)
    if skew:
        turning = straightening(width, height, skew)
        lines = [DetectedLine(line.pixels, moved(line.corners, turning)) for line in lines]
    order = reading_order([line.corners for line in lines], frame)
    return DetectedLines(tuple(lines[index] for index in order), frame.turn, skew)


def skew_of(corners: Sequence[Floats], turn: int) -> float:
    """By how many degrees clockwise the lines with these corners (4, 2) lie aslant on a page that is turned by ``turn``
    quarter turns; 0 where that is too little to matter, or where the lines do not agree.
    """
    if len(corners) < SKEW_LINES:
        return 0.0
    quads = np.stack(corners)
    edges = (quads[:, 1] - quads[:, 0] + quads[:, 2] - quads[:, 3]) / 2
    lengths = np.maximum(np.linalg.norm(edges, axis=1), 1.0)
    angles = np.degrees(np.arctan2(edges[:, 1], edges[:, 0])) - 90.0 * turn
    angles = (angles + 180) % 360 - 180
    order = np.argsort(angles)
    weights = np.cumsum(lengths[order] ** 2)
    skew = float(angles[order][np.searchsorted(weights, weights[-1] / 2)])
    spread = SKEW_SPREAD + np.degrees(CORNER_ERROR * np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1) / lengths)
    agreed = float(lengths[np.abs(angles - skew) < spread].sum()) > SKEW_AGREED * float(lengths.sum())
    return skew if agreed and LEAST_SKEW <= abs(skew) <= MOST_SKEW else 0.0


def straightening(width: int, height: int, skew: float) -> Floats:
    """The (2, 3) matrix that turns a page of this size in pixels straight around its middle."""
    return np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), skew, 1.0), dtype=np.float32)


def moved(points: Floats, matrix: Floats) -> Floats:
    """Where ``matrix`` (2, 3) takes points (n, 2)."""
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], dtype=np.float32)


def straightened(image: Pixels, skew: float) -> Pixels:
    """The page turned straight around its middle; its corners are cut off, and paper is added in their place."""
    if not skew:
        return image
    height, width = image.shape[:2]
    matrix = straightening(width, height, skew)
    return np.asarray(cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8)


def reading_order(corners: Sequence[Floats], frame: TurnedPage) -> list[int]:
    """Numbers of the lines with these corners (4, 2): row by row and from left to right, on the page turned back."""
    if not corners:
        return []
    centers = frame.upright(np.array([quad.mean(axis=0) for quad in corners]))
    line_height = float(np.median([np.linalg.norm(quad[0] - quad[3]) for quad in corners]))
    return [int(index) for index in np.lexsort((centers[:, 0], rows_of(centers, line_height / 2)))]


def quad_size(quad: Floats) -> tuple[int, int]:
    """Width and height in whole pixels of what lies between four corners (4, 2), laid flat; at least 1 each."""
    one, two, three, four = quad.tolist()
    sides = max(dist(one, two), dist(three, four)), max(dist(one, four), dist(two, three))
    # Corners are float32, and a side between 77.00001 and 726 has 649 pixels, not 648.
    width, height = (max(int(np.float32(side)), 1) for side in sides)
    return width, height


def cut(image: Pixels, quad: Floats, quarter: bool) -> DetectedLine:
    """The pixels in ``quad``, laid flat; with ``quarter``, turned so that text which runs down the page runs to the
    right.
    """
    width, height = quad_size(quad)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    pixels = cv2.warpPerspective(
        image,
        cv2.getPerspectiveTransform(quad, target),
        (width, height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    if quarter:
        return DetectedLine(np.ascontiguousarray(np.rot90(pixels)), np.roll(quad, -1, axis=0))
    return DetectedLine(np.asarray(pixels, dtype=np.uint8), quad)


def half_turn(line: DetectedLine) -> DetectedLine:
    """The line turned by 180 degrees."""
    return DetectedLine(np.ascontiguousarray(line.pixels[::-1, ::-1]), np.roll(line.corners, -2, axis=0))
