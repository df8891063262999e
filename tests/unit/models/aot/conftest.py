"""Packages of networks that compile in seconds."""

import pytest

from pipeline.models.aot.compile import Target, compile_networks
from pipeline.models.aot.shelf import PackageShelf
from tests.support.tiny_networks import classifier, strips, two_inputs


@pytest.fixture(scope="session")
def tiny_shelf(kept_shelf: PackageShelf) -> PackageShelf:
    """The tiny networks, compiled for this machine."""
    for spec in (classifier(), strips(), two_inputs()):
        list(compile_networks([spec], Target("cpu"), kept_shelf, []))
    return kept_shelf
