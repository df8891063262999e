"""The newest runs stay, in whatever files they lie; nothing is touched that is not understood."""

import json

from pipeline.store.pruning import keep_newest, run_count


def run(number: int) -> str:
    return f"017f22e2-79b0-7cc3-98c4-{number:012x}"


def body(*rows: tuple[int, str]) -> bytes:
    return b"".join(
        json.dumps({"iteration_id": run(number), "status": status}).encode() + b"\n" for number, status in rows
    )


OLD = "data/2026-08/2026-08-14-0000000000000001.jsonl"
MIXED = "data/2026-08/day-15-0000000000000002.jsonl"
NEW = "data/2026-09/2026-09-01-0000000000000003.jsonl"
FILES = {
    OLD: body((1, "running"), (2, "ok")),
    MIXED: body((1, "ok"), (3, "ok"), (4, "partial")),
    NEW: body((5, "running"), (5, "ok"), (6, "ok")),
    "data/seed.jsonl": b'{"iteration_id": "seed", "status": "ok"}\n',
    "data/2026-08/2026-08-14-000000000000000f.jsonl": b"torn{",
}


def runs_in(files: dict[str, bytes]) -> set[str]:
    return {
        json.loads(line)["iteration_id"] for data in files.values() for line in data.splitlines() if b"torn" not in line
    }


def test_the_newest_runs_stay_with_all_their_rows() -> None:
    pruning = keep_newest(FILES, 3)
    assert (pruning.staying, pruning.going) == (3, 3)
    assert set(pruning.delete) == {OLD, MIXED}
    (added,) = pruning.add.items()
    assert added[0].startswith("data/2026-08/day-15-")
    assert added[1] == body((4, "partial"))
    after = {path: data for path, data in FILES.items() if path not in pruning.delete} | dict(pruning.add)
    assert runs_in(after) - {"seed"} == {run(4), run(5), run(6)}


def test_pruning_again_changes_nothing() -> None:
    pruning = keep_newest(FILES, 3)
    after = {path: data for path, data in FILES.items() if path not in pruning.delete} | dict(pruning.add)
    again = keep_newest(after, 3)
    assert (dict(again.add), again.delete, again.staying, again.going) == ({}, (), 3, 0)


def test_more_than_there_are_changes_nothing() -> None:
    assert keep_newest(FILES, 6).delete == keep_newest(FILES, 1000).delete == ()


def test_none_leaves_what_is_no_row() -> None:
    pruning = keep_newest(FILES, 0)
    assert (pruning.staying, pruning.going, dict(pruning.add)) == (0, 6, {})
    assert set(pruning.delete) == {OLD, MIXED, NEW}


def test_runs_are_counted_once() -> None:
    assert run_count(FILES.values()) == 6
