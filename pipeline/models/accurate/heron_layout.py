"""Page layout with docling-layout-heron (RT-DETRv2, https://arxiv.org/abs/2407.17140), a micro-batch of pages in one
pass.

What goes in and what comes out is what docling's own layout stage makes of the same weights: the page at 72 dpi,
squeezed into 640 × 640 as transformers' ``RTDetrImageProcessor`` does it, and the best queries over all classes above
a least score.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as images

from pipeline.models.accurate.checkpoints import SIDE, LayoutCheckpoint
from pipeline.pages import Box, LayoutLabel, LayoutRegion, PageSize

# transformers checks shapes with a tensor condition, which waits for the GPU in each layer and cannot be exported.
os.environ.setdefault("TRANSFORMERS_DISABLE_TORCH_CHECK", "1")

LEAST_SCORE = 0.3  # docling's default for its object detection engines


class HeronLayout(nn.Module):
    """From squeezed pages to the best detections. Backbone and encoder compute in ``dtype``, the decoder in float32:
    its boxes are refined in steps below the resolution of half precision.
    """

    def __init__(self, checkpoint: LayoutCheckpoint, dtype: torch.dtype) -> None:
        super().__init__()
        self.detector = checkpoint.model
        self.dtype = dtype
        core = self.detector.model
        for part in (core.backbone, core.encoder_input_proj, core.encoder):
            part.to(dtype)
        for name in ("anchors", "valid_mask"):
            # Plain attributes of transformers' model; as buffers they follow the model to its device.
            if name in vars(core):
                core.register_buffer(name, vars(core).pop(name), persistent=False)

    def forward(self, pages: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """``pages`` (n, 3, 640, 640) uint8 RGB to, for each page and query, best first: scores (n, q) in [0, 1], class
        numbers (n, q), and boxes (n, q, 4) as left, top, right, bottom in shares of the page, all float32 but the class
        numbers.
        """
        core = self.detector.model
        pixels = pages.to(torch.float32) * (1 / 255)
        mask = torch.ones((pages.shape[0], SIDE, SIDE), device=pages.device)
        levels = [
            project(level)
            for project, (level, _) in zip(
                core.encoder_input_proj, core.backbone(pixels.to(self.dtype), mask), strict=True
            )
        ]
        encoded = core.encoder(levels)
        encoded.last_hidden_state = [level.to(torch.float32) for level in encoded.last_hidden_state]
        found = self.detector(None, inputs_embeds=encoded.last_hidden_state[0], encoder_outputs=encoded)
        return _best(found.logits, found.pred_boxes)


def _best(logits: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """As many (query, class) pairs as there are queries, best first:
    ``RTDetrImageProcessor.post_process_object_detection``.
    """
    queries, classes = logits.shape[1:]
    scores, index = logits.sigmoid().flatten(1).topk(queries, dim=-1)
    center, size = boxes[..., :2], boxes[..., 2:]
    corners = torch.cat([center - 0.5 * size, center + 0.5 * size], dim=-1)
    chosen = corners.gather(1, (index // classes).unsqueeze(-1).expand(-1, -1, 4))
    return scores, index % classes, chosen


def apart(found: tuple[Tensor, ...], wanted: tuple[Tensor, ...]) -> float:
    """How far two results of ``HeronLayout`` for the same pages are apart, in scores or shares of the page.

    Each detection is held against the nearest one of its class in the other result, in both directions, since
    detections with nearly equal scores change places. One that the other result lacks counts by how much its score is
    above what the other lets in.
    """
    if not all(bool(value.isfinite().all()) for value in found):
        return float("inf")
    pages = zip(zip(*found, strict=True), zip(*wanted, strict=True), strict=True)
    return max(max(_alone(one, other), _alone(other, one)) for one, other in pages)


def _alone(one: tuple[Tensor, ...], other: tuple[Tensor, ...]) -> float:
    """How far a detection of ``one`` page's result is from the ``other`` result of that page at most."""
    (scores, classes, boxes), (their_scores, their_classes, their_boxes) = one, other
    gaps = torch.maximum((scores[:, None] - their_scores).abs(), (boxes[:, None] - their_boxes).abs().amax(dim=-1))
    nearest = gaps.masked_fill(classes[:, None] != their_classes, float("inf")).amin(dim=1)
    missing = (scores - their_scores.min().clamp(min=LEAST_SCORE)).clamp(min=0)
    return float(torch.minimum(nearest, missing).max())


def squeeze(page: Tensor, scale: float) -> Tensor:
    """(3, height, width) uint8 at ``scale`` pixels per point to (3, 640, 640) uint8, by way of 72 dpi."""
    if scale == 2:
        # The mean of 2 × 2 pixels, at odd edges of what is left of them, as Pillow's ``reduce`` rounds it.
        halved = functional.avg_pool2d(page.to(torch.float32), 2, ceil_mode=True, count_include_pad=False)
        page = (halved + 0.5).to(torch.uint8)
    elif scale != 1:
        size = [max(round(side / scale), 1) for side in page.shape[1:]]
        page = images.resize(page, size, interpolation=InterpolationMode.BICUBIC, antialias=True)
    resized: Tensor = images.resize(page, [SIDE, SIDE], interpolation=InterpolationMode.BILINEAR, antialias=True)
    return resized


@dataclass(frozen=True, slots=True)
class Detections:
    """What ``HeronLayout`` gave, on the CPU."""

    scores: Tensor
    classes: Tensor
    boxes: Tensor


def regions(found: Detections, page: int, size: PageSize, labels: Sequence[LayoutLabel]) -> tuple[LayoutRegion, ...]:
    """The regions of the page in row ``page``, best first, in points and within the page of ``size``."""
    kept = found.scores[page] > LEAST_SCORE
    limits = torch.tensor([size.width, size.height] * 2, dtype=torch.float64)
    points = (found.boxes[page][kept].to(torch.float64) * limits).clamp(torch.zeros(4, dtype=torch.float64), limits)
    return tuple(
        LayoutRegion(labels[number], score, Box(*box))
        for score, number, box in zip(
            found.scores[page][kept].tolist(), found.classes[page][kept].tolist(), points.tolist(), strict=True
        )
    )
