"""The dashboard as people and programs use it: a browser and ``gradio_client`` against a running server over real
records.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from playwright.sync_api import Browser, Page, expect

from pipeline.records import ErrorFacts, IterationRecord, RunStatus
from pipeline.store.iteration_log import IterationLog
from pipeline.store.ledger import Ledger
from pipeline.worker_iterations import Evidence, Role
from pipeline.workers.frame.insights import with_findings
from tests.e2e.axe_findings import findings
from tests.e2e.conftest import Site, serve
from tests.support.clients import leave
from tests.support.sample_records import iteration_id, sample_records, start_of
from tests.support.worker_stand import finding
from tests.unit.history.test_worker_overview import FIRST as ANALYSED

NOW = datetime.now(UTC)
REFRESHED_MS = 30_000


@dataclass(frozen=True)
class Watched:
    """A dashboard, its ledger and the runs that were there when it started, newest first."""

    site: Site
    ledger: Ledger
    runs: list[IterationRecord]

    def add(self, **changes: object) -> IterationRecord:
        """One more run, as of now."""
        moment = datetime.now(UTC)
        started = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        new: dict[str, Any] = {"iteration_id": iteration_id(random.Random(), moment), "started_at": started, **changes}
        made = replace(self.runs[0], **new)
        self.ledger.started(start_of(made))
        if made.status.ended:
            self.ledger.finished(made)
        return made


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("dashboard")
    ledger = Ledger(folder / "data")
    runs = list(sample_records(60, NOW - timedelta(minutes=1), 1.0, seed=6))
    for run in runs:
        ledger.started(start_of(run))
        ledger.finished(run)
    with serve(folder, ["-m", "tests.support.serve_dashboard"], PUBLISHER="no_token") as site:
        yield Watched(site, ledger, runs[::-1])


@pytest.fixture
def page(browser: Browser, watched: Watched) -> Iterator[Page]:
    """The dashboard, drawn."""
    opened = browser.new_page(viewport={"width": 1300, "height": 900})
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.set_default_timeout(30_000)
    opened.goto(watched.site.url)
    expect(opened.locator(".tiles")).to_be_visible(timeout=30_000)
    yield opened
    opened.close()
    assert errors == []


@pytest.fixture
def client(watched: Watched, tmp_path: Path) -> Iterator[Client]:
    connected = Client(watched.site.url, download_files=str(tmp_path), verbose=False)
    yield connected
    leave(connected)


expect.set_options(timeout=15_000)

# -- in a browser ------------------------------------------------------------------------------------------------------


def test_the_page_tells_status_charts_and_runs(page: Page, watched: Watched) -> None:
    expect(page.locator(".dash-status")).to_contain_text("Operational")
    expect(page.get_by_text("kept on this server, not published")).to_be_visible()
    expect(page.locator(".dash-charts:visible svg.marks")).to_have_count(3)
    expect(page.locator(".runs tbody tr")).to_have_count(25)
    expect(page.locator(".runs tbody tr").first).to_have_attribute("data-record", watched.runs[0].iteration_id)


def test_the_table_turns_searches_and_filters(page: Page, watched: Watched) -> None:
    page.get_by_role("button", name="Older ›").click()
    expect(page.locator(".runs tbody tr").first).to_have_attribute("data-record", watched.runs[25].iteration_id)
    page.locator("#dash-search input, #dash-search textarea").fill(watched.runs[40].iteration_id[-8:])
    expect(page.locator(".runs tbody tr")).to_have_count(1)
    expect(page.locator(".runs tbody tr").first).to_have_attribute("data-record", watched.runs[40].iteration_id)
    page.locator("#dash-search input, #dash-search textarea").fill("no such run")
    expect(page.get_by_text("No run matches")).to_be_visible()
    page.locator("#dash-search input, #dash-search textarea").fill("")
    page.locator("#dash-status input").click()
    page.get_by_role("option", name="Done", exact=True).click()
    expect(page.locator("#dash-runs .chip-partial, #dash-runs .chip-error, #dash-runs .chip-cancelled")).to_have_count(
        0
    )
    expect(page.locator("#dash-runs .chip-ok").first).to_be_visible()


def test_a_run_shows_its_receipt_and_escape_closes_it(page: Page, watched: Watched) -> None:
    page.locator(".runs tbody tr").nth(2).click()
    drawer = page.locator(".drawer")
    expect(drawer).to_contain_text(watched.runs[2].iteration_id)
    expect(drawer).to_contain_text("Time by stage")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)


def test_everybody_can_use_the_dashboard_and_a_receipt(page: Page) -> None:
    expect(page.locator(".dash-charts:visible svg.marks")).to_have_count(3)
    dashboard = findings(page)
    page.locator(".runs tbody tr").nth(2).click()
    expect(page.locator(".drawer")).to_contain_text("Time by stage")
    assert (dashboard, findings(page, ".drawer")) == ([], [])


def test_the_dashboard_says_that_it_is_english(browser: Browser, watched: Watched) -> None:
    page = browser.new_page(locale="pt-BR")
    page.goto(watched.site.url)
    expect(page.locator("#masthead p")).to_have_text("PDFs to Markdown, JSON and HTML, page by page")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.close()


def test_two_runs_are_compared(page: Page, watched: Watched) -> None:
    page.locator(".runs tbody tr").nth(1).click()
    page.locator(".drawer").get_by_role("button", name="Compare").click()
    expect(page.get_by_text("choose the other run in the table")).to_be_visible()
    page.locator(".runs tbody tr").nth(3).click()
    drawer = page.locator(".drawer")
    expect(drawer).to_contain_text("Comparison")
    for index in (1, 3):
        expect(drawer).to_contain_text(watched.runs[index].iteration_id[-8:])


def test_another_window_draws_its_charts(page: Page) -> None:
    page.locator("#dash-window label", has_text="All").click()
    expect(page.locator(".tiles")).to_contain_text("60")
    expect(page.locator(".dash-charts:visible")).to_have_count(1)
    expect(page.locator(".dash-charts:visible svg.marks")).to_have_count(3)


def test_new_runs_arrive_and_the_reader_stays_where_they_are(page: Page, watched: Watched) -> None:
    page.locator(".runs tbody tr").nth(5).click()
    body = page.locator(".drawer-body")
    body.evaluate("drawer => { drawer.scrollTop = 120; drawer.dataset.mine = 'kept'; }")
    page.evaluate("window.scrollTo(0, 333)")
    page.locator(".tiles").evaluate("tiles => { tiles.dataset.mine = 'kept'; }")
    made = watched.add(status=RunStatus.ERROR, error=ErrorFacts("made_for_the_test", "It failed.", True))
    expect(page.locator(".runs tbody tr").first).to_have_attribute(
        "data-record", made.iteration_id, timeout=REFRESHED_MS
    )
    expect(page.locator(".failures")).to_contain_text("made_for_the_test")
    assert page.evaluate("window.scrollY") == 333
    assert body.evaluate("drawer => [drawer.scrollTop, drawer.dataset.mine]") == [120, "kept"]


@pytest.mark.parametrize("days_later", [0, 2])
def test_a_phone_shows_everything_without_scrolling_sideways(
    browser: Browser, watched: Watched, days_later: int
) -> None:
    """A run of an earlier day has its day before its hour, which takes more room."""
    phone = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    phone.clock.set_system_time(datetime.now(UTC) + timedelta(days=days_later))
    phone.goto(f"{watched.site.url}?__theme=dark")
    expect(phone.locator(".tiles")).to_be_visible(timeout=30_000)
    expect(phone.locator(".runs tbody tr").first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    assert phone.evaluate(
        "(table => table.scrollWidth <= table.clientWidth + 1)(document.querySelector('.runs-scroll'))"
    )
    phone.close()


# -- by gradio_client --------------------------------------------------------------------------------------------------


def test_the_system_status_is_told(client: Client) -> None:
    told = client.predict(api_name="/system_status")
    assert told["status"] == "operational"
    assert told["ever"]["runs"] >= 60
    assert told["publishing"]["state"] == "kept on this server, not published"
    assert {space["space"] for space in told["spaces"]} == {"someone/folio", "someone/folio-light", "lab/folio-archive"}


def test_runs_are_listed_newest_first_a_page_at_a_time(client: Client, watched: Watched) -> None:
    newest = client.predict(first=0, limit=10, api_name="/runs")
    more = client.predict(first=10, limit=100, api_name="/runs")
    listed = [run["record_id"] for run in newest["runs"] + more["runs"]]
    assert [run_id for run_id in listed if run_id in {run.iteration_id for run in watched.runs}] == [
        run.iteration_id for run in watched.runs
    ]
    lost = client.predict(status="partial", limit=100, api_name="/runs")
    assert {run["record_id"] for run in lost["runs"]} == {
        run.iteration_id for run in watched.runs if run.status is RunStatus.PARTIAL
    }


@pytest.mark.parametrize("limit", [0, 101, -5])
def test_a_limit_has_limits(client: Client, limit: int) -> None:
    with pytest.raises(AppError, match="limit must be from 1 to 100"):
        client.predict(limit=limit, api_name="/runs")


def test_one_run_is_told_by_its_public_id(client: Client, watched: Watched) -> None:
    run = watched.runs[0]
    told = client.predict(run.iteration_id, api_name="/run")
    assert (told["iteration_id"], told["status"], told["bundle"]) == (run.iteration_id, run.status.value, run.bundle)
    asked = run.options
    assert told["options"] == {
        "pages": "",
        "ocr": asked.ocr.value,
        "tables": asked.tables,
        "lane": asked.lane.value,
        "languages": list(asked.languages),
        "markdown": {"page_markers": False, "pictures": "none", "spans": "html"},
    }
    assert len(told["pages"]) == len(run.pages)
    with pytest.raises(AppError, match="There is no record with this id"):
        client.predict("../../etc/passwd", api_name="/run")


def test_the_endpoints_are_all_there_is(client: Client) -> None:
    of_runs, of_workers = {"/system_status", "/runs", "/run"}, {"/workers", "/switch_worker", "/take_back_tuning"}
    assert set(client.view_api(return_format="dict")["named_endpoints"]) == of_runs | of_workers


def test_workers_are_shown_and_take_no_order_from_a_stranger(page: Page, client: Client, watched: Watched) -> None:
    evidence = (Evidence(watched.runs[0].iteration_id),)
    iteration = replace(ANALYSED, findings=(replace(finding(sentence="It became slower."), evidence=evidence),))
    iterations = IterationLog(watched.ledger.root.parent, Role.ANALYSIS)
    iterations.append(replace(iteration, cumulative_insights=with_findings((), iteration.findings, 1)))
    card = page.locator("#dash-workers")
    expect(card).to_contain_text("It became slower.", timeout=REFRESHED_MS)
    expect(card).to_contain_text("0 of 1 online")
    card.get_by_role("button", name="Pause").click()
    expect(page.locator("#dash-line")).to_contain_text("sign_in_needed")
    assert not iterations.paused
    card.get_by_role("button", name=watched.runs[0].iteration_id[-4:]).click()
    expect(page.locator("#dash-receipt")).to_contain_text(watched.runs[0].iteration_id)
    (told,) = client.predict(api_name="/workers")["workers"]
    assert (told["role"], told["iteration"], told["insights"]) == ("analysis", 1, ["It became slower."])
