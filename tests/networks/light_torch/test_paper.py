"""Dark, tinted and faint pages made clear on the device."""

from pathlib import Path

import numpy as np
import torch

from pipeline.models import views
from pipeline.models.images import Pixels, resize, with_contrast
from pipeline.models.light_torch import paper
from pipeline.models.light_torch.paper import on_white_paper
from tests.support.render import render


def recoloured(image: Pixels, paper: tuple[int, int, int], ink: tuple[int, int, int]) -> Pixels:
    share = image.astype(np.float32) / 255
    mixed: Pixels = np.round(share * np.array(paper) + (1 - share) * np.array(ink)).astype(np.uint8)
    return mixed


def test_it_is_what_the_views_of_single_pages_are(documents: Path) -> None:
    white = resize(render(documents / "multi_page.pdf"), 304, 400)
    photograph = np.random.default_rng(7).integers(0, 256, white.shape, dtype=np.uint8)
    pages = [
        white,
        recoloured(white, (20, 30, 60), (240, 240, 200)),
        recoloured(white, (240, 230, 190), (90, 60, 30)),
        photograph,
        np.zeros_like(white),
    ]
    expected = np.stack([views.on_white_paper(page) for page in pages]).astype(np.float32)
    shown = on_white_paper(torch.from_numpy(np.stack(pages)).permute(0, 3, 1, 2).float()).permute(0, 2, 3, 1).numpy()
    changed = [not np.array_equal(page, view) for page, view in zip(pages, expected, strict=True)]
    assert changed == [False, True, True, False, True]
    assert np.abs(shown - expected).max() <= 1


def test_faint_pages_are_stretched_as_single_pages_are(documents: Path) -> None:
    page = resize(render(documents / "multi_page.pdf"), 608, 800)
    noise = np.random.default_rng(7).normal(200, 2, page.shape).round().astype(np.uint8)
    faint = (195 - (255 - page.astype(np.int16)) // 10).astype(np.uint8)
    light = (60 + (255 - page.astype(np.int16)) // 10).astype(np.uint8)
    pages = [page, faint, light, noise, np.zeros_like(page)]
    expected = np.stack([with_contrast(own) for own in pages])
    changed = [not np.array_equal(own, shown) for own, shown in zip(pages, expected, strict=True)]
    assert changed == [False, True, True, False, False]
    assert [int(shown.max()) - int(shown.min()) for shown in expected[1:3]] == [255, 255]
    shown = paper.with_contrast(torch.from_numpy(np.stack(pages)).permute(0, 3, 1, 2).float()).permute(0, 2, 3, 1)
    inner = np.abs(
        shown.numpy()[:, 1:-1, 1:-1] - expected[:, 1:-1, 1:-1].astype(np.float32)
    )  # edges are averaged apart
    assert (inner > 1).mean() < 0.001
