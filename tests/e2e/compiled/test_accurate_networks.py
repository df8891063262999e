"""The accurate networks compiled for this machine's CPU say what they say eagerly, at any size that their packages
take.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import pytest
import torch

from pipeline.models.accurate.accurate_bundle import AccurateBundle
from pipeline.models.accurate.accurate_specs import AccurateSpecs, accurate_specs, in_proportion
from pipeline.models.aot.compiler import Target, compile_networks
from pipeline.models.aot.engine import Engines
from pipeline.models.aot.shelf import Package, PackageShelf
from pipeline.models.aot.spec import NetworkSpec, Precision, Span
from pipeline.pages import Box, EngineInfo, LayoutRegion, PagePrediction, PageTask, TableStructure
from pipeline.store.weight_cache import find_weights
from tests.support.accurate_pages import TestPage

SAME_PLACE = 0.05  # points
Found = TypeVar("Found", LayoutRegion, TableStructure)


@pytest.fixture(scope="module")
def specs(weights_dir: Path) -> AccurateSpecs:
    return accurate_specs(find_weights(weights_dir), Precision.FLOAT32, "cpu")


@pytest.fixture(scope="module")
def shelf(specs: AccurateSpecs, pages: list[TestPage], kept_shelf: PackageShelf) -> PackageShelf:
    """The packages of all four passes. Cold, they take some minutes."""
    outcomes = list(compile_networks(specs.all, Target("cpu"), kept_shelf, [page.image for page in pages[:3]]))
    assert [type(outcome.package) for outcome in outcomes] == [Package] * 4
    return kept_shelf


def whole(size: int | Span) -> int:
    """A length that the package does not leave open."""
    assert isinstance(size, int)
    return size


def predictions(bundle: AccurateBundle, pages: list[TestPage]) -> list[PagePrediction]:
    tasks = [PageTask(page.rendered, ocr=False, tables=True) for page in pages]
    found = bundle.predict(tasks, [page.image for page in pages])
    assert all(isinstance(page, PagePrediction) for page in found)
    return [page for page in found if isinstance(page, PagePrediction)]


@pytest.mark.timeout(900)
def test_regions_and_tables_are_those_of_the_eager_networks(
    shelf: PackageShelf, weights_dir: Path, pages: list[TestPage]
) -> None:
    compiled = AccurateBundle(find_weights(weights_dir), Engines("cpu", shelf=shelf))
    eager = AccurateBundle(find_weights(weights_dir), Engines("cpu"))
    assert compiled.engines == (
        EngineInfo("layout", "docling-layout-heron", "AOTInductor"),
        EngineInfo("ocr", "PP-OCRv6 small", "torch"),
        EngineInfo("tables", "TableFormerV2", "AOTInductor"),
    )
    eagerly = predictions(eager, pages[:3])
    for found, wanted in zip(predictions(compiled, pages[:3]), eagerly, strict=True):
        assert len(found.regions) == len(wanted.regions) > 5
        for region in found.regions:
            partner = nearest(region.box, [other for other in wanted.regions if other.label is region.label])
            assert region.score == pytest.approx(partner.score, abs=1e-4)
        assert len(found.tables) == len(wanted.tables) > 0
        for table in found.tables:
            assert_same_table(table, nearest(table.box, wanted.tables))
    assert len({shape(table) for page in eagerly for table in page.tables}) > 5
    assert compiled.engines[0].engine == compiled.engines[2].engine == "AOTInductor"


def nearest(box: Box, others: Sequence[Found]) -> Found:
    """The one of ``others`` that lies where ``box`` does; nearly equal scores may have changed places."""
    partner = min(others, key=lambda other: gap(box, other.box))
    assert gap(box, partner.box) <= SAME_PLACE
    return partner


def gap(one: Box, other: Box) -> float:
    pairs = ((one.left, other.left), (one.top, other.top), (one.right, other.right), (one.bottom, other.bottom))
    return max(abs(side - its) for side, its in pairs)


def shape(table: TableStructure) -> tuple[object, ...]:
    spans = [
        (c.row, c.column, c.row_span, c.column_span, c.header, c.row_header, c.section, c.box is None)
        for c in table.cells
    ]
    return table.rows, table.columns, tuple(spans)


def assert_same_table(found: TableStructure, wanted: TableStructure) -> None:
    assert shape(found) == shape(wanted)
    for cell, other in zip(found.cells, wanted.cells, strict=True):
        assert cell.box is None or other.box is None or gap(cell.box, other.box) <= SAME_PLACE


@pytest.mark.timeout(900)
@pytest.mark.parametrize("tables", [1, 3])
def test_any_number_of_crops_is_encoded(shelf: PackageShelf, specs: AccurateSpecs, tables: int) -> None:
    crops = torch.randint(0, 256, (tables, 3, 448, 448), dtype=torch.uint8, generator=seeded(tables))
    assert_compiled_is_eager(shelf, specs.encode, crops)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("tables", "slots"), [(2, 64), (3, 128), (64, 64), (5, 512)])
def test_any_number_of_tables_takes_a_step(shelf: PackageShelf, specs: AccurateSpecs, tables: int, slots: int) -> None:
    image, former = (specs.step.signatures[0].inputs[index].shape for index in (2, 4))
    generator = seeded(slots)
    image_keys, image_values = (
        torch.randn((whole(image[0]), tables, *map(whole, image[2:])), generator=generator) for _ in range(2)
    )
    keys, values = (
        torch.randn((whole(former[0]), tables, whole(former[2]), slots, whole(former[4])), generator=generator)
        for _ in range(2)
    )
    tokens = torch.randint(4, 13, (tables,), generator=generator)
    assert_compiled_is_eager(
        shelf, specs.step, tokens, torch.tensor([slots - 1]), image_keys, image_values, keys, values
    )


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("tables", "cells"), [(1, 1), (1, 30), (7, 1), (64, 513), (65, 3)])
def test_any_number_of_cells_is_placed(shelf: PackageShelf, specs: AccurateSpecs, tables: int, cells: int) -> None:
    (_, _, width), _, (_, places, _) = (given.shape for given in specs.place.signatures[0].inputs)
    states = torch.randn((tables, cells, whole(width)), generator=seeded(cells))
    memory = torch.randn((tables, whole(places), whole(width)))
    used = torch.arange(cells) <= torch.arange(tables)[:, None]
    assert_compiled_is_eager(shelf, specs.place, states, used, memory)


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def assert_compiled_is_eager(shelf: PackageShelf, spec: NetworkSpec, *inputs: torch.Tensor) -> None:
    compiled, eager = Engines("cpu", shelf=shelf).network(spec), Engines("cpu").network(spec)
    assert compiled.package_for(*(tuple(tensor.shape) for tensor in inputs))
    found, wanted = compiled(*inputs), eager(*inputs)
    assert [(output.shape, output.dtype) for output in found] == [(output.shape, output.dtype) for output in wanted]
    assert in_proportion(found, wanted) < 1e-4
    assert compiled.engine == "AOTInductor"


def test_differences_count_in_proportion_to_what_is_large() -> None:
    small, large = torch.tensor([0.5, 0.25]), torch.tensor([200.0, -1.0])
    assert in_proportion((small + 0.01, large), (small, large)) == pytest.approx(0.01)
    assert in_proportion((small, large + 0.01), (small, large)) == pytest.approx(0.01 / 200, rel=1e-2)
    assert not in_proportion((small, large * float("nan")), (small, large)) <= 1
    assert in_proportion((torch.tensor([4]),), (torch.tensor([5]),)) == pytest.approx(1 / 5)
