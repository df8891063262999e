"""Small networks in the Hub's format, made once for all benchmarks of the GPU lane, whose tests share a worker."""

import pytest

from benchmarks.gpu_networks import TABLE, Made, crops
from benchmarks.gpu_pages import Kind, corpus
from tests.support.checkpoints import save_constant_tables, save_layout

SMALL_NETWORKS = "small-networks"  # the group of tests that use them


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Small networks."""
    folder = tmp_path_factory.mktemp("made")
    save_layout(folder / "weights")
    save_constant_tables(folder / "weights", crops(corpus(Kind.PLAIN, 2).images), TABLE)
    return Made(folder, folder / "weights")
