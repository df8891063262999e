"""Heavy lines of a scan are told from the others by the width of their strokes."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.pages import Box, LayoutLabel
from pipeline.stages.light_layout.assign_lines import Block
from pipeline.stages.light_layout.blocks import rows
from pipeline.stages.light_layout.classify import BlockPiece, is_heading, pieces
from pipeline.stages.light_layout.followed_headings import follow_up
from pipeline.stages.light_layout.lines import HEAVY_SCAN, PLAIN_SCAN, LayoutLine, typography
from pipeline.stages.light_layout.match import LayoutWord
from pipeline.stages.light_layout.stroke_weight import stroke_width, with_stroke_weights
from pipeline.stages.light_layout.whole_headings import whole_headings

SCALE = 2.0
PLAIN, BOLD = 1, 2  # as OpenCV counts the weight of its letters
BODY = ("the ferry leaves the western", "landing at seven and returns", "before noon with flour and", "letters", "oil")


def bars(width: int, blur: int = 0, angle: float = 0.0, paper: int = 255, ink: int = 0) -> NDArray[np.uint8]:
    """Upright strokes, ``width`` pixels wide."""
    image = np.full((80, 240), paper, dtype=np.uint8)
    for left in range(10, 230, 20):
        image[15:65, left : left + width] = ink
    if angle:
        turn = cv2.getRotationMatrix2D((120, 40), angle, 1.0)
        image = np.asarray(cv2.warpAffine(image, turn, (240, 80), borderValue=(paper,)), dtype=np.uint8)
    return np.asarray(cv2.blur(image, (blur, blur)), dtype=np.uint8) if blur else image


@pytest.mark.parametrize(
    ("blur", "angle", "paper", "ink"), [(0, 0, 255, 0), (3, 0, 255, 0), (0, 90, 255, 0), (3, 0, 200, 120)]
)
def test_a_stroke_is_as_wide_as_it_was_drawn(blur: int, angle: float, paper: int, ink: int) -> None:
    thin, thick = (stroke_width(bars(width, blur, angle, paper, ink)) for width in (3, 5))
    assert thin == pytest.approx(3 * 4 / np.pi, rel=0.2)  # edges of one direction count less than those of all
    assert thick / thin == pytest.approx(5 / 3, rel=0.15)


def test_paper_and_noise_have_no_strokes() -> None:
    noise = np.random.default_rng(1).integers(240, 255, (40, 100)).astype(np.uint8)
    assert stroke_width(noise) == stroke_width(np.full((40, 100), 255, np.uint8)) == stroke_width(noise[:0]) == 0


def scan(*texts: tuple[str, int]) -> tuple[list[LayoutLine], NDArray[np.uint8]]:
    """Lines of one height, one below the other, each drawn with its weight."""
    lines, page = [], np.full((60 * len(texts) + 40, 640), 255, dtype=np.uint8)
    for row, (text, weight) in enumerate(texts):
        cv2.putText(page, text, (20, 60 * row + 40), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, weight, cv2.LINE_AA)
        lines.append(LayoutLine(text, Box(8, 30 * row + 6, 8 + 9 * len(text), 30 * row + 26)))
    return lines, page


def heavy(lines: list[LayoutLine], page: NDArray[np.uint8]) -> list[str]:
    return [line.text for line in with_stroke_weights(lines, page, SCALE) if line.font == HEAVY_SCAN]


def test_the_lines_in_bold_are_heavy() -> None:
    lines, page = scan(
        *((text, PLAIN) for text in BODY[:3]), ("Work at the landing", BOLD), *((text, PLAIN) for text in BODY[3:])
    )
    assert heavy(lines, page) == ["Work at the landing"]
    turned = [
        LayoutLine(one.text, Box(one.box.top, one.box.left, one.box.bottom, one.box.right), turn=1) for one in lines
    ]
    assert heavy(turned, np.ascontiguousarray(page.T)) == ["Work at the landing"]


def test_numbers_few_lines_and_pages_with_fonts_stay() -> None:
    lines, page = scan(*((text, PLAIN) for text in BODY), ("96.4", BOLD))
    assert heavy(lines, page) == []
    lines, page = scan((BODY[0], PLAIN), ("Work at the landing", BOLD))
    assert heavy(lines, page) == []
    plain, bold = (one.stroke for one in with_stroke_weights(lines, page, SCALE))
    assert 1.25 * plain < bold < 3
    lines, page = scan(*((text, PLAIN) for text in BODY), ("Work at the landing", BOLD))
    printed = [LayoutLine(one.text, one.box, "/Serif", (LayoutWord(one.text, one.box, "/Serif"),)) for one in lines]
    assert with_stroke_weights([*printed, *printed, *lines], page, SCALE) == [*printed, *printed, *lines]


def test_a_heavy_line_above_text_is_a_heading_whatever_the_height_of_its_box() -> None:
    lines, page = scan(("works at the landing", BOLD), *((text, PLAIN) for text in BODY))
    lines[0] = LayoutLine("Works at the landing", Box(8, 8, 150, 22))
    weighed = with_stroke_weights(lines, page, SCALE)
    labels = [
        [piece.label for piece in pieces(Block(LayoutLabel.TEXT, 0.9, tuple(part)), typography(part))][:2]
        for part in (weighed, lines)
    ]
    assert labels == [[LayoutLabel.SECTION_HEADER, LayoutLabel.TEXT], [LayoutLabel.TEXT, LayoutLabel.TEXT]]


def test_a_scanned_line_is_display_type_by_its_strokes_not_by_its_box() -> None:
    lines, page = scan(*((text, PLAIN) for text in BODY), ("Work at the landing", BOLD))
    boxes = [replace(one.box, bottom=one.box.bottom + 4 * (number == 0)) for number, one in enumerate(lines)]
    weighed = with_stroke_weights([replace(one, box=box) for one, box in zip(lines, boxes, strict=True)], page, SCALE)
    type_ = typography(weighed)
    assert weighed[0].height > 1.15 * type_.height
    assert not type_.is_large(weighed[0])
    assert type_.is_large(replace(weighed[-1], box=boxes[0]))


def test_a_numbered_item_of_low_letters_is_no_footnote() -> None:
    lines, page = scan(*((text, PLAIN) for text in BODY), ("2. oxen can", PLAIN))
    low = replace(lines[-1].box, bottom=lines[-1].box.bottom - 2.5)
    weighed = with_stroke_weights([*lines[:-1], replace(lines[-1], box=low)], page, SCALE)
    found = pieces(Block(LayoutLabel.TEXT, 0.9, (weighed[-1],)), typography(weighed))
    assert [piece.label for piece in found] == [LayoutLabel.LIST_ITEM]


def test_a_title_in_light_type_is_display_type_where_it_is_set_far_wider() -> None:
    lines = [
        LayoutLine(text, Box(8, 30 * row, 8 + 6 * len(text), 30 * row + 14), PLAIN_SCAN)
        for row, text in enumerate(BODY)
    ]
    type_ = typography(lines)
    for width, height, large in ((10, 20, True), (10, 14, False), (7, 20, False)):
        title = LayoutLine("On the settling of ponds", Box(8, 200, 8 + 24 * width, 200 + height), PLAIN_SCAN)
        assert type_.is_large(title) == large


def test_a_heavy_line_heads_text_that_is_set_in() -> None:
    name = Block(LayoutLabel.TEXT, 0.9, (LayoutLine("Options", Box(60, 100, 110, 112), HEAVY_SCAN),))
    for left, label in ((100, LayoutLabel.SECTION_HEADER), (200, LayoutLabel.TEXT)):
        text = LayoutLine("counts each animal of a herd", Box(left, 114, left + 150, 126), PLAIN_SCAN)
        blocks = [name, Block(LayoutLabel.TEXT, 0.9, (text,))]
        assert follow_up(blocks, [], typography([text]))[0].label is label


def test_a_heading_of_two_scanned_lines_is_one_by_the_width_of_its_strokes() -> None:
    upper = LayoutLine("Terraces near the walled", Box(46, 325, 156, 338), HEAVY_SCAN, stroke=1.0)
    text = LayoutLine("Whoever looks after terraces", Box(46, 360, 168, 374), PLAIN_SCAN, stroke=0.6)
    for stroke, count in ((1.05, 1), (1.4, 2)):
        lower = LayoutLine("garden", Box(46, 338, 80, 353), HEAVY_SCAN, stroke=stroke)
        blocks = [Block(LayoutLabel.SECTION_HEADER, 0.9, (one,)) for one in (upper, lower)]
        found = whole_headings([*blocks, Block(LayoutLabel.TEXT, 0.9, (text,))], typography([text]))
        assert len(found) == count + 1


def test_a_numbered_line_with_the_strokes_of_its_text_is_no_heading_though_the_network_says_so() -> None:
    text = LayoutLine("Crews that were repaired before", Box(80, 114, 240, 128), PLAIN_SCAN, stroke=1.0)
    for stroke, label in ((1.02, LayoutLabel.LIST_ITEM), (1.22, LayoutLabel.SECTION_HEADER)):
        item = LayoutLine("1. Two spare posts", Box(60, 100, 160, 114), PLAIN_SCAN, stroke=stroke)
        block, after = Block(LayoutLabel.SECTION_HEADER, 0.8, (item,)), BlockPiece(tuple(rows([text])))
        part = BlockPiece(tuple(rows([item])))
        heads = is_heading(part, block, typography([text]), after, alone=True)
        assert heads == (label is LayoutLabel.SECTION_HEADER)


def test_bars_of_a_chart_that_were_read_as_letters_are_no_heading() -> None:
    text = LayoutLine("Crews that were repaired before", Box(60, 190, 240, 204), PLAIN_SCAN, stroke=1.0)
    for name, heads in (("\u0131\u0131", False), ("Tide mills", True)):
        bars = BlockPiece(tuple(rows([LayoutLine(name, Box(60, 100, 160, 184), HEAVY_SCAN, stroke=4.0)])))
        block, after = Block(LayoutLabel.TEXT, 0.9, bars.rows[0].lines), BlockPiece(tuple(rows([text])))
        assert is_heading(bars, block, typography([text]), after, alone=True) == heads
