"""From a PDF to a row of the tables, by Folio's own converter."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from docling_core.types.doc import DoclingDocument

from pipeline.models.bundle import Lanes
from pipeline.scale.batch_setup import BatchSetup, WorkItem
from pipeline.scale.block_worker import BlockWorker
from pipeline.scale.converter_messages import ConverterStart, Task
from pipeline.scale.document_row import DocumentRow
from pipeline.scale.live_converter import LiveConverter
from pipeline.store.row_to_record import read_line
from tests.support.bundles import RichBundle
from tests.support.readers import warm_reader
from tests.support.scripted_rows import setup_for
from tests.unit.intake.pdf_files import Page, PdfFile, text

ROOT = Path(__file__).parents[3]
BATCH = "0198b0a2-0000-7000-8000-000000000001"


class Here:
    """The converter without a process of its own; its models fail the second page."""

    def __init__(self, setup: BatchSetup, scratch: Path) -> None:
        start = ConverterStart(setup, scratch / "data")
        self._live = LiveConverter(start, lambda *_: Lanes(RichBundle(failing=frozenset({2}))), warm_reader)
        self._live.__enter__()

    def prepare(self) -> None:
        """It is there already."""

    def row(self, path: Path, item: WorkItem) -> DocumentRow:
        return self._live.row(Task(path, item))

    def close(self) -> None:
        self._live.__exit__(None, None, None)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """Four pages of which one fails, a range of them, and a file that is no PDF."""
    folder = tmp_path_factory.mktemp("live")
    pages = [Page(text(f"Words of page {number}.", y=400)) for number in (1, 2, 3, 4)]
    path = PdfFile(pages).write(folder / "four.pdf")
    (folder / "bad.pdf").write_text("<html>")
    items = (
        WorkItem("all", str(path), "aa", 1, 4, "", 4),
        WorkItem("range", str(path), "aa", 1, 4, "3-4", 2, attempt=2),
        WorkItem("bad", str(folder / "bad.pdf"), "", 0, 0, "", 0),
        WorkItem("gone", str(folder / "gone.pdf"), "", 0, 0, "", 0),
    )
    worker = BlockWorker(setup_for(folder / "out", batch_id=BATCH, pictures=True), folder / "scratch", Here)
    ends = worker.convert(items)
    assert worker.convert(items) == ends, "a block that is written is not converted again"
    worker.close()
    assert not list((folder / "scratch" / "data" / "runs").iterdir()), "no run's files stay"
    return {
        table: [row for path in (folder / "out" / table).glob("*.parquet") for row in pq.read_table(path).to_pylist()]
        for table in ("documents", "dead_letters", "pictures")
    }


def test_a_row_has_the_text_with_its_pages_and_the_document(tables: dict[str, list[dict[str, Any]]]) -> None:
    whole, part = tables["documents"]
    assert (whole["status"], whole["code"], whole["pages"], whole["pages_ok"]) == ("partial", "", 4, 3)
    assert (part["status"], part["range"], part["pages_ok"], part["attempt"]) == ("ok", "3-4", 2, 2)
    for row in (whole, part):
        for page, offset in zip(row["page_numbers"], row["page_offsets"], strict=True):
            assert f"Words of page {page}." in row["markdown"][offset:]
            assert f"Words of page {page - 1}." not in row["markdown"][offset:]
    document = DoclingDocument.model_validate_json(part["docling_json"])
    assert sorted(document.pages) == [3, 4]
    named = {Path(str(picture.image.uri)).name for picture in document.pictures if picture.image}
    pictures = {row["name"]: row["png"] for row in tables["pictures"] if row["key"] == "range"}
    assert named == set(pictures)
    assert all(png.startswith(b"\x89PNG") for png in pictures.values())


def test_what_failed_is_a_dead_letter_with_its_sentence(tables: dict[str, list[dict[str, Any]]]) -> None:
    letters = {row["key"]: row for row in tables["dead_letters"]}
    assert {key: row["code"] for key, row in letters.items()} == {"bad": "not_a_pdf", "gone": "file_unreadable"}
    assert letters["bad"]["status"] == "refused"
    assert letters["bad"]["message"].startswith("This is not a PDF")


def test_each_row_carries_its_record(tables: dict[str, list[dict[str, Any]]]) -> None:
    for row in (*tables["documents"], *tables["dead_letters"]):
        assert json.loads(row["record"])["input"]["origin"] == "batch"
        record = read_line(row["record"].encode())
        assert record.batch is not None
        assert (record.batch.id, record.batch.attempt) == (BATCH, row["attempt"])
        assert record.pages_ok == row["pages_ok"]


PROGRAM = """
import sys
from pathlib import Path
from pipeline.scale.live_producer import live_producer
from tests.support.scripted_rows import setup_for
print(live_producer(setup_for(Path("."))))
print([name for name in ("docling", "transformers", "pipeline.models.torch_bundles") if name in sys.modules])
import pipeline.scale.live_converter
from pipeline.stages.assemble import build_pipeline
build_pipeline()
print([name for name in ("transformers.models.auto.auto_factory", "torchvision") if name in sys.modules])
"""


def test_what_it_makes_is_told_beforehand_and_costs_no_library_beyond_its_own(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    told, loaded_for_it, loaded_by_a_worker = done.stdout.splitlines()
    started = LiveConverter(ConverterStart(setup_for(tmp_path), tmp_path))
    assert told == str(started.producer)
    assert loaded_for_it == "[]"
    assert loaded_by_a_worker == "[]", "a worker with the light models starts without what the accurate ones need"
