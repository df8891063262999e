"""The runs that workers look at: the newest ended ones of this machine and of the watched datasets, read once."""

import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path

import numpy as np

from pipeline.errors import RunNotFound
from pipeline.records import BENCH
from pipeline.settings import Settings
from pipeline.store.archive import Archive
from pipeline.store.artifacts import ArtifactStore, RunFolder
from pipeline.store.columns import NO_TIME
from pipeline.store.hub_process import PARENT_VARIABLE
from pipeline.store.watcher_process import watched
from pipeline.workers.analysis.studied_run import MarkdownCounts, StudiedRun, study

WINDOW = timedelta(days=35)
MOST_RUNS = 5000
HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)
LIST_ITEM = re.compile(r"^ *(?:[-*+]|\d+[.)]) ", re.MULTILINE)
TABLE_ROW = re.compile(r"^(?:\|.*\|$|<tr>)", re.MULTILINE)
UNREADABLE = re.compile(r"\ufffd|\(cid:\d+\)")

RunsUntil = Callable[[datetime], tuple[StudiedRun, ...]]


class StudiedRuns:
    """The runs below ``data_dir``. Not thread-safe."""

    def __init__(self, data_dir: Path) -> None:
        self._archive = Archive(data_dir)
        self._kept = KeptMarkdown(data_dir)
        self._runs: dict[str, StudiedRun] = {}

    def until(self, now: datetime) -> tuple[StudiedRun, ...]:
        """Every run that has ended, began in the five weeks before ``now`` and is no benchmark, oldest first; of very
        many the newest.
        """
        self._archive.refresh()
        self._kept.refresh()
        records = self._archive.records()
        now_ms = round(now.timestamp() * 1000)
        bench = [code for code, name in enumerate(records.names["kind"]) if name == BENCH]
        chosen = (
            (records.duration_ms != NO_TIME)
            & (records.started_ms <= now_ms)
            & (records.started_ms > now_ms - WINDOW / timedelta(milliseconds=1))
            & ~np.isin(records.kind, bench)
        )
        ids = [str(records.ids[row]) for row in np.flatnonzero(chosen)[-MOST_RUNS:]]
        before = self._runs
        self._runs = {record_id: run for record_id in ids if (run := before.get(record_id) or self._read(record_id))}
        return tuple(self._runs.values())

    def _read(self, record_id: str) -> StudiedRun | None:
        record = self._archive.find(record_id)
        return None if record is None else study(record, self._kept.counts(record_id))


class KeptMarkdown:
    """Counts over the Markdown of runs whose files are still on this disk."""

    def __init__(self, data_dir: Path) -> None:
        self._store = ArtifactStore(data_dir)
        self._folders: dict[str, RunFolder] = {}

    def refresh(self) -> None:
        """Look which runs are kept now."""
        before = {folder.run_id: record_id for record_id, folder in self._folders.items()}
        self._folders = {}
        for folder in self._store.runs():
            with suppress(RunNotFound):
                record_id = before.get(folder.run_id) or folder.start().record_id
                self._folders[record_id] = folder

    def counts(self, record_id: str) -> MarkdownCounts | None:
        """What the run's finished pages hold; None where they are not kept here."""
        folder = self._folders.get(record_id)
        return None if folder is None else counts_of(text for _, text in folder.page_texts())


def counts_of(texts: Iterable[str]) -> MarkdownCounts:
    """The counts over Markdown texts, one a page."""
    whole = "\n".join(texts)
    return MarkdownCounts(
        headings=len(HEADING.findall(whole)),
        list_items=len(LIST_ITEM.findall(whole)),
        table_rows=len(TABLE_ROW.findall(whole)),
        characters=len(whole),
        unreadable=len(UNREADABLE.findall(whole)),
    )


def runs_of(settings: Settings, token: str) -> RunsUntil:
    """The runs of this machine and of the watched datasets, which a server beside the worker copies to this disk. A
    worker without one, such as in a Job, copies them itself before each look.
    """
    runs = StudiedRuns(settings.data_dir)
    named = dict.fromkeys((*watched(settings), settings.results_dataset if token else ""))
    datasets = tuple(name for name in named if name)
    if not datasets or PARENT_VARIABLE in os.environ:
        return runs.until
    connection = import_module("pipeline.workers.frame.hub_connection")  # with the Hub's client, only where it is used
    read: Callable[[], None] = connection.records_reader(settings, datasets, token)

    def until(now: datetime) -> tuple[StudiedRun, ...]:
        read()
        return runs.until(now)

    return until


def records_source(settings: Settings, token: str) -> str:
    """Where the records come from, for people."""
    datasets = [name.strip() for name in settings.dashboard_datasets.split(",") if name.strip()]
    if datasets:
        return f"local records and {datasets[0] if len(datasets) == 1 else f'{len(datasets)} datasets'}"
    return "local records" if token else "local records, no token"
