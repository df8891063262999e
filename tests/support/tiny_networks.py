"""Networks that compile in seconds."""

import torch
from torch import nn

from pipeline.models.aot.spec import Input, NetworkSpec, Signature, Span, code_digest

SIDE = 16


class TwoInputs(nn.Module):
    """Rows of numbers, scaled, and looked up in a table that no state dict holds."""

    table: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.arange(1.0, 5.0))
        self.register_buffer("table", torch.linspace(0, 1, 8), persistent=False)

    def forward(self, rows: torch.Tensor, places: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        lifted = torch.tensor([0.5, 0.25, 0.125, 2.0], dtype=rows.dtype, device=rows.device)
        return rows * self.scale + lifted, self.table[places]


def filled(module: nn.Module) -> nn.Module:
    """The module with the same weights each time, without torch's global generator, which other threads use too."""
    generator = torch.Generator().manual_seed(7)
    for parameter in module.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator) / parameter[0].numel() ** 0.5
    return module


def classifier_module() -> nn.Module:
    return filled(
        nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(8 * SIDE * SIDE, 10)
        )
    )


def strip_module() -> nn.Module:
    return filled(nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.Hardswish(), nn.Conv2d(4, 1, 3, stride=2, padding=1)))


def classifier(revision: str = "r1", carries_weights: bool = False) -> NetworkSpec:
    """Fixed batches of 2 and 4 pictures of 16 × 16."""
    return NetworkSpec(
        task="layout",
        name="tiny-classifier",
        model="Tiny classifier",
        revision=revision,
        build=classifier_module,
        signatures=(Signature.of((2, 3, SIDE, SIDE)), Signature.of((4, 3, SIDE, SIDE))),
        tolerance=1e-5,
        code=code_digest("tiny 2"),
        carries_weights=carries_weights,
    )


def strips() -> NetworkSpec:
    """One picture of any width from 32 to 256 that is a multiple of 32, with its weights in the package."""
    return NetworkSpec(
        task="ocr",
        name="tiny-strips",
        model="Tiny strips",
        revision="r1",
        build=strip_module,
        signatures=(Signature.of((1, 3, SIDE, Span("width", 32, 256, 32))),),
        tolerance=1e-5,
        code=code_digest("tiny 2"),
        carries_weights=True,
    )


def two_inputs() -> NetworkSpec:
    """Two inputs, one of whole numbers, that must fit as they are."""
    rows, places = Input((3, 4)), Input((3,), torch.int64)
    return NetworkSpec(
        "tables",
        "tiny-two",
        "Tiny two",
        "r1",
        TwoInputs,
        (Signature((rows, places)),),
        1e-6,
        code_digest("tiny 2"),
        pads_batch=False,
    )
