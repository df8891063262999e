"""A batch job on the plain engine: nothing is lost, nothing is there twice, and no document harms another."""

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import BatchBusy, BatchDiffers, BatchInputEmpty, BlocksFailed, StorageFailed
from pipeline.records import ConvertOptions
from pipeline.runs.work_key import Producer
from pipeline.scale import batch_job
from pipeline.scale.batch_folder import BatchFolder
from pipeline.scale.batch_job import BatchOutcome, BatchRequest, alone, run_batch
from pipeline.scale.batch_setup import BatchSetup, Block, ItemEnd, Workers, WorkItem
from pipeline.scale.block_worker import BlockWorker
from pipeline.scale.document_row import DocumentRow
from pipeline.scale.plain_engine import BatchEngine, PlainEngine
from tests.support.scripted_rows import PRODUCER, ScriptedHere, item_of, request_for, setup_for, write_documents

pytestmark = pytest.mark.xdist_group("scale")


def run(request: BatchRequest, engine: BatchEngine | None = None) -> tuple[BatchOutcome, list[str]]:
    said: list[str] = []
    return run_batch(request, engine or PlainEngine(), said.append), said


def rows(output: Path, table: str = "documents") -> list[dict[str, object]]:
    """The rows of a table, by the names of their documents."""
    found = [row for path in sorted((output / table).glob("*.parquet")) for row in pq.read_table(path).to_pylist()]
    return sorted(found, key=lambda row: str(row["uri"]))


def names(found: list[dict[str, object]]) -> list[str]:
    return [Path(str(row["uri"])).stem for row in found]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BatchOutcome, list[str]]:
    """Twelve documents of which four are bad, converted by two workers."""
    folder = tmp_path_factory.mktemp("batch")
    good = {f"d{number:02}": f"ok {number}" for number in range(8)}
    write_documents(folder / "in", **good, e1="die", e2="die once", e3="refuse", e4="refuse, mended by limits")
    return folder, *run(request_for(folder / "in", folder / "out"))


def test_every_document_has_one_row_and_its_failure_a_code(done: tuple[Path, BatchOutcome, list[str]]) -> None:
    folder, outcome, said = done
    assert outcome == BatchOutcome(rows=12, converted_now=12, failed=3, missing=0)
    good, bad = rows(folder / "out"), rows(folder / "out", "dead_letters")
    assert names(good) == [*(f"d{number:02}" for number in range(8)), "e2"]
    assert {(name, row["code"], row["attempt"]) for name, row in zip(names(bad), bad, strict=True)} == {
        ("e1", "worker_lost", 1),
        ("e3", "not_a_pdf", 1),
        ("e4", "not_a_pdf", 1),
    }
    assert good[3]["markdown"] == "ok 3"
    records = [json.loads(str(row["record"])) for row in (*good, *bad)]
    assert {record["batch"]["attempt"] for record in records} == {1}
    assert len({record["batch"]["id"] for record in records}) == 1
    assert said[0] == "12 documents; 12 rows, 0 of them done"
    assert "12 of 12 rows" in said[-1]
    assert said[-1].endswith("failed: not_a_pdf 2, worker_lost 1")


def test_the_same_command_again_converts_only_what_is_missing(done: tuple[Path, BatchOutcome, list[str]]) -> None:
    folder, _, _ = done
    request = request_for(folder / "in", folder / "out")
    begun = (folder / "out" / "begun.txt").read_text()
    assert run(request)[0] == BatchOutcome(12, 0, 3, 0)
    assert (folder / "out" / "begun.txt").read_text() == begun
    write_documents(folder / "in", z="ok later")
    first, second = sorted((folder / "out" / "documents").glob("*.parquet"))[:2]
    (folder / "out" / "blocks" / first.name).write_bytes(b"PAR1 cut short")
    second.unlink()
    outcome, _ = run(request)
    assert (outcome.rows, outcome.converted_now, outcome.missing) == (13, 3, 0)
    assert max(Counter(str(row["key"]) for row in rows(folder / "out")).values()) == 1
    assert names(rows(folder / "out"))[-1] == "z"


def test_what_failed_is_tried_once_more_with_doubled_limits(done: tuple[Path, BatchOutcome, list[str]]) -> None:
    folder, _, _ = done
    retry = replace(request_for(folder / "in", folder / "out"), retry_failed=True)
    outcome, _ = run(retry)
    assert (outcome.failed, outcome.converted_now, outcome.missing) == (2, 3, 0)
    assert "e4" in names(rows(folder / "out"))
    attempts = Counter((name, row["attempt"]) for name, row in _named(rows(folder / "out", "dead_letters")))
    assert attempts == {("e1", 1): 1, ("e1", 2): 1, ("e3", 1): 1, ("e3", 2): 1, ("e4", 1): 1}
    assert run(retry)[0].converted_now == 0, "a second attempt is the last"


def _named(found: list[dict[str, object]]) -> Iterator[tuple[str, dict[str, object]]]:
    return zip(names(found), found, strict=True)


def test_other_options_do_not_mix_into_one_table(done: tuple[Path, BatchOutcome, list[str]]) -> None:
    folder, _, _ = done
    request = request_for(folder / "in", folder / "out")
    with pytest.raises(BatchDiffers):
        run(replace(request, options=ConvertOptions(tables=False)))
    with alone(folder / "out"), pytest.raises(BatchBusy):
        run(request)
    with pytest.raises(BatchInputEmpty):
        run(replace(request, input=str(folder / "out" / "manifest" / "*.pdf")))


def test_the_tables_load_as_a_dataset(done: tuple[Path, BatchOutcome, list[str]]) -> None:
    from datasets import load_dataset

    folder, _, _ = done
    cache = str(folder / "cache")
    loaded = load_dataset(str(folder / "out"), "documents", split="train", cache_dir=cache)
    assert sorted(loaded["markdown"])[0].startswith("die once")
    letters = load_dataset(str(folder / "out"), "dead_letters", split="train", cache_dir=cache)
    assert set(letters["code"]) == {"not_a_pdf", "worker_lost"}


@dataclass
class EngineHere:
    """The plain engine without processes. Its workers cannot write a block that holds a document of this name, so many
    times.
    """

    name: str = ""
    times: int = 0

    def probe(self, setup: BatchSetup, workers: Workers) -> Producer:
        return PRODUCER

    def run(self, blocks: Sequence[Block], setup: BatchSetup, workers: Workers) -> Iterator[list[ItemEnd]]:
        return PlainEngine(self._open).run(blocks, setup, workers)

    def _open(self, setup: BatchSetup) -> BlockWorker:
        engine = self

        class FullDisk(BlockWorker):
            def convert(self, block: Block) -> list[ItemEnd]:
                if engine.times and any(engine.name in item.uri for item in block):
                    engine.times -= 1
                    raise StorageFailed
                return super().convert(block)

        return FullDisk(setup, open_converter=ScriptedHere)


def test_a_block_that_was_not_written_is_tried_again_item_by_item(tmp_path: Path) -> None:
    write_documents(tmp_path / "in", **{f"d{number:02}": f"ok {number}" for number in range(20)})
    engine = EngineHere("d05", 1)
    outcome, _ = run(request_for(tmp_path / "in", tmp_path / "out", workers=1), engine)
    assert (outcome.rows, outcome.failed) == (20, 0)
    again = tmp_path / "again"
    outcome, _ = run(request_for(tmp_path / "in", again, workers=1), EngineHere("d05", 2))
    assert (outcome.rows, outcome.failed) == (20, 1)
    assert [(name, row["code"]) for name, row in _named(rows(again, "dead_letters"))] == [("d05", "worker_lost")]


class IdleEngine(EngineHere):
    """An engine none of whose workers comes to do anything."""

    def run(self, blocks: Sequence[Block], setup: BatchSetup, workers: Workers) -> Iterator[list[ItemEnd]]:
        yield from ()


def test_documents_are_not_lost_where_no_worker_did_anything(tmp_path: Path) -> None:
    write_documents(tmp_path / "in", a="ok")
    request = request_for(tmp_path / "in", tmp_path / "out", workers=1)
    run(request, EngineHere())
    write_documents(tmp_path / "in", b="ok", c="ok")
    with pytest.raises(BlocksFailed, match="2 documents"):
        run(request, IdleEngine())
    assert rows(tmp_path / "out", "dead_letters") == []
    assert run(request, EngineHere())[0] == BatchOutcome(rows=3, converted_now=2, failed=0, missing=0)


def test_an_output_that_cannot_be_read_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = BatchFolder("memory://broken")

    def refuse(*_: object, **__: object) -> None:
        raise ConnectionError("no answer")

    for name in ("cat_file", "ls", "find", "open", "rm_file", "pipe_file"):
        monkeypatch.setattr(folder._files, name, refuse)
    for call in (folder.identity, folder.ends, folder.tidy, lambda: folder.ends(["0"]), lambda: folder.wave("0")):
        with pytest.raises(StorageFailed):
            call()


def test_a_full_disk_ends_the_job_and_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_documents(tmp_path / "in", a="ok", b="ok")

    def refuse(self: BatchFolder, block: Block, tables: object) -> None:
        raise StorageFailed

    request = request_for(tmp_path / "in", tmp_path / "out", workers=1)
    with monkeypatch.context() as full:
        full.setattr(BatchFolder, "write_block", refuse)
        with pytest.raises(StorageFailed):
            run(request, EngineHere())
    assert run(request, EngineHere())[0].rows == 2
    assert BlocksFailed(3).message.startswith("3 documents have no row yet")


def test_a_manifest_with_a_corrupt_row_converts_the_rest(tmp_path: Path) -> None:
    folder = write_documents(tmp_path / "in", a="ok a", b="ok b")
    uris = [str(folder / "a.pdf"), None, str(folder / "nowhere.pdf"), "gopher://unknown/x.pdf", str(folder / "b.pdf")]
    manifest = tmp_path / "manifest.parquet"
    pq.write_table(pa.table({"uri": pa.array(uris, pa.string())}), manifest)
    outcome, _ = run(request_for(manifest, tmp_path / "out", workers=1), EngineHere())
    assert (outcome.rows, outcome.failed) == (5, 3)
    codes = {str(row["uri"]): row["code"] for row in rows(tmp_path / "out", "dead_letters")}
    assert codes[f"{manifest}#1"] == "manifest_row_malformed"
    assert codes["gopher://unknown/x.pdf"] == "document_unreachable"
    assert names(rows(tmp_path / "out")) == ["a", "b"]


def test_a_command_waits_for_workers_of_one_that_was_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_job, "WORKERS_LEAVE_SECONDS", 0.1)
    left = BlockWorker(setup_for(tmp_path), open_converter=ScriptedHere)
    with pytest.raises(BatchBusy), alone(tmp_path):
        pass
    left.close()
    with alone(tmp_path):
        pass


def test_a_workers_start_is_no_documents_time(tmp_path: Path) -> None:
    class SlowStart(ScriptedHere):
        started = False

        def prepare(self) -> None:
            if not self.started:
                time.sleep(1.0)
            self.started = True

        def row(self, path: Path, item: WorkItem) -> DocumentRow:
            self.prepare()
            return super().row(path, item)

    path = write_documents(tmp_path / "in", a="ok") / "a.pdf"
    worker = BlockWorker(setup_for(tmp_path / "out"), tmp_path / "scratch", SlowStart)
    [end] = worker.convert((item_of(path),))
    worker.close()
    assert end.seconds < 0.9
