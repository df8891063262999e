"""A document may end, hang or fill the process that converts it; it costs a row, and nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.errors import WorkerDiffers, WorkerStartFailed
from pipeline.scale import supervisor
from pipeline.scale.supervisor import SupervisedConverter, producer_here
from tests.support.processes import alive
from tests.support.runs import until
from tests.support.scripted_rows import PRODUCER, item_of, setup_for, write_documents

ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.xdist_group("scale")


def test_a_document_that_ends_its_process_costs_a_row_and_no_other(tmp_path: Path) -> None:
    folder = write_documents(tmp_path / "in", a="ok", b="die", c="die once", d="ok")
    converter = SupervisedConverter(setup_for(tmp_path), tmp_path / "scratch")
    rows = {path.stem: converter.row(path, item_of(path)) for path in sorted(folder.glob("*.pdf"))}
    converter.close()
    assert {name: (row.status, row.code) for name, row in rows.items()} == {
        "a": ("ok", ""),
        "b": ("error", "worker_lost"),
        "c": ("ok", ""),
        "d": ("ok", ""),
    }
    assert '"type":"worker_lost"' in rows["b"].record
    assert not list((tmp_path / "scratch").glob("*-*"))


def test_one_that_takes_too_much_memory_or_time_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "GRACE_SECONDS", -29)
    folder = write_documents(tmp_path / "in", eat="eat", hang="hang", ok="ok")
    converter = SupervisedConverter(setup_for(tmp_path, memory_mb=350), tmp_path / "scratch")
    codes = {name: converter.row(folder / f"{name}.pdf", item_of(folder / name)).code for name in ("hang", "eat", "ok")}
    converter.close()
    assert codes == {"hang": "worker_timed_out", "eat": "worker_out_of_memory", "ok": ""}


def test_a_worn_process_is_replaced(tmp_path: Path) -> None:
    folder = write_documents(tmp_path / "in", a="ok", b="ok", c="ok")
    converter = SupervisedConverter(setup_for(tmp_path, most_documents=2), tmp_path / "scratch")
    for path in sorted(folder.glob("*.pdf")):
        assert converter.row(path, item_of(path)).code == ""
    converter.close()
    processes = [line.split()[1] for line in (tmp_path / "begun.txt").read_text().splitlines()]
    assert len(processes) == 3
    assert processes[0] == processes[1] != processes[2]


def test_what_is_made_is_told_without_a_converter(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    assert producer_here(setup_for(tmp_path, converter="os:not_there"), scratch) == PRODUCER
    with pytest.raises(WorkerStartFailed):
        producer_here(setup_for(tmp_path, producer_function="os:not_there"), scratch)
    assert not list(scratch.glob("*-*"))


def test_a_worker_of_another_making_refuses_to_work(tmp_path: Path) -> None:
    path = write_documents(tmp_path / "in", a="ok") / "a.pdf"
    planned = setup_for(tmp_path, producer=PRODUCER.__class__("2", "2", "scripted", "3", ()))
    converter = SupervisedConverter(planned, tmp_path / "scratch")
    with pytest.raises(WorkerDiffers, match="Folio 1 with the scripted models 3"):
        converter.row(path, item_of(path))
    broken = SupervisedConverter(setup_for(tmp_path, converter="os:not_there"), tmp_path / "scratch")
    with pytest.raises(WorkerStartFailed):
        broken.row(path, item_of(path))
    assert not list((tmp_path / "scratch").glob("*-*"))


HOLDER = """
import sys
from pathlib import Path
from pipeline.scale.supervisor import SupervisedConverter
from tests.support.scripted_rows import item_of, setup_for
out, path = Path(sys.argv[1]), Path(sys.argv[2])
SupervisedConverter(setup_for(out), out / "scratch").row(path, item_of(path))
"""


def test_a_killed_worker_leaves_no_process_behind(tmp_path: Path) -> None:
    path = write_documents(tmp_path / "in", a="hang") / "a.pdf"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path), str(path)], cwd=ROOT)
    begun = tmp_path / "begun.txt"
    until(lambda: begun.exists() and begun.read_text().strip())
    pid = int(begun.read_text().split()[1])
    assert Path(f"/proc/{pid}").exists()
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    began = time.monotonic()
    until(lambda: not alive(pid), 20)
    assert time.monotonic() - began < 10
    SupervisedConverter(setup_for(tmp_path), tmp_path / "scratch")
    assert not list((tmp_path / "scratch").glob("*-*")), "the next worker clears what the killed one left"
