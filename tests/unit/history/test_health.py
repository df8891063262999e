"""The one line about the system: what makes it degraded or offline, and what does not."""

from dataclasses import replace
from datetime import timedelta

from pipeline.history.health import Level, Surroundings, SystemStatus, publishing, system_status
from pipeline.history.overview import Window, overview
from pipeline.records import REFUSAL, ErrorFacts, IterationRecord, RunStatus, ServerLoad
from pipeline.store.status import PublisherStatus, PublishState
from pipeline.store.watcher_process import DatasetStatus
from tests.support.overviews import NOON, NOW, at, table_of

HERE, ELSEWHERE = Surroundings(local=True), Surroundings(local=False)


def status(records: list[IterationRecord], around: Surroundings = HERE) -> SystemStatus:
    table = table_of(records)
    return system_status(table, overview(table, Window.DAY, NOW).workers, around, NOW)


def recent(count: int, code: str = "", queue_ms: int = 10) -> list[IterationRecord]:
    error = ErrorFacts(code, "It failed.", True) if code else None
    end = RunStatus.ERROR if code else RunStatus.OK
    return [at(NOON - timedelta(minutes=5 + i), status=end, error=error, queue_ms=queue_ms) for i in range(count)]


def test_all_is_well_where_runs_are_taken_even_before_the_first() -> None:
    assert status([]) == SystemStatus(Level.OPERATIONAL)
    assert status(recent(5)) == SystemStatus(Level.OPERATIONAL)


def test_many_failures_within_the_hour_degrade() -> None:
    found = status(recent(5, "storage_failed") + recent(3))
    assert found == SystemStatus(Level.DEGRADED, ("5 of the last 8 runs failed, mostly with storage_failed",))


def test_a_few_failures_do_not() -> None:
    assert status(recent(3, "internal")).level is Level.OPERATIONAL
    assert status(recent(4, "internal") + recent(5)).level is Level.OPERATIONAL


def test_a_used_up_quota_and_long_waits_degrade() -> None:
    assert status([*recent(1, "gpu_quota_exceeded"), *recent(4)]).reasons == (
        "the GPU quota was used up within the last hour",
    )
    assert status(recent(3, queue_ms=15 * 60_000)).reasons == ("documents wait 15 minutes",)


def test_turning_documents_away_and_having_no_room_degrade() -> None:
    turned = [
        at(NOON - timedelta(minutes=5), kind=REFUSAL, error=ErrorFacts(code, "", True))
        for code in ("queue_full", "queue_full", "not_a_pdf")
    ]
    assert status([*recent(2), *turned]).reasons == ("2 documents were turned away within the hour (queue_full)",)
    busy = ServerLoad(20, 1, 20, 4, 19_900_000_000, 20_000_000_000, 700_000_000)
    assert status(recent(2), replace(HERE, load=busy)).reasons == (
        "the queue is full with 20 documents",
        "only 700 MB of the disk are free",
    )
    assert status(recent(2), replace(HERE, load=replace(busy, waiting=3, free_bytes=None))).reasons == ()


def test_records_that_are_not_sent_degrade_but_a_missing_token_does_not() -> None:
    for state, level in (
        (PublishState.WAITING, Level.DEGRADED),
        (PublishState.STOPPED, Level.DEGRADED),
        (PublishState.NO_TOKEN, Level.OPERATIONAL),
    ):
        assert status(recent(2), Surroundings(local=True, publisher=PublisherStatus(state, depth=7))).level is level
    assert (
        status(recent(2), Surroundings(local=True, publisher=PublisherStatus(PublishState.WAITING, depth=0))).level
        is Level.OPERATIONAL
    )


def test_one_unread_dataset_degrades_and_all_of_them_are_offline() -> None:
    good, bad = DatasetStatus("a/b", read_at="2026-08-14T11:59:00.000Z"), DatasetStatus("c/d", error="hub_unreachable")
    found = status(recent(2), Surroundings(local=False, datasets=(good, bad)))
    assert found == SystemStatus(Level.DEGRADED, ("c/d cannot be read (hub_unreachable)",))
    assert status(recent(2), Surroundings(local=False, datasets=(bad,))).level is Level.OFFLINE


def test_a_dashboard_that_hears_nothing_is_offline() -> None:
    assert status([], ELSEWHERE) == SystemStatus(Level.OFFLINE, ("no Space has left a record yet",))
    silent = status([at(NOON - timedelta(days=3))], ELSEWHERE)
    assert silent == SystemStatus(Level.OFFLINE, ("no Space has left a record for 3 days",))
    assert status([at(NOON - timedelta(hours=5))], ELSEWHERE).level is Level.OPERATIONAL


def test_publishing_is_told_in_words() -> None:
    sent = "2026-08-14T11:59:00.000Z"
    state = publishing(
        Surroundings(
            local=True,
            publisher=PublisherStatus(PublishState.PUBLISHING, "a/b", last_commit_at=sent, depth=3, oldest_at=sent),
        )
    )
    assert state is not None
    assert (state.sentence, state.well, state.depth) == ("published to the results dataset", True, 3)
    assert (state.last_commit_ms, state.oldest_ms) == (NOW - 60_000, NOW - 60_000)
    missing = publishing(Surroundings(local=True, publisher=PublisherStatus(PublishState.NO_TOKEN)))
    assert missing is not None
    assert (missing.sentence, missing.well, missing.last_commit_ms, missing.oldest_ms) == (
        "kept on this server, not published",
        False,
        None,
        None,
    )
    assert publishing(ELSEWHERE) is None
