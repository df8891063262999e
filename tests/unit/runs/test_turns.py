"""Runs take turns at the models in the order in which they ask."""

import threading
import time

from pipeline.runs.turns import ModelTurns
from tests.support.runs import until


def never() -> bool:
    return False


def test_turns_go_round_between_runs() -> None:
    turns, seen = ModelTurns(1), list[str]()

    def run(name: str, batches: int) -> None:
        for _ in range(batches):
            with turns.turn(never):
                seen.append(name)
                time.sleep(0.02)

    long = threading.Thread(target=run, args=("long", 10))
    long.start()
    until(lambda: len(seen) >= 2)
    short = threading.Thread(target=run, args=("short", 2))
    short.start()
    short.join(10)
    long.join(10)
    assert seen.count("long") == 10
    first = seen.index("short")
    assert first <= 5, "the short run waits for a batch or two, not for the whole long run"
    assert seen[first + 1 : first + 3] == ["long", "short"]


def test_no_more_than_so_many_at_once() -> None:
    turns, inside, most = ModelTurns(2), list[int](), list[int]()

    def run() -> None:
        with turns.turn(never):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.01)
            inside.pop()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert max(most) == 2


def test_a_run_that_is_stopped_does_not_wait_on() -> None:
    turns, stopped = ModelTurns(1), threading.Event()
    with turns.turn(never):
        waiting = threading.Thread(target=lambda: turns.turn(stopped.is_set).__enter__())
        waiting.start()
        stopped.set()
        waiting.join(5)
        assert not waiting.is_alive()
    with turns.turn(never):
        pass
