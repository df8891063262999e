"""A Space in ZeroGPU mode as its visitors find it: the real server, the real client of ZeroGPU, a stand-in of its
device API.
"""

import math
import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from pipeline.gpu.booking import Kinds, estimate_calls, seconds_for
from pipeline.intake.planning import plan_batches
from pipeline.pages import Rates
from pipeline.records import CallEnd
from pipeline.settings import read_settings
from pipeline.store.artifacts import ArtifactStore
from tests.e2e.zerogpu.space import (
    Space,
    convert,
    descendants,
    open_space,
    result,
    sentence,
    small_pages,
    start,
    token_of,
    until,
    visit,
)
from tests.standins.zerogpu.scheduler import Grant, Limits, Queue, Refusal, Status, Step, Then, Together, Verdict, alive

TITLE = "# A Handbook for Small Tide Mills"
PAGE_S = "0.05"
MICRO_BATCH = 4


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    """Two devices of a Blackwell, two documents at a time, no limits; tests only look at what is new."""
    folder = tmp_path_factory.mktemp("space")
    with open_space(folder, Limits(devices=2), CONCURRENCY="2", VISITOR_RUNS="20", PAGE_S=PAGE_S) as running:
        yield running


@pytest.fixture
def pdf(documents: Path) -> Path:
    return documents / "multi_page.pdf"


# -- what a document costs ---------------------------------------------------------------------------------------------


def test_a_document_is_one_call_booked_for_its_pages(space: Space, tmp_path: Path, pdf: Path) -> None:
    grants, inferred = len(space.api.grants), len(space.inferred)
    with visit(space, tmp_path, "ann") as client:
        told = convert(client, pdf, pages="1-4", lane="gpu")
    (grant,) = space.api.grants[grants:]
    asked = seconds_for(Kinds(4, table_pages=4), Rates())
    assert (told.status["status"], told.code, told.markdown.splitlines()[0]) == ("ok", "", TITLE)
    assert grant.booking.seconds == round(math.ceil(asked / 1.5) * 1.5)
    assert (grant.booking.visitor, grant.failed, grant.killed) == (token_of("ann"), False, "")
    assert [line.page for line in space.inferred[inferred:]] == [1, 2, 3, 4]
    gpu = space.record(told.status["record_id"]).gpu
    assert (gpu.calls, gpu.booked_seconds, gpu.refused) == (1, grant.booking.seconds, 0)
    assert 0 < gpu.used_seconds < grant.used_s
    assert gpu.device == "NVIDIA RTX PRO 6000 Blackwell Server Edition"


def test_the_queue_holds_what_it_was_told_to_hold(space: Space, tmp_path: Path, pdf: Path) -> None:
    """In ZeroGPU mode gradio's own queue holds one visitor unless told otherwise."""
    with visit(space, tmp_path) as client:
        jobs = [start(client, pdf, pages=str(page)) for page in (1, 2, 3, 4, 5, 1, 2, 3)]
        ends = [result(job) for job in jobs]
    assert [(told.status.get("status"), told.error) for told in ends] == [("ok", "")] * len(ends)


def test_the_cpu_lane_asks_for_no_gpu(space: Space, tmp_path: Path, pdf: Path) -> None:
    asked = len(space.api.calls)
    with visit(space, tmp_path, "ann") as client:
        assert convert(client, pdf, pages="2", lane="cpu").status["status"] == "ok"
    assert len(space.api.calls) == asked


@pytest.mark.serial  # three hundred pages have to be computed within what is booked for them
def test_a_killed_worker_costs_one_more_call_and_no_page_twice(space: Space, tmp_path: Path) -> None:
    """Three hundred pages in the planned calls; the second is killed in the middle and asked for the rest once more."""
    file = small_pages(300, tmp_path / "long.pdf")
    batches = plan_batches(range(1, 301), read_settings({}).batch_pages)
    planned = estimate_calls([len(batch) for batch in batches], Rates(), tables=True, ocr=False)
    grants, inferred = len(space.api.grants), len(space.inferred)
    with visit(space, tmp_path, "ann") as client:
        job = start(client, file, lane="gpu")
        until(lambda: len(space.inferred) >= inferred + 96 + 50)
        (victim,) = space.api.scheduler.running()
        seen = stopped_after(space, victim) - inferred
        space.api.scheduler.kill(victim, "by the test")
        told = result(job)
    new = space.api.grants[grants:]
    assert (told.status["status"], told.status["pages_done"], told.status["pages_skipped"]) == ("ok", 300, [])
    assert [len(batch) for batch in batches] == [96, 96, 96, 12]
    assert len(new) == len(planned) + 1
    assert [grant.killed for grant in new] == ["", "by the test", "", "", ""]
    times = Counter(line.page for line in space.inferred[inferred:])
    again = sorted(page for page, count in times.items() if count > 1)
    assert set(times) == set(range(1, 301))
    assert max(times.values()) <= 2
    unfinished = list(range(seen - seen % MICRO_BATCH + 1, seen + 1))
    last = list(range(seen - MICRO_BATCH + 1, seen + 1))
    assert again in ([unfinished] if unfinished else [[], last])
    calls = space.record(told.status["record_id"]).gpu.made
    assert [call.ended for call in calls] == [CallEnd.DONE, CallEnd.LOST, CallEnd.DONE, CallEnd.DONE, CallEnd.DONE]
    assert [call.booked_seconds for call in calls] == [grant.booking.seconds for grant in new]
    assert told.markdown.split("\n\n") == [sentence(page) for page in range(1, 301)]


def stopped_after(space: Space, grant: Grant) -> int:
    """Let the worker of a call stand still; how many pages the Space has predicted by then."""
    assert grant.pid is not None
    os.kill(grant.pid, signal.SIGSTOP)
    until(lambda: Path(f"/proc/{grant.pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].startswith("T"))
    return len(space.inferred)


# -- refusals ----------------------------------------------------------------------------------------------------------

LEFT = Refusal(Verdict.QUOTA_EXCEEDED, 12, 3600)
REFUSALS: tuple[tuple[Step, str, str], ...] = (
    (LEFT, "gpu_quota_exceeded", "Your daily GPU quota has 12 s left"),
    (Refusal(Verdict.RUNS_EXCEEDED, 200, 0), "gpu_runs_exceeded", "Your GPU runs of today are used up"),
    (Refusal(Verdict.PENDING_OVERQUOTA, 0, 10), "gpu_credits_pending", "Your GPU credits are tied up"),
    (Queue(Then.FAIL), "gpu_queue_timed_out", "No GPU became free within a minute"),
    (Queue(Then.END), "gpu_unreachable", "The GPU service does not answer"),
    (Status(503), "gpu_unavailable", "No GPU is to be had"),
    (Status(401), "gpu_token_expired", "Your sign-in with the GPU has expired"),
    (Status(500), "gpu_unreachable", "The GPU service does not answer"),
)


@pytest.mark.parametrize(("step", "code", "sentence"), REFUSALS)
def test_a_refusal_is_a_sentence_and_the_run_can_be_continued(
    space: Space, tmp_path: Path, pdf: Path, step: Step, code: str, sentence: str
) -> None:
    grants = len(space.api.grants)
    space.api.script.schedule.append(step)
    with visit(space, tmp_path, "bob") as client:
        told = convert(client, pdf, pages="3", lane="gpu")
        assert (told.code, told.error.startswith(sentence), "ZeroGPU" in told.error) == (code, True, False)
        assert len(space.api.grants) == grants
        record = max(space.records, key=lambda record: record.started_at)
        assert (record.gpu.refused, record.gpu.refusal, record.gpu.calls, record.error and record.error.retryable) == (
            1,
            code,
            0,
            True,
        )
        run_id = next(
            folder.run_id
            for folder in ArtifactStore(space.site.data_dir).runs()
            if folder.start().record_id == record.iteration_id
        )
        _, status, _ = client.predict(run_id=run_id, api_name="/resume")
    assert (status["status"], status["pages_done"], len(space.api.grants)) == ("ok", 1, grants + 1)


def test_the_cpu_goes_on_where_the_gpu_refuses(space: Space, tmp_path: Path, pdf: Path) -> None:
    space.api.script.schedule.append(LEFT)
    with visit(space, tmp_path, "bob") as client:
        told = convert(client, pdf, pages="4", lane="gpu_then_cpu")
    gpu = space.record(told.status["record_id"]).gpu
    assert (told.status["status"], gpu.calls, gpu.refused, gpu.refusal) == ("ok", 0, 1, "gpu_quota_exceeded")
    assert space.inferred[-1].device == "cpu"


def test_a_release_that_is_refused_loses_nothing_and_holds_nobody_up(space: Space, tmp_path: Path, pdf: Path) -> None:
    space.api.script.release.append(500)
    with visit(space, tmp_path, "bob") as client:
        told = convert(client, pdf, pages="1-2", lane="gpu")
        assert (told.status["status"], told.status["pages_done"]) == ("ok", 2)
        assert convert(client, pdf, pages="3", lane="gpu").status["status"] == "ok"


def test_a_visitor_without_a_token_draws_on_the_space(space: Space, tmp_path: Path, pdf: Path) -> None:
    space.api.script.schedule.append(LEFT)
    with visit(space, tmp_path) as client:
        told = convert(client, pdf, pages="5", lane="gpu")
    assert told.code == "gpu_space_quota_exceeded"
    assert "token" not in space.api.asked("schedule")[-1].query


def test_a_booking_that_is_too_long_is_split(tmp_path: Path) -> None:
    """On a Space of its own, which has not learnt yet that these pages take no time."""
    file = small_pages(60, tmp_path / "sixty.pdf")
    with open_space(tmp_path / "space", PAGE_S=PAGE_S) as space, visit(space, tmp_path, "ann") as client:
        space.api.script.schedule.append(Refusal(Verdict.ILLEGAL_DURATION, 0, -1))
        told = convert(client, file, lane="gpu")
        refused, *granted = [int(call.query["durationSeconds"]) for call in space.api.asked("schedule")]
        inferred = [line.page for line in space.inferred]
    assert (told.status["status"], told.status["pages_done"]) == ("ok", 60)
    assert len(granted) == 4
    assert max(granted) < refused
    assert inferred == list(range(1, 61))


# -- visitors ----------------------------------------------------------------------------------------------------------


def test_every_visitor_pays_for_their_own_pages(space: Space, tmp_path: Path, pdf: Path) -> None:
    """Two at a time, on two devices: whose token a device was lent for is whose pages it predicted."""
    visitors = ("ann", "bob", "cay", "dee")  # the first asks for page 1, the second for page 2, …
    grants, inferred = len(space.api.grants), len(space.inferred)
    space.api.script.schedule.extend([Together(threading.Barrier(2))] * 2)  # or one device might serve them all
    with ExitStack() as stack:
        clients = {name: stack.enter_context(visit(space, tmp_path / name, name)) for name in visitors}
        jobs = [
            start(clients[name], pdf, pages=str(page), lane="gpu")
            for _ in range(2)
            for page, name in enumerate(visitors, start=1)
        ]
        assert [result(job).status["status"] for job in jobs] == ["ok"] * len(jobs)
    new, pages = space.api.grants[grants:], space.inferred[inferred:]
    assert {grant.uuid for grant in new} == {line.device for line in pages} == {"GPU-standin-0000", "GPU-standin-0001"}
    for device in {grant.uuid for grant in new}:
        paid = [grant.booking.visitor for grant in new if grant.uuid == device]
        assert paid == [token_of(visitors[line.page - 1]) for line in pages if line.device == device]


# -- stopping ----------------------------------------------------------------------------------------------------------


def test_a_stopped_run_keeps_the_micro_batch_under_way_and_begins_no_other(space: Space, tmp_path: Path) -> None:
    file = small_pages(80, tmp_path / "eighty.pdf")
    before = len(space.inferred)
    with visit(space, tmp_path, "ann") as client:
        job = start(client, file, lane="gpu")
        until(lambda: len(space.inferred) >= before + 9)  # in the middle of the third
        run_id = next(iter(job))[1]["run_id"]
        client.predict(run_id=run_id, api_name="/cancel")
        seen = len(space.inferred)
        until(lambda: space.api.grants[-1].ended is not None)
        told = result(job)
        stopped = [line.page for line in space.inferred[before:]]
        _, status, _ = client.predict(run_id=run_id, api_name="/resume")
    assert (
        len(stopped) - (seen - before) <= 2 * MICRO_BATCH
    )  # the one under way, and the one that the worker began meanwhile
    assert (told.status["status"], told.status["pages_done"], len(stopped) % MICRO_BATCH) == (
        "cancelled",
        len(stopped),
        0,
    )
    (call,) = space.record(told.status["record_id"]).gpu.made
    assert (call.ended, call.pages) == (CallEnd.STOPPED, len(stopped))
    assert (status["status"], status["pages_done"]) == ("ok", 80)
    assert [line.page for line in space.inferred[before:]] == list(range(1, 81)), (
        "nothing that was paid for is inferred again"
    )


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_the_server_dies_in_a_call(tmp_path: Path, end: signal.Signals) -> None:
    file = small_pages(80, tmp_path / "eighty.pdf")
    with open_space(tmp_path / "space", PAGE_S="0.1") as space, visit(space, tmp_path, "ann") as client:
        start(client, file, lane="gpu")
        until(lambda: len(space.inferred) >= 4)
        family = descendants(space.site.process.pid)
        assert space.api.grants[0].pid in family
        os.kill(space.site.process.pid, end)
        until(lambda: not any(alive(pid) for pid in family), 30)
        assert [
            name for name in os.listdir(tmp_path / "space" / "tmp") if name.startswith(("pymp-", "torch", "tmp"))
        ] == []
