"""The queue: bounded as a whole and per visitor, fair between visitors, and honest about places."""

import contextvars
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import AddressBusy, QueueFull, VisitorBusy
from pipeline.models.bundle import Lanes
from pipeline.records import ConvertOptions, Origin, RunStatus
from pipeline.runs.queue import WORKER_PAGES, QueueEntry, RunQueue
from pipeline.runs.runner import Runner
from pipeline.runs.state import Source
from pipeline.runs.visitors import NOBODY, Visitor
from pipeline.settings import Settings
from tests.support.bundles import WholePageBundle
from tests.support.runs import last, records, until, warm_runner

ADA, BOB, EVE = Visitor("ada", "net-1"), Visitor("bob", "net-1"), Visitor("", "net-2")


class Ticket:
    """A job as far as the queue knows it."""

    def __init__(self, name: str, visitor: Visitor, pages: int = 1) -> None:
        self.name, self.visitor, self.place = name, visitor, 0
        self.selected = tuple(range(1, pages + 1))

    def move_to(self, position: int) -> None:
        self.place = position


def add(queue: RunQueue, *names: str) -> dict[str, Ticket]:
    """Queue runs that are called after their visitor: ``ada1``, ``bob2``, …"""
    visitors = {"ada": ADA, "bob": BOB, "eve": EVE}
    tickets = {name: Ticket(name, visitors[name[:3]]) for name in names}
    for ticket in tickets.values():
        queue.reserve(ticket.visitor)
        queue.put(QueueEntry(ticket, contextvars.copy_context()))  # type: ignore[arg-type]
    return tickets


def taken(queue: RunQueue) -> str:
    entry = queue.take()
    assert entry is not None
    return entry.job.name  # type: ignore[attr-defined, no-any-return]


def test_visitors_take_turns_and_each_ones_runs_come_in_their_order(settings: Settings) -> None:
    queue = RunQueue(settings)
    add(queue, "ada1", "ada2", "ada3", "bob1", "eve1", "bob2")
    assert [taken(queue) for _ in range(6)] == ["ada1", "bob1", "eve1", "ada2", "bob2", "ada3"]


def test_places_are_the_order_in_which_runs_are_taken(settings: Settings) -> None:
    queue = RunQueue(settings)
    tickets = add(queue, "ada1", "ada2", "ada3", "bob1", "eve1", "bob2")
    expected = sorted(tickets, key=lambda name: tickets[name].place)
    assert sorted(ticket.place for ticket in tickets.values()) == [1, 2, 3, 4, 5, 6]
    order: list[str] = []
    while len(order) < 6:
        order.append(taken(queue))
        waiting = [name for name in expected if name not in order]
        assert [tickets[name].place for name in waiting] == list(range(1, len(waiting) + 1))
    assert order == expected


def test_who_comes_new_stands_behind_whoever_waits_for_a_turn(settings: Settings) -> None:
    queue = RunQueue(settings)
    tickets = add(queue, "ada1", "ada2")
    assert taken(queue) == "ada1"
    tickets |= add(queue, "bob1", "eve1")
    assert tickets["ada2"].place == 1, "a place never gets worse for those who come later"
    assert [taken(queue) for _ in range(3)] == ["ada2", "bob1", "eve1"]


def put(queue: RunQueue, name: str, pages: int) -> None:
    ticket = Ticket(name, NOBODY, pages)
    queue.reserve(NOBODY)
    queue.put(QueueEntry(ticket, contextvars.copy_context()))  # type: ignore[arg-type]


def test_a_short_run_is_taken_beside_a_long_one(settings: Settings) -> None:
    """A worker for short runs works only while a longer one keeps the ordinary worker busy."""
    queue, short = RunQueue(settings), WORKER_PAGES[-1]
    taken_beside: list[str] = []

    def work() -> None:
        while (entry := queue.take(short)) is not None:
            taken_beside.append(entry.job.name)  # type: ignore[attr-defined]
            queue.done(entry)

    worker = threading.Thread(target=work)
    worker.start()
    put(queue, "first", 2)
    first = queue.take()
    assert first is not None
    put(queue, "long", short + 1)
    put(queue, "second", 2)
    assert taken_beside == [], "two short runs come one after the other"
    queue.done(first)
    assert taken(queue) == "long"
    until(lambda: taken_beside == ["second"])
    put(queue, "longer", short + 2)
    put(queue, "third", 2)
    until(lambda: taken_beside == ["second", "third"])
    queue.close()
    worker.join(5)


def test_a_run_can_leave_from_the_middle(settings: Settings) -> None:
    queue = RunQueue(settings)
    tickets = add(queue, "ada1", "bob1", "ada2")
    assert queue.remove(tickets["bob1"])  # type: ignore[arg-type]
    assert not queue.remove(tickets["bob1"])  # type: ignore[arg-type]
    assert [tickets["ada1"].place, tickets["ada2"].place] == [1, 2]
    assert [taken(queue), taken(queue)] == ["ada1", "ada2"]


def test_one_visitor_cannot_have_more_than_the_limit_waiting_or_running(settings: Settings) -> None:
    queue = RunQueue(replace(settings, visitor_runs=2))
    tickets = add(queue, "ada1", "ada2")
    with pytest.raises(VisitorBusy, match="2 documents waiting or being converted"):
        queue.reserve(ADA)
    assert taken(queue) == "ada1"
    with pytest.raises(VisitorBusy):
        queue.reserve(ADA)
    queue.reserve(BOB)
    queue.leave(tickets["ada1"].visitor)
    queue.reserve(ADA)


def test_names_without_number_from_one_network_do_not_fill_the_queue(settings: Settings) -> None:
    queue = RunQueue(replace(settings, address_runs=3))
    for name in ("a", "b", "c"):
        queue.reserve(Visitor(name, "net-1"))
    with pytest.raises(AddressBusy, match="3 documents from your network"):
        queue.reserve(Visitor("d", "net-1"))
    queue.reserve(EVE)


def test_a_place_that_was_reserved_counts_until_it_is_given_back(settings: Settings) -> None:
    queue = RunQueue(replace(settings, queue_size=1))
    queue.reserve(NOBODY)
    with pytest.raises(QueueFull, match="1 documents are already waiting"):
        queue.reserve(ADA)
    queue.leave(NOBODY, waiting=True)
    queue.reserve(ADA)


def test_no_turn_comes_after_the_queue_is_closed(settings: Settings) -> None:
    queue = RunQueue(settings)
    add(queue, "ada1")
    queue.close()
    assert queue.take() is None


# -- in the runner -----------------------------------------------------------------------------------------------------


def submit(runner: Runner, path: Path, visitor: Visitor) -> str:
    return runner.submit(Source(path, path.name), ConvertOptions(pages="1"), Origin.API, visitor)


def test_a_visitor_with_many_documents_delays_another_by_one(settings: Settings, documents: Path) -> None:
    gate = threading.Event()
    path = documents / "multi_page.pdf"
    with warm_runner(replace(settings, visitor_runs=4), Lanes(WholePageBundle(gate=gate))) as runner:
        first = runner.submit(Source(path, path.name), ConvertOptions(), Origin.API, ADA)
        until(lambda: runner.view(first).texts)
        waiting = [submit(runner, path, ADA) for _ in range(3)]
        with pytest.raises(VisitorBusy):
            submit(runner, path, ADA)
        other = submit(runner, path, BOB)
        assert [runner.view(run_id).queue_position for run_id in (*waiting, other)] == [1, 3, 4, 2]
        gate.set()
        views = [last(runner, run_id) for run_id in (first, *waiting, other)]
        assert {view.status for view in views} == {RunStatus.OK}
        submit(runner, path, ADA)
    ended = {record.iteration_id: record.queue_ms + record.duration_ms for record in records(settings)}
    assert len(ended) == 6


def test_who_was_shown_the_end_of_a_run_may_start_the_next(settings: Settings, documents: Path) -> None:
    with warm_runner(replace(settings, visitor_runs=1), Lanes(WholePageBundle())) as runner:
        for _ in range(5):
            assert last(runner, submit(runner, documents / "multi_page.pdf", ADA)).status is RunStatus.OK


def test_a_refused_source_gives_its_place_back(settings: Settings, tmp_path: Path, documents: Path) -> None:
    fake = tmp_path / "fake.pdf"
    fake.write_text("<html>")
    with warm_runner(replace(settings, visitor_runs=1), Lanes(WholePageBundle())) as runner:
        for _ in range(2):
            with pytest.raises(Exception, match="This is not a PDF"):
                submit(runner, fake, ADA)
        assert last(runner, submit(runner, documents / "multi_page.pdf", ADA)).status is RunStatus.OK
