"""Which lines are read together, and in which shapes."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import torch

from pipeline.models.light_torch.canvas import Canvas
from pipeline.models.light_torch.text import (
    READ_BATCH,
    READ_COLUMNS,
    READ_COUNTS,
    READ_WIDTHS,
    WIDTH_STEP,
    one_ahead,
    width_batches,
)
from pipeline.models.onnx_ocr import LEAST_WIDTH, MOST_WIDTH


def test_every_line_is_read_once_among_lines_of_about_its_width() -> None:
    widths = [int(width) for width in np.random.default_rng(3).gamma(2, 300, 500).clip(160, 3200)]
    batches = list(width_batches(widths))
    assert sorted(index for batch in batches for index in batch.members) == list(range(500))
    assert len(batches) < 25
    for batch in batches:
        own = [widths[index] for index in batch.members]
        assert max(own) <= batch.width
        assert len(own) == 1 or (len(own) <= READ_BATCH and len(own) * batch.width <= READ_COLUMNS)
    columns = sum(len(batch.members) * batch.width for batch in batches)
    assert columns < 1.2 * sum(widths)


def test_a_worker_meets_few_shapes() -> None:
    assert (READ_WIDTHS[0], READ_WIDTHS[-1]) == (LEAST_WIDTH, MOST_WIDTH)
    assert len(READ_WIDTHS) <= 15
    assert all(width % WIDTH_STEP == 0 for width in READ_WIDTHS)
    assert all(before < after <= 1.3 * before for before, after in pairwise(READ_WIDTHS))
    every = {batch.width for width in range(LEAST_WIDTH, MOST_WIDTH + 1) for batch in width_batches([width])}
    assert every == set(READ_WIDTHS)


def test_passes_are_filled_up_on_a_gpu_only() -> None:
    canvas = Canvas([np.zeros((4, 4, 3), np.uint8)], torch.device("cpu"))
    assert list(canvas.filled([1, 2, 3], READ_COUNTS)) == [1, 2, 3]
    canvas._device = torch.device("cuda")
    assert list(canvas.filled([1, 2, 3], READ_COUNTS)) == [1, 2, 3, 3, 3, 3, 3, 3]
    assert len(canvas.filled(list(range(64)), READ_COUNTS)) == 64


def test_a_pass_is_handed_out_when_the_next_has_begun() -> None:
    begun: list[int] = []

    def passes() -> Iterator[int]:
        for number in range(3):
            begun.append(number)
            yield number

    seen = [(number, len(begun)) for number in one_ahead(passes())]
    assert seen == [(0, 2), (1, 3), (2, 3)]


def test_no_lines_are_no_batches() -> None:
    assert list(width_batches([])) == []
