"""No new document is taken where the disk is nearly full; it is again once there is room."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import DiskNearlyFull
from pipeline.models.bundle import Lanes
from pipeline.records import RunStatus
from pipeline.settings import Settings
from tests.support.bundles import WholePageBundle
from tests.support.hostile_disk import small_disk
from tests.support.runs import last, records, submit, warm_runner


@pytest.fixture(params=["data_dir", "work_dir"])
def cramped(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Iterator[tuple[Settings, Path]]:
    """One of the two folders on a disk of 64 MB; 32 have to stay free."""
    with small_disk(tmp_path / "small", 64) as disk:
        folder: dict[str, Any] = {request.param: disk.root}
        yield replace(settings, min_free_mb=32, **folder), disk.root


def test_a_document_waits_outside_until_there_is_room(cramped: tuple[Settings, Path], documents: Path) -> None:
    settings, root = cramped
    ballast = root / "ballast"
    with warm_runner(settings, Lanes(WholePageBundle())) as runner:
        assert last(runner, submit(runner, documents / "multi_page.pdf", "1")).status is RunStatus.OK
        ballast.write_bytes(b"\0" * 40_000_000)
        with pytest.raises(DiskNearlyFull, match="Less than 32 MB of the Space's disk is free") as refused:
            submit(runner, documents / "multi_page.pdf", "1")
        assert str(root) not in refused.value.message
        ballast.unlink()
        assert last(runner, submit(runner, documents / "multi_page.pdf", "1")).status is RunStatus.OK
    assert [record.status for record in records(settings)] == [RunStatus.OK, RunStatus.OK]


def test_the_floor_can_be_given_up(settings: Settings, documents: Path, tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "small", 8) as disk,
        warm_runner(replace(settings, data_dir=disk.root, min_free_mb=0), Lanes(WholePageBundle())) as runner,
    ):
        assert last(runner, submit(runner, documents / "multi_page.pdf", "1")).status is RunStatus.OK
