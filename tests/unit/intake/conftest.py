"""A reader per test module: starting a child takes longer than most tests."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.intake.reader import PdfReader
from pipeline.settings import Settings, read_settings


@pytest.fixture(scope="package")
def limits() -> Settings:
    """The default limits, with less patience."""
    return replace(
        read_settings({"WORK_DIR": "/nonexistent", "DATA_DIR": "/nonexistent"}), page_seconds=20, open_seconds=20
    )


@pytest.fixture(scope="module")
def reader(limits: Settings) -> Iterator[PdfReader]:
    with PdfReader(limits) as reader:
        yield reader


@pytest.fixture
def out_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "batch"
    folder.mkdir()
    return folder
