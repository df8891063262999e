"""The same work is not paid twice, by whoever did it, and nobody else learns of it."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest

from pipeline.errors import NotAPdf, RunNotFound
from pipeline.intake.reader import PdfReader
from pipeline.models.bundle import Lanes
from pipeline.pages import EngineInfo, LaneChoice, OcrMode, Preflight
from pipeline.records import ConvertOptions, IterationRecord, Origin, RunStatus
from pipeline.runs.runner import Runner
from pipeline.runs.state import Accepted, Source
from pipeline.runs.visitors import NOBODY, Visitor, identify, new_token
from pipeline.settings import Settings
from tests.support.bundles import RefusingBundle, WholePageBundle
from tests.support.runs import last, records, until, warm_runner
from tests.unit.intake.pdf_files import Page, PdfFile, text

ADA, BOB = identify(token=new_token(), address="10.0.0.1"), identify(token=new_token(), address="10.0.0.1")
PLAIN = ConvertOptions(pages="1-2")
LOST = gr.Error("GPU task aborted", title="ZeroGPU worker error", print_exception=False)


@pytest.fixture
def source(documents: Path) -> Source:
    return Source(documents / "multi_page.pdf", "report.pdf")


def convert(runner: Runner, source: Source, visitor: Visitor, options: ConvertOptions = PLAIN) -> str:
    """A run that has ended."""
    run_id = runner.submit(source, options, Origin.API, visitor)
    last(runner, run_id)
    return run_id


def again(runner: Runner, source: Source, visitor: Visitor, options: ConvertOptions = PLAIN) -> str | None:
    """The earlier run that answers; None where a new one has to do the work, which is then stopped and deleted."""
    accepted = runner.convert(runner.check(source, Origin.UI), options, Origin.UI, visitor)
    if accepted.reused:
        return accepted.run_id
    runner.cancel(accepted.run_id)
    last(runner, accepted.run_id)
    runner.delete(accepted.run_id)
    return None


def reuses(settings: Settings) -> list[IterationRecord]:
    return [record for record in records(settings) if record.kind == "reuse"]


def test_the_same_work_of_the_same_visitor_is_answered_by_its_first_run(
    settings: Settings, source: Source, tmp_path: Path
) -> None:
    renamed = tmp_path / "copy.pdf"
    renamed.write_bytes(source.path.read_bytes())
    with warm_runner(settings, Lanes(WholePageBundle())) as runner:
        assert again(runner, source, ADA) is None
        run_id = convert(runner, source, ADA)
        assert again(runner, source, ADA) == run_id
        assert again(runner, Source(renamed, "copy.pdf"), ADA) == run_id
        assert again(runner, source, ADA, ConvertOptions(pages="1,2")) == run_id, "the same pages, otherwise written"
        assert runner.view(run_id).ended_at
    assert len(reuses(settings)) == 3


def test_another_visitor_gets_a_run_of_their_own(settings: Settings, source: Source) -> None:
    with warm_runner(settings, Lanes(WholePageBundle())) as runner:
        run_id = convert(runner, source, ADA)
        for stranger in (BOB, NOBODY, identify(address="10.0.0.1"), identify(user="ada")):
            assert again(runner, source, stranger) is None
            own = convert(runner, source, stranger)
            assert own != run_id
            assert again(runner, source, stranger) == (own if stranger.owner else None)
        assert again(runner, source, ADA) == run_id


@pytest.mark.parametrize(
    "other",
    [
        ConvertOptions(pages="1"),
        ConvertOptions(pages="1-2", ocr=OcrMode.NEVER),
        ConvertOptions(pages="1-2", tables=False),
    ],
)
def test_other_options_are_other_work(settings: Settings, source: Source, other: ConvertOptions) -> None:
    with warm_runner(settings, Lanes(WholePageBundle())) as runner:
        convert(runner, source, ADA)
        assert again(runner, source, ADA, other) is None


def older_app(runner: Runner) -> None:
    runner._admission._versions = replace(runner._versions, app="0.0.1")


def older_docling(runner: Runner) -> None:
    runner._admission._versions = replace(runner._versions, docling="1.0.0")


def other_networks(runner: Runner) -> None:
    runner._admission._lanes.cpu.engines = (EngineInfo("layout", "whole page, revised", "none"),)  # type: ignore[misc]


def other_weights(runner: Runner) -> None:
    runner._admission._lanes.cpu.revision = "2"  # type: ignore[misc]


@pytest.mark.parametrize("change", [older_app, older_docling, other_networks, other_weights])
def test_another_version_of_what_converts_is_other_work(
    settings: Settings, source: Source, change: Callable[[Runner], None]
) -> None:
    with warm_runner(settings, Lanes(WholePageBundle())) as runner:
        convert(runner, source, ADA)
        change(runner)
        assert again(runner, source, ADA) is None


def test_only_a_run_without_a_gap_answers(settings: Settings, source: Source) -> None:
    gate = threading.Event()
    with warm_runner(settings, Lanes(WholePageBundle(failing=frozenset({2}), gate=gate))) as runner:
        going = runner.submit(source, PLAIN, Origin.API, ADA)
        until(lambda: runner.view(going).texts)
        assert again(runner, source, ADA) is None
        gate.set()
        assert last(runner, going).status is RunStatus.PARTIAL
        assert again(runner, source, ADA) is None
    with warm_runner(settings, Lanes(WholePageBundle())) as runner:
        whole = runner.resume(going, visitor=ADA)
        assert last(runner, whole).status is RunStatus.OK
        assert again(runner, source, ADA) == whole


def test_a_result_that_other_models_had_a_part_in_does_not_answer(settings: Settings, source: Source) -> None:
    """Neither where the CPU finished it, nor where other weights had begun it."""
    with warm_runner(
        settings, Lanes(WholePageBundle(), RefusingBundle([(2, LOST), (2, LOST)], name="larger"))
    ) as runner:
        mixed = convert(runner, source, ADA)
        assert (runner.view(mixed).status, runner.view(mixed).bundle) == (RunStatus.OK, "larger+whole-page")
        assert [again(runner, source, ADA, replace(PLAIN, lane=lane)) for lane in LaneChoice] == [None] * 3
    begun = WholePageBundle(failing=frozenset({2}))
    with warm_runner(settings, Lanes(begun)) as runner:
        partial = convert(runner, source, ADA)
    newer = WholePageBundle()
    newer.revision = "2"
    with warm_runner(settings, Lanes(newer)) as runner:
        whole = last(runner, runner.resume(partial, visitor=ADA))
        assert (whole.status, newer.seen) == (RunStatus.OK, [2])
        assert again(runner, source, ADA) is None


def test_a_run_whose_files_are_not_all_there_does_not_answer(settings: Settings, source: Source) -> None:
    with warm_runner(settings, Lanes(WholePageBundle())) as runner:
        run_id = convert(runner, source, ADA)
        markdown = runner.view(run_id).export("md")
        assert markdown is not None
        markdown.path.write_text("cut short")
        assert again(runner, source, ADA) is None
        second = convert(runner, source, ADA)
        assert again(runner, source, ADA) == second


def test_a_deleted_run_answers_nobody(settings: Settings, source: Source) -> None:
    with warm_runner(settings, Lanes(WholePageBundle())) as runner:
        run_id = convert(runner, source, ADA)
        runner.delete(run_id)
        assert again(runner, source, ADA) is None
        with pytest.raises(RunNotFound):
            runner.view(run_id)
        assert run_id not in runner._reuse._runs.values()


def test_an_answer_outlives_a_restart_and_the_newest_of_two_counts(settings: Settings, source: Source) -> None:
    with warm_runner(settings, Lanes(WholePageBundle())) as runner:
        convert(runner, source, ADA)
        newer = convert(runner, source, ADA)
    with warm_runner(settings, Lanes(WholePageBundle())) as runner:
        assert again(runner, source, ADA) == newer
        assert again(runner, source, BOB) is None


def test_the_record_of_an_answer_says_what_was_saved(settings: Settings, source: Source) -> None:
    with warm_runner(settings, Lanes(WholePageBundle(), RefusingBundle(seconds=0.01))) as runner:
        run_id = convert(runner, source, ADA)
        again(runner, source, ADA)
        first_id = runner.view(run_id).record_id
    (first,) = [record for record in records(settings) if record.iteration_id == first_id]
    (record,) = reuses(settings)
    assert first.gpu.used_seconds > 0
    assert record.gpu.saved_seconds == first.gpu.used_seconds
    assert (record.gpu.booked_seconds, record.gpu.used_seconds, record.gpu.calls) == (0, 0, 0)
    assert (record.status, record.pages_ok, record.pages_failed, record.parent_id) == (RunStatus.OK, 2, 0, first_id)
    assert (record.input.sha256, record.output, record.input.origin) == (first.input.sha256, first.output, Origin.UI)
    assert record.iteration_id != first_id


def test_a_source_that_is_refused_is_refused_first(settings: Settings, source: Source, tmp_path: Path) -> None:
    fake = tmp_path / "fake.pdf"
    fake.write_text("<html>")
    with warm_runner(settings, Lanes(WholePageBundle())) as runner, pytest.raises(NotAPdf):
        again(runner, Source(fake, "fake.pdf"), ADA)


def test_who_asked_is_in_no_file(settings: Settings, source: Source) -> None:
    token = new_token()
    with warm_runner(settings, Lanes(WholePageBundle())) as runner:
        convert(runner, source, identify(token=token, address="203.0.113.7"))
        convert(runner, source, identify(user="ada.lovelace"))
    stored = b"".join(path.read_bytes() for path in settings.data_dir.rglob("*") if path.is_file())
    owners = [identify(token=token).owner, identify(user="ada.lovelace").owner]
    assert [word for word in (token, "203.0.113.7", "ada.lovelace", *owners) if word.encode() in stored] == []


def test_a_document_is_opened_and_hashed_once_on_its_way_in(
    settings: Settings, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    preflight = PdfReader.preflight

    def counted(reader: PdfReader, path: Path, password: str = "") -> Preflight:
        opened.append(path)
        return preflight(reader, path, password)

    monkeypatch.setattr(PdfReader, "preflight", counted)
    with warm_runner(settings, Lanes(WholePageBundle())) as runner:
        checked = runner.check(source, Origin.API)
        first = runner.convert(checked, PLAIN, Origin.API, ADA)
        assert last(runner, first.run_id).status is RunStatus.OK
        assert runner.convert(checked, PLAIN, Origin.API, ADA) == Accepted(first.run_id, reused=True)
    assert opened == [source.path]


def test_a_source_that_was_replaced_meanwhile_is_checked_again(settings: Settings, tmp_path: Path) -> None:
    path = PdfFile([Page(text("Before."))]).write(tmp_path / "a.pdf")
    with warm_runner(settings, Lanes(WholePageBundle())) as runner:
        checked = runner.check(Source(path, "a.pdf"), Origin.API)
        path.unlink()
        PdfFile([Page(text("Now.")), Page(text("And more."))]).write(path)
        view = last(runner, runner.convert(checked, ConvertOptions(), Origin.API, ADA).run_id)
        assert [page.markdown.strip() for page in view.texts] == ["Now.", "And more."]
        path.write_bytes(b"nothing of the kind")
        with pytest.raises(NotAPdf):
            runner.convert(checked, ConvertOptions(), Origin.API, ADA)
