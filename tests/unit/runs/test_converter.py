"""The seam for the command line and for batch jobs: one document in, one answer out, whatever the document does."""

import json
from pathlib import Path

from pipeline.intake.process import ChildProcess
from pipeline.intake.reader import PdfReader
from pipeline.models.bundle import Lanes
from pipeline.pages import OcrMode
from pipeline.records import REFUSAL, ConvertOptions, RunStatus
from pipeline.runs.converter import Converter
from pipeline.runs.state import RunView, Source
from pipeline.runs.work_key import work_key
from pipeline.settings import Settings
from pipeline.stages.export import BARE_JSON, PAGE_STARTS, ROW_FORMATS
from pipeline.store.record_to_row import to_row
from tests.support.bundles import RichBundle, WholePageBundle
from tests.support.readers import POOL, warm_reader
from tests.unit.intake.pdf_files import Page, PdfFile, text


def three_pages(path: Path) -> Source:
    return Source(PdfFile([Page(text(f"Page {number}.", y=400)) for number in (1, 2, 3)]).write(path), path.name)


def test_a_range_becomes_one_answer_with_what_a_row_is_made_of(settings: Settings, tmp_path: Path) -> None:
    seen: list[RunView] = []
    with Converter(settings, Lanes(RichBundle()), formats=ROW_FORMATS, readers=warm_reader) as converter:
        done = converter.convert(three_pages(tmp_path / "a.pdf"), ConvertOptions(pages="2-3"), seen.append)
        assert done.view is not None
        files = {file.format: file.path.read_text() for file in done.view.exports}
        assert list(files) == ["md", BARE_JSON, PAGE_STARTS]
        starts = json.loads(files[PAGE_STARTS])
        assert [page for page, _ in starts] == [2, 3]
        assert "Page 3" in files["md"][starts[1][1] :]
        assert "Page 2" not in files["md"][starts[1][1] :]
        pictures = json.loads(files[BARE_JSON])["pictures"]
        assert [picture["image"]["uri"][:14] for picture in pictures] == ["pictures/page-"] * 2
        assert done.error is None
        assert (done.record.status, done.record.pages_ok) == (RunStatus.OK, 2)
        assert seen[-1] == done.view
        converter.forget(done)
        assert not list((settings.data_dir / "runs").iterdir())


def test_nothing_is_raised_and_a_refusal_has_a_record_too(settings: Settings, tmp_path: Path) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_text("<html>")
    with Converter(settings, Lanes(WholePageBundle()), readers=warm_reader) as converter:
        refused = converter.convert(Source(bad, "secret name.pdf"), ConvertOptions())
        outside = converter.convert(three_pages(tmp_path / "a.pdf"), ConvertOptions(pages="9"))
        assert converter.convert(three_pages(tmp_path / "a.pdf"), ConvertOptions()).error is None
    assert not list(settings.data_dir.rglob("*.jpg")), "nobody reads along, so no page's image is kept"
    for converted, code in ((refused, "not_a_pdf"), (outside, "page_range_outside")):
        assert converted.view is None
        assert converted.error is not None
        assert converted.error.code == code
        assert converted.record.kind == REFUSAL
        assert to_row(converted.record)["status"] == "error"
        assert "secret name" not in repr(converted.record)


def test_a_watcher_that_fails_is_an_answer_too(settings: Settings, tmp_path: Path) -> None:
    def broken(_: RunView) -> None:
        raise ValueError("a fault of ours")

    with Converter(settings, Lanes(WholePageBundle()), readers=warm_reader) as converter:
        done = converter.convert(three_pages(tmp_path / "a.pdf"), ConvertOptions(), broken)
    assert done.error is not None
    assert done.error.code == "internal"


def test_keys_name_the_work_and_nothing_else(settings: Settings) -> None:
    options = ConvertOptions()
    first, second = (Converter(settings, Lanes(WholePageBundle()), readers=warm_reader) for _ in range(2))
    producer = first.producer(options)
    keys = [
        work_key("ab", (1, 2), options, producer),
        work_key("cd", (1, 2), options, producer),
        work_key("ab", (1,), options, producer),
        work_key("ab", (1, 2), ConvertOptions(ocr=OcrMode.NEVER), producer),
        work_key("ab", (1, 2), ConvertOptions(tables=False), producer),
        work_key("ab", (1, 2), ConvertOptions(languages=("ru",)), producer),
    ]
    assert len(set(keys)) == len(keys)
    assert work_key("ab", (1, 2), ConvertOptions(pages="1-2"), second.producer(options)) == keys[0]
    assert second.producer(options) == producer
    assert (producer.bundle, producer.revision) == ("whole-page", "1")


def test_admission_and_the_run_share_one_parse_child(settings: Settings, tmp_path: Path) -> None:
    started: list[int] = []

    def child(memory_mb: int) -> ChildProcess:
        started.append(memory_mb)
        return POOL.take(memory_mb)

    with Converter(settings, Lanes(WholePageBundle()), readers=lambda own: PdfReader(own, child)) as converter:
        for _ in range(2):
            assert converter.convert(three_pages(tmp_path / "a.pdf"), ConvertOptions()).error is None
    assert len(started) == 1
