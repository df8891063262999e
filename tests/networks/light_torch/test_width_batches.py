"""Which lines are read together, and in which shapes."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np
import pytest
import torch

from pipeline.models.aot.spec import Tensors
from pipeline.models.light_torch import torch_layout
from pipeline.models.light_torch.canvas import Canvas, Strip, filled_up
from pipeline.models.light_torch.text import (
    READ_BATCH,
    READ_COLUMNS,
    READ_COUNTS,
    READ_WIDTHS,
    WIDTH_STEP,
    BatchedText,
    Group,
    one_ahead,
    width_batches,
)
from pipeline.models.light_torch.torch_layout import BatchedLayout, PageView
from pipeline.models.onnx_ocr import LEAST_WIDTH, MOST_WIDTH
from pipeline.models.views import View
from pipeline.pages import EngineInfo

T = TypeVar("T")


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


def test_every_pass_over_samples_and_views_has_one_of_few_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies of the last row fill a pass up, and their results are left out."""
    for side in ("INPUT_WIDTH", "INPUT_HEIGHT"):
        monkeypatch.setattr(torch_layout, side, 8)  # pixels
    seen: dict[str, set[int]] = {"angle": set(), "layout": set()}

    def classifier(strips: torch.Tensor) -> tuple[torch.Tensor]:
        seen["angle"].add(len(strips))
        return (torch.ones(len(strips), 2),)

    def layout(views: torch.Tensor) -> tuple[torch.Tensor, ...]:
        seen["layout"].add(len(views))
        return (
            *(torch.zeros(len(views), 1, 10) for _ in range(4)),
            *(torch.zeros(len(views), 1, 32) for _ in range(4)),
        )

    image = np.full((40, 400, 3), 255, np.uint8)
    canvas = GpuCanvas([image], torch.device("cpu"))
    text = BatchedText(FakeEngine(classifier), FakeEngine(classifier), FakeEngine(classifier))
    looking = BatchedLayout(FakeEngine(layout), torch.device("cpu"), 0.3)
    corners = np.array([[0, 0], [300, 0], [300, 20], [0, 20]], np.float32)
    for count in (1, 2, 3, 7, 12, 17):
        groups = [Group((Strip(0, corners),) * count, 0)]
        assert text._upside_down(canvas, groups) == [True]
        assert looking._look(canvas, [PageView(0, 0, View(image, 0, 0))] * count) == [[]] * count
    assert seen["angle"] == {16}
    assert seen["layout"] == {1, 2, 4, 8, 16, 32}


class FakeEngine:
    """A network that is a function."""

    info = EngineInfo("any", "a function", "none")

    def __init__(self, call: Callable[[torch.Tensor], Tensors]) -> None:
        self._call = call

    def __call__(self, *inputs: torch.Tensor) -> Tensors:
        return self._call(*inputs)


class GpuCanvas(Canvas):
    """Fills passes up as on a GPU."""

    def filled(self, items: Sequence[T], counts: Sequence[int]) -> Sequence[T]:
        return filled_up(items, counts, torch.device("cuda"))


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
