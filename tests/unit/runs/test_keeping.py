"""How long a run is kept, and that deleting one leaves nothing of what it continued."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.errors import RunNotFound
from pipeline.models.bundle import Lanes
from pipeline.pages import OcrMode
from pipeline.records import ConvertOptions
from pipeline.runs.past_runs import expires_at
from pipeline.settings import Settings
from pipeline.store.artifacts import RunStart
from tests.support.bundles import WholePageBundle
from tests.support.runs import last, records, submit, warm_runner

START = RunStart(
    "it-1", "a.pdf", ConvertOptions("", OcrMode.AUTO, True), "light", "2026-11-22T04:17:27.123Z", False, None
)


def test_the_last_day_is_counted_from_the_beginning() -> None:
    assert expires_at(START, 7) == "2026-11-29T04:17:27+00:00"
    assert expires_at(replace(START, created_at="yesterday"), 7) == ""


def test_a_run_tells_when_its_files_go_now_and_after_a_restart(settings: Settings, documents: Path) -> None:
    with warm_runner(replace(settings, artifact_days=3), Lanes(WholePageBundle())) as runner:
        view = last(runner, submit(runner, documents / "multi_page.pdf"))
    left = datetime.fromisoformat(view.expires_at) - datetime.fromisoformat(records(settings)[0].started_at)
    assert timedelta(days=3) - timedelta(minutes=5) < left <= timedelta(days=3)
    with warm_runner(replace(settings, artifact_days=3), Lanes(WholePageBundle())) as runner:
        assert runner.view(view.run_id).expires_at == view.expires_at


def test_deleting_a_run_deletes_what_it_continued(settings: Settings, documents: Path) -> None:
    with warm_runner(settings, Lanes(WholePageBundle(failing=frozenset({2})))) as runner:
        first = last(runner, submit(runner, documents / "multi_page.pdf")).run_id
        second = last(runner, runner.resume(first)).run_id
        other = last(runner, submit(runner, documents / "multi_page.pdf")).run_id
        assert len({first, second, other}) == 3
        runner.delete(second)
        for gone in (first, second):
            with pytest.raises(RunNotFound):
                runner.view(gone)
        assert runner.view(other).run_id == other
    assert [path.name for path in (settings.data_dir / "runs").iterdir()] == [other]
