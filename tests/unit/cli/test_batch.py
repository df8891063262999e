"""The command ``batch``: what it is told, before any document is looked at."""

import argparse
import os
import sys
from pathlib import Path

import pytest

from pipeline.cli import batch
from pipeline.errors import ScalePackagesMissing, SettingsError
from pipeline.pages import OcrMode
from pipeline.settings import Settings


def chosen(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    batch.configure(parser)
    return parser.parse_args(["in", "out", *words])


def test_limits_are_settings_of_the_workers(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGE_SECONDS", "33")
    limited = batch._limited(settings, ["MAX_FILE_MB=200", "page_cells=70000"])
    assert (limited.max_file_mb, limited.page_cells, limited.page_seconds) == (200, 70_000, 33)
    with pytest.raises(SettingsError, match="MAX_FILE_MB must be a whole number from 1 to 2000; it is 0"):
        batch._limited(settings, ["MAX_FILE_MB=0"])
    with pytest.raises(SystemExit, match="does not know NO_SUCH"):
        batch._limited(settings, ["NO_SUCH=1"])


def test_a_request_has_the_options_of_convert(settings: Settings) -> None:
    request = batch._request(chosen("--pages", "2-3", "--ocr", "never", "--workers", "7", "--pictures"), settings)
    assert (request.options.pages, request.options.ocr, request.options.tables) == ("2-3", OcrMode.NEVER, True)
    assert (request.workers.count, request.workers.threads, request.pictures) == (7, 1, True)


def test_jobs_need_a_space_and_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with pytest.raises(SystemExit, match="needs --space OWNER/NAME"):
        batch._datatrove(chosen("--engine", "datatrove", "--jobs", "cpu-basic", "--space", "me/folio"))
    monkeypatch.setenv("HF_TOKEN", "hf_token")
    with pytest.raises(SystemExit, match="needs --space OWNER/NAME"):
        batch._datatrove(chosen("--engine", "datatrove", "--jobs", "cpu-basic"))


def test_without_the_packages_it_says_what_to_install(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "pipeline.scale.batch_job", None)
    with pytest.raises(ScalePackagesMissing, match=r"requirements-scale\.txt"):
        batch.run(chosen("--engine", "plain"), settings)
    with pytest.raises(SystemExit, match="from 1"):
        batch.run(chosen("--workers", "0"), settings)
    assert os.listdir(tmp_path) == []
