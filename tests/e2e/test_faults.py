"""Real faults in the middle of real runs: killed processes, full disks, callers that leave, exceptions that know too
much.
"""

import json
import os
import re
import signal
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from numpy.typing import NDArray

from pipeline.errors import StorageFailed
from pipeline.formats import FILE_FORMATS
from pipeline.models.bundle import Lanes
from pipeline.pages import PageResult, PageTask
from pipeline.records import RunStatus
from pipeline.runs.runner import Runner
from pipeline.settings import Settings
from pipeline.store.artifacts import ArtifactStore
from pipeline.store.ledger import Ledger
from tests.e2e.conftest import Site, serve
from tests.support import hostile_run, hostile_serve, zygote
from tests.support.bundles import WholePageBundle
from tests.support.clients import leave
from tests.support.ended_runs import assert_exports_are_whole, ordinary, texts
from tests.support.hostile_disk import Disk, small_disk
from tests.support.runs import last, records, submit, until, warm_runner
from tests.unit.intake.pdf_files import Page, PdfFile, plain, slow_page, text

PAGES = range(1, 6)
TITLE = "A Handbook for Small Tide Mills"


# -- the parse child ---------------------------------------------------------------------------------------------------


def parse_children() -> list[int]:
    """Ids of the parse children of this process."""
    children = [
        int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()
    ]
    return [child for child in children if is_parse_child(child)]


def test_killing_the_parse_child_in_mid_run_costs_the_page_it_was_reading(settings: Settings, tmp_path: Path) -> None:
    pages = [Page(text(f"Ordinary page {page}.")) for page in PAGES]
    pages[2] = slow_page()  # keeps the child busy until it is killed
    others = parse_children()
    path = PdfFile(pages).write(tmp_path / "slow.pdf")
    with Runner(settings, Lanes(WholePageBundle())) as runner:
        run_id = submit(runner, path)
        until(lambda: list(settings.work_dir.glob("pages/*/*/batch-0001")))
        killed = [child for child in parse_children() if child not in others]
        for child in killed:
            os.kill(child, signal.SIGKILL)
        view = last(runner, run_id)
        assert texts(last(runner, submit(runner, plain(tmp_path / "next.pdf")))) == ordinary(1, 2, 3)
    assert len(killed) == 2, "one for uploads, one for the run"
    assert view.status is RunStatus.PARTIAL
    assert texts(view) == ordinary(1, 2, 4, 5)
    assert [(page.page, page.code) for page in view.failures] == [(3, "page_crashed")]
    assert_exports_are_whole(view)
    assert sorted(record.status.value for record in records(settings)) == ["ok", "partial"]
    assert parse_children() == others


# -- the disk ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "small") as disk:
        yield disk


@pytest.mark.parametrize(("fault", "left_kb"), [("full", 0), ("nearly full", 420), ("read-only", 0)])
def test_a_disk_that_refuses_ends_the_run_and_not_the_server(
    settings: Settings, documents: Path, disk: Disk, fault: str, left_kb: int
) -> None:
    settings = replace(settings, data_dir=disk.root, min_free_mb=0)
    gate = threading.Event()
    with warm_runner(settings, Lanes(WholePageBundle(gate=gate))) as runner:
        run_id = submit(runner, documents / "multi_page.pdf")
        until(lambda: runner.view(run_id).texts)
        if fault == "read-only":
            disk.lock()
        else:
            disk.fill(left_kb)
        gate.set()
        view = last(runner, run_id)
        if fault != "nearly full":
            with pytest.raises(StorageFailed):
                submit(runner, documents / "multi_page.pdf")
        disk.restore()
        after = last(runner, submit(runner, documents / "multi_page.pdf"))
        again = runner.view(run_id)
    assert view.status is RunStatus.ERROR
    assert view.error is not None
    assert (view.error.code, view.error.retryable) == ("storage_failed", True)
    assert str(disk.root) not in view.error.message
    assert TITLE in texts(view)[1]
    assert_exports_are_whole(view)
    if fault == "nearly full":
        assert [text.page for text in view.texts] == [1, 2, 3, 4, 5]
        assert 0 < len(view.exports) < len(FILE_FORMATS), "some room was left, but not for all"
    assert again == view
    assert after.status is RunStatus.OK
    assert [text.page for text in after.texts] == [1, 2, 3, 4, 5]
    assert len(after.exports) == len(FILE_FORMATS)
    assert_exports_are_whole(after)
    assert sorted(record.status.value for record in records(settings)) == ["error", "ok"]
    assert not list(disk.root.rglob(".new-*"))
    with warm_runner(settings, Lanes(WholePageBundle())) as runner:
        kept = runner.view(run_id)
        assert kept.status.ended
        assert TITLE in texts(kept)[1]
        assert_exports_are_whole(kept)
        assert last(runner, runner.resume(run_id)).status is RunStatus.OK


def test_local_disk_that_takes_no_page_images_is_told_as_such(settings: Settings, documents: Path) -> None:
    with warm_runner(settings, Lanes(WholePageBundle())) as runner:
        (scratch,) = (settings.work_dir / "pages").iterdir()
        scratch.rmdir()
        scratch.write_bytes(b"")
        view = last(runner, submit(runner, documents / "multi_page.pdf", "1"))
        scratch.unlink()
        after = last(runner, runner.resume(view.run_id))
    assert view.error is not None
    assert (view.status, view.error.code, view.error.retryable) == (RunStatus.ERROR, "storage_failed", True)
    assert after.status is RunStatus.OK


# -- the server --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What servers left that were killed at each point, in a folder per point."""
    folder = tmp_path_factory.mktemp("killed")
    command = ["-m", "tests.support.hostile_run", str(plain(folder / "a.pdf", pages=5)), str(folder)]
    with open(os.devnull, "r+b") as nothing:
        files = (nothing.fileno(), nothing.fileno(), nothing.fileno())
        assert zygote.start([*command, *hostile_run.POINTS], os.environ, files).wait(200) == 0
    return folder


KEPT = {
    "queue": set(),
    "render": {1, 2},
    "infer": {1, 2},
    "finish": set(PAGES),
    "export": set(PAGES),
    "end": set(PAGES),
}


@pytest.mark.parametrize("point", hostile_run.POINTS)
def test_a_server_killed_anywhere_leaves_a_run_that_goes_on(settings: Settings, killed: Path, point: str) -> None:
    settings = replace(settings, data_dir=killed / point / "data", work_dir=killed / point / "work")
    note = [line.split() for line in (killed / point / "note").read_text().splitlines()]
    (run_id,) = [value for key, value in note if key == "run"]
    (folder,) = ArtifactStore(settings.data_dir).runs()
    assert folder.run_id == run_id
    kept = set(folder.predictions())
    assert kept == KEPT.get(point, kept)
    assert len({int(value) for key, value in note if key == "page"} - kept) <= 1, (
        "one micro-batch may be lost on its way to the disk"
    )
    assert [record.status for record in records(settings)] == [RunStatus.RUNNING]
    until(lambda: not any(is_parse_child(int(value)) for key, value in note if key == "child"))
    second = WholePageBundle()
    with warm_runner(settings, Lanes(second)) as runner:
        interrupted = runner.view(run_id)
        assert interrupted.status in (RunStatus.PARTIAL, RunStatus.ERROR)
        assert interrupted.error is not None
        assert interrupted.error.code == "interrupted"
        assert texts(interrupted) == ordinary(*texts(interrupted))
        assert set(texts(interrupted)) <= kept
        assert_exports_are_whole(interrupted)
        assert [(record.status, record.error and record.error.code) for record in records(settings)] == [
            (RunStatus.ERROR, "interrupted")
        ]
        after = last(runner, runner.resume(run_id))
        assert runner.resume(run_id) == after.run_id
    assert second.seen == sorted(set(PAGES) - kept), "no finished page is paid for twice"
    assert after.status is RunStatus.OK
    assert texts(after) == ordinary(*PAGES)
    assert len(after.exports) == len(FILE_FORMATS)
    assert_exports_are_whole(after)
    assert sorted(record.status.value for record in records(settings)) == ["error", "ok"]
    assert not list(settings.work_dir.rglob("pixels.rgb"))


def is_parse_child(pid: int) -> bool:
    try:
        return b"pipeline.intake.child" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


# -- several callers ---------------------------------------------------------------------------------------------------


class MeetingBundle(WholePageBundle):
    """Lets no run pass its first page before another run has reached its own."""

    def __init__(self) -> None:
        super().__init__()
        self._meeting = threading.Barrier(2, timeout=60)

    def predict(self, tasks: Sequence[PageTask], images: Sequence[NDArray[np.uint8]]) -> list[PageResult]:
        if tasks[0].page.page == 1:
            self._meeting.wait()
        return super().predict(tasks, images)


def test_two_runs_at_once_keep_to_themselves(settings: Settings, tmp_path: Path) -> None:
    counts = {"alpha": 4, "beta": 6}
    paths = {
        name: PdfFile([Page(text(f"{name} {page}")) for page in range(1, count + 1)]).write(tmp_path / f"{name}.pdf")
        for name, count in counts.items()
    }
    with warm_runner(replace(settings, concurrency=2), Lanes(MeetingBundle())) as runner:
        run_ids = {name: submit(runner, path) for name, path in paths.items()}
        views = {name: last(runner, run_id) for name, run_id in run_ids.items()}
    by_id = {record.iteration_id: record for record in records(settings)}
    assert len(by_id) == 2
    for name, view in views.items():
        other = next(one for one in counts if one != name)
        assert (view.status, view.name) == (RunStatus.OK, f"{name}.pdf")
        assert texts(view) == {page: f"{name} {page}" for page in range(1, counts[name] + 1)}
        assert len(view.exports) == len(FILE_FORMATS)
        for file in view.exports:
            assert run_ids[name] in file.path.parts
            assert other.encode() not in file.path.read_bytes()
        assert by_id[view.record_id].input.pages == counts[name]
        assert by_id[view.record_id].input.bytes == paths[name].stat().st_size


def test_a_caller_that_leaves_finds_its_run_again(app: Site, documents: Path) -> None:
    url = f"{app.url}gradio_api/"
    with (documents / "multi_page.pdf").open("rb") as file:
        (path,) = httpx.post(f"{url}upload", files={"files": file}).json()
    options = ["", "auto", True, "", "cpu", "", False, "", "html", "none", False, ""]
    data = [{"path": path, "meta": {"_type": "gradio.FileData"}}, *options]
    event = httpx.post(f"{url}call/convert", json={"data": data}).json()["event_id"]
    with httpx.stream("GET", f"{url}call/convert/{event}", timeout=60) as events:
        run_id = next(
            found[1] for line in events.iter_lines() if (found := re.search(r'"run_id": ?"([0-9a-f]{32})"', line))
        )
    until(lambda: ask(url, run_id)["status"] == "ok", seconds=120)
    status = ask(url, run_id)
    assert (status["pages_done"], status["pages_skipped"], status["error"]) == (5, [], None)
    (record,) = [record for record in Ledger(app.data_dir).records() if record.iteration_id == status["record_id"]]
    assert (record.status, record.pages_ok) == (RunStatus.OK, 5)


def ask(url: str, run_id: str) -> dict[str, object]:
    """The run's status by plain HTTP."""
    event = httpx.post(f"{url}call/status", json={"data": [run_id]}).json()["event_id"]
    answer = httpx.get(f"{url}call/status/{event}", timeout=60).text
    assert answer.startswith("event: complete"), answer
    found: dict[str, object] = json.loads(answer.partition("data: ")[2])[0]
    return found


# -- secrets in exceptions ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def leaky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve(tmp_path_factory.mktemp("leaky"), ["-m", "tests.support.hostile_serve"]) as site:
        yield site


@pytest.mark.parametrize(
    ("width", "status", "code"),
    [
        (hostile_serve.MODELS, "partial", "page_model_failed"),
        (hostile_serve.ADD, "partial", "page_assembly_failed"),
        (hostile_serve.FINISH, "error", "internal"),
        (hostile_serve.EXPORT, "partial", "export_failed"),
        (hostile_serve.RENDER, "error", "internal"),
    ],
)
def test_what_an_exception_knows_reaches_nobody(
    leaky: Site, tmp_path: Path, width: int, status: str, code: str
) -> None:
    path = PdfFile([Page(text("First.")), Page(text("Second."), (0, 0, width, 792))]).write(tmp_path / f"{width}.pdf")
    before = {folder.run_id for folder in ArtifactStore(leaky.data_dir).runs()}
    client = Client(leaky.url, download_files=str(tmp_path / "downloads"), verbose=False)
    try:
        told = str(client.predict(handle_file(str(path)), api_name="/convert"))
    except AppError as error:
        told = str(error)
    finally:
        leave(client)
    assert code in told
    assert "Planted" in leaky.log.read_text(), "the owner's log tells what happened"
    (folder,) = [folder for folder in ArtifactStore(leaky.data_dir).runs() if folder.run_id not in before]
    end = folder.end()
    assert end is not None
    assert end.status.value == status
    assert code in {end.error.code if end.error else "", *(page.code for page in end.pages)}
    assert [page for page, _ in folder.page_texts()][:1] == ([1] if width != hostile_serve.RENDER else [])
    (record,) = [
        record for record in Ledger(leaky.data_dir).records() if record.iteration_id == folder.start().record_id
    ]
    assert record.status is end.status
    for secret in (hostile_serve.TOKEN, "owner-secrets", str(leaky.data_dir), "Traceback"):
        assert secret not in told.replace(str(tmp_path), "")
        holders = [
            file for file in leaky.data_dir.rglob("*") if file.is_file() and secret.encode() in file.read_bytes()
        ]
        assert holders == []
