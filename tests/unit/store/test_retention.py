"""Old runs go by age and by size, oldest first, never one in use."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.records import ConvertOptions
from pipeline.store.artifacts import ArtifactStore, RunStart
from pipeline.store.retention import Keep, KeptRuns

NOW = datetime(2026, 8, 20, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
ROOMY = 10_000_000


def make(store: ArtifactStore, upload: Path, days_old: float) -> str:
    began = (NOW - timedelta(days=days_old)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return store.create(upload, RunStart("record", "name.pdf", ConvertOptions(), "light", began)).run_id


def kept_runs(store: ArtifactStore, keep: Keep) -> KeptRuns:
    kept = KeptRuns(store, keep)
    kept.load()
    return kept


def left(store: ArtifactStore) -> set[str]:
    return {folder.run_id for folder in store.runs()}


def test_runs_past_their_age_go_even_if_they_never_ended(tmp_path: Path) -> None:
    upload = tmp_path / "upload.pdf"
    upload.write_bytes(b"x" * 1000)
    store = ArtifactStore(tmp_path)
    old, young = make(store, upload, 7.1), make(store, upload, 6.9)
    assert kept_runs(store, Keep(WEEK, ROOMY)).expire(in_use=(), now=NOW) == (old,)
    assert left(store) == {young}
    assert not (tmp_path / "runs" / old).exists()


def test_the_oldest_go_first_until_the_rest_fits(tmp_path: Path) -> None:
    upload = tmp_path / "upload.pdf"
    upload.write_bytes(b"x" * 100_000)
    store = ArtifactStore(tmp_path)
    runs = [make(store, upload, days) for days in (1, 4, 2, 3)]
    assert kept_runs(store, Keep(WEEK, 250_000)).expire(in_use=(), now=NOW) == (runs[1], runs[3])
    assert left(store) == {runs[0], runs[2]}


def test_a_run_in_use_stays_whatever_its_age(tmp_path: Path) -> None:
    upload = tmp_path / "upload.pdf"
    upload.write_bytes(b"x" * 1000)
    store = ArtifactStore(tmp_path)
    busy, idle = make(store, upload, 30), make(store, upload, 20)
    assert kept_runs(store, Keep(WEEK, 0)).expire(in_use={busy}, now=NOW) == (idle,)
    assert left(store) == {busy}


def test_a_run_that_came_later_is_counted_once_it_is_told_of(tmp_path: Path) -> None:
    upload = tmp_path / "upload.pdf"
    upload.write_bytes(b"x" * 100_000)
    store = ArtifactStore(tmp_path)
    first = make(store, upload, 2)
    kept = kept_runs(store, Keep(WEEK, 150_000))
    second = make(store, upload, 1)
    assert kept.expire(in_use=(), now=NOW) == ()
    kept.add(store.open(second))
    assert kept.expire(in_use=(), now=NOW) == (first,)
    assert kept.expire(in_use=(), now=NOW) == ()
    assert left(store) == {second}
