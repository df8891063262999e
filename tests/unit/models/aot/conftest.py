"""Packages that the tests compile, kept between runs: the key says when one is out of date."""

from pathlib import Path

import pytest

from pipeline.models.aot.compile import Target, compile_networks
from pipeline.models.aot.shelf import PackageShelf
from tests.support.tiny_networks import classifier, strips, two_inputs

CACHE = Path(__file__).parents[4] / ".cache" / "packages"


@pytest.fixture(scope="session")
def kept_shelf() -> PackageShelf:
    """A shelf that outlives the test run. Tests only add to it."""
    return PackageShelf(CACHE)


@pytest.fixture(scope="session")
def tiny_shelf(kept_shelf: PackageShelf) -> PackageShelf:
    """The tiny networks, compiled for this machine."""
    for spec in (classifier(), strips(), two_inputs()):
        list(compile_networks([spec], Target("cpu"), kept_shelf, []))
    return kept_shelf
