"""The runs that an analysis looks at: the newest ended ones of this machine and of the watched datasets, read once."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from pipeline.errors import RunNotFound
from pipeline.records import BENCH
from pipeline.store.archive import Archive
from pipeline.store.artifacts import ArtifactStore, RunFolder
from pipeline.store.columns import NO_TIME
from pipeline.workers.analysis.studied_run import MarkdownCounts, StudiedRun, study

WINDOW = timedelta(days=35)
MOST_RUNS = 5000
HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)
LIST_ITEM = re.compile(r"^ *(?:[-*+]|\d+[.)]) ", re.MULTILINE)
TABLE_ROW = re.compile(r"^(?:\|.*\|$|<tr>)", re.MULTILINE)
UNREADABLE = re.compile(r"\ufffd|\(cid:\d+\)")


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
        known = self._runs
        self._runs = {record_id: run for record_id in ids if (run := known.get(record_id) or self._read(record_id))}
        return tuple(self._runs.values())

    def _read(self, record_id: str) -> StudiedRun | None:
        record = self._archive.find(record_id)
        return None if record is None else study(record, self._kept.counts(record_id))


class KeptMarkdown:
    """Counts over the Markdown of runs whose files are still on this disk."""

    def __init__(self, data_dir: Path) -> None:
        self._store = ArtifactStore(data_dir)
        self._folders: dict[str, RunFolder] = {}
        self._seen: set[str] = set()

    def counts(self, record_id: str) -> MarkdownCounts | None:
        """What the run's finished pages hold; None where they are not kept here."""
        if record_id not in self._folders:
            self._learn(folder for folder in self._store.runs() if folder.run_id not in self._seen)
        folder = self._folders.get(record_id)
        return None if folder is None else counts_of(text for _, text in folder.page_texts())

    def _learn(self, folders: Iterable[RunFolder]) -> None:
        for folder in folders:
            self._seen.add(folder.run_id)
            with suppress(RunNotFound):
                self._folders[folder.start().record_id] = folder


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
