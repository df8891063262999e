"""Text lines on page images."""

import re
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest
from rapidocr import RapidOCR

from pipeline.models.line_direction import runs_down
from pipeline.models.onnx_ocr import (
    AngleClassifier,
    DetectedLine,
    DetectedLines,
    ReadText,
    TextDetector,
    TextReader,
    find_lines,
    middle,
    middle_corners,
    moved,
    network_width,
    quad_size,
    reading_order,
    skew_of,
    straightening,
    strips,
)
from pipeline.models.turned_page import TurnedPage
from tests.documents import canvas_print
from tests.documents.handmade import SCAN_LINES
from tests.documents.kinds import KINDS
from tests.documents.scans import Scan, scanned
from tests.support.render import SCALE, page_text, render

TEXT = list(SCAN_LINES)


class Reader:
    """The three networks together."""

    def __init__(self) -> None:
        self.detector, self.classifier, self.reader = TextDetector(), AngleClassifier(), TextReader()

    def lines(self, image: np.ndarray) -> DetectedLines:
        return find_lines(image, SCALE, self.detector, self.classifier)

    def texts(self, image: np.ndarray) -> list[str]:
        return [self.reader.read(line).text for line in self.lines(image).lines]


@pytest.fixture(scope="module")
def networks() -> Reader:
    return Reader()


@pytest.mark.parametrize(
    ("name", "turn", "start"),
    [
        ("scan", 0, (67, 70)),
        ("scan_rotated_90", 1, (772, 67)),
        ("scan_rotated_180", 2, (528, 771)),
        ("scan_rotated_270", 3, (71, 528)),
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


def words(text: str) -> Counter[str]:
    """Words without regard to order; words broken at a line's end are whole."""
    return Counter(re.findall(r"\w+", re.sub(r"-\s|\ufffe\s*|\x02", "", text)))


@pytest.mark.parametrize(("name", "page"), [("multi_page", 1), ("report", 1)])
def test_a_printed_page_reads_as_its_own_text(networks: Reader, documents: Path, name: str, page: int) -> None:
    document = documents / f"{name}.pdf"
    read = words("\n".join(networks.texts(render(document, page))))
    printed = words(page_text(document, page))
    assert sum((read & printed).values()) >= 0.98 * max(sum(read.values()), sum(printed.values()))


def test_lines_come_in_reading_order(networks: Reader, documents: Path) -> None:
    texts = networks.texts(render(documents / "multi_page.pdf"))
    assert texts[0] == "A Handbook for Small Tide Mills"
    assert texts.index("Filling the Pond") < texts.index("Choosing a quiet shaft")


def test_lines_are_read_as_the_wheel_reads_them(networks: Reader, documents: Path) -> None:
    """Lines wider than the wheel's least width, below which it adds more padding."""
    wheel = RapidOCR(params={"Global.log_level": "error"})
    lines = [
        line for line in networks.lines(render(documents / "multi_page.pdf")).lines if network_width(line.pixels) > 320
    ]
    assert len(lines) > 20
    for line in lines[:10]:
        theirs = wheel.recognize_txt([line.pixels])
        assert theirs.txts is not None
        assert networks.reader.read(line) == ReadText(theirs.txts[0], theirs.scores[0])


def test_an_empty_page_has_no_lines(networks: Reader) -> None:
    found = networks.lines(np.full((1584, 1224, 3), 255, dtype=np.uint8))
    assert found == DetectedLines((), 0)


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 4000, 3), (4000, 2, 3)])
def test_odd_pages_do_not_fail(networks: Reader, shape: tuple[int, int, int]) -> None:
    assert all(isinstance(text, str) for text in networks.texts(np.zeros(shape, dtype=np.uint8)))


def quad(left: float, top: float, width: float, height: float) -> list[list[float]]:
    return [[left, top], [left + width, top], [left + width, top + height], [left, top + height]]


def test_a_side_is_as_long_as_its_corners_say_in_their_own_exactness() -> None:
    left = 77.00000762939453
    quad = np.array([[left, 590], [726, 590], [726, 629], [left, 629]], dtype=np.float32)
    assert quad_size(quad) == (649, 39)
    assert quad_size(quad[:1].repeat(4, axis=0)) == (1, 1)


def test_a_short_box_follows_the_long_lines_of_its_page() -> None:
    digit, stamp = quad(10, 10, 12, 24), quad(700, 10, 24, 300)
    across = [quad(50, 50 * row, 500, 24) for row in range(10)]
    down = [quad(50 * column, 50, 24, 500) for column in range(10)]
    assert runs_down(np.array([*across, digit, stamp], dtype=np.float32)).tolist() == [False] * 11 + [True]
    assert runs_down(np.array([*down, digit], dtype=np.float32)).tolist() == [True] * 11


def test_an_ordinary_page_is_looked_at_as_a_whole() -> None:
    for width, height in ((1654, 2339), (2339, 1654), (400, 1500), (5000, 1000)):
        (strip,) = strips(width, height)
        assert (strip.top, strip.bottom) == (0, height)


def test_a_roll_is_looked_at_in_strips_each_line_of_which_counts_once() -> None:
    found = strips(500, 12_000)
    assert len(found) == 12
    assert (found[0].top, found[-1].bottom) == (0, 12_000)
    for y in (3.0, 999.0, 1000.0, 5501.0, 11_990.0):
        line = np.array([quad(20, y - 5, 400, 10)], dtype=np.float32)
        owners = [strip for strip in found if len(strip.own(line - np.array((0, strip.top), dtype=np.float32)))]
        (owner,) = owners
        assert owner.top <= y - 5 or owner.top == 0
        assert y + 5 <= owner.bottom or owner.bottom == 12_000


def test_every_line_of_a_roll_is_read(networks: Reader) -> None:
    roll = np.full((6000, 560, 3), 255, dtype=np.uint8)
    for number in range(60):
        cv2.putText(
            roll, f"Entry {number:03} paid", (40, 80 + 98 * number), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (0, 0, 0), 2
        )
    texts = "\n".join(networks.texts(roll))
    missing = [number for number in range(60) if f"{number:03}" not in texts]
    assert len(missing) <= 1


def test_dense_lines_are_not_taken_to_stand_on_their_heads(networks: Reader) -> None:
    line = np.full((44, 1500, 3), 255, dtype=np.uint8)
    words = (
        "Composition of the pretraining data for each of the subsets that we use in training, list by list, in epochs"
    )
    cv2.putText(line, words, (10, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0, 0, 0), 1)
    assert not networks.classifier.upside_down([line])
    assert networks.classifier.upside_down([line[::-1, ::-1]])


def test_the_middle_of_a_line_is_the_same_by_pixels_and_by_corners() -> None:
    long = np.array(quad(10, 20, 400, 25), dtype=np.float32)
    assert middle(np.zeros((25, 400, 3), dtype=np.uint8)).shape == (25, 100, 3)
    assert middle_corners(long).tolist() == quad(160, 20, 100, 25)
    short = np.array(quad(10, 20, 90, 25), dtype=np.float32)
    assert middle_corners(short).tolist() == short.tolist()


def test_faint_print_on_grey_paper_is_found(networks: Reader, documents: Path) -> None:
    page = render(documents / "scan.pdf").astype(np.int16)
    faint = 190 - (255 - page) // 18 + np.random.default_rng(3).normal(0, 3, page.shape)
    texts = networks.texts(np.clip(faint, 0, 255).astype(np.uint8))
    assert len(texts) == len(TEXT)


def test_a_skewed_page_is_turned_straight_with_its_lines() -> None:
    rows = [np.array(quad(100, 100 + 60 * row, 700 - 90 * (row % 3), 24), dtype=np.float32) for row in range(12)]
    for skew in (5.0, -3.0):
        aslant = [moved(row, straightening(1000, 1400, -skew)) for row in rows]
        found = skew_of(aslant, 0)
        assert found == pytest.approx(skew, abs=0.1)
        straight = [moved(row, straightening(1000, 1400, found)) for row in aslant]
        assert np.abs(np.array(straight) - np.array(rows)).max() < 2
        assert reading_order(straight, TurnedPage(0, 1000, 1400)) == list(range(12))


def test_a_page_of_figures_is_turned_by_its_few_long_lines() -> None:
    short = [np.array(quad(200, 200 + 60 * row, 80, 40), dtype=np.float32) for row in range(30)]
    figures = [moved(one, straightening(1000, 1400, 4.2 * (row % 2))) for row, one in enumerate(short)]
    long = [np.array(quad(100, 100 + 40 * row, 800, 40), dtype=np.float32) for row in range(2)]
    aslant = [moved(row, straightening(1000, 1400, 2.5)) for row in long]
    assert skew_of([*aslant, *figures], 0) == pytest.approx(-2.5, abs=0.1)
    assert skew_of([*long, *figures], 0) == 0


def test_lines_that_do_not_agree_are_not_turned() -> None:
    rows = [np.array(quad(100, 100 + 60 * row, 700, 24), dtype=np.float32) for row in range(12)]
    mixed = [moved(row, straightening(1000, 1400, 9.0 * (index % 4))) for index, row in enumerate(rows)]
    assert skew_of(rows, 0) == skew_of(mixed, 0) == skew_of(rows[:2], 0) == skew_of([], 0) == 0


def test_the_page_numbers_of_contents_on_their_side_are_found(networks: Reader, tmp_path: Path) -> None:
    paths = []
    for name, turns in (("upright", (0,)), ("aside", (3,))):
        paths.append(tmp_path / f"{name}.pdf")
        paths[-1].write_bytes(scanned(canvas_print.pdf(KINDS["contents"].make(3)), Scan(noise=2, turns=turns), 3))
    upright, aside = (networks.lines(render(path)) for path in paths)
    assert len(upright.lines) > 50
    assert len(aside.lines) > 0.9 * len(upright.lines)


@pytest.mark.parametrize(
    ("readings", "believed"),
    [
        ((ReadText("1 Glashouses ......", 0.8), ReadText("1 Glasshouses ........", 0.9)), 1),
        ((ReadText("1 Glasshouses ......", 0.8), ReadText("1 Glashouses ........", 0.7)), 0),
        ((ReadText("1 Glasshouses ......", 0.99),), 0),
        ((ReadText("1 Glasshouses and their care", 0.8),), 0),
    ],
)
def test_a_doubtful_line_with_a_leader_is_read_again_stretched(
    monkeypatch: pytest.MonkeyPatch, readings: tuple[ReadText, ...], believed: int
) -> None:
    widths: list[int] = []

    def read(_: TextReader, line: DetectedLine) -> ReadText:
        widths.append(line.pixels.shape[1])
        return readings[len(widths) - 1]

    monkeypatch.setattr(TextReader, "_read", read)
    line = DetectedLine(np.zeros((40, 400, 3), dtype=np.uint8), np.zeros((4, 2), dtype=np.float32))
    assert TextReader().read(line) == readings[believed]
    assert widths == [400, 500][: len(readings)]
