"""Batch jobs on an embedded Ray and on datatrove: a killed worker, a killed job, and a document that kills."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import BatchStopped, WorkerDiffers
from pipeline.scale.batch_folder import BatchFolder
from pipeline.scale.batch_setup import Workers
from pipeline.scale.datatrove_engine import BlockWatch
from pipeline.scale.datatrove_step import ConvertBlocks
from tests.support.batch_process import begun, converters, kill_worker, rows_by_key, start
from tests.support.processes import adopted_orphans
from tests.support.runs import until
from tests.support.scripted_rows import PRODUCER, item_of, setup_for, write_documents

pytestmark = [pytest.mark.xdist_group("scale"), pytest.mark.timeout(280)]


@pytest.mark.parametrize(("engine", "another"), [("ray", "plain"), ("datatrove", "plain")])
def test_a_killed_worker_and_a_killed_job_lose_and_double_nothing(engine: str, another: str, tmp_path: Path) -> None:
    """What an engine leaves, any engine resumes: only the output says what is done. A killed job's workers are gone
    after seconds, whoever gets its orphans.
    """
    said = {f"d{number:02}": f"sleep 0.1 {number}" for number in range(34)}
    documents, output = write_documents(tmp_path / "in", **said, e1="refuse", e2="die"), tmp_path / "out"
    first = start(engine, documents, output)
    until(lambda: len(begun(output)) >= 6, 200)
    kill_worker(output)
    until(lambda: len(begun(output)) >= 16, 200)
    with adopted_orphans():
        os.killpg(first.pid, signal.SIGKILL)
        first.communicate(timeout=60)
        until(lambda: not converters(output), 30)
    written = rows_by_key(output)
    assert written
    assert set(written.values()) == {1}
    second = start(another, documents, output)
    told, _ = second.communicate(timeout=250)
    rows, now, failed, missing = map(int, told.split())
    assert (rows, failed, missing) == (36, 2, 0)
    assert 0 < now < 36, "what was written is not converted again"
    written = rows_by_key(output)
    assert (len(written), set(written.values())) == (36, {1})
    until(lambda: not converters(output), 60)


def test_whoever_waits_for_a_wave_learns_that_its_workers_differ(tmp_path: Path) -> None:
    """Its documents stay to be done: they are not written down as lost."""
    path = write_documents(tmp_path / "in", a="ok") / "a.pdf"
    setup = setup_for(tmp_path / "out", producer=replace(PRODUCER, app="2"))
    folder = BatchFolder(setup.output)
    wave = folder.write_wave([(item_of(path),)])
    watch = BlockWatch(folder, wave, set())
    assert watch.new_ends() == []
    with pytest.raises(WorkerDiffers):
        list(ConvertBlocks(setup, wave, Workers(1)).run(()))
    with pytest.raises(BatchStopped, match="A worker has Folio 1 with the scripted models"):
        watch.new_ends()
    assert rows_by_key(tmp_path / "out") == {}


def test_a_ray_that_does_not_start_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.scale import ray_engine

    def refuse(**_: object) -> None:
        raise ConnectionError("no answer")

    monkeypatch.setattr("ray.init", refuse)
    with pytest.raises(BatchStopped, match="or use --engine plain"):
        ray_engine.RayEngine(Workers(1), "127.0.0.1:1").__enter__()
