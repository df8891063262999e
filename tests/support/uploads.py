"""Uploads, one after the other, to one runner."""

from pathlib import Path

from pipeline.records import ConvertOptions, Origin
from pipeline.runs.runner import Runner
from pipeline.runs.state import RunView, Source
from pipeline.settings import Settings
from pipeline.store.ledger import Ledger


def convert(runner: Runner, path: Path, password: str = "") -> RunView:
    run_id = runner.submit(Source(path, path.name, password), ConvertOptions(), Origin.API)
    return list(runner.watch(run_id))[-1]


def count_records(settings: Settings) -> int:
    return len(list(Ledger(settings.data_dir).records()))
