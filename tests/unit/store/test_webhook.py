"""What a local HTTP server receives when runs fail, a quota ends or the dataset lags; and that nobody waits for it."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pipeline.errors import GpuQuotaExceeded, GpuRunsExceeded, SettingsError
from pipeline.records import ErrorFacts, GpuUse, IterationRecord, RunStatus
from pipeline.settings import read_settings
from pipeline.store.status import PublisherStatus, PublishState
from pipeline.store.webhook import QUIET_SECONDS, Notifier
from pipeline.worker_iterations import Role, Severity
from pipeline.workers.frame.insights import with_findings
from tests.support.worker_stand import finding
from tests.unit.history.test_worker_overview import FIRST
from tests.unit.store.records_for_tests import end_record

NOW = datetime(2026, 8, 14, 12, tzinfo=UTC)


class Receiver:
    """A server that keeps what it is sent; ``hold`` makes it wait, ``answer`` is its status."""

    def __init__(self) -> None:
        self.messages: list[dict[str, str]] = []
        self.hold, self.answer = threading.Event(), 200
        self.hold.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.hold.wait(20)
                receiver.messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(receiver.answer)
                self.send_header("Content-Length", "0")
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"

    @property
    def texts(self) -> list[str]:
        return [message["content"] for message in self.messages]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield made
    made.hold.set()
    made.server.shutdown()
    made.server.server_close()


def failed(code: str = "storage_failed", message: str = "The disk is full.") -> IterationRecord:
    return replace(end_record(status=RunStatus.ERROR), error=ErrorFacts(code, message, True))


def test_a_failed_run_is_told_as_slack_and_discord_take_it(receiver: Receiver) -> None:
    notifier, run = Notifier(receiver.url, "someone/folio"), failed(message="More than 5 <b> & /data/secret.pdf")
    notifier.run_ended(run)
    assert notifier.wait(10)
    text = f"someone/folio: a run failed with storage_failed: More than 5 <b> & [path] Run {run.iteration_id}."
    assert receiver.messages == [
        {"content": text, "text": text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")}
    ]


def test_runs_that_did_not_fail_are_no_news(receiver: Receiver) -> None:
    notifier = Notifier(receiver.url)
    for status in (RunStatus.OK, RunStatus.PARTIAL, RunStatus.CANCELLED):
        notifier.run_ended(replace(end_record(status=status)))
    notifier.run_ended(replace(end_record(status=RunStatus.OK), error=None))
    assert notifier.wait(10)
    assert receiver.messages == []


def test_a_used_up_quota_is_told_even_where_pages_were_saved(receiver: Receiver) -> None:
    notifier, refusal = Notifier(receiver.url), GpuQuotaExceeded(12, 3600)
    notifier.run_ended(
        replace(end_record(status=RunStatus.PARTIAL), error=ErrorFacts(refusal.code, "Come back tomorrow.", True))
    )
    assert notifier.wait(10)
    assert receiver.texts[0].startswith("Folio: the GPU quota is used up: Come back tomorrow. Run 0")


def test_a_used_up_quota_is_told_even_where_the_cpu_went_on(receiver: Receiver) -> None:
    notifier = Notifier(receiver.url)
    notifier.run_ended(replace(end_record(), error=None, gpu=GpuUse(refused=1, refusal=GpuRunsExceeded().code)))
    assert notifier.wait(10)
    assert receiver.texts[0].startswith("Folio: the GPU quota is used up (gpu_runs_exceeded); the CPU went on. Run 0")


def test_one_message_per_code_and_the_next_counts_the_others(receiver: Receiver) -> None:
    clock = [0.0]
    notifier = Notifier(receiver.url, clock=lambda: clock[0])
    for step in range(6):
        clock[0] = step * QUIET_SECONDS / 5
        notifier.run_ended(failed())
        notifier.run_ended(failed("internal") if step == 1 else end_record(status=RunStatus.OK))
        assert notifier.wait(10)
    assert [text.split(":")[1] for text in receiver.texts] == [
        " a run failed with storage_failed",
        " a run failed with internal",
        " a run failed with storage_failed",
    ]
    assert receiver.texts[2].endswith(" (4 more of this kind since the last message.)")
    assert "more of this kind" not in "".join(receiver.texts[:2])


@pytest.mark.parametrize(
    ("state", "depth", "minutes", "told"),
    [
        (PublishState.WAITING, 12, 45, True),
        (PublishState.STOPPED, 1, None, True),
        (PublishState.WAITING, 12, 5, False),
        (PublishState.WAITING, 0, 45, False),
        (PublishState.PUBLISHING, 12, 45, False),
        (PublishState.NO_TOKEN, 12, None, False),
    ],
)
def test_a_dataset_that_lags_behind_is_told(
    receiver: Receiver, state: PublishState, depth: int, minutes: int | None, told: bool
) -> None:
    notifier = Notifier(receiver.url)
    oldest = (NOW - timedelta(minutes=minutes)).isoformat() if minutes else ""
    long_ago = (NOW - timedelta(days=9)).isoformat()  # nobody came for days, which is no delay
    told_of = PublisherStatus(
        state, depth=depth, last_commit_at=long_ago, last_error="hub_unreachable", oldest_at=oldest
    )
    notifier.published(told_of, NOW)
    assert notifier.wait(10)
    assert bool(receiver.messages) is told
    if told:
        assert f"{depth} records are not published" in receiver.texts[0]
        assert "(hub_unreachable)" in receiver.texts[0]


def test_a_run_does_not_wait_for_a_slow_address(receiver: Receiver) -> None:
    receiver.hold.clear()
    notifier = Notifier(receiver.url)
    notifier.run_ended(failed())
    notifier.run_ended(failed("internal"))
    assert not notifier.wait(0.1), "the address still holds the first message"
    assert receiver.messages == []
    receiver.hold.set()
    assert notifier.wait(10)
    assert len(receiver.messages) == 2


@pytest.mark.parametrize("answer", [302, 404, 500])
def test_what_the_address_refuses_is_dropped_and_not_followed(receiver: Receiver, answer: int) -> None:
    receiver.answer = answer
    notifier = Notifier(receiver.url)
    notifier.run_ended(failed())
    assert notifier.wait(10)
    notifier.run_ended(failed("internal"))
    assert notifier.wait(10)
    assert len(receiver.messages) == 2


def test_an_address_that_is_not_there_is_no_error() -> None:
    notifier = Notifier("http://127.0.0.1:9/hook")
    notifier.run_ended(failed())
    assert notifier.wait(10)


def test_without_an_address_nothing_is_started() -> None:
    before = threading.active_count()
    Notifier("").run_ended(failed())
    time.sleep(0)
    assert threading.active_count() == before


@pytest.mark.parametrize(
    "url", ["https://hooks.slack.com/services/T/B/x", "http://127.0.0.1:9000/hook", "http://localhost"]
)
def test_addresses_that_are_taken(url: str) -> None:
    assert read_settings({"WEBHOOK_URL": url}).webhook_url == url


@pytest.mark.parametrize(
    "url", ["http://example.com/hook", "ftp://x", "example.com", "http://127.0.0.1.example.com/", "https://a b"]
)
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="WEBHOOK_URL must be an https address"):
        read_settings({"WEBHOOK_URL": url})


def test_a_severe_finding_is_told_when_it_is_made_first_and_a_silent_worker_always(receiver: Receiver) -> None:
    severe = finding(severity=Severity.SEVERE, sentence="Everything fails.")
    iteration = replace(FIRST, findings=(severe, finding("other")))
    new = replace(iteration, cumulative_insights=with_findings((), iteration.findings, iteration.iteration))
    known = replace(new, iteration=2, cumulative_insights=with_findings(new.cumulative_insights, new.findings, 2))
    notifier = Notifier(receiver.url, "folio")
    for item in (known, new, replace(new, findings=(), error="storage_failed", summary="The disk is full.")):
        notifier.iteration_ended(item)
    notifier.worker_silent(Role.TUNING)
    assert notifier.wait(10)
    assert receiver.texts == [
        "folio: analysis 1: Everything fails.",
        "folio: the analysis worker failed with storage_failed: The disk is full.",
        "folio: the tuning worker has gone silent; look whether its process runs.",
    ]
