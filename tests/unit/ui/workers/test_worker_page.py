"""The workers on the dashboard and on their own pages: what is shown, and who may give orders."""

from dataclasses import dataclass, replace
from datetime import timedelta

import gradio as gr
import pytest

from pipeline.history.dashboard_data import DashboardData
from pipeline.history.worker_overview import TunedChange, WorkerStanding, worker_standings
from pipeline.settings import Settings
from pipeline.store.heartbeats import heartbeat_path
from pipeline.store.iteration_log import IterationLog
from pipeline.ui.api.worker_endpoints import WorkerApi
from pipeline.ui.workers.worker_page import WorkerPage, build_worker_page
from pipeline.ui.workers.worker_parts import standing_json, standing_line, worker_body, workers_card
from pipeline.worker_iterations import Evidence, Role, Severity, WorkerState
from pipeline.workers.frame.insights import with_findings
from pipeline.workers.frame.pulse import Pulse
from tests.support.event_loops import drop_event_loop
from tests.support.hostile_markup import HOSTILE, Tags, text
from tests.support.worker_stand import NOON, HandClock, finding
from tests.unit.history.test_worker_overview import FIRST


@dataclass
class FakeRequest:
    username: str | None = None


@pytest.fixture
def seen(settings: Settings) -> DashboardData:
    """A server beside an analysis worker with one iteration."""
    severe = replace(finding(severity=Severity.SEVERE), evidence=(Evidence("0198c0de-0000-7000-8000-00000000abcd"),))
    insights = with_findings((), (severe,), 1)
    iteration = replace(FIRST, findings=(severe,), cumulative_insights=insights)
    IterationLog(settings.data_dir, Role.ANALYSIS).append(iteration)
    Pulse(heartbeat_path(settings, Role.ANALYSIS), Role.ANALYSIS, HandClock().now).show(
        state=WorkerState.WAITING, source="local records, no token"
    )
    return DashboardData(settings)


@pytest.fixture
def worker(seen: DashboardData, settings: Settings) -> WorkerStanding:
    return worker_standings(settings, NOON + timedelta(seconds=20))[0]


def test_the_card_counts_who_is_online_and_shows_the_newest_insight(worker: WorkerStanding) -> None:
    card = workers_card([worker, replace(worker, role=Role.TUNING, silent=True)])
    told = text(card)
    assert told.startswith("Workers 1 of 2 online Analysis waiting for its next iteration · Slower.")
    assert "Tuning silent" in told
    assert 'data-worker="analysis" data-order="pause"' in card
    assert 'data-record="0198c0de-0000-7000-8000-00000000abcd"' in card
    assert workers_card([]) == ""


def test_only_a_worker_beside_this_server_has_a_switch(worker: WorkerStanding) -> None:
    assert "data-worker" not in workers_card([replace(worker, here=False, state=None)])
    assert 'data-order="resume"' in workers_card([replace(worker, paused=True)])


def test_the_page_says_that_it_works_on_local_records(worker: WorkerStanding) -> None:
    assert "1 iteration · local records, no token" in text(standing_line(worker, Role.ANALYSIS))
    assert "has not begun yet" in text(standing_line(None, Role.TUNING))


def test_the_page_shows_insights_findings_how_sure_they_are_and_changes(worker: WorkerStanding) -> None:
    change = TunedChange(3, (("batch_pages", 32),), "faster", "2026-03-02T12:00:00.000Z")
    told = text(worker_body(worker, [change]))
    for words in ("severe Slower. 1 time, last in 1", "1 · performance", "p = 0.0001", "BATCH_PAGES 32: faster"):
        assert words in told


def test_hostile_text_stays_text(worker: WorkerStanding) -> None:
    hostile = replace(finding(sentence=HOSTILE), evidence=(Evidence(HOSTILE),), subject=HOSTILE)
    last = replace(
        FIRST,
        summary=HOSTILE,
        perspective=HOSTILE,
        findings=(hostile,),
        cumulative_insights=with_findings((), (hostile,), 1),
    )
    standing = replace(worker, recent=(last,), source=HOSTILE, error=HOSTILE)
    change = TunedChange(1, ((HOSTILE, 1),), HOSTILE, HOSTILE)
    for html in (
        workers_card([standing]),
        standing_line(standing, Role.ANALYSIS),
        worker_body(standing, [change]),
    ):
        found = Tags(html)
        assert "img" not in found.tags
        assert not [name for name in found.attributes if name.startswith("on")]
        assert "${" not in html


def is_paused(settings: Settings) -> bool:
    return IterationLog(settings.data_dir, Role.ANALYSIS).paused


def test_orders_need_somebody_who_is_signed_in(seen: DashboardData, settings: Settings) -> None:
    api = WorkerApi(seen)
    stranger, owner = (FakeRequest(name) for name in (None, "ada"))
    with pytest.raises(gr.Error, match="sign_in_needed"):
        api.switch("analysis", True, stranger)  # type: ignore[arg-type]
    with pytest.raises(gr.Error, match="sign_in_needed"):
        api.take_back(stranger)  # type: ignore[arg-type]
    assert not is_paused(settings)
    answer = api.switch("analysis", True, owner)  # type: ignore[arg-type]
    assert is_paused(settings)
    assert [worker["paused"] for worker in answer["workers"]] == [True]
    with pytest.raises(gr.Error, match="option_unknown"):
        api.switch("dashboard", True, owner)  # type: ignore[arg-type]
    assert api.take_back(owner) == {"taken_back": False}  # type: ignore[arg-type]


def test_the_pages_switch_is_the_same(seen: DashboardData, settings: Settings) -> None:
    page = WorkerPage(seen, Role.ANALYSIS)
    assert "sign_in_needed" in page._pause(FakeRequest())[4]  # type: ignore[arg-type]
    assert not is_paused(settings)
    page._pause(FakeRequest("ada"))  # type: ignore[arg-type]
    assert is_paused(settings)
    page._resume(FakeRequest("ada"))  # type: ignore[arg-type]
    assert not is_paused(settings)


def test_a_standing_for_programs_is_plain(worker: WorkerStanding) -> None:
    told = standing_json(worker)
    assert (told["role"], told["iteration"], told["insights"]) == ("analysis", 1, ["Slower."])
    assert [standing_json(replace(worker, silent=silent))["online"] for silent in (False, True)] == [True, False]


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_every_worker_has_a_page(seen: DashboardData) -> None:
    page = build_worker_page(seen, Role.TUNING)
    names = {function.api_name for function in page.fns.values()}
    del page
    drop_event_loop()
    assert {"workers", "switch_worker", "take_back_tuning"} <= names
