"""Blobs of a probability map become the boxes that ``rapidocr`` makes of them."""

import cv2
import numpy as np
import pytest
from rapidocr.ch_ppocr_det.utils import DBPostProcess

from pipeline.models.images import Floats
from pipeline.models.line_direction import are_long
from pipeline.models.text_blobs import BOX_SCORE, GROWN, LEAST_PROBABILITY, MOST_BLOBS, SHORT_SCORE, blob_quads

LIBRARY = DBPostProcess(LEAST_PROBABILITY, BOX_SCORE, MOST_BLOBS, GROWN, use_dilation=True)


def blobs(generator: np.random.Generator) -> Floats:
    """A map of bars of any place, size, turn and probability, with soft edges."""
    rows, columns = generator.integers(100, 400, 2)
    probability = np.zeros((rows, columns), dtype=np.float32)
    for _ in range(generator.integers(1, 30)):
        centre = generator.uniform((0, 0), (columns, rows))
        bar = (tuple(centre), tuple(generator.uniform((2, 2), (120, 14))), float(generator.choice([0, 90, 3, -17])))
        corners = cv2.boxPoints(bar).astype(np.int32)
        cv2.fillPoly(probability, [corners], float(generator.uniform(0.2, 1)))
    return np.asarray(cv2.GaussianBlur(probability, (3, 3), 0), dtype=np.float32)


def of_library(probability: Floats, width: int, height: int) -> Floats:
    """Its boxes, without short ones that are not certain."""
    found, scores = LIBRARY(probability[None, None], (height, width))
    quads = np.asarray(found, dtype=np.float32).reshape(-1, 4, 2)
    return np.asarray(quads[are_long(quads) | (np.asarray(scores) >= SHORT_SCORE)])


@pytest.mark.parametrize("seed", range(40))
def test_boxes_are_those_of_the_library(seed: int) -> None:
    generator = np.random.default_rng(seed)
    probability = blobs(generator)
    height, width = (round(side * generator.uniform(0.8, 2.5)) for side in probability.shape)
    np.testing.assert_array_equal(blob_quads(probability, width, height), of_library(probability, width, height))


def test_an_empty_map_has_no_boxes() -> None:
    assert blob_quads(np.zeros((64, 96), dtype=np.float32), 192, 128).shape == (0, 4, 2)
