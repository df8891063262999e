"""The pages of one micro-batch on the device, and what the networks are shown of them: whole views and single lines.

Pages go over in one piece, as they lie in memory. Views are resized and lines are straightened there; both sample
bilinearly, without antialiasing, as the networks were trained.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline.models.images import Floats, Pixels
from pipeline.models.light_torch.transfers import upload
from pipeline.models.onnx_ocr import LINE_HEIGHT, quad_size

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of page ``page`` of the canvas once that is turned back by ``turn`` quarter turns (see ``Frame``), in its
    pixels.
    """

    page: int
    turn: int
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Strip:
    """A line on page ``page`` of the canvas: ``corners`` (4, 2) in page pixels, clockwise from where reading starts."""

    page: int
    corners: Floats

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return quad_size(self.corners)

    @property
    def network_width(self) -> float:
        """Width in pixels once the line is 48 pixels high."""
        width, height = self.size
        return LINE_HEIGHT * (width / height)


class Canvas:
    """``images`` are (height, width, 3) uint8 RGB, of any sizes; none may be empty."""

    def __init__(self, images: Sequence[Pixels], device: torch.device) -> None:
        self._sizes = [(image.shape[1], image.shape[0]) for image in images]
        starts = np.cumsum([0, *(width * height for width, height in self._sizes)])
        self._starts = starts[:-1]
        buffer = torch.empty((int(starts[-1]), 3), dtype=torch.uint8, pin_memory=device.type == "cuda")
        for image, start, (width, height) in zip(images, self._starts, self._sizes, strict=True):
            buffer.numpy()[start : start + width * height] = image.reshape(-1, 3)
        self._pixels = buffer.to(device, non_blocking=True)
        self._device = device

    def filled(self, items: Sequence[T], counts: Sequence[int]) -> Sequence[T]:
        """See ``filled_up``, for the canvas's device."""
        return filled_up(items, counts, self._device)

    def upright(self, page: int, turn: int) -> Tensor:
        """(3, height, width) uint8: page ``page``, turned back by ``turn`` quarter turns (see ``Frame``)."""
        width, height = self._sizes[page]
        start = int(self._starts[page])
        return torch.rot90(self._pixels[start : start + width * height].view(height, width, 3), turn).permute(2, 0, 1)

    def resized(self, parts: Iterable[Part], width: int, height: int) -> Tensor:
        """(n, 3, height, width) float32 of whole numbers from 0 to 255."""
        return torch.cat([self._resized(part, width, height) for part in parts]).round_()

    def _resized(self, part: Part, width: int, height: int) -> Tensor:
        shown = self.upright(part.page, part.turn)[
            :, part.top : part.top + part.height, part.left : part.left + part.width
        ]
        planes = shown[None].float()
        return torch.nn.functional.interpolate(planes, size=(height, width), mode="bilinear", align_corners=False)

    def straightened(self, strips: Sequence[Strip], widths: Sequence[int], width: int) -> Tensor:
        """(n, 3, 48, width) float32 from -1 to 1: each line 48 pixels high and as wide as ``widths`` says, zeros to its
        right.
        """
        owns = np.array(widths)
        x, y = self._places(strips, owns, width)
        pages = np.array([strip.page for strip in strips])
        sizes = upload(np.array(self._sizes)[pages], self._device)
        starts = upload(self._starts[pages], self._device)
        values = self._sample(x, y, sizes, starts).permute(0, 3, 1, 2).round_().sub_(127.5).div_(127.5)
        outside = torch.arange(width, device=self._device) >= upload(owns, self._device)[:, None]
        return values.masked_fill_(outside[:, None, None, :], 0.0)

    def _places(self, strips: Sequence[Strip], owns: NDArray[np.intp], width: int) -> tuple[Tensor, Tensor]:
        """Where in its page each pixel of each line lies: x and y, (n, 48, width) each."""
        sizes = np.array([strip.size for strip in strips], dtype=np.float64)
        # From the pixel's number to its place in the line, each corner of the line being the centre of a pixel.
        scale = np.stack([1 / owns, 1 / (LINE_HEIGHT * np.ones(len(strips)))], axis=1)
        matrices = projections(np.array([strip.corners for strip in strips]))
        offset = 0.5 * scale - 0.5 / sizes
        matrices[:, :, 2] += (matrices[:, :, :2] @ offset[:, :, None])[:, :, 0]
        matrices[:, :, :2] *= scale[:, None, :]
        m = upload(matrices.astype(np.float32), self._device)[..., None, None]
        columns = torch.arange(width, device=self._device, dtype=torch.float32)
        rows = torch.arange(LINE_HEIGHT, device=self._device, dtype=torch.float32)[:, None]
        x, y, depth = (m[:, row, 0] * columns + m[:, row, 1] * rows + m[:, row, 2] for row in range(3))
        return x / depth, y / depth

    def _sample(self, x: Tensor, y: Tensor, sizes: Tensor, starts: Tensor) -> Tensor:
        """(n, rows, columns, 3) float32, 0 to 255: bilinear, beyond the page what is at its edge."""
        most_x, most_y = (sizes - 1)[:, :, None, None].unbind(1)
        x, y = x.clamp_min(0).minimum(most_x), y.clamp_min(0).minimum(most_y)
        left, top = x.long(), y.long()
        right, bottom = (left + 1).minimum(most_x), (top + 1).minimum(most_y)
        across, down = (x - left)[..., None], (y - top)[..., None]
        stride, start = sizes[:, :1, None], starts[:, None, None]
        above, below = start + top * stride, start + bottom * stride
        upper = torch.lerp(self._pixels[above + left].float(), self._pixels[above + right].float(), across)
        lower = torch.lerp(self._pixels[below + left].float(), self._pixels[below + right].float(), across)
        return torch.lerp(upper, lower, down)


def filled_up(items: Sequence[T], counts: Sequence[int], device: torch.device) -> Sequence[T]:
    """On a GPU, ``items`` with copies of the last one up to the next of ``counts``; elsewhere as they are.

    cuDNN plans every convolution anew for each shape, so passes should have few.
    """
    if device.type != "cuda":
        return items
    missing = next((count for count in counts if count >= len(items)), len(items)) - len(items)
    return [*items, *[items[-1]] * missing]


def projections(quads: Floats) -> NDArray[np.float64]:
    """(n, 3, 3): the projective maps that take the unit square's corners (0, 0), (1, 0), (1, 1), (0, 1) to those of
    each quadrilateral.

    Closed form after Heckbert, Fundamentals of Texture Mapping and Image Warping, 1989, section 2.2.3. Quadrilaterals
    (n, 4, 2) whose second, third and fourth corners lie on one line get an affine map.
    """
    first, second, third, fourth = np.moveaxis(quads.astype(np.float64), 1, 0)
    across, down, rest = second - third, fourth - third, first - second + third - fourth
    area = _cross(across, down)
    flat = np.abs(area) < 1e-9
    area = np.where(flat, 1.0, area)
    g = np.where(flat, 0.0, _cross(rest, down) / area)[:, None]
    h = np.where(flat, 0.0, _cross(across, rest) / area)[:, None]
    matrices = np.empty((len(quads), 3, 3))
    matrices[:, :2, 0] = second - first + g * second
    matrices[:, :2, 1] = fourth - first + h * fourth
    matrices[:, :2, 2] = first
    matrices[:, 2] = np.concatenate([g, h, np.ones_like(g)], axis=1)
    return matrices


def _cross(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0])
