"""Pages on the device, and what the networks are shown of them."""

from math import ceil
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.models.images import Normalizer, Pixels, resize
from pipeline.models.light_torch.canvas import Canvas, Part, Strip, projections
from pipeline.models.onnx_ocr import AngleClassifier, TextDetector, find_lines, network_width, pad
from tests.support.render import SCALE, render

HALF = Normalizer((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def pages(documents: Path) -> list[Pixels]:
    """Two pages of different sizes."""
    return [render(documents / "multi_page.pdf"), render(documents / "paper_page.pdf")]


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
@pytest.mark.parametrize("page", [0, 1])
def test_a_part_of_a_turned_page_is_resized_as_opencv_does(pages: list[Pixels], page: int, turn: int) -> None:
    left, top, width, height = 40, 70, 700, 900
    shown = (
        Canvas(pages, CPU).resized([Part(page, turn, left, top, width, height)], 304, 400)[0].permute(1, 2, 0).numpy()
    )
    upright = np.rot90(pages[page], turn)[top : top + height, left : left + width]
    expected = resize(np.ascontiguousarray(upright), 304, 400).astype(np.float32)
    assert expected.std() > 10
    assert np.abs(shown - expected).max() <= 1
    assert (shown == expected).mean() > 0.97


def test_lines_of_a_page_are_cut_out_as_opencv_does(pages: list[Pixels]) -> None:
    lines = find_lines(pages[0], SCALE, TextDetector(), AngleClassifier()).lines[:12]
    strips = [Strip(0, line.corners) for line in lines]
    widths = [ceil(network_width(line.pixels)) for line in lines]
    assert [ceil(strip.network_width) for strip in strips] == widths
    width = max(widths)
    shown = Canvas(pages, CPU).straightened(strips, widths, width).numpy()
    expected = pad([line.pixels for line in lines], width, HALF)
    assert expected.std() > 0.2
    # OpenCV first cuts the line out by cubic interpolation, then enlarges it.
    assert np.abs(shown - expected).mean() < 0.02
    assert np.corrcoef(shown.ravel(), expected.ravel())[0, 1] > 0.99
    assert all((row[:, :, own:] == 0).all() for row, own in zip(shown, widths, strict=True))


def test_a_line_that_leaves_its_page_goes_on_as_the_edge_is() -> None:
    image = np.full((40, 60, 3), 255, dtype=np.uint8)
    image[:, 50:] = 0
    strip = Strip(0, np.array([[30, 10], [80, 10], [80, 34], [30, 34]], dtype=np.float32))
    shown = Canvas([image], CPU).straightened([strip], [100], 100)[0].numpy()
    assert shown[:, :, :36].min() == 1.0
    assert shown[:, :, 44:].max() == -1.0


def test_corners_of_a_square_come_to_lie_on_those_of_a_quadrilateral() -> None:
    quads = np.array(
        [[[10, 10], [90, 20], [95, 60], [5, 40]], [[0, 0], [8, 0], [8, 4], [0, 4]], [[3, 3], [9, 3], [9, 3], [9, 3]]]
    )
    square = np.array([[0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]], dtype=np.float64)
    placed = np.einsum("nij,kj->nki", projections(quads.astype(np.float32)), square)
    corners = placed[..., :2] / placed[..., 2:]
    assert np.allclose(corners[:2], quads[:2])
    assert np.isfinite(corners[2]).all()
