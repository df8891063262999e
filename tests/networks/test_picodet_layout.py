"""Layout regions, against the wheel's own class and against pages that a reader understands at a glance."""

from pathlib import Path

import numpy as np
import pytest
from rapid_layout import RapidLayout

from pipeline.models.picodet_layout import LABELS, PicoDetLayout
from pipeline.pages import Box, LayoutLabel, LayoutRegion
from tests.support.render import SCALE, render

LEAST = 0.3
TEXT = set(LayoutLabel) - {LayoutLabel.PICTURE, LayoutLabel.TABLE, LayoutLabel.FORMULA}


@pytest.fixture(scope="module")
def network() -> PicoDetLayout:
    return PicoDetLayout(LEAST)


@pytest.fixture(scope="module")
def wheel() -> RapidLayout:
    return RapidLayout(conf_thresh=LEAST)


def wheel_regions(wheel: RapidLayout, image: np.ndarray) -> list[LayoutRegion]:
    names = wheel.session.get_character_list()
    found = wheel(image)
    return [
        LayoutRegion(LABELS[names.index(name)], score, Box(*(side / SCALE for side in box)))
        for name, score, box in zip(found.class_names, found.scores, found.boxes, strict=True)
    ]


def same(one: LayoutRegion, other: LayoutRegion) -> bool:
    return one.label is other.label and abs(one.score - other.score) < 1e-4 and one.box.overlap(other.box) > 0.999


@pytest.mark.parametrize(("name", "page"), [("paper_page", 1), ("korean_report", 2), ("manual", 2), ("multi_page", 4)])
def test_regions_are_the_wheels_own_less_repeated_text(
    network: PicoDetLayout, wheel: RapidLayout, documents: Path, name: str, page: int
) -> None:
    image = render(documents / f"{name}.pdf", page)
    ours = network.find(image, SCALE)
    theirs = wheel_regions(wheel, image)
    left_out = [region for region in theirs if not any(same(region, own) for own in ours)]

    assert len(ours) >= 8
    assert all(any(same(region, other) for other in theirs) for region in ours)
    for region in left_out:
        assert region.label in TEXT
        assert any(own.box.overlap(region.box) > 0.7 and own.score > region.score and own.label in TEXT for own in ours)


def best(regions: tuple[LayoutRegion, ...], label: LayoutLabel) -> LayoutRegion:
    return next(region for region in regions if region.label is label)


def test_a_table_lies_where_it_is_printed(network: PicoDetLayout, documents: Path) -> None:
    regions = network.find(render(documents / "paper_page.pdf"), SCALE)
    assert best(regions, LayoutLabel.TABLE).box.overlap(Box(71, 225, 541, 314)) > 0.9
    assert [region.score for region in regions] == sorted((region.score for region in regions), reverse=True)


def test_text_on_dark_paper_is_text(network: PicoDetLayout, documents: Path) -> None:
    """The wheel calls this whole page one picture."""
    regions = network.find(render(documents / "right_to_left_dark.pdf"), SCALE)
    text = best(regions, LayoutLabel.TEXT)
    assert text.score > 0.9
    assert text.box.overlap(Box(64, 245, 533, 350)) > 0.8


def test_facing_pages_are_read_one_by_one(network: PicoDetLayout, documents: Path) -> None:
    """The wheel finds one picture over both pages."""
    regions = [region for region in network.find(render(documents / "facing_pages.pdf"), SCALE) if region.score >= 0.5]
    left = [region for region in regions if region.box.right <= 612]
    right = [region for region in regions if region.box.left >= 612]
    assert len(left) + len(right) == len(regions)
    assert sum(region.label in TEXT for region in left) >= 5
    assert sum(region.label in TEXT for region in right) >= 5


def test_a_framed_page_shows_the_tables_inside_its_frame(network: PicoDetLayout, documents: Path) -> None:
    regions = network.find(render(documents / "right_to_left_framed.pdf"), SCALE)
    assert best(regions, LayoutLabel.PICTURE).box.height > 700
    assert best(regions, LayoutLabel.TABLE).box.height < 300


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 4000, 3), (4000, 3, 3)])
def test_odd_pages_give_regions_inside_the_page(network: PicoDetLayout, shape: tuple[int, int, int]) -> None:
    for region in network.find(np.zeros(shape, dtype=np.uint8), SCALE):
        assert 0 <= region.box.left <= region.box.right <= shape[1] / SCALE
        assert 0 <= region.box.top <= region.box.bottom <= shape[0] / SCALE
