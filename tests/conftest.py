"""What every test may ask for, where compiled code is kept, and which tests share a worker of pytest-xdist."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.settings import Settings, read_settings
from tests.support.cache import CACHE
from tests.support.groups import group_of, rank_of
from tests.support.readers import POOL

DATA = Path(__file__).parent / "documents" / "pdf"

# For this process and all that it starts: torch's compiler keeps what it made.
os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(CACHE / "inductor"))
# The code around a package's kernels is compiled as fast as can be; how fast it runs is no test's matter.
os.environ.setdefault("AOT_INDUCTOR_COMPILE_WRAPPER_OPT_LEVEL", "O0")
# Every core has a worker of pytest-xdist: threads of torch and BLAS would only wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Modules are imported until every test is collected, and stay. To look for garbage among them takes seconds a process.
gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Under pytest-xdist, tests that share a costly fixture share a worker, and the longest groups come first."""
    if not hasattr(config, "workerinput"):
        return
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group_of(item)))
    items.sort(key=rank_of)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """pytest-xdist reads a test's group from its id; where it does not stand there, fixtures would be made twice."""
    if hasattr(session.config, "workerinput") and not all("@" in item.nodeid for item in session.items):
        raise pytest.UsageError("pytest and pytest-xdist do not fit: the groups of tests are not in their ids")
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def warm_children() -> Iterator[None]:
    """Parse children that tests share end with the tests."""
    yield
    POOL.close()


@pytest.fixture(scope="session")
def documents() -> Path:
    """The folder of test documents."""
    return DATA


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Default settings over a folder of the test's own."""
    return read_settings({"DATA_DIR": str(tmp_path / "data"), "WORK_DIR": str(tmp_path / "work")})
