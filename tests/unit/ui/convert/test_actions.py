"""What the page can ask of the runs: from upload to end, with every error as a value."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.pages import OcrMode
from pipeline.records import ConvertOptions, RunStatus
from pipeline.runs.state import RunView
from pipeline.runs.visitors import Visitor
from pipeline.ui.catalogue import speaking
from pipeline.ui.convert.actions import ConvertActions, FormValues, error_facts
from pipeline.ui.convert.downloads import served_copy
from pipeline.ui.convert.page_state import PageState
from tests.support.scripted_runs import ScriptedRuns

Upload = Callable[..., list[str]]
PLAIN = FormValues("", "auto", True, "")


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[ScriptedRuns]:
    scripted = ScriptedRuns(tmp_path / "data", page_seconds=0.01, places=3)
    yield scripted
    scripted.close()


@pytest.fixture
def actions(runs: ScriptedRuns) -> ConvertActions:
    return ConvertActions(runs)


@pytest.fixture
def upload(tmp_path: Path, documents: Path) -> Upload:
    def add(*names: str) -> list[str]:
        return [str(shutil.copy(documents / "multi_page.pdf", tmp_path / f"{name}.pdf")) for name in names]

    return add


def codes(state: PageState) -> list[str | None]:
    return [document.error.code if document.error else None for document in state.documents]


def view_of(actions: ConvertActions, state: PageState) -> RunView:
    """The chosen document's run."""
    view = actions.update(state).view
    assert view is not None
    return view


def test_every_upload_is_counted_or_refused_by_itself(actions: ConvertActions, upload: Upload) -> None:
    state = actions.inspect(upload("good", "broken", "locked"), "")
    assert [document.page_count for document in state.documents] == [5, 0, 0]
    assert codes(state) == [None, "damaged_pdf", "password_needed"]
    assert state.locked
    assert state.convertible


def test_the_password_opens_and_a_wrong_one_is_told(actions: ConvertActions, upload: Upload) -> None:
    files = upload("locked")
    assert codes(actions.inspect(files, "folio")) == [None]
    assert codes(actions.inspect(files, "guess")) == ["password_wrong"]


def test_a_password_typed_after_the_upload_is_used(actions: ConvertActions, upload: Upload) -> None:
    state = actions.inspect(upload("locked"), "")
    started = actions.start(state, replace(PLAIN, password="folio"))
    list(actions.follow(started))
    assert view_of(actions, started).status is RunStatus.OK


def test_files_beyond_the_limit_are_named(actions: ConvertActions, upload: Upload) -> None:
    state = actions.inspect(upload(*(f"f{n}" for n in range(12))), "")
    assert codes(state) == [None] * 10 + ["too_many_files"] * 2


def test_files_are_added_and_removed_before_convert(runs: ScriptedRuns, upload: Upload) -> None:
    actions = ConvertActions(runs, files=2)
    state = actions.inspect(upload("a", "broken"), "")
    state = actions.add(state, upload("a", "c"), "")
    assert [document.name for document in state.documents] == ["a.pdf", "broken.pdf", "c.pdf"]
    assert codes(state) == [None, "damaged_pdf", "too_many_files"]
    state = actions.remove(state, 1, "")
    assert codes(state) == [None, None], "the one that was left out has taken the place"
    assert actions.remove(state, 7, "") == state
    started = actions.start(state, PLAIN)
    assert actions.remove(started, 0, "") == started, "nothing is removed once it runs"
    list(actions.follow(started))


def test_a_document_that_is_too_long_says_so_and_is_shortened(runs: ScriptedRuns, upload: Upload) -> None:
    actions = ConvertActions(runs, most_pages=4)
    state = actions.inspect(upload("five"), "")
    assert (state.documents[0].first_pages, state.convertible) == ("1-4", False)
    assert actions.price(state, PLAIN).times == ()
    assert replace(state, pages="2-3").convertible
    short = actions.shorten(state, 0)
    assert short.convertible
    assert actions.price(short, PLAIN).times[0].pages == 4
    assert not actions.shorten(short, 0).convertible
    started = actions.start(short, PLAIN)
    list(actions.follow(started))
    assert len(view_of(actions, started).pages) == 4


def test_the_price_follows_the_scans_that_were_seen(
    actions: ConvertActions, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four of five pages are scans; of the other document nothing is known."""
    monkeypatch.setenv("WITH_GPU", "yes")
    price = actions.price(actions.inspect(upload("scanned", "report"), ""), PLAIN)
    assert [(time.seconds, time.scanned_seconds) for time in price.times] == [(17.0, 17.0), (5.0, 20.0)]
    assert [(booked.seconds, booked.scanned_seconds) for booked in price.booked] == [(19, 19), (15, 20)]


def test_a_document_without_fault_ends_with_its_pages_and_files(actions: ConvertActions, upload: Upload) -> None:
    started = actions.start(actions.inspect(upload("good"), ""), FormValues(" 1-2 ", "always", False, ""))
    ticks = list(actions.follow(started))
    update = actions.update(started)
    assert update.view is not None
    assert update.view.options == ConvertOptions("1-2", OcrMode.ALWAYS, False)
    assert [text.page for text in update.view.texts] == [1, 2]
    assert [file.format for file in update.view.exports] == ["html", "json", "md", "zip"]
    assert ticks
    assert len(set(ticks)) == len(ticks)
    assert not update.busy


def test_documents_run_one_after_another_and_bad_ones_keep_their_sentence(
    actions: ConvertActions, upload: Upload
) -> None:
    started = actions.start(actions.inspect(upload("broken", "good", "gaps"), ""), PLAIN)
    assert started.chosen == 1
    list(actions.follow(started))
    views = actions.update(started).views
    assert [view.status if view else None for view in views] == [None, RunStatus.OK, RunStatus.PARTIAL]
    assert codes(started) == ["damaged_pdf", None, None]


def test_a_bad_page_range_is_told_and_can_be_corrected(actions: ConvertActions, upload: Upload) -> None:
    refused = actions.start(actions.inspect(upload("good"), ""), replace(PLAIN, pages="9"))
    assert codes(refused) == ["page_range_outside"]
    assert codes(actions.start(refused, replace(PLAIN, pages="4"))) == [None]


def test_a_full_queue_is_told_at_once(tmp_path: Path, upload: Upload) -> None:
    actions = ConvertActions(ScriptedRuns(tmp_path / "slow", page_seconds=30, places=2))
    started = actions.start(actions.inspect(upload("a", "b", "c"), ""), PLAIN)
    assert codes(started) == [None, None, "queue_full"]
    actions.stop(started)


def test_stopping_keeps_finished_pages(tmp_path: Path, upload: Upload) -> None:
    actions = ConvertActions(ScriptedRuns(tmp_path / "slow", page_seconds=0.3))
    started = actions.start(actions.inspect(upload("long"), ""), PLAIN)
    for _ in actions.follow(started):
        if view_of(actions, started).texts:
            actions.stop(started)
    view = view_of(actions, started)
    assert view.status is RunStatus.CANCELLED
    assert view.texts[0].markdown.startswith("# A Handbook for Small Tide Mills")
    assert view.export("md") is not None


def test_an_upload_that_is_gone_is_told(actions: ConvertActions, upload: Upload) -> None:
    files = upload("good")
    state = actions.inspect(files, "")
    Path(files[0]).unlink()
    assert codes(actions.start(state, PLAIN)) == ["upload_expired"]


def test_a_run_is_found_again_by_its_link(actions: ConvertActions, upload: Upload) -> None:
    started = actions.start(actions.inspect(upload("good"), ""), PLAIN)
    list(actions.follow(started))
    found = actions.find(started.run_ids[0])
    assert actions.update(found).view == actions.update(started).view
    assert found.convertible, "its PDF lies with the run"


def test_a_run_that_came_by_its_link_is_converted_again_with_other_options(
    actions: ConvertActions, upload: Upload
) -> None:
    ada = Visitor("ada")
    started = actions.start(actions.inspect(upload("good"), ""), PLAIN, ada)
    list(actions.follow(started))
    found = actions.find(started.run_ids[0])
    assert actions.start(found, PLAIN, ada).documents[0].reused, "the same options have a result"
    other = actions.start(found, replace(PLAIN, pages="2", ocr="never"), ada)
    list(actions.follow(other))
    assert view_of(actions, other).options == ConvertOptions("2", OcrMode.NEVER)
    assert view_of(actions, other).name == "good.pdf"
    refused = actions.start(found, replace(PLAIN, pages="9"), ada)
    assert (codes(refused), refused.run_ids) == (["page_range_outside"], found.run_ids), (
        "the result that is there stays"
    )


def test_whoever_has_the_read_only_link_reads_and_changes_nothing(actions: ConvertActions, upload: Upload) -> None:
    started = actions.start(actions.inspect(upload("gaps"), ""), PLAIN)
    list(actions.follow(started))
    whole = view_of(actions, started)
    found = actions.find(whole.reading_id)
    view = view_of(actions, found)
    assert (view.texts, view.exports, view.read_only) == (whole.texts, whole.exports, True)
    assert whole.run_id not in repr((found, view.run_id, view.reading_id))
    assert (found.read_only, found.convertible, view.resumable) == (True, False, False)
    actions.stop(found)
    for changed in (actions.resume(found, ""), actions.delete(found)):
        assert (codes(changed), changed.run_ids) == (["run_read_only"], found.run_ids)
    assert actions.start(found, PLAIN).run_ids == found.run_ids, "nothing was converted"
    assert view_of(actions, started) == whole


@pytest.mark.parametrize("run_id", ["nothing", "../../etc/passwd", "a" * 65, "x\x00", "", "%2e%2e"])
def test_a_link_to_no_run_shows_a_sentence(actions: ConvertActions, run_id: str) -> None:
    assert codes(actions.find(run_id)) == ["run_not_found"]
    names = []
    for language in ("en", "pt"):
        with speaking(language):
            names += [document.name for document in actions.find(run_id).documents]
    assert names == ["Run not found", "Conversão não encontrada"]


def test_a_run_that_expired_meanwhile_is_told(actions: ConvertActions, runs: ScriptedRuns, upload: Upload) -> None:
    started = actions.start(actions.inspect(upload("good"), ""), PLAIN)
    list(actions.follow(started))
    runs.forget(started.run_ids[0])
    assert list(actions.follow(started)) == []
    assert codes(actions.update(started).state) == ["run_not_found"]


def test_failed_pages_are_retried_in_a_run_that_takes_the_others_place(actions: ConvertActions, upload: Upload) -> None:
    started = actions.start(actions.inspect(upload("first", "gaps"), ""), PLAIN)
    list(actions.follow(started))
    chosen = started.choose(1)
    assert view_of(actions, chosen).resumable
    resumed = actions.resume(chosen, "")
    list(actions.follow(resumed))
    update = actions.update(resumed)
    assert update.view is not None
    assert update.view.status is RunStatus.OK
    assert [text.page for text in update.view.texts] == [1, 2, 3, 4, 5]
    assert not update.view.resumable
    assert resumed.run_ids[0] == started.run_ids[0]
    assert resumed.run_ids[1] != started.run_ids[1]
    assert actions.find(started.run_ids[1]).run_ids == (resumed.run_ids[1],), "the old link leads on"


def test_a_stopped_run_goes_on(tmp_path: Path, upload: Upload) -> None:
    actions = ConvertActions(ScriptedRuns(tmp_path / "slow", page_seconds=0.05))
    started = actions.start(actions.inspect(upload("long"), ""), replace(PLAIN, pages="1-30"))
    for _ in actions.follow(started):
        if view_of(actions, started).texts:
            actions.stop(started)
    stopped = view_of(actions, started)
    assert stopped.unstarted
    resumed = actions.resume(started, "")
    list(actions.follow(resumed))
    view = view_of(actions, resumed)
    assert view.status is RunStatus.OK
    assert view.texts[: len(stopped.texts)] == stopped.texts
    assert [text.page for text in view.texts] == list(range(1, 31))


def test_continuing_a_locked_document_needs_its_password_again(actions: ConvertActions, upload: Upload) -> None:
    started = actions.start(actions.inspect(upload("locked-gaps"), "folio"), replace(PLAIN, password="folio"))
    list(actions.follow(started))
    for password, code in (("", "password_needed"), ("guess", "password_wrong")):
        refused = actions.resume(started, password)
        assert (codes(refused), refused.run_ids, refused.locked) == ([code], started.run_ids, True)
    resumed = actions.resume(refused, "folio")
    assert (codes(resumed), resumed.locked) == ([None], False)
    list(actions.follow(resumed))
    assert view_of(actions, resumed).status is RunStatus.OK


def test_a_deleted_run_is_gone_with_its_copies(
    actions: ConvertActions, upload: Upload, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    started = actions.start(actions.inspect(upload("good"), ""), PLAIN)
    list(actions.follow(started))
    view = view_of(actions, started)
    copies = [served_copy(view, export) for export in view.exports]
    assert [copy.suffix for copy in copies] == [".html", ".json", ".md", ".zip"]
    deleted = actions.delete(replace(started, deleting=True))
    assert (codes(deleted), deleted.run_ids, deleted.deleting) == (["deleted"], (), False)
    assert not any(path.exists() for path in (*copies, *(export.path for export in view.exports)))
    assert actions.update(deleted).view is None
    assert codes(actions.find(view.run_id)) == ["run_not_found"]


def test_a_run_under_way_is_not_deleted(tmp_path: Path, upload: Upload) -> None:
    actions = ConvertActions(ScriptedRuns(tmp_path / "slow", page_seconds=30))
    started = actions.start(actions.inspect(upload("good"), ""), PLAIN)
    kept = actions.delete(started)
    assert (codes(kept), kept.run_ids) == (["run_still_going"], started.run_ids)
    actions.stop(started)


def test_there_is_nothing_to_continue_or_delete_before_a_run(actions: ConvertActions, upload: Upload) -> None:
    state = actions.inspect(upload("good"), "")
    assert actions.resume(state, "") == state
    assert actions.delete(state) == state
    assert actions.delete(PageState()) == PageState()


def test_the_signature_changes_with_what_is_shown_and_not_with_progress(tmp_path: Path, upload: Upload) -> None:
    actions = ConvertActions(ScriptedRuns(tmp_path / "slow", page_seconds=0.05))
    started = actions.start(actions.inspect(upload("long"), ""), PLAIN)
    signatures: list[str] = []
    for _ in actions.follow(started):
        update = actions.update(started)
        assert update.view is not None
        if update.view.pages_done >= 5:
            signatures.append(update.signature)
        if update.view.pages_done >= 30:
            break
    actions.stop(started)
    assert len(signatures) > 1
    assert len(set(signatures)) == 1


def test_an_unexpected_error_is_told_as_folios_own(caplog: pytest.LogCaptureFixture) -> None:
    facts = error_facts(ZeroDivisionError("/data/secret hf_token"))
    assert facts.code == "internal"
    assert "secret" not in facts.message
    assert "ZeroDivisionError" in caplog.text


def test_work_that_was_done_before_is_shown_at_once_and_can_be_done_again(
    actions: ConvertActions, upload: Upload
) -> None:
    ada, bob = Visitor("ada"), Visitor("bob")
    state = actions.inspect(upload("good"), "")
    first = actions.start(state, PLAIN, ada)
    list(actions.follow(first))
    before = actions.start(state, PLAIN, ada)
    assert before.run_ids == first.run_ids
    assert [document.reused for document in (*first.documents, *before.documents)] == [False, True]
    other = actions.start(state, PLAIN, bob)
    assert other.run_ids != first.run_ids
    again = actions.again(before, PLAIN, ada)
    assert again.run_ids != first.run_ids
    assert not again.documents[0].reused
    assert actions.again(again, PLAIN, ada) == again, "a second click does nothing"
    for state in (other, again):
        list(actions.follow(state))


def test_an_upload_is_opened_once_unless_the_password_changes(
    actions: ConvertActions, runs: ScriptedRuns, upload: Upload
) -> None:
    started = actions.start(actions.inspect(upload("good"), ""), PLAIN, Visitor("ada"))
    list(actions.follow(started))
    assert actions.start(started, PLAIN, Visitor("ada")).documents[0].reused
    assert runs.checks == 1
    locked = actions.inspect(upload("locked"), "")
    assert actions.start(locked, replace(PLAIN, password="folio")).run_ids
    assert runs.checks == 3, "once without the password and once with it"


def test_the_languages_of_the_form_are_options_of_the_run() -> None:
    assert FormValues("", "auto", True, "", languages=("rus", "ell")).options.languages == ("rus", "ell")
    assert PLAIN.options.languages == ()
