"""Dark, tinted and faint pages made clear, for a batch on the device: ``views.on_white_paper`` and
``images.with_contrast`` over tensors.
"""

import torch
from torch import Tensor

from pipeline.models.images import CONTRAST_STEP, FAINT, NO_MARKS, RARE_SHARE
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


def with_contrast(pixels: Tensor) -> Tensor:
    """(n, 3, height, width) whole numbers from 0 to 255 in float32, likewise; pages without faint marks stay as they
    are.
    """
    smooth = torch.nn.functional.avg_pool2d(pixels, 3, stride=1, padding=1, count_include_pad=False).round_()
    paper, low, high = _levels(pixels)
    faint = torch.maximum(paper - low, high - paper) < FAINT
    paper, low, high = _levels(smooth)
    dark = paper - low >= high - paper
    start, end = torch.where(dark, low, paper), torch.where(dark, paper, high)
    reach = (end - start)[:, None, None, None]
    stretched = ((smooth - start[:, None, None, None]) * (255.0 / reach.clamp_min(1))).clamp_(0, 255).floor_()
    return torch.where(faint[:, None, None, None] & (reach >= NO_MARKS), stretched, pixels)


def _levels(pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The commonest level of a sample of the green pixels of each page, and the lowest and the highest that are not
    chance, (n,) each.
    """
    sample = pixels[:, 1, ::CONTRAST_STEP, ::CONTRAST_STEP].flatten(1).long()
    counts = torch.zeros(len(sample), 256, dtype=torch.float32, device=sample.device)
    counts.scatter_add_(1, sample, torch.ones_like(sample, dtype=torch.float32))
    below = counts.cumsum(dim=1) / sample.shape[1]
    low, high = ((below <= share).sum(dim=1).clamp_max(255) for share in (RARE_SHARE, 1 - RARE_SHARE))
    return counts.argmax(dim=1).float(), low.float(), high.float()


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
