"""One file per day, one row per run, and nothing touched that is not understood."""

import json
from datetime import date

from pipeline.store.compaction import (
    COMPACTED_BYTES,
    INPUTS_PER_COMMIT,
    DayFiles,
    days_to_compact,
    expired_months,
    merge,
    parts,
)

TODAY = date(2026, 8, 16)
A, B, C = (f"017f22e2-79b0-7cc3-98c4-dc0c0c07398{digit}" for digit in "abc")


def shard(day: str, number: int = 0) -> str:
    return f"data/{day[:7]}/{day}-{number:016x}.jsonl"


def row(run: str, status: str, note: str = "") -> bytes:
    return json.dumps({"iteration_id": run, "status": status, "note": note}).encode()


def test_only_past_days_with_shards_are_compacted() -> None:
    compacted = "data/2026-08/day-13-0000000000000000.jsonl"
    paths = [
        shard("2026-08-14", 1),
        shard("2026-08-14", 2),
        shard("2026-08-16"),
        shard("2026-07-31"),
        compacted,
        "data/2026-08/day-14-0000000000000000.jsonl",
        "data/seed.jsonl",
        "data/2026-08/notes.jsonl",
        "README.md",
    ]
    assert days_to_compact(paths, TODAY) == [
        DayFiles("2026-07", "31", (shard("2026-07-31"),)),
        DayFiles(
            "2026-08",
            "14",
            (shard("2026-08-14", 1), shard("2026-08-14", 2), "data/2026-08/day-14-0000000000000000.jsonl"),
        ),
    ]
    assert days_to_compact([compacted], TODAY) == []


def test_a_day_of_very_many_shards_is_compacted_in_steps_that_keep_the_compacted_file() -> None:
    compacted = "data/2026-08/day-14-0000000000000000.jsonl"
    day = days_to_compact([compacted, *(shard("2026-08-14", number) for number in range(200))], TODAY)[0]
    assert len(day.paths) == INPUTS_PER_COMMIT
    assert compacted in day.paths


def test_the_end_of_a_run_replaces_its_start_and_the_first_end_stands() -> None:
    files = {
        "1": row(A, "running") + b"\n" + row(B, "ok", "first") + b"\n",
        "2": row(C, "running", "first") + b"\n",
        "3": row(B, "error", "second")
        + b"\n"
        + row(B, "running")
        + b"\n"
        + row(A, "partial")
        + b"\n"
        + row(C, "running", "second")
        + b"\n",
    }
    read, lines = merge(files)
    assert read == ["1", "2", "3"]
    assert lines == [row(A, "partial"), row(B, "ok", "first"), row(C, "running", "first")]


def test_a_file_that_is_not_understood_stays_where_it_is() -> None:
    files = {
        "good": row(A, "ok") + b"\n",
        "torn": row(B, "ok") + b'\n{"iteration',
        "list": b"[1]\n",
        "number": b'{"iteration_id": 1, "status": "ok"}\n',
    }
    assert merge(files) == (["good"], [row(A, "ok")])


def test_merging_again_changes_nothing() -> None:
    day = DayFiles("2026-08", "14", ())
    _, lines = merge({"1": row(B, "ok") + b"\n" + row(A, "running") + b"\n"})
    once = parts(day, lines)
    _, again = merge(once)
    assert parts(day, again) == once
    assert [path[:20] for path in once] == ["data/2026-08/day-14-"]


def test_large_days_become_several_files() -> None:
    line = row(A, "ok", "x" * 900_000)
    files = parts(DayFiles("2026-08", "14", ()), [line, line.replace(b"x", b"y"), line.replace(b"x", b"z"), line, line])
    assert [body.count(b"\n") for body in files.values()] == [4, 1]
    assert all(len(body) <= COMPACTED_BYTES for body in files.values())


def test_old_months_expire_and_zero_keeps_all() -> None:
    paths = [shard("2024-12-31"), shard("2025-07-01"), shard("2025-08-01"), shard("2026-08-01"), "data/seed.jsonl"]
    assert expired_months(paths, TODAY, 12) == ["data/2024-12/", "data/2025-07/"]
    assert expired_months(paths, TODAY, 1) == ["data/2024-12/", "data/2025-07/", "data/2025-08/"]
    assert expired_months(paths, TODAY, 0) == []
