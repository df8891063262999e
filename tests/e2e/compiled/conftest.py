"""The shelf of compiled packages, and the networks that are compiled for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from pipeline.models.aot.compiler import Target, compile_networks
from pipeline.models.aot.shelf import PackageShelf
from tests.support.accurate_pages import TestPage, accurate_pages, save_small_networks
from tests.support.cache import PACKAGES
from tests.support.checkpoints import few_blocks
from tests.support.tiny_networks import classifier, strips, two_inputs


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """As in the app; two threads on busy cores wait for each other most of the time."""
    torch.set_num_threads(1)


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


@pytest.fixture(scope="session")
def pages(documents: Path, tmp_path_factory: pytest.TempPathFactory) -> list[TestPage]:
    """Four pages of four documents, in two sizes."""
    return accurate_pages(documents, tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="package", autouse=True)
def few_image_blocks() -> Iterator[None]:
    """The table network has few blocks to see images with, where it is saved and where it is loaded."""
    with few_blocks():
        yield


@pytest.fixture(scope="package")
def weights_dir(few_image_blocks: None, pages: list[TestPage], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models with both networks, small."""
    return save_small_networks(tmp_path_factory.mktemp("weights"), pages)
