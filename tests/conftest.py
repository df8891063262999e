"""What every test may ask for."""

from pathlib import Path

import pytest

from pipeline.settings import Settings, read_settings

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def documents() -> Path:
    """The folder of test documents."""
    return DATA


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Default settings over a folder of the test's own."""
    return read_settings({"DATA_DIR": str(tmp_path / "data"), "WORK_DIR": str(tmp_path / "work")})
