"""Dark and tinted paper made white, for a batch of pages on the device: ``views.on_white_paper`` over tensors."""

import torch
from torch import Tensor

from pipeline.models.views import DARKEST_PERCENTILE, MOST_GAIN, PAPER_SHARE, WHITE_PAPER

STEP = 4
COLOURS = 16


def on_white_paper(pixels: Tensor) -> Tensor:
    """(n, 3, height, width) whole numbers from 0 to 255 in float32, likewise; pages on white paper stay as they are."""
    sample = pixels[:, :, ::STEP, ::STEP].flatten(2)
    paper, share = _paper(sample)
    plain = (paper.amin(dim=1) >= 255 - WHITE_PAPER) | (share < PAPER_SHARE)
    difference = (pixels - paper[:, :, None, None]).abs().amax(dim=1, keepdim=True)
    darkest = _percentile(difference[:, 0, ::STEP, ::STEP].flatten(1), DARKEST_PERCENTILE).clamp_min(1.0)
    gain = (255.0 / darkest).clamp_max(MOST_GAIN)[:, None, None, None]
    grey = (255.0 - difference * gain).clamp(0, 255).floor()
    return torch.where(plain[:, None, None, None], pixels, grey)


def _paper(sample: Tensor) -> tuple[Tensor, Tensor]:
    """The colour (n, 3) of the commonest kind of pixel in (n, 3, m), and which share of the pixels is of that kind
    (n,).
    """
    kinds = (sample // COLOURS).long()
    keys = (kinds[:, 0] * COLOURS + kinds[:, 1]) * COLOURS + kinds[:, 2]
    counts = torch.zeros(len(sample), COLOURS**3, dtype=torch.float32, device=sample.device)
    counts.scatter_add_(1, keys, torch.ones_like(keys, dtype=torch.float32))
    most, commonest = counts.max(dim=1)
    others = keys != commonest[:, None]
    levels = sample.masked_fill(others[:, None], torch.inf).sort(dim=2).values
    # The median: the mean of the two middle values, which are one where their number is odd.
    low, high = ((most - 1) // 2).long(), (most // 2).long()
    middle = torch.stack([low, high], dim=1)[:, None].expand(-1, 3, -1)
    return levels.gather(2, middle).mean(dim=2).floor(), most / keys.shape[1]


def _percentile(values: Tensor, percentile: float) -> Tensor:
    """Of (n, m), linear between ranks, (n,)."""
    rank = percentile / 100 * (values.shape[1] - 1)
    ordered = values.sort(dim=1).values
    low = int(rank)
    high = min(low + 1, values.shape[1] - 1)
    return torch.lerp(ordered[:, low], ordered[:, high], rank - low)
