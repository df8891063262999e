"""Each worker is killed right before and right after each write that must last: no iteration is lost, none is repeated.

The end of a process is ``Killed``, which nothing of ours handles; afterwards everything is built anew from the disk.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.settings import Settings
from pipeline.store import files
from pipeline.store.iteration_log import IterationLog
from pipeline.store.tuned_settings import TunedSettings
from pipeline.worker_iterations import WorkerIteration
from pipeline.workers.analysis.analysis_work import AnalysisWork
from pipeline.workers.analysis.studied_run import study
from pipeline.workers.frame.worker_protocol import RoleWork
from pipeline.workers.test_planning import planning_work
from pipeline.workers.test_planning.case_file import cases_file, newest_cases, read_cases
from pipeline.workers.tuning.page_replay import KeptRunsSources
from pipeline.workers.tuning.tuning_work import TuningSources, TuningWork
from tests.support.inbox_stand import FakeConverter, Killed, fill_inbox, forget_claims, inbox_over, register_over
from tests.support.weeks import MONDAY, week_of_runs
from tests.support.worker_stand import HandClock, loop_over

RUNS = tuple(study(record) for record in week_of_runs(120, MONDAY, seed=31))
WEEK_LATER = MONDAY + timedelta(days=7)
WRITE_STREAM = files.write_stream

Build = Callable[[Settings], RoleWork]


@dataclass
class KilledWrites:
    """Counts writes that must last; the process ends before or after the one with this number. 0 ends it never."""

    number: int = 0
    after: bool = False
    count: int = 0

    def __call__(self, path: Path, writer: Callable[..., None]) -> None:
        self.count += 1
        if self.count == self.number and not self.after:
            raise Killed
        WRITE_STREAM(path, writer)
        if self.count == self.number:
            raise Killed


def iterate(settings: Settings, build: Build, until: int) -> list[WorkerIteration]:
    """What a worker that has just started does up to this iteration; everything that is on the disk then."""
    work = build(settings)
    log = IterationLog(settings.data_dir, work.role)
    log.recover()
    loop = loop_over(settings, work, HandClock(WEEK_LATER))
    while log.next_number() <= until:
        assert loop.turn(HandClock()) is not None
    return [item for number in log.numbers() if (item := log.read(number))]


@dataclass
class KilledWorker:
    """A worker over copies of one folder, in which it has done the iterations up to ``before``."""

    settings: Settings
    monkeypatch: pytest.MonkeyPatch
    build: Build
    before: int = 0

    def ends(self) -> Iterator[tuple[Settings, list[WorkerIteration]]]:
        """Two more iterations without a kill, and once for each kill that can happen in them."""
        iterate(self.settings, self.build, self.before)
        whole = KilledWrites()
        yield self._end("whole", whole)
        assert whole.count >= 4
        for number in range(1, whole.count + 1):
            for after in (False, True):
                yield self._end(f"{number}-{after}", KilledWrites(number, after))

    def _end(self, name: str, writes: KilledWrites) -> tuple[Settings, list[WorkerIteration]]:
        folder = self.settings.data_dir.with_name(name)
        if self.settings.data_dir.exists():
            shutil.copytree(self.settings.data_dir, folder)
        settings = replace(self.settings, data_dir=folder)
        with self.monkeypatch.context() as patched:
            patched.setattr(files, "write_stream", writes)
            patched.setattr(os, "fsync", lambda descriptor: None)  # nothing here asks what a power loss does
            if writes.number:
                with pytest.raises(Killed):
                    iterate(settings, self.build, self.before + 2)
                writes.number = 0
            return settings, iterate(settings, self.build, self.before + 2)


def test_analysis_goes_on_as_if_it_had_not_been_killed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = KilledWorker(settings, monkeypatch, lambda settings: AnalysisWork(lambda now: RUNS, "test"))
    ends = [iterations for _, iterations in worker.ends()]
    assert [item.iteration for item in ends[0]] == [1, 2]
    assert ends == [ends[0]] * 9


def test_test_planning_plans_each_case_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = KilledWorker(settings, monkeypatch, lambda settings: planning_work.build(settings, ""))
    ends = list(worker.ends())
    assert [item.iteration for item in ends[0][1]] == [1, 2]
    for here, iterations in ends:
        assert iterations == ends[0][1]
        assert set(read_cases(cases_file(here.data_dir))) == set(newest_cases(iterations))


def tuning(settings: Settings) -> RoleWork:
    tuned, kept = TunedSettings(settings.data_dir), KeptRunsSources(settings.data_dir)
    sources = TuningSources(
        lambda now: RUNS, lambda: tuned.apply(settings), tuned, kept, lambda changes: pytest.fail("no document is kept")
    )
    return TuningWork(sources)


def test_tuning_makes_a_change_once_and_it_can_be_taken_back(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = list(KilledWorker(settings, monkeypatch, tuning, before=5).ends())
    assert [item.iteration for item in ends[0][1]] == [1, 2, 3, 4, 5, 6, 7]
    assert [finding.kind for item in ends[0][1] for finding in item.findings] == ["tuning.kept"]
    for here, iterations in ends:
        assert iterations == ends[0][1]
        tuned = TunedSettings(here.data_dir)
        assert len(tuned.versions(9)) == 1
        tuned.take_back("2026-03-09T00:00:00.000Z")
        assert tuned.apply(here) == here


def test_the_inbox_has_each_document_once(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A document whose conversion had not been noted is converted again; nothing else is."""
    texts = ["one", "two", "three"]
    fill_inbox(tmp_path / "inbox", texts)
    converters: dict[Path, FakeConverter] = {}

    def inbox(settings: Settings) -> RoleWork:
        forget_claims(settings)
        converter = converters.setdefault(settings.data_dir, FakeConverter())
        return inbox_over(settings, tmp_path / "inbox", converter, HandClock(WEEK_LATER))

    ends = list(KilledWorker(settings, monkeypatch, inbox).ends())
    assert len(ends) > 20
    for here, iterations in ends:
        assert [item.iteration for item in iterations] == [1, 2]
        register = register_over(here)
        found = Counter((register.files(sha256) / "document.md").read_text() for sha256 in register.all_done())
        assert found == Counter(f"# {text}\n" for text in texts)
        converted = converters[here.data_dir].converted
        assert sum(converted.values()) <= len(texts) + 1
