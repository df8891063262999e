"""The runs of one browser: those that are there, those that went, and how one of them is deleted."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.ui.convert.actions import ConvertActions, FormValues
from pipeline.ui.convert.earlier_runs import delete, earlier_runs, look
from tests.support.scripted_runs import ScriptedRuns

PLAIN = FormValues("1", "auto", True, "")


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[ScriptedRuns]:
    scripted = ScriptedRuns(tmp_path / "data", page_seconds=0.01)
    yield scripted
    scripted.close()


@pytest.fixture
def actions(runs: ScriptedRuns) -> ConvertActions:
    return ConvertActions(runs)


@pytest.fixture
def links(actions: ConvertActions, tmp_path: Path, documents: Path) -> tuple[str, ...]:
    """Two runs that have ended."""
    files = [str(shutil.copy(documents / "multi_page.pdf", tmp_path / f"{name}.pdf")) for name in ("one", "two")]
    state = actions.start(actions.inspect(files, ""), PLAIN)
    list(actions.follow(state))
    return state.run_ids


def test_runs_that_are_there_are_listed_and_those_that_went_are_counted(
    actions: ConvertActions, runs: ScriptedRuns, links: tuple[str, ...]
) -> None:
    earlier = look(actions, [*links, links[0], "a" * 32, "../etc/passwd", 7, {"run": links[0]}])
    assert [view.run_id for view in earlier.views] == list(links)
    assert earlier.gone == ("a" * 32,)
    html = earlier_runs(earlier, 7)
    assert html.index("one.pdf") < html.index("two.pdf")
    assert "Kept for 7 days, until" in html
    assert "1 run left this list: deleted, or no longer kept." in html
    assert not any(link in html for link in links), "a row is named by its record"
    runs.forget(links[0])
    assert [view.name for view in look(actions, list(links)).views] == ["two.pdf"]


@pytest.mark.parametrize("sent", [None, "text", {}, [], [None]])
def test_whatever_a_browser_sends_is_at_worst_no_list(actions: ConvertActions, sent: object) -> None:
    assert earlier_runs(look(actions, sent), 7) == ""


def test_a_run_is_deleted_from_the_list_after_a_question(actions: ConvertActions, links: tuple[str, ...]) -> None:
    earlier = look(actions, list(links))
    first = earlier.views[0]
    asked = earlier_runs(replace(earlier, asked=first.record_id), 7)
    assert "Delete the PDF and everything made of it?" in asked
    assert asked.count("data-delete") == 1
    assert delete(actions, earlier, "no such record") == earlier
    left = delete(actions, earlier, first.record_id)
    assert ([view.name for view in left.views], left.gone) == (["two.pdf"], (first.run_id,))
    assert look(actions, list(links)).gone == (links[0],)


def test_a_run_under_way_stays_in_the_list_with_the_reason(tmp_path: Path, documents: Path) -> None:
    runs = ScriptedRuns(tmp_path / "slow", page_seconds=30)
    actions = ConvertActions(runs)
    file = str(shutil.copy(documents / "multi_page.pdf", tmp_path / "slow.pdf"))
    state = actions.start(actions.inspect([file], ""), PLAIN)
    earlier = look(actions, list(state.run_ids))
    kept = delete(actions, earlier, earlier.views[0].record_id)
    assert kept.error is not None
    assert (len(kept.views), kept.error.code) == (1, "run_still_going")
    assert "run_still_going" in earlier_runs(kept, 7)
    actions.stop(state)


def test_a_run_that_another_continues_is_listed_as_that_one(
    actions: ConvertActions, tmp_path: Path, documents: Path
) -> None:
    file = str(shutil.copy(documents / "multi_page.pdf", tmp_path / "gaps.pdf"))
    state = actions.start(actions.inspect([file], ""), FormValues("", "auto", True, ""))
    list(actions.follow(state))
    resumed = actions.resume(state, "")
    list(actions.follow(resumed))
    earlier = look(actions, [*state.run_ids, *resumed.run_ids])
    assert [view.run_id for view in earlier.views] == list(resumed.run_ids)
