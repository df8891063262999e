"""Fixtures of the accurate networks, for the conftest files of the folders that test them.

They stand apart from ``checkpoints``, which the GPU check takes to machines without pytest.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.accurate_pages import TestPage, accurate_pages, save_small_networks
from tests.support.checkpoints import few_blocks


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
