"""The shelf of compiled packages, and the networks that are compiled for it."""

import pytest
import torch

from pipeline.models.aot.compiler import Target, compile_networks
from pipeline.models.aot.shelf import PackageShelf
from tests.support.accurate_fixtures import few_image_blocks, pages, weights_dir
from tests.support.cache import PACKAGES
from tests.support.plain_kernels import compile_plain_kernels
from tests.support.tiny_networks import classifier, strips, two_inputs

__all__ = ["few_image_blocks", "pages", "weights_dir"]


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """As in the app; two threads on busy cores wait for each other most of the time."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session", autouse=True)
def plain_kernels() -> None:
    compile_plain_kernels()


@pytest.fixture(scope="session")
def kept_shelf() -> PackageShelf:
    """Compiled packages that outlive the test run: the key says when one is out of date. Tests only add to it."""
    return PackageShelf(PACKAGES)


@pytest.fixture(scope="session")
def tiny_shelf(kept_shelf: PackageShelf) -> PackageShelf:
    """Networks that compile in seconds, compiled for this machine."""
    for spec in (classifier(), strips(), two_inputs()):
        list(compile_networks([spec], Target("cpu"), kept_shelf, []))
    return kept_shelf
