"""The GPU lane of a run: one call per batch, what is kept of it, and how a run goes on where the GPU refuses or
dies.
"""

import re
import shutil
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.errors import NoGpuHere
from pipeline.gpu.booking import SHORTEST_SECONDS
from pipeline.models.bundle import Lanes, OutOfMemory
from pipeline.pages import Lane, LaneChoice, OcrMode, PageResult, PageTask
from pipeline.records import CallEnd, ConvertOptions, GpuUse, IterationRecord, Origin, RunStatus
from pipeline.runs.state import RunView, Source
from pipeline.settings import Settings
from tests.support.bundles import HalfBundle, RefusingBundle, WholePageBundle
from tests.support.runs import convert, last, record_of, until, warm_runner
from tests.support.runs import gpu_running as running

Pixels = NDArray[np.uint8]
PAGES = [1, 2, 3, 4, 5]


def zerogpu(title: str, message: str) -> gr.Error:
    """What ZeroGPU's client raises (``tests/unit/gpu/test_call.py`` holds the texts against its source)."""
    return gr.Error(message, title=title, print_exception=False)


def quota(left: int) -> gr.Error:
    return zerogpu(
        "ZeroGPU quota exceeded",
        f"You have exceeded your free ZeroGPU quota (60s requested vs. {left}s left). Try again in 1:02:03. ",
    )


QUOTA = quota(16)
ABORTED = zerogpu("ZeroGPU worker error", "GPU task aborted")
ILLEGAL = zerogpu("ZeroGPU illegal duration", "The requested GPU duration (180s) is larger than the maximum allowed")


def words(markdown: str) -> str:
    """The words alone: levels and paragraphs are the whole document's affair."""
    return " ".join(re.findall(r"\w+", markdown))


def done(view: RunView) -> list[int]:
    return [text.page for text in view.texts]


def ends(record: IterationRecord) -> list[CallEnd]:
    return [call.ended for call in record.gpu.made]


def test_a_batch_is_one_call_and_its_record_says_what_it_took(settings: Settings, documents: Path) -> None:
    bundle = RefusingBundle(micro_batch=2, seconds=0.01)
    with running(settings, bundle) as runner:
        view = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU)
        kept = runner.view(view.run_id)
    assert (view.status, view.lane, done(view)) == (RunStatus.OK, Lane.GPU, PAGES)
    assert bundle.calls == [(1, 2), (3, 4), (5,)]
    (call,) = record_of(settings, view).gpu.made
    assert (call.pages, call.ended, call.booked_seconds) == (5, CallEnd.DONE, SHORTEST_SECONDS)
    assert (call.later_pages, call.later_table_pages, call.later_ocr_pages) == (3, 3, 0)
    assert 0.01 <= call.start_seconds <= call.used_seconds - 0.02
    assert call.page_seconds == pytest.approx(call.used_seconds - call.start_seconds, abs=0.01)
    assert (view.gpu.calls, view.gpu.refused) == (1, 0)
    assert kept.gpu == view.gpu


def test_the_cpu_lane_is_taken_where_it_is_chosen(settings: Settings, documents: Path) -> None:
    bundle, cpu = RefusingBundle(), WholePageBundle()
    with running(settings, bundle, cpu) as runner:
        view = convert(runner, documents / "multi_page.pdf", LaneChoice.CPU)
    assert (view.status, view.lane, view.gpu) == (RunStatus.OK, Lane.CPU, GpuUse())
    assert (bundle.seen, cpu.seen) == ([], PAGES)


def test_a_gpu_and_nothing_else_cannot_be_had_without_one(settings: Settings, documents: Path) -> None:
    path = documents / "multi_page.pdf"
    with warm_runner(settings, Lanes(WholePageBundle())) as runner:
        with pytest.raises(NoGpuHere):
            runner.submit(Source(path, path.name), ConvertOptions(lane=LaneChoice.GPU), Origin.API)
        assert convert(runner, path, LaneChoice.GPU_THEN_CPU).status is RunStatus.OK


# -- refusals ----------------------------------------------------------------------------------------------------------


def test_a_refusal_leaves_finished_pages_and_what_still_fits(settings: Settings, documents: Path) -> None:
    """With 16 s left and 4 s for the start, five pages of 1.5 times 0.28 s would fit; two are left in the batch."""
    gpu = RefusingBundle([(3, QUOTA)])
    with running(replace(settings, batch_pages=2), gpu) as runner:
        view = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU, OcrMode.ALWAYS)
        kept = runner.view(view.run_id)
    assert (view.status, done(view), view.resumable) == (RunStatus.PARTIAL, [1, 2], True)
    assert view.error is not None
    assert view.error.code == "gpu_quota_exceeded"
    assert view.error.message.startswith(
        "Your daily GPU quota has 16 s left, which is less than the next pages need; more comes in 1 h 2 min."
    )
    assert (view.fitting_pages, kept.fitting_pages) == (2, 2), "of the batch that was refused"
    record = record_of(settings, view)
    assert ends(record) == [CallEnd.DONE, CallEnd.REFUSED]
    assert (record.gpu.calls, record.gpu.refused, record.gpu.refused_seconds, record.gpu.refusal) == (
        1,
        1,
        SHORTEST_SECONDS,
        "gpu_quota_exceeded",
    )
    assert record.gpu.booked_seconds == SHORTEST_SECONDS


def test_where_the_gpu_refuses_the_run_goes_on_on_the_cpu(settings: Settings, documents: Path) -> None:
    gpu, cpu = RefusingBundle([(3, QUOTA)]), WholePageBundle()
    with running(replace(settings, batch_pages=2), gpu, cpu) as runner:
        view = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU_THEN_CPU)
    assert (view.status, view.error, view.lane, done(view)) == (RunStatus.OK, None, Lane.CPU, PAGES)
    assert (gpu.seen, cpu.seen) == ([1, 2], [3, 4, 5])
    assert (view.gpu.refused, view.gpu.refusal) == (1, "gpu_quota_exceeded")


def test_what_a_quota_still_admits_is_used_before_the_cpu_takes_over(settings: Settings, documents: Path) -> None:
    """Five scanned pages need 7 s of the 6 that are left: four are asked for, and the fifth is refused again."""
    gpu, cpu = RefusingBundle([(1, quota(6)), (5, quota(0))]), WholePageBundle()
    with running(settings, gpu, cpu) as runner:
        view = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU_THEN_CPU, OcrMode.ALWAYS)
    assert (view.status, view.error, view.lane, done(view)) == (RunStatus.OK, None, Lane.CPU, PAGES)
    assert (gpu.seen, cpu.seen) == ([1, 2, 3, 4], [5])
    assert (view.gpu.calls, view.gpu.refused, view.gpu.booked_seconds) == (1, 2, 6)


def test_fewer_pages_now_and_the_rest_on_the_cpu_later(settings: Settings, documents: Path) -> None:
    gpu, cpu = RefusingBundle([(1, QUOTA)]), WholePageBundle()
    with running(settings, gpu, cpu) as runner:
        refused = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU)
        assert (refused.status, refused.resumable, done(refused)) == (RunStatus.ERROR, True, [])
        some = last(runner, runner.resume(refused.run_id, most_pages=2))
        rest = last(runner, runner.resume(some.run_id, lane=LaneChoice.CPU))
    assert (some.status, some.error and some.error.code, done(some)) == (RunStatus.PARTIAL, "pages_held_back", [1, 2])
    assert (rest.status, done(rest), rest.options.lane) == (RunStatus.OK, PAGES, LaneChoice.CPU)
    assert (gpu.seen, cpu.seen) == ([1, 2], [3, 4, 5])
    assert (rest.gpu.calls, rest.gpu.booked_seconds) == (0, 0)


def test_a_booking_that_is_too_long_is_split_once(settings: Settings, documents: Path) -> None:
    gpu = RefusingBundle([(1, ILLEGAL)])
    with running(settings, gpu) as runner:
        view = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU, OcrMode.ALWAYS)
    record = record_of(settings, view)
    assert (view.status, done(view)) == (RunStatus.OK, PAGES)
    assert ends(record) == [CallEnd.REFUSED] + [CallEnd.DONE] * (len(record.gpu.made) - 1)
    assert len(record.gpu.made) > 2
    assert gpu.seen == PAGES
    twice = RefusingBundle([(1, ILLEGAL), (1, ILLEGAL)])
    with running(settings, twice) as runner:
        view = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU, OcrMode.ALWAYS)
    assert (view.error and view.error.code, view.gpu.refused, view.gpu.calls) == ("gpu_duration_refused", 2, 0)


def test_the_shortest_booking_is_not_split(settings: Settings, documents: Path) -> None:
    gpu, cpu = RefusingBundle([(1, ILLEGAL)]), WholePageBundle()
    with running(settings, gpu, cpu) as runner:
        view = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU_THEN_CPU)
    assert (view.status, done(view), view.gpu.refused, view.gpu.calls) == (RunStatus.OK, PAGES, 1, 0)
    assert (gpu.seen, cpu.seen) == ([], PAGES)


def test_a_stop_keeps_the_pages_under_way_and_begins_no_others(settings: Settings, documents: Path) -> None:
    gate = threading.Event()
    gpu = WholePageBundle(gate=gate, lane=Lane.GPU)
    with running(settings, gpu) as runner:
        path = documents / "multi_page.pdf"
        run_id = runner.submit(Source(path, path.name), ConvertOptions(lane=LaneChoice.GPU), Origin.API)
        until(lambda: runner.view(run_id).texts)
        runner.cancel(run_id)  # while the second page waits for the gate
        gate.set()
        stopped = last(runner, run_id)
        assert (stopped.status, done(stopped), gpu.seen) == (RunStatus.CANCELLED, [1, 2], [1, 2])
        (call,) = record_of(settings, stopped).gpu.made
        assert (call.ended, call.pages) == (CallEnd.STOPPED, 2)
        after = last(runner, runner.resume(run_id))
        assert [thread.name for thread in threading.enumerate() if thread.name.startswith("gpu")] == []
    assert (after.status, gpu.seen) == (RunStatus.OK, PAGES)
    assert not list(settings.work_dir.rglob("*.stop"))


# -- workers that die --------------------------------------------------------------------------------------------------


def test_a_killed_workers_open_pages_are_asked_for_once_more(settings: Settings, documents: Path) -> None:
    gpu = RefusingBundle([(3, ABORTED)])
    with running(settings, gpu) as runner:
        view = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU)
    assert (view.status, done(view)) == (RunStatus.OK, PAGES)
    assert gpu.seen == PAGES, "no page is inferred twice"
    record = record_of(settings, view)
    assert ends(record) == [CallEnd.LOST, CallEnd.DONE]
    assert [call.pages for call in record.gpu.made] == [2, 3]
    assert (record.gpu.calls, record.gpu.booked_seconds, record.gpu.refused) == (2, 2 * SHORTEST_SECONDS, 0)


@pytest.mark.parametrize("lane", [LaneChoice.GPU, LaneChoice.GPU_THEN_CPU])
def test_a_worker_killed_twice_is_not_tried_again(settings: Settings, documents: Path, lane: LaneChoice) -> None:
    gpu, cpu = RefusingBundle([(3, ABORTED), (4, ValueError("not of the contract"))]), WholePageBundle()
    with running(settings, gpu, cpu) as runner:
        view = convert(runner, documents / "multi_page.pdf", lane)
    assert gpu.seen == [1, 2, 3]
    if lane is LaneChoice.GPU:
        assert (view.status, view.error and view.error.code, done(view)) == (
            RunStatus.PARTIAL,
            "gpu_worker_failed",
            [1, 2, 3],
        )
    else:
        assert (view.status, view.error, cpu.seen) == (RunStatus.OK, None, [4, 5])


def test_a_worker_that_leaves_without_a_word_on_a_page_is_lost(settings: Settings, documents: Path) -> None:
    class Mute(RefusingBundle):
        muted = False

        def predict(self, tasks: Sequence[PageTask], images: Sequence[Pixels]) -> list[PageResult]:
            if tasks[0].page.page == 4 and not self.muted:
                self.muted = True
                return []
            return super().predict(tasks, images)

    gpu = Mute()
    with running(settings, gpu) as runner:
        view = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU)
    assert (view.status, gpu.seen) == (RunStatus.OK, [1, 2, 3, 5, 4])
    assert ends(record_of(settings, view)) == [CallEnd.LOST, CallEnd.DONE]


def test_memory_that_is_too_small_halves_the_micro_batch_down_to_one_page(settings: Settings, documents: Path) -> None:
    class Tight(RefusingBundle):
        def predict(self, tasks: Sequence[PageTask], images: Sequence[Pixels]) -> list[PageResult]:
            if len(tasks) > 2 or any(task.page.page == 4 for task in tasks):
                raise OutOfMemory
            return super().predict(tasks, images)

    gpu = Tight(micro_batch=5)
    with running(settings, gpu) as runner:
        view = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU)
    assert gpu.calls == [(1, 2), (3,), (5,)]
    assert (view.status, view.gpu.calls, done(view)) == (RunStatus.PARTIAL, 1, [1, 2, 3, 5])
    assert [(page.page, page.code) for page in view.failures] == [(4, "page_out_of_gpu_memory")]


# -- two kinds of networks ---------------------------------------------------------------------------------------------


def test_the_cpu_goes_on_with_its_own_models_and_every_page_names_those_that_read_it(
    settings: Settings, documents: Path
) -> None:
    gpu, cpu = RefusingBundle([(3, QUOTA)], name="larger"), WholePageBundle()
    with running(replace(settings, batch_pages=2), gpu, cpu) as runner:
        view = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU_THEN_CPU)
    assert (view.status, view.error, view.lane, done(view)) == (RunStatus.OK, None, Lane.CPU, PAGES)
    assert (gpu.seen, cpu.seen) == ([1, 2], [3, 4, 5])
    assert (view.bundle, view.pages_by_bundle) == ("larger+whole-page", {"larger": (1, 2), "whole-page": (3, 4, 5)})
    record = record_of(settings, view)
    assert (record.bundle, record.gpu.bundle) == ("larger+whole-page", "larger")
    assert [page.bundle for page in record.pages] == ["larger"] * 2 + ["whole-page"] * 3
    markdown = view.export("md")
    assert markdown is not None
    whole = words(markdown.path.read_text())
    assert all(words(text.markdown)[:60] in whole for text in view.texts)


def test_continuing_on_the_cpu_keeps_what_the_gpu_read(settings: Settings, documents: Path) -> None:
    gpu, cpu = RefusingBundle([(3, QUOTA)], name="larger"), WholePageBundle()
    with running(replace(settings, batch_pages=2), gpu, cpu) as runner:
        stopped = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU)
        assert (stopped.status, stopped.bundle, stopped.cpu_bundle, done(stopped)) == (
            RunStatus.PARTIAL,
            "larger",
            "whole-page",
            [1, 2],
        )
        after = last(runner, runner.resume(stopped.run_id, lane=LaneChoice.CPU))
        kept = runner._stored.view(after.run_id)
    assert (after.status, done(after), cpu.seen) == (RunStatus.OK, PAGES, [3, 4, 5])
    assert (after.bundle, after.pages_by_bundle) == ("larger+whole-page", {"larger": (1, 2), "whole-page": (3, 4, 5)})
    assert (kept.bundle, kept.pages_by_bundle, kept.cpu_bundle) == (after.bundle, after.pages_by_bundle, "whole-page")
    assert [text.markdown for text in after.texts[:2]] == [text.markdown for text in stopped.texts]


def test_pages_of_the_gpu_stay_where_there_is_no_gpu_any_more(settings: Settings, documents: Path) -> None:
    with running(replace(settings, batch_pages=2), RefusingBundle([(3, QUOTA)], name="larger")) as runner:
        stopped = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU)
    cpu = WholePageBundle()
    with warm_runner(settings, Lanes(cpu)) as runner:
        after = last(runner, runner.resume(stopped.run_id, lane=LaneChoice.CPU))
    assert (after.status, cpu.seen, after.bundle) == (RunStatus.OK, [3, 4, 5], "larger+whole-page")


def test_a_run_refused_before_its_first_page_is_the_other_lanes_from_the_start(
    settings: Settings, documents: Path
) -> None:
    gpu, cpu = RefusingBundle([(1, QUOTA)], name="larger"), WholePageBundle(failing=frozenset({2}))
    with running(settings, gpu, cpu) as runner:
        view = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU_THEN_CPU)
        assert (view.bundle, runner._stored.view(view.run_id).bundle) == ("whole-page", "whole-page")
    assert record_of(settings, view).bundle == "whole-page"
    second = WholePageBundle()
    with warm_runner(settings, Lanes(second)) as runner:
        after = last(runner, runner.resume(view.run_id))
    assert (after.status, second.seen) == (RunStatus.OK, [2])


# -- work left to the CPU ----------------------------------------------------------------------------------------------


def test_work_left_to_the_cpu_is_done_once_and_kept(settings: Settings, documents: Path) -> None:
    gpu = HalfBundle([(3, ABORTED), (3, ABORTED)])
    with running(settings, gpu) as runner:
        view = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU)
    assert (done(view), gpu.completed) == ([1, 2], [1, 2])
    assert "A Handbook for Small Tide Mills" in view.texts[0].markdown
    second = HalfBundle()
    with running(settings, second) as runner:
        after = last(runner, runner.resume(view.run_id))
    assert (after.status, second.seen, second.completed) == (RunStatus.OK, [3, 4, 5], [3, 4, 5])
    assert [text.markdown for text in after.texts[:2]] == [text.markdown for text in view.texts]


def test_raw_predictions_of_a_killed_server_are_completed_by_whoever_continues(
    settings: Settings, documents: Path
) -> None:
    with running(settings, HalfBundle([(3, ABORTED), (3, ABORTED)])) as runner:
        view = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU)
    folder = settings.data_dir / "runs" / view.run_id
    for path in (folder / "predictions").iterdir():
        if ".raw" not in path.name:
            path.unlink()  # as if the server had died before it wrote them, and so the pages
    shutil.rmtree(folder / "pages")
    second, cpu = HalfBundle(), WholePageBundle()
    with running(settings, second, cpu) as runner:
        after = last(runner, runner.resume(view.run_id, lane=LaneChoice.CPU))
    assert (after.status, second.completed, second.seen, cpu.seen) == (RunStatus.OK, [1, 2], [], [3, 4, 5])
    assert [text.markdown for text in after.texts[:2]] == [text.markdown for text in view.texts]


def test_without_the_gpus_bundle_raw_predictions_are_made_again(settings: Settings, documents: Path) -> None:
    with running(settings, HalfBundle([(3, ABORTED), (3, ABORTED)])) as runner:
        view = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU)
    folder = settings.data_dir / "runs" / view.run_id
    for path in (folder / "predictions").iterdir():
        if ".raw" not in path.name:
            path.unlink()
    shutil.rmtree(folder / "pages")
    cpu = WholePageBundle()
    with warm_runner(settings, Lanes(cpu)) as runner:
        after = last(runner, runner.resume(view.run_id, lane=LaneChoice.CPU))
    assert (after.status, cpu.seen) == (RunStatus.OK, PAGES)
