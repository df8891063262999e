"""How workers stand, from heartbeats, iterations and watched datasets."""

from dataclasses import replace
from datetime import timedelta

from pipeline.history.dashboard_data import DashboardData
from pipeline.history.health import Level, Surroundings, system_status
from pipeline.history.overview import Window, overview
from pipeline.history.worker_overview import worker_standings
from pipeline.settings import Settings
from pipeline.store.heartbeats import heartbeat_path
from pipeline.store.iteration_log import ITERATION, IterationLog
from pipeline.store.iteration_schema import iteration_kind
from pipeline.store.tuned_settings import TunedSettings
from pipeline.worker_iterations import IterationStatus, Role, WorkerIteration, WorkerState
from pipeline.workers.frame.pulse import Pulse
from tests.support.overviews import NOW, table_of
from tests.support.worker_stand import NOON, HandClock, finding

FIRST = WorkerIteration(
    role=Role.ANALYSIS,
    iteration=1,
    started_at="2026-03-02T12:00:00.000Z",
    duration_ms=1000,
    status=IterationStatus.OK,
    summary="Slower.",
    perspective="performance",
    findings=(finding(),),
)


def beat(settings: Settings, role: Role, clock: HandClock, **changes: object) -> None:
    Pulse(heartbeat_path(settings, role), role, clock.now).show(**changes)


def test_where_no_worker_was_ever_seen_there_is_none(settings: Settings) -> None:
    assert worker_standings(settings, NOON) == ()


def test_a_worker_here_is_known_by_its_heartbeat_and_its_iterations(settings: Settings) -> None:
    IterationLog(settings.data_dir, Role.ANALYSIS).append(FIRST)
    beat(settings, Role.ANALYSIS, HandClock(), state=WorkerState.WAITING, source="local records")
    (worker,) = worker_standings(settings, NOON + timedelta(seconds=30))
    assert (worker.here, worker.online, worker.iterations, worker.source) == (True, True, 1, "local records")
    assert worker.last == FIRST
    (late,) = worker_standings(settings, NOON + timedelta(minutes=10))
    assert (late.silent, late.online) == (True, False)


def test_a_worker_that_stopped_is_not_silent(settings: Settings) -> None:
    beat(settings, Role.INBOX, HandClock(), state=WorkerState.STOPPED)
    (worker,) = worker_standings(settings, NOON + timedelta(days=2))
    assert (worker.silent, worker.online) == (False, False)


def test_a_worker_elsewhere_is_known_by_its_dataset(settings: Settings) -> None:
    folder = settings.data_dir / "mirror" / "owner--folio-analysis-results"
    folder.mkdir(parents=True)
    rows = [ITERATION.encode(replace(FIRST, iteration=number)) for number in (1, 2)]
    (folder / "abc.jsonl").write_bytes(b"\n".join([iteration_kind(Role.ANALYSIS).seed.strip(), *rows, b"{}"]) + b"\n")
    (worker,) = worker_standings(settings, NOON + timedelta(minutes=30))
    assert (worker.here, worker.state, worker.iterations, worker.silent) == (False, None, 2, False)
    (late,) = worker_standings(settings, NOON + timedelta(hours=3))
    assert late.silent
    look = DashboardData(settings).look()
    assert (len(look.records), look.around.unreadable) == (0, 1)


def test_silence_and_trouble_degrade_the_whole_system(settings: Settings) -> None:
    beat(settings, Role.ANALYSIS, HandClock(), state=WorkerState.WAITING)
    beat(settings, Role.TUNING, HandClock(NOON + timedelta(minutes=9)), error="storage_failed")
    around = Surroundings(local=True, standings=worker_standings(settings, NOON + timedelta(minutes=10)))
    table = table_of([])
    status = system_status(table, overview(table, Window.DAY, NOW).workers, around, NOW)
    assert status.level is Level.DEGRADED
    assert status.reasons == (
        "the analysis worker has gone silent",
        "the tuning worker has trouble (storage_failed)",
    )


def test_orders_are_seen_by_the_next_look(settings: Settings) -> None:
    data = DashboardData(settings)
    IterationLog(settings.data_dir, Role.ANALYSIS).append(FIRST)
    assert [worker.paused for worker in data.look().around.standings] == [False]
    data.switch_worker(Role.ANALYSIS, paused=True)
    assert [worker.paused for worker in data.look().around.standings] == [True]
    TunedSettings(settings.data_dir).change(settings, {"batch_pages": 32}, "faster", 6, "2026-03-02T12:00:00.000Z")
    assert data.tuned()[0].values == (("batch_pages", 32),)
    assert [data.take_back_tuning(), len(data.tuned())] == [True, 2]
