"""Text lines on page images."""

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from pipeline.models.ocr import AngleClassifier, PageLines, TextDetector, TextReader, find_lines, runs_down
from tests.support.render import SCALE, page_text, render

# docling's own expected text of its scanned sample page
TEXT = ["Docling bundles PDF document conversion to", "JSON and Markdown in an easy self contained", "package"]


class Reader:
    """The three networks together."""

    def __init__(self) -> None:
        self.detector, self.classifier, self.reader = TextDetector(), AngleClassifier(), TextReader()

    def lines(self, image: np.ndarray) -> PageLines:
        return find_lines(image, SCALE, self.detector, self.classifier)

    def texts(self, image: np.ndarray) -> list[str]:
        return [self.reader.read(line).text for line in self.lines(image).lines]


@pytest.fixture(scope="module")
def networks() -> Reader:
    return Reader()


@pytest.mark.parametrize(
    ("name", "turn", "start"),
    [
        ("ocr_test", 0, (69, 74)),
        ("ocr_test_rotated_90", 3, (72, 527)),
        ("ocr_test_rotated_180", 2, (526, 768)),
        ("ocr_test_rotated_270", 1, (769, 70)),
    ],
)
def test_turned_pages_read_alike_and_say_where_reading_starts(
    networks: Reader, documents: Path, name: str, turn: int, start: tuple[float, float]
) -> None:
    image = render(documents / f"{name}.pdf")
    found = networks.lines(image)
    assert networks.texts(image) == TEXT
    assert found.lines[0].corners[0] / SCALE == pytest.approx(start, abs=4)
    assert found.turn == turn
