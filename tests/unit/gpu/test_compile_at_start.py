"""Before the app starts: missing packages come from the owner's repository, and compiling fits into the start."""

import logging
import re
from pathlib import Path

import pytest

from pipeline.gpu import compile_at_start
from pipeline.gpu.compile_at_start import fetch_at_start
from pipeline.gpu.compile_call import BOOKED_SECONDS
from pipeline.models.aot.compiler import Target
from pipeline.models.aot.shelf import Package, PackageShelf, Verification
from pipeline.models.catalog import CompileJob
from pipeline.settings import Settings, read_settings
from pipeline.store.package_exchange import PackagesRepo
from tests.standins.hub import StandInHub
from tests.support.tiny_networks import classifier

README = Path(__file__).parents[3] / "README.md"
REPO = "tester/folio-packages"
JOB = CompileJob(Target("cpu"), (classifier(),))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"DATA_DIR": str(tmp_path / "data"), "WORK_DIR": str(tmp_path), "PACKAGES_REPO": REPO})


def test_the_call_that_compiles_fits_into_the_start() -> None:
    hours = re.search(r"^startup_duration_timeout: (\d+)h$", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert hours is not None
    assert int(hours[1]) * 3600 / 2 >= 1.5 * BOOKED_SECONDS, "the other half is for the image and the weights"


def test_what_is_missing_is_fetched_and_what_is_there_is_not(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = JOB.package_keys()
    theirs, ours = PackageShelf(tmp_path / "theirs"), PackageShelf(settings.packages_dir)
    for key in (first, second):
        theirs.put(key, b"theirs", b"weights", Verification(3, 1e-6, 1e-4, 0.1, 0.2, 30.0))
    ours.put(first, b"ours", b"weights", Verification(3, 1e-6, 1e-4, 0.1, 0.2, 30.0))
    with StandInHub() as hub:
        PackagesRepo(REPO, REPO, hub.token, hub.url).publish(theirs.folder, [first.folder, second.folder])
        hub.repos[REPO].private = False
        _use(hub.url, monkeypatch)
        fetch_at_start(settings)
    assert [found.archive.read_bytes() for key in (first, second) if isinstance(found := ours.find(key), Package)] == [
        b"ours",
        b"theirs",
    ]


def test_a_hub_that_is_away_keeps_nobody_out(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _use("http://127.0.0.1:9", monkeypatch)
    with caplog.at_level(logging.WARNING):
        fetch_at_start(settings)
    assert "no packages were fetched" in caplog.text
    assert not settings.packages_dir.exists()


def _use(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def at_url(repo: str, trusted: str, token: str | None) -> PackagesRepo:
        assert token is None, "the server holds no token"
        return PackagesRepo(repo, trusted, token, url)

    monkeypatch.setattr(compile_at_start, "PackagesRepo", at_url)
    monkeypatch.setattr(compile_at_start, "gpu_job", lambda *_: JOB)
    monkeypatch.setattr(compile_at_start, "usable_weights", lambda _: None)
