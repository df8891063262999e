"""Text over a micro-batch: what ``pipeline.models.onnx_ocr`` does page by page and line by line, in few passes for all
pages.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from math import ceil
from typing import TypeVar

import numpy as np
import torch
from rapidocr.ch_ppocr_rec.utils import CTCLabelDecode

from pipeline.models.aot.engine import Engine
from pipeline.models.from_onnx.light_networks import characters
from pipeline.models.images import Floats
from pipeline.models.light_torch.canvas import Canvas, Part, Strip
from pipeline.models.light_torch.paper import with_contrast
from pipeline.models.light_torch.transfers import Download, upload
from pipeline.models.line_direction import lies_sideways, on_sideways_page, runs_down
from pipeline.models.onnx_ocr import (
    ANGLE_SAMPLES,
    ANGLE_WIDTH,
    STRETCH,
    ReadText,
    better,
    detection_size,
    is_doubtful,
    middle_corners,
    reading_order,
    reading_width,
    spaced,
)
from pipeline.models.text_blobs import blob_quads
from pipeline.models.turned_page import TurnedPage
from pipeline.models.word_gaps import middle_rows

T = TypeVar("T")

DETECT_BATCH = 8
READ_BATCH = 64
READ_COLUMNS = 64 * 1024
WIDTH_STEP = 32
# cuDNN plans every convolution anew for each shape, and a GPU worker begins with no plans at all. So lines are padded
# to few widths, each at most a quarter wider than the one before, and a pass on a GPU is filled up to few counts.
READ_WIDTHS = (160, 192, 224, 288, 352, 448, 544, 672, 832, 1056, 1312, 1632, 2048, 2560, 3200)
READ_COUNTS = (8, 16, 32, 64)
DETECT_COUNTS = (1, 2, 4, 8)
ANGLE_COUNTS = (16, 64, 256, 512)  # 16 pages have at most 16 samples of either direction each


@dataclass(frozen=True, slots=True)
class PageToRead:
    """Page ``number`` of the canvas: ``width`` × ``height`` pixels, ``scale`` of them per point."""

    number: int
    width: int
    height: int
    scale: float


@dataclass(frozen=True, slots=True)
class FoundLines:
    """The lines of a page in reading order, upright, and its quarter turns; see ``PageLines``."""

    strips: tuple[Strip, ...]
    turn: int


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one page that run one way: ``quarter`` is 1 where they run down the page. ``samples`` are the
    middles of the widest, and tell whether they stand.
    """

    strips: tuple[Strip, ...]
    quarter: int

    @property
    def samples(self) -> list[Strip]:
        widest = sorted(self.strips, key=lambda strip: strip.network_width, reverse=True)[:ANGLE_SAMPLES]
        return [Strip(strip.page, middle_corners(strip.corners)) for strip in widest]


class BatchedText:
    """Finds and reads the lines on pages of a canvas."""

    def __init__(self, detector: Engine, classifier: Engine, reader: Engine) -> None:
        self._detector, self._classifier, self._reader = detector, classifier, reader

    @cached_property
    def _decoder(self) -> CTCLabelDecode:
        return CTCLabelDecode(character=list(characters()))

    def find(self, canvas: Canvas, pages: Sequence[PageToRead]) -> list[FoundLines]:
        """Every line on each page."""
        quads = self._quads(canvas, pages, 0)
        widths = {page.number: page.width for page in pages if lies_sideways(quads[page.number])}
        aside = [replace(page, width=page.height, height=page.width) for page in pages if page.number in widths]
        again = self._quads(canvas, aside, 1)
        quads |= {number: on_sideways_page(found, widths[number]) for number, found in again.items()}
        groups = [_groups(page.number, quads[page.number]) for page in pages]
        turned = self._upside_down(canvas, [group for pair in groups for group in pair])
        turns = zip(turned[::2], turned[1::2], strict=True)
        return [_found(*parts) for parts in zip(pages, groups, turns, strict=True)]

    def _quads(self, canvas: Canvas, pages: Sequence[PageToRead], turn: int) -> dict[int, Floats]:
        """Corners (n, 4, 2) in pixels of the page by its number; ``pages`` are as they lie when turned back by ``turn``
        quarter turns.
        """
        quads: dict[int, Floats] = {}
        # A GPU computes the next pass while the blobs of this one are looked for on the CPU.
        for some, probabilities in one_ahead(self._probabilities(canvas, some, turn) for some in _passes(pages)):
            for page, probability in zip(some, probabilities.array, strict=True):
                quads[page.number] = blob_quads(probability, page.width, page.height)
        return quads

    def _probabilities(
        self, canvas: Canvas, pages: Sequence[PageToRead], turn: int
    ) -> tuple[Sequence[PageToRead], Download]:
        """The pages, which have one size, and their text probabilities (n, height, width)."""
        parts = [Part(page.number, turn, 0, 0, page.width, page.height) for page in pages]
        pixels = with_contrast(canvas.resized(canvas.filled(parts, DETECT_COUNTS), *_size(pages[0])))
        (probabilities,) = self._detector(pixels.sub_(127.5).div_(127.5))
        return pages, Download(probabilities[: len(pages), 0])

    def _upside_down(self, canvas: Canvas, groups: Sequence[Group]) -> list[bool]:
        samples = [group.samples for group in groups]
        strips = [strip for group in samples for strip in group]
        if not strips:
            return [False] * len(groups)
        filled = canvas.filled(strips, ANGLE_COUNTS)
        widths = [min(ceil(strip.network_width), ANGLE_WIDTH) for strip in filled]
        (probabilities,) = self._classifier(canvas.straightened(filled, widths, ANGLE_WIDTH))
        parts = np.split(
            Download(probabilities[: len(strips), 1]).array, np.cumsum([len(group) for group in samples])[:-1]
        )
        return [bool(part.size and part.mean() > 0.5) for part in parts]

    def read(self, canvas: Canvas, strips: Sequence[Strip]) -> list[ReadText]:
        """Text and confidence of each line; of a doubtful one with a leader the better of two readings."""
        texts = self._read(canvas, strips, 1.0)
        doubtful = [n for n, strip in enumerate(strips) if is_doubtful(texts[n], strip.network_width)]
        again = self._read(canvas, [strips[number] for number in doubtful], STRETCH)
        for number, second in zip(doubtful, again, strict=True):
            texts[number] = better(texts[number], second)
        return texts

    def _read(self, canvas: Canvas, strips: Sequence[Strip], stretch: float) -> list[ReadText]:
        """What each line reads as where it is stretched."""
        texts: dict[int, ReadText] = {}
        batches = width_batches([reading_width(strip.network_width * stretch) for strip in strips])
        for batch, best in one_ahead(self._best(canvas, strips, batch, stretch) for batch in batches):
            numbers, ink = best.numbers.array, best.ink.array
            read, _ = self._decoder.decode(numbers, best.probabilities.array, remove_duplicate=True)
            texts |= {
                index: ReadText(spaced(text, numbers[row], ink[row, : best.widths[row]], batch.width), float(score))
                for row, (index, (text, score)) in enumerate(zip(batch.members, read, strict=True))
            }
        return [texts[index] for index in range(len(strips))]

    def _best(
        self, canvas: Canvas, strips: Sequence[Strip], batch: "WidthBatch", stretch: float
    ) -> tuple["WidthBatch", "ReadColumns"]:
        """The batch, and what was read of its lines."""
        members = [strips[index] for index in batch.members]
        filled = canvas.filled(members, READ_COUNTS)
        wides = [strip.network_width * stretch for strip in filled]
        owns = [min(ceil(wide), reading_width(wide)) for wide in wides]
        pixels = canvas.straightened(filled, owns, batch.width)
        ink = _column_ink(pixels, owns)
        probabilities, numbers = self._reader(pixels)
        count = len(members)
        read, best, found = (Download(values[:count]) for values in (probabilities, numbers, ink))
        return batch, ReadColumns(read, best, found, tuple(owns[:count]))


@dataclass(frozen=True, slots=True)
class ReadColumns:
    """Of each step of some lines the best ``probabilities`` and character ``numbers``, (n, steps); of each column of
    their images the ``ink``, (n, width), of which the first ``widths`` columns are the line's own.
    """

    probabilities: Download
    numbers: Download
    ink: Download
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WidthBatch:
    """Lines that are read together: their numbers, and the width in pixels to which they are padded."""

    members: tuple[int, ...]
    width: int


def width_batches(widths: Sequence[int]) -> Iterator[WidthBatch]:
    """Lines of these widths, at most 3,200, with others that are padded to the same width, the widest first."""
    by_width = sorted(range(len(widths)), key=lambda index: -widths[index])
    for width, members in groupby(by_width, key=lambda index: READ_WIDTHS[bisect_left(READ_WIDTHS, widths[index])]):
        same, most = tuple(members), max(min(READ_BATCH, READ_COLUMNS // width), 1)
        for start in range(0, len(same), most):
            yield WidthBatch(same[start : start + most], width)


def one_ahead(passes: Iterator[T]) -> Iterator[T]:
    """The same values, each handed out when the next one has been asked for."""
    waiting = next(passes, None)
    while waiting is not None:
        following = next(passes, None)
        yield waiting
        waiting = following


def _passes(pages: Sequence[PageToRead]) -> Iterator[Sequence[PageToRead]]:
    """Pages that the detector gets together: of one size, at most ``DETECT_BATCH``."""
    for _, members in groupby(sorted(pages, key=_size), key=_size):
        same = list(members)
        yield from (same[start : start + DETECT_BATCH] for start in range(0, len(same), DETECT_BATCH))


def _groups(page: int, quads: Floats) -> tuple[Group, Group]:
    down = runs_down(quads)
    across = tuple(Strip(page, quad) for quad in quads[~down])
    return Group(across, 0), Group(tuple(Strip(page, np.roll(quad, -1, axis=0)) for quad in quads[down]), 1)


def _found(page: PageToRead, groups: tuple[Group, Group], upside_down: tuple[bool, bool]) -> FoundLines:
    strips: list[Strip] = []
    turns: list[tuple[int, int]] = []
    for group, turned in zip(groups, upside_down, strict=True):
        strips += (
            [Strip(strip.page, np.roll(strip.corners, -2, axis=0)) for strip in group.strips]
            if turned
            else group.strips
        )
        turns.append((sum(strip.size[0] for strip in group.strips), group.quarter + 2 * turned))
    frame = TurnedPage(max(turns)[1] if strips else 0, page.width, page.height)
    order = reading_order([strip.corners for strip in strips], frame)
    return FoundLines(tuple(strips[index] for index in order), frame.turn)


def _size(page: PageToRead) -> tuple[int, int]:
    return detection_size(page.width, page.height, page.scale)


def _column_ink(pixels: torch.Tensor, widths: Sequence[int]) -> torch.Tensor:
    """``word_gaps.column_ink`` of lines (n, 3, height, width) whose first ``widths`` columns are their own."""
    green = pixels[:, 1]
    own = upload(np.array(widths), green.device)
    outside = torch.arange(green.shape[2], device=green.device) >= own[:, None]
    paper = green.masked_fill(outside[:, None], torch.nan).flatten(1).nanmedian(dim=1).values
    return (green - paper[:, None, None])[:, middle_rows(green.shape[1])].abs().amax(dim=1)
