"""A page that lies aslant is looked at as its predictions are: turned straight."""

import math
from pathlib import Path

import numpy as np
import pytest

from pipeline.pages import PageFacts, PagePrediction, PageSize, RenderedPage
from pipeline.pixels import PIXELS
from pipeline.stages.replay import FinishedPage, ReplayPage

WIDTH, HEIGHT = 400, 300


@pytest.mark.parametrize("skew", [0.0, 4.0, -3.0])
def test_a_rule_aslant_is_level(tmp_path: Path, skew: float) -> None:
    pixels = np.full((HEIGHT, WIDTH, 3), 240, dtype=np.uint8)
    for x in range(40, 360):
        y = round(HEIGHT / 2 + (x - WIDTH / 2) * math.tan(math.radians(skew)))
        pixels[y - 1 : y + 2, x] = 0
    pixels.tofile(tmp_path / PIXELS)
    facts = PageFacts(1, PageSize(WIDTH / 2, HEIGHT / 2), 0, 0, 0, 0.0, 1.0)
    rendered = RenderedPage(1, WIDTH, HEIGHT, 0, 2.0, "cells", facts)
    prediction = PagePrediction(1, (), (), (), True, 0.0, 0.0, 0.0, skew=skew)
    page = ReplayPage(FinishedPage(rendered, prediction, tmp_path / PIXELS))
    for image in (page.gray, np.asarray(page.image)[:, :, 1]):
        dark = np.flatnonzero((image[:, 50:350] < 120).mean(axis=1) > 0.9)
        assert dark.tolist()
        assert abs(float(dark.mean()) - HEIGHT / 2) <= 1
        assert image[2, 2] > 200  # paper comes in where the corners were cut off
