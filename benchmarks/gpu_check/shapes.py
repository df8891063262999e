"""What a shape costs that the process has not met: cuDNN plans each convolution anew for it."""

from collections.abc import Iterator
from itertools import product
from time import perf_counter

import torch

from benchmarks.gpu_check.results import Found
from benchmarks.gpu_check.setting import Setting
from benchmarks.gpu_clock import wait
from pipeline.models.aot.engine import Engines
from pipeline.models.light_torch.text import READ_COLUMNS, READ_COUNTS, READ_WIDTHS
from pipeline.models.light_torch.torch_light_specs import reader_spec
from pipeline.models.onnx_ocr import LINE_HEIGHT

MOST = 20


def cold_and_warm(setting: Setting) -> Iterator[Found]:
    """Milliseconds of the reader's first and second pass over each of 20 shapes that it meets."""
    every = [(count, width) for count, width in product(READ_COUNTS, READ_WIDTHS) if count * width <= READ_COLUMNS]
    shapes = every[:2] if setting.small else every[:: max(len(every) // MOST, 1)][:MOST]
    reader = Engines(setting.device).network(reader_spec())
    reader(torch.zeros(1, 3, LINE_HEIGHT, READ_WIDTHS[0]))  # loads what every shape needs
    wait(setting.device)
    timed: dict[str, list[float]] = {f"{count}×{width}": [] for count, width in shapes}
    for _ in ("cold", "warm"):
        for count, width in shapes:
            began = perf_counter()
            reader(torch.zeros(count, 3, LINE_HEIGHT, width))
            wait(setting.device)
            timed[f"{count}×{width}"].append(round((perf_counter() - began) * 1000, 2))
    cold, warm = (sum(both[turn] for both in timed.values()) for turn in (0, 1))
    yield {
        "shapes": len(every),
        "cold_ms": round(cold, 1),
        "warm_ms": round(warm, 1),
        "cold_to_warm": round(cold / warm, 2),
    }
    yield {"ms": timed}
