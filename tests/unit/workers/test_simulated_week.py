"""A week with troubles in it, by an injected clock: each is found by the worker that is for it, a case is planned for
it, and the booking ends where it should.

Two ordinary weeks come first. In the third a version comes whose models are slower, large files fail, bookings have
twice the margin that is usual, and the test-planning worker goes silent.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.gpu.booking import LONG_SECONDS, percentile95
from pipeline.history.worker_overview import worker_standings
from pipeline.settings import Settings, read_settings
from pipeline.store.heartbeats import heartbeat_path
from pipeline.store.tuned_settings import TunedSettings
from pipeline.worker_iterations import Finding, Role, Severity, WorkerIteration, WorkerState
from pipeline.workers.analysis.analysis_work import AnalysisWork
from pipeline.workers.analysis.perspective import all_perspectives
from pipeline.workers.analysis.studied_run import StudiedRun, study
from pipeline.workers.frame.company import silent_workers
from pipeline.workers.frame.pulse import Pulse
from pipeline.workers.frame.worker_protocol import RoleWork
from pipeline.workers.test_planning.planned_case import read_recipe
from pipeline.workers.test_planning.planning_perspectives import PLANNING_PERSPECTIVES
from pipeline.workers.test_planning.planning_work import PlanningSources, PlanningWork
from pipeline.workers.tuning.booking_replay import recorded_calls
from pipeline.workers.tuning.idea import STAGES
from pipeline.workers.tuning.page_replay import KeptRunsSources
from pipeline.workers.tuning.tuning_work import TuningSources, TuningWork
from tests.support.weeks import MONDAY, Troubles, week_of_runs
from tests.support.worker_stand import analysed, runs_before

THIRD = MONDAY + timedelta(days=14)
PLANTED = Troubles(slower=THIRD + timedelta(days=3), failing=THIRD + timedelta(days=1))
QUIET, QUIET_SINCE = Role.TEST_PLANNING, THIRD + timedelta(days=5)  # a worker that hangs: no iteration, no heartbeat
INVENTED_A_DAY, RECORDED_A_DAY = 118, 25  # a thousand a week together


@dataclass
class Shop:
    """Three workers over the same records, day by day."""

    settings: Settings
    runs: list[StudiedRun] = field(default_factory=list)
    iterations: dict[Role, list[WorkerIteration]] = field(default_factory=dict)
    silent: dict[datetime, tuple[Role, ...]] = field(default_factory=dict)  # as the neighbours see it after each day

    def __post_init__(self) -> None:
        self.tuned = TunedSettings(self.settings.data_dir)
        analysis = AnalysisWork(self.until, "test")
        planning = PlanningWork(PlanningSources(self.until, lambda: self.last(Role.ANALYSIS)))
        tuning = TuningWork(
            TuningSources(
                self.until,
                lambda: self.tuned.apply(self.settings),
                self.tuned,
                KeptRunsSources(self.settings.data_dir),
                lambda changes: pytest.fail("no document is kept"),
                lambda: tuple(last for last in (self.last(Role.ANALYSIS),) if last),
            )
        )
        self.rounds: list[tuple[RoleWork, int]] = [
            (analysis, len(all_perspectives())),
            (planning, len(PLANNING_PERSPECTIVES)),
            (tuning, len(STAGES)),
        ]

    def until(self, now: datetime) -> tuple[StudiedRun, ...]:
        return runs_before(self.runs, now)

    def last(self, role: Role) -> WorkerIteration | None:
        return self.iterations[role][-1] if self.iterations.get(role) else None

    def day(self, begin: datetime, troubles: Troubles | None = None) -> None:
        """A day of runs, booked as the settings in effect say, and then a round of every worker."""
        margin = self.tuned.apply(self.settings).booking_margin_percent / 100
        seed = begin.toordinal()
        records = week_of_runs(INVENTED_A_DAY, begin, 1, seed, troubles, margin, RECORDED_A_DAY)
        self.runs += [study(record) for record in records]
        now = begin + timedelta(days=1)
        for work, count in self.rounds:
            self.round(work, count, now)
        self.silent[now] = silent_workers(self.settings, now)

    def round(self, work: RoleWork, count: int, now: datetime) -> None:
        """So many iterations of one worker, and its heartbeat."""
        if work.role is QUIET and now > QUIET_SINCE:
            return
        done = self.iterations.setdefault(work.role, [])
        done += analysed(work, [now] * count, self.last(work.role))
        Pulse(heartbeat_path(self.settings, work.role), work.role, lambda: now).show(state=WorkerState.WAITING)

    def findings(self, role: Role) -> list[tuple[datetime, Finding]]:
        return [
            (datetime.fromisoformat(item.started_at), finding)
            for item in self.iterations[role]
            for finding in item.findings
        ]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder: Path = tmp_path_factory.mktemp("week")
    settings = read_settings({"DATA_DIR": str(folder / "data"), "WORK_DIR": str(folder / "work")})
    made = Shop(settings)
    for day in range(14):
        made.runs += [study(record) for record in week_of_runs(40, MONDAY + timedelta(days=day), 1, day, real=10)]
    made.round(*made.rounds[0], THIRD)
    made.settings = replace(settings, booking_margin_percent=300)
    for day in range(7):
        made.day(THIRD + timedelta(days=day), PLANTED)
    return made


def test_a_version_that_takes_longer_is_found_with_its_runs(shop: Shop) -> None:
    found = [(when, item) for when, item in shop.findings(Role.ANALYSIS) if item.kind.startswith("performance.")]
    assert {item.kind for _, item in found} == {"performance.infer"}
    when, first = found[0]
    assert first.subject == "version 0.2.0"
    assert PLANTED.slower is not None
    assert timedelta(0) < when - PLANTED.slower <= timedelta(days=2)
    assert first.value / first.baseline == pytest.approx(1.8, rel=0.25)
    assert first.p_value < 1e-5
    assert len(first.evidence) == 5


def test_a_kind_of_document_that_always_fails_is_found_and_planned_for(shop: Shop) -> None:
    found = {item.subject: item for _, item in shop.findings(Role.ANALYSIS) if item.kind == "failures.trait"}
    cluster = found["nothing_converted on large file"]
    assert cluster.value > 5 * cluster.baseline
    assert any(evidence.pages for evidence in found["page_out_of_memory on large file"].evidence)
    cases = [case for item in shop.iterations[Role.TEST_PLANNING] for case in item.cases if "large file" in case.traits]
    assert {case.perspective for case in cases} == {"huge"}
    assert any("large file" in case.why and read_recipe(case).times > 1 for case in cases)


def test_bookings_with_too_large_a_margin_are_found_and_mended(shop: Shop) -> None:
    found = [item for _, item in shop.findings(Role.ANALYSIS) if item.kind == "gpu.booked_per_used"]
    assert found[0].value > 2.5
    kept = [(when, item) for when, item in shop.findings(Role.TUNING) if item.kind == "tuning.kept"]
    when, decision = kept[0]
    assert decision.subject == "booking_margin_percent"
    assert when <= THIRD + timedelta(days=2)
    later = [item.call for item in recorded_calls(shop.runs) if item.record_id in _since(shop, when)]
    needed = [call.used_seconds / call.booked_seconds for call in later if call.booked_seconds > LONG_SECONDS]
    assert len(needed) > 100
    assert percentile95(needed) == pytest.approx(1.0, abs=0.2)
    assert sum(share > 1 for share in needed) <= 0.03 * len(needed)


def _since(shop: Shop, when: datetime) -> set[str]:
    return {run.record_id for run in shop.runs if run.started_ms > when.timestamp() * 1000}


def test_nothing_else_is_found(shop: Shop) -> None:
    kinds = {item.kind for _, item in shop.findings(Role.ANALYSIS)}
    assert kinds <= {"performance.infer", "failures.code", "failures.trait", "gpu.booked_per_used"}
    severe = [item.kind for _, item in shop.findings(Role.ANALYSIS) if item.severity is Severity.SEVERE]
    assert set(severe) <= {"failures.trait"}


def test_the_worker_that_goes_silent_is_seen_by_its_neighbours_and_on_the_dashboard(shop: Shop) -> None:
    """On the first evening without its heartbeat, and never another one."""
    assert shop.silent == {now: (QUIET,) if now > QUIET_SINCE else () for now in shop.silent}
    assert len(shop.silent) == 7
    sunday = max(shop.silent)
    assert silent_workers(shop.settings, sunday, besides=QUIET) == ()
    standings = {worker.role: worker for worker in worker_standings(shop.settings, sunday)}
    assert {role for role, worker in standings.items() if worker.silent} == {QUIET}
    assert standings[Role.ANALYSIS].online
