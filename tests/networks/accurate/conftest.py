"""The small accurate networks and the pages that they read."""

from pathlib import Path

import pytest

from tests.support.accurate_pages import TestPage, accurate_pages, save_small_networks


@pytest.fixture(scope="session")
def pages(documents: Path, tmp_path_factory: pytest.TempPathFactory) -> list[TestPage]:
    """Four pages of four documents, in two sizes."""
    return accurate_pages(documents, tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="session")
def weights_dir(pages: list[TestPage], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models with both networks, small."""
    return save_small_networks(tmp_path_factory.mktemp("weights"), pages)
