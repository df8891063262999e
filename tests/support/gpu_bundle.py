"""A bundle on ``cuda`` that is small and fast: a real torch module, so that weights are packed, moved and used, over
any page.

It writes every page that it predicts, and where, into a file that tests read: a line is written by one system call.
"""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from pipeline.pages import Box, EngineInfo, Lane, LayoutLabel, LayoutRegion, PagePrediction, PageResult, PageTask

SEED = 20260801
SIDE = 32  # pixels

Network = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Inference:
    """One page that was predicted: the device and the process it was predicted on, its number, its width in points."""

    device: str
    pid: int
    page: int
    width: float


def read_inferences(file: Path) -> list[Inference]:
    """Every page predicted so far, in order."""
    if not file.exists():
        return []
    rows = [line.split() for line in file.read_text(encoding="ascii").splitlines()]
    return [Inference(device, int(pid), int(page), float(width)) for device, pid, page, width in rows]


def build_network() -> torch.nn.Module:
    """The same weights in every process: (pages, 3, 32, 32) float in [0, 1] to (pages, 1) in (0, 1)."""
    torch.manual_seed(SEED)
    return torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 3, stride=2),
        torch.nn.ReLU(),
        torch.nn.AdaptiveAvgPool2d(2),
        torch.nn.Flatten(),
        torch.nn.Linear(32, 1),
        torch.nn.Sigmoid(),
    ).eval()


def score_page(network: Network, image: NDArray[np.uint8], device: str) -> float:
    """What the network says of one page."""
    with torch.inference_mode():
        pixels = torch.from_numpy(np.array(image)).to(device).permute(2, 0, 1)[None].float() / 255
        return float(network(torch.nn.functional.adaptive_avg_pool2d(pixels, SIDE)).cpu().numpy()[0, 0])


class TorchBundle:
    """Calls every page one block of text whose confidence is the network's word on its image.

    ``page_s`` is how long a page takes at least, in seconds. Build it in the main thread, before the app is launched.
    """

    name = "torch"
    revision = str(SEED)
    leaves_work = False
    skips_clear = False
    reads_formulas = False
    engines = (EngineInfo("layout", "one number", "torch"),)

    def __init__(self, log: Path, lane: Lane = Lane.GPU, micro_batch: int = 4, page_s: float = 0.0) -> None:
        self.lane, self.micro_batch, self.page_s = lane, micro_batch, page_s
        self._log = log
        self._device = "cuda" if lane is Lane.GPU else "cpu"
        self._network: Network = build_network().to(self._device)

    def predict(self, tasks: Sequence[PageTask], images: Sequence[NDArray[np.uint8]]) -> list[PageResult]:
        return [self._predict(task, image) for task, image in zip(tasks, images, strict=True)]

    def complete(self, task: PageTask, image: NDArray[np.uint8], result: PageResult) -> PageResult:
        return result

    def _predict(self, task: PageTask, image: NDArray[np.uint8]) -> PagePrediction:
        began = time.perf_counter()
        page, size = task.page.page, task.page.facts.size
        score = score_page(self._network, image, self._device)
        time.sleep(self.page_s)
        self._write(f"{os.environ.get('CUDA_VISIBLE_DEVICES', 'cpu')} {os.getpid()} {page} {size.width:g}\n")
        region = LayoutRegion(LayoutLabel.TEXT, score, Box(0, 0, size.width, size.height))
        spent = (time.perf_counter() - began) * 1000
        return PagePrediction(page, (region,), (), (), ocr=task.ocr, layout_ms=spent, ocr_ms=0.0, table_ms=0.0)

    def _write(self, line: str) -> None:
        file = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(file, line.encode("ascii"))
        finally:
            os.close(file)
