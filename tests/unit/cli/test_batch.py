"""The command ``batch``: what it is told, before any document is looked at."""

import argparse
import os
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.cli import batch
from pipeline.cli.__main__ import main
from pipeline.errors import ScalePackagesMissing, SettingsError
from pipeline.pages import OcrMode
from pipeline.scale.batch_job import BatchRequest
from pipeline.scale.plain_engine import BatchEngine
from pipeline.settings import Settings
from tests.support.scripted_rows import NAME, write_documents
from tests.unit.scale.test_batch_job import EngineHere

ROOT = Path(__file__).parents[3]
PAGES = (ROOT / "README.md", ROOT / "docs" / "scale.md")
COMMANDS = [
    command
    for page in PAGES
    for command in re.findall(r"python -m pipeline\.cli (batch .*)", page.read_text(encoding="utf-8"))
]


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


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_of_the_pages_leaves_its_tables(
    command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a folder in place of a bucket, and the scripted converter here in place of the engine."""

    @contextmanager
    def here(chosen: object, request: BatchRequest, say: object) -> Iterator[tuple[BatchEngine, BatchRequest]]:
        yield EngineHere(), replace(request, converter=NAME)

    monkeypatch.setattr(batch, "_engine", here)
    monkeypatch.chdir(tmp_path)
    local = re.sub(r"hf://buckets/ME/|~/", "", command).replace("$IN", "pdfs").replace("$OUT", "tables")
    words = shlex.split(local)
    source, output = Path(words[1]), Path(words[2])
    write_documents(source, a="ok", b="refuse, mended by limits")
    again = "--retry-failed" in words
    if again:
        assert main([word for word in words if word != "--retry-failed"]) == 1
    assert main(words) == (0 if again else 1)
    assert re.search(rf"2 rows, {1 if again else 2} of them new; {0 if again else 1} failed", capsys.readouterr().err)
    assert {path.name for path in output.iterdir()} >= {"documents", "dead_letters", "records", "README.md"}
