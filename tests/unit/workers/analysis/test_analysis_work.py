"""Rotation, and records from disk."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.records import BENCH, REFUSAL
from pipeline.settings import Settings
from pipeline.store.artifacts import ArtifactStore, RunStart
from pipeline.store.hub_process import PARENT_VARIABLE
from pipeline.store.ledger import Ledger
from pipeline.store.record_to_row import row_line, to_row
from pipeline.worker_iterations import IterationStatus
from pipeline.workers.analysis.analysis_work import AnalysisWork, first_cut
from pipeline.workers.analysis.perspective import Look, Perspective, all_perspectives
from pipeline.workers.analysis.studied_run import MarkdownCounts, study
from pipeline.workers.analysis.studied_runs import StudiedRuns, counts_of, records_source, runs_of
from pipeline.workers.frame import hub_connection
from tests.support.real_runs import recorded_runs
from tests.support.sample_records import start_of
from tests.support.weeks import MONDAY, Troubles, week_of_runs
from tests.support.worker_stand import analysed
from tests.unit.store.hubs import standin_hub

RUNS = tuple(study(record) for record in week_of_runs(90, seed=5))


def test_six_perspectives_take_turns_and_each_sees_a_run_once() -> None:
    names = [item.name for item in all_perspectives()]
    assert sorted(names) == ["failures", "fidelity", "gpu economy", "performance", "structure", "usage"]
    iterations = list(analysed(AnalysisWork(lambda now: RUNS, "test"), [MONDAY + timedelta(days=7)] * 12))
    assert [iteration.perspective for iteration in iterations] == names * 2
    assert [iteration.status for iteration in iterations] == [IterationStatus.OK] * 6 + [IterationStatus.IDLE] * 6


def test_a_perspective_of_ones_own_is_one_function() -> None:
    looks: list[Look] = []
    own = Perspective("own", "Mine.", lambda look: looks.append(look) or ())  # type: ignore[func-returns-value]
    first = RUNS[:45]
    work = AnalysisWork(lambda now: first if now == MONDAY else RUNS, "test", (own,))
    list(analysed(work, [MONDAY, MONDAY + timedelta(days=1)]))
    assert [(len(look.recent), len(look.baseline)) for look in looks] == [(40, 5), (45, 45)]


def test_the_first_look_at_a_history_finds_what_changed_in_its_newest_day() -> None:
    later = MONDAY + timedelta(days=14)
    slower = Troubles(slower=later - timedelta(days=1))
    runs = tuple(study(record) for record in week_of_runs(1000, days=14, seed=7, troubles=slower))
    iterations = list(analysed(AnalysisWork(lambda now: runs, "test"), [later] * 6))
    found = [(finding.kind, finding.subject) for iteration in iterations for finding in iteration.findings]
    assert found == [("performance.infer", "version 0.2.0")]
    assert first_cut(runs[:30]) == 0


def test_ended_runs_of_the_last_weeks_are_read_once_and_benchmarks_never(settings: Settings) -> None:
    ledger = Ledger(settings.data_dir)
    records = list(week_of_runs(12, seed=9))
    for record in [*records, replace(next(week_of_runs(1, seed=10)), kind=BENCH)]:
        ledger.finished(record)
    ledger.started(start_of(next(week_of_runs(1, seed=11))))
    reader = StudiedRuns(settings.data_dir)
    week_after = MONDAY + timedelta(days=8)
    first = reader.until(week_after)
    assert [run.record_id for run in first] == [record.iteration_id for record in records]
    assert reader.until(week_after)[0] is first[0]
    assert reader.until(MONDAY + timedelta(days=60)) == ()


def test_a_refused_file_that_is_sent_again_is_one_document() -> None:
    """It has no hash: it was never read."""
    (refused,) = (record for record in recorded_runs() if record.kind == REFUSAL)
    again = replace(refused, iteration_id="another")
    assert study(refused).document == study(again).document
    assert study(refused).document != study(replace(refused, input=replace(refused.input, bytes=7))).document
    nothing = replace(refused.input, bytes=0)
    assert study(replace(refused, input=nothing)).document != study(replace(again, input=nothing)).document


def test_kept_markdown_is_counted() -> None:
    text = "# A\n\n- one\n  - two\n1. three\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nbad \ufffd (cid:12)\n"
    assert counts_of([text, "## B"]) == MarkdownCounts(2, 3, 3, len(text) + 5, 2)


def test_markdown_of_runs_whose_files_are_here_is_counted_and_the_folder_is_listed_once_a_look(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, ledger, folders = ArtifactStore(settings.data_dir), Ledger(settings.data_dir), {}
    records = list(week_of_runs(5, seed=14))
    for record in records[:3]:
        (tmp_path / "upload.pdf").write_bytes(b"%PDF-")
        start = RunStart(record.iteration_id, "a.pdf", record.options, "light", record.started_at)
        folders[record.iteration_id] = store.create(tmp_path / "upload.pdf", start)
        folders[record.iteration_id].write_page_text(1, "# Heading")
    folders.pop(records[0].iteration_id).delete()
    for record in records:
        ledger.finished(record)
    listings: list[int] = []
    real = ArtifactStore.runs

    def counted(store: ArtifactStore) -> object:
        listings.append(1)
        return real(store)

    monkeypatch.setattr(ArtifactStore, "runs", counted)
    reader, week_after = StudiedRuns(settings.data_dir), MONDAY + timedelta(days=8)
    found = {run.record_id: run.markdown for run in reader.until(week_after)}
    assert {record_id for record_id, counts in found.items() if counts} == set(folders)
    assert all(found[record_id] == MarkdownCounts(headings=1, characters=9) for record_id in folders)
    assert len(listings) == 1


def test_the_source_is_short_however_many_datasets_there_are(settings: Settings) -> None:
    watched = [replace(settings, dashboard_datasets=names) for names in ("", "a/b", "a/b, c/d,e/f")]
    assert [records_source(item, "hf_token") for item in watched] == [
        "local records",
        "local records and a/b",
        "local records and 3 datasets",
    ]
    assert records_source(settings, "") == "local records, no token"


def test_the_state_survives_as_json() -> None:
    iteration = next(iter(analysed(AnalysisWork(lambda now: RUNS, "test"), [MONDAY + timedelta(days=7)])))
    assert json.loads(iteration.state)["seen_ms"] == {iteration.perspective: RUNS[-1].started_ms}


def test_a_worker_without_a_server_copies_the_records_itself(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PARENT_VARIABLE, raising=False)
    records = list(week_of_runs(50, datetime.now(UTC) - timedelta(days=7), seed=12))
    with standin_hub(tmp_path / "home") as hub:
        repo = hub.repo()
        repo.prepare()
        repo.add({"data/2026-03/a.jsonl": b"".join(row_line(to_row(record)) for record in records)})
        chosen = replace(settings, results_dataset=hub.repo_id)
        monkeypatch.setattr(hub_connection, "records_reader", _with_endpoint(hub.url))
        runs = runs_of(chosen, hub.token)(datetime.now(UTC))
    assert [run.record_id for run in runs] == [record.iteration_id for record in records]


def _with_endpoint(url: str | None) -> Callable[..., Callable[[], None]]:
    real = hub_connection.records_reader
    return lambda settings, datasets, token: real(settings, datasets, token, url)
