"""Pages of a run are read again with other options, and are taken over only when somebody says so."""

import json
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import (
    NoPageToReread,
    NoRereading,
    PageNotReread,
    PageNotSelected,
    RunNotEnded,
    RunNotFound,
    RunStillGoing,
    SourceExpired,
    VisitorBusy,
)
from pipeline.models.bundle import Lanes
from pipeline.pages import OcrMode, PagePrediction, PageStatus, PageTask, TextLine
from pipeline.records import REUSE, ConvertOptions, Origin, Rereading, RunStatus
from pipeline.runs.runner import Runner
from pipeline.runs.state import RunView, Source
from pipeline.runs.visitors import NOBODY, Visitor
from pipeline.settings import Settings
from pipeline.stages import saved_page
from pipeline.stages.export import FORMATS
from tests.support.bundles import WholePageBundle
from tests.support.readers import warm_reader
from tests.support.runs import last, record_of, submit, until, warm_runner

ALWAYS = ConvertOptions(ocr=OcrMode.ALWAYS)
READ = "Read from the image."


class ReadingBundle(WholePageBundle):
    """Reads one line from the image of a page that is to be read."""

    def whole(self, task: PageTask) -> PagePrediction:
        found = super().whole(task)
        if not task.ocr:
            return found
        line = TextLine(READ, 0.9, ((72.0, 72.0), (300.0, 72.0), (300.0, 90.0), (72.0, 90.0)))
        return replace(found, ocr=True, lines=(line,))


def quick_runner(settings: Settings, bundle: WholePageBundle) -> Runner:
    """A runner that writes the Markdown only."""
    return Runner(settings, Lanes(bundle), readers=warm_reader, formats=FORMATS[:1])


def reread(runner: Runner, run_id: str, options: ConvertOptions = ALWAYS) -> RunView:
    """The end of a second reading."""
    return last(runner, runner.reread(run_id, options, "", Origin.API, NOBODY))


def accept(runner: Runner, run_id: str, pages: str = "") -> RunView:
    """The end of the run that takes pages over."""
    return last(runner, runner.accept(run_id, pages, "", Origin.API, NOBODY))


def text_of(view: RunView, page: int) -> str:
    return next(text.markdown for text in view.texts if text.page == page)


def test_pages_are_read_again_aside_and_taken_over_one_by_one(settings: Settings, documents: Path) -> None:
    bundle = ReadingBundle()
    with warm_runner(settings, Lanes(bundle)) as runner:
        first = last(runner, submit(runner, documents / "multi_page.pdf"))
        bundle.seen.clear()
        second = reread(runner, first.run_id, replace(ALWAYS, pages="2, 4"))
        assert bundle.seen == [2, 4]
        assert [text.page for text in second.texts] == [2, 4]
        assert READ in text_of(second, 2)
        assert runner.view(first.run_id).texts == first.texts
        assert (runner.rereading(first.run_id), runner.newest(first.run_id)) == (second.run_id, first.run_id)
        both = accept(runner, second.run_id, "4")
        assert bundle.seen == [2, 4], "nothing is read to take pages over"
        assert runner.newest(first.run_id) == both.run_id
    assert both.status is RunStatus.OK
    assert [text_of(both, page) for page in (1, 2, 3, 5)] == [text_of(first, page) for page in (1, 2, 3, 5)]
    assert text_of(both, 4) == text_of(second, 4)
    (taken,) = both.rereadings
    assert (taken.pages, taken.options.ocr, taken.record_id) == ((4,), OcrMode.ALWAYS, second.record_id)
    for name in ("md", "html", "text", "json"):
        file = both.export(name)
        assert file is not None
        assert file.path.read_text().count(READ) == (2 if name == "json" else 1), name
    archive = both.export("zip")
    assert archive is not None
    with zipfile.ZipFile(archive.path) as files:
        assert READ in files.read("pages/page-0004.md").decode()
        assert READ not in files.read("pages/page-0002.md").decode()
        (told,) = json.loads(files.read("receipt.json"))["rereadings"]
    assert (told["pages"], told["options"]["ocr"], told["record_id"]) == ([4], "always", second.record_id)
    assert record_of(settings, both).kind == REUSE
    assert record_of(settings, both).parent_id == first.record_id


def test_failed_pages_are_what_is_read_again_by_itself(settings: Settings, documents: Path) -> None:
    with quick_runner(settings, WholePageBundle(failing=frozenset({2, 4}))) as runner:
        first = last(runner, submit(runner, documents / "multi_page.pdf"))
    with quick_runner(settings, ReadingBundle(failing=frozenset({4}))) as runner:
        second = reread(runner, first.run_id)
        assert [(page.page, page.status) for page in second.pages] == [(2, PageStatus.OK), (4, PageStatus.FAILED)]
        with pytest.raises(PageNotReread, match="Page 4 has no second reading"):
            accept(runner, second.run_id, "2,4")
        both = accept(runner, second.run_id)
        assert (both.status, both.rereadings[0].pages) == (RunStatus.PARTIAL, (2,))
        assert [page.status for page in both.pages].count(PageStatus.FAILED) == 1
        assert next(page.reason for page in both.pages if page.page == 4) == first.failures[1].reason
        third = reread(runner, first.run_id, replace(ALWAYS, pages="2"))
        assert third.options.ocr is OcrMode.ALWAYS
        again = accept(runner, third.run_id)
        assert again.rereadings == (Rereading((2,), third.options, third.record_id),)
        whole = last(runner, runner.resume(again.run_id))
        assert whole.rereadings == again.rereadings
        assert text_of(whole, 2) == text_of(third, 2)


def test_what_is_asked_wrongly_is_refused_and_costs_nothing(settings: Settings, documents: Path) -> None:
    gate = threading.Event()
    with quick_runner(settings, WholePageBundle(gate=gate)) as runner:
        run_id = submit(runner, documents / "multi_page.pdf", "1-3")
        with pytest.raises(RunNotEnded):
            runner.reread(run_id, ALWAYS, "", Origin.API, NOBODY)
        gate.set()
        first = last(runner, run_id)
        with pytest.raises(NoPageToReread):
            runner.reread(run_id, ALWAYS, "", Origin.API, NOBODY)
        with pytest.raises(PageNotSelected):
            runner.reread(run_id, replace(ALWAYS, pages="5"), "", Origin.API, NOBODY)
        with pytest.raises(NoRereading):
            runner.accept(run_id, "", "", Origin.API, NOBODY)
        with pytest.raises(RunNotFound):
            runner.reread("f" * 32, ALWAYS, "", Origin.API, NOBODY)
        (settings.data_dir / "runs" / run_id / "source.pdf").unlink()
        with pytest.raises(SourceExpired):
            runner.reread(run_id, replace(ALWAYS, pages="2"), "", Origin.API, NOBODY)
        assert runner.view(run_id).texts == first.texts
        assert runner.rereading(run_id) == ""


def test_a_reading_that_is_stopped_leaves_the_run_and_what_it_has_read(settings: Settings, documents: Path) -> None:
    me = Visitor("me")
    gate = threading.Event()
    gate.set()
    bundle = ReadingBundle(gate=gate)
    with quick_runner(replace(settings, visitor_runs=1), bundle) as runner:
        pdf = documents / "multi_page.pdf"
        first = last(runner, runner.submit(Source(pdf, pdf.name), ConvertOptions(), Origin.API, me))
        bundle.seen.clear()
        gate.clear()
        second = runner.reread(first.run_id, replace(ALWAYS, pages="1-5"), "", Origin.API, me)
        until(lambda: runner.view(second).texts)
        with pytest.raises(VisitorBusy):
            runner.reread(first.run_id, replace(ALWAYS, pages="1"), "", Origin.API, me)
        with pytest.raises(RunStillGoing):
            runner.delete(first.run_id)
        runner.cancel(second)
        gate.set()
        stopped = last(runner, second)
        assert stopped.status is RunStatus.CANCELLED
        assert runner.view(first.run_id).exports == first.exports
        done = {text.page for text in stopped.texts}
        both = accept(runner, second)
        assert {page for page in range(1, 6) if READ in text_of(both, page)} == done
        runner.delete(both.run_id)
        for gone in (first.run_id, second, both.run_id):
            with pytest.raises(RunNotFound):
                runner.view(gone)


def test_a_run_stays_whole_while_pages_of_the_one_before_it_are_read_again(settings: Settings, documents: Path) -> None:
    gate = threading.Event()
    gate.set()
    with quick_runner(settings, ReadingBundle(failing=frozenset({2}), gate=gate)) as runner:
        first = last(runner, submit(runner, documents / "multi_page.pdf", "1-2"))
        gate.clear()
        second = runner.reread(first.run_id, ALWAYS, "", Origin.API, NOBODY)
        continued = runner.resume(first.run_id)
        runner.cancel(continued)
        last(runner, continued)
        with pytest.raises(RunStillGoing):
            runner.delete(continued)
        assert runner.view(continued).run_id == continued
        gate.set()
        last(runner, second)
        runner.delete(continued)
        for gone in (first.run_id, second, continued):
            with pytest.raises(RunNotFound):
                runner.view(gone)


def test_pages_of_another_release_are_assembled_again_with_their_own_options(
    settings: Settings, documents: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with quick_runner(settings, ReadingBundle()) as runner:
        first = last(runner, submit(runner, documents / "multi_page.pdf"))
        second = reread(runner, first.run_id, replace(ALWAYS, pages="3"))
        monkeypatch.setattr(saved_page, "RELEASE", "folio 0.0.0, docling 0.0.0")
        both = accept(runner, second.run_id)
    markdown = both.export("md")
    assert markdown is not None
    assert markdown.path.read_text().count(READ) == 1
    assert text_of(first, 3).splitlines()[0] not in markdown.path.read_text()
