"""What a pass found is on its way before the device gets the next pass, and is waited for afterwards."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from pipeline.models.images import Pixels
from pipeline.models.light_torch import text
from pipeline.models.light_torch.canvas import Canvas, Strip
from pipeline.models.light_torch.text import BatchedText
from pipeline.models.light_torch.transfers import Download, upload

CPU = torch.device("cpu")


def test_half_precision_arrives_as_float32_and_numbers_as_they_are() -> None:
    assert Download(torch.tensor([0.5, 2.0], dtype=torch.bfloat16)).array.dtype == np.float32
    assert Download(torch.tensor([7])).array.tolist() == [7]
    assert upload(np.array([3, 4]), CPU).tolist() == [3, 4]


class Watched(Download):
    """Writes into ``log`` when it sets out and when it is waited for."""

    log: list[str]

    def __init__(self, values: torch.Tensor) -> None:
        super().__init__(values)
        self.log.append("sets out")

    @property
    def array(self) -> NDArray[np.float32]:
        self.log.append("is waited for")
        return super().array


def reader(log: list[str]) -> Callable[[torch.Tensor], tuple[torch.Tensor, torch.Tensor]]:
    """A reader that finds nothing in any line."""

    def read(pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        log.append("pass")
        shape = (pixels.shape[0], pixels.shape[3] // 8)
        return torch.zeros(shape), torch.zeros(shape, dtype=torch.int64)

    return read


def test_the_next_pass_is_under_way_while_the_last_one_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    log: list[str] = []
    monkeypatch.setattr(Watched, "log", log, raising=False)
    monkeypatch.setattr(text, "Download", Watched)
    page: Pixels = np.full((200, 1200, 3), 255, dtype=np.uint8)
    lines = [Strip(0, np.array([(0, 0), (width, 0), (width, 40), (0, 40)], dtype=np.float32)) for width in (200, 1000)]
    unused = reader([])
    BatchedText(unused, unused, reader(log)).read(Canvas([page], CPU), lines)  # type: ignore[arg-type]
    assert log == [*["pass", *["sets out"] * 3] * 2, *["is waited for"] * 6]
