"""A run's folder: written once, read back in page order, unreachable without its exact link, honest after a crash."""

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pytest

from pipeline.errors import RunNotFound, StorageFailed
from pipeline.pages import (
    Box,
    LayoutLabel,
    LayoutRegion,
    OcrMode,
    PageFailure,
    PagePrediction,
    PageStatus,
    TableCell,
    TableStructure,
    TextLine,
)
from pipeline.records import ConvertOptions, PageOutcome, RunStatus
from pipeline.store.artifacts import ArtifactStore, ExportEntry, RunEnd, RunFolder, RunStart

START = RunStart(
    "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
    "Größe ../x.pdf",
    ConvertOptions("1-9", OcrMode.AUTO),
    "light",
    "2026-08-14T09:30:15.250Z",
)
END = RunEnd(
    status=RunStatus.PARTIAL,
    ended_at="2026-08-14T09:31:00.000Z",
    elapsed_s=44.75,
    page_count=9,
    pages=(
        PageOutcome(1, PageStatus.OK, ocr=True, ms=12.5, blocks=3),
        PageOutcome(2, PageStatus.FAILED, "page_crashed", "It crashed."),
    ),
    engines=(),
    exports=(ExportEntry("md", "document.md", 42),),
    error=None,
)


def prediction(page: int, text: str = "Text") -> PagePrediction:
    corners = ((1.0, 2.0), (3.0, 2.0), (3.0, 4.0), (1.0, 4.0))
    cells = (TableCell(0, 0, 1, 2, True, Box(1, 2, 3, 4)), TableCell(1, 0, 1, 1, False, None))
    return PagePrediction(
        page=page,
        regions=(LayoutRegion(LayoutLabel.SECTION_HEADER, 0.91, Box(10.5, 20.25, 300.0, 40.0)),),
        lines=(TextLine(text, 0.5, corners),),
        tables=(TableStructure(Box(0, 0, 5, 5), 0.75, 2, 2, cells),),
        ocr=True,
        layout_ms=1.5,
        ocr_ms=20.0,
        table_ms=0.0,
    )


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "data")


@pytest.fixture
def run(store: ArtifactStore, tmp_path: Path) -> RunFolder:
    upload = tmp_path / "upload.pdf"
    upload.write_bytes(b"%PDF-1.7 content")
    return store.create(upload, START)


def test_a_run_is_found_by_its_link_alone(store: ArtifactStore, run: RunFolder) -> None:
    found = store.open(run.run_id)
    assert found == run
    assert replace(found.start(), reading_id="") == START
    assert found.source.read_bytes() == b"%PDF-1.7 content"
    assert found.end() is None
    found.write_end(END)
    assert store.open(run.run_id).end() == END


def test_links_are_128_bits_and_never_alike(store: ArtifactStore, tmp_path: Path) -> None:
    (tmp_path / "upload.pdf").write_bytes(b"%PDF-")
    links = {store.create(tmp_path / "upload.pdf", START).run_id for _ in range(20)}
    assert len(links) == 20
    assert {len(bytes.fromhex(link)) for link in links} == {16}


def test_a_read_only_link_opens_the_run_and_goes_with_it(store: ArtifactStore, run: RunFolder) -> None:
    reading_id = run.start().reading_id
    assert store.open_for_reading(reading_id) == run
    assert run.run_id not in reading_id
    files = [path for path in (store.open(run.run_id).path.parent.parent / "reading").iterdir() if path.is_file()]
    assert [reading_id in path.name for path in files] == [False], "looking it up says nothing of the secret"
    for wrong in (run.run_id, f"read-{run.run_id}", reading_id[:-1], reading_id.upper(), f"{reading_id}/", ""):
        with pytest.raises(RunNotFound):
            store.open_for_reading(wrong)
    with pytest.raises(RunNotFound):
        store.open(reading_id)
    run.delete()
    with pytest.raises(RunNotFound):
        store.open_for_reading(reading_id)
    assert not files[0].exists()


def test_a_read_only_link_to_a_run_that_a_crash_took_is_removed(store: ArtifactStore, run: RunFolder) -> None:
    (reading,) = (run.path.parent.parent / "reading").iterdir()
    store.recover()
    assert reading.exists()
    (run.path / "run.json").unlink()
    store.recover()
    assert not reading.exists()


@pytest.mark.parametrize(
    "bad", ["", ".", "..", "../secret", "/etc", "0" * 31, "0" * 33, "0" * 32 + "\n", "A" * 32, "0" * 31 + "/", "g" * 32]
)
def test_a_malformed_link_is_not_found(store: ArtifactStore, run: RunFolder, bad: str) -> None:
    with pytest.raises(RunNotFound):
        store.open(bad)


def test_a_path_that_leads_to_a_run_is_no_link(store: ArtifactStore, run: RunFolder) -> None:
    with pytest.raises(RunNotFound):
        store.open(f"{run.run_id}/../{run.run_id}")


def test_an_unknown_link_reads_like_a_malformed_one(store: ArtifactStore, run: RunFolder) -> None:
    with pytest.raises(RunNotFound) as unknown:
        store.open("0" * 32)
    with pytest.raises(RunNotFound) as malformed:
        store.open("../" + run.run_id)
    assert unknown.value.message == malformed.value.message


def test_predictions_read_back_in_page_order(run: RunFolder) -> None:
    run.write_predictions([prediction(9), prediction(10)])
    run.write_predictions([prediction(1), PageFailure(2, "page_model_failed", "Page 2: the models failed.")])
    assert sorted(path.name for path in (run.path / "predictions").iterdir()) == [
        "00001-00002.json",
        "00009-00010.json",
    ]
    assert list(run.predictions().items()) == [
        (1, prediction(1)),
        (2, PageFailure(2, "page_model_failed", "Page 2: the models failed.")),
        (9, prediction(9)),
        (10, prediction(10)),
    ]


def test_a_second_attempt_replaces_a_failure_but_never_a_prediction(run: RunFolder) -> None:
    run.write_predictions([PageFailure(3, "page_model_failed", "first")])
    run.write_predictions([prediction(3, "second")])
    run.write_predictions([PageFailure(3, "page_model_failed", "third")])
    names = sorted(path.name for path in (run.path / "predictions").iterdir())
    assert names == ["00003-00003.json", "00003-00003.r02.json", "00003-00003.r03.json"]
    assert run.predictions() == {3: prediction(3, "second")}


@pytest.mark.parametrize("damage", [b"", b"[", b"[{}]", b'{"page": 1}', b"\xff\xfe", b"null"])
def test_a_damaged_micro_batch_is_ignored_and_the_others_count(run: RunFolder, damage: bytes) -> None:
    run.write_predictions([prediction(1)])
    damaged = run.write_predictions([prediction(2)])
    damaged.write_bytes(damage)
    assert list(run.predictions()) == [1]
    run.write_predictions([prediction(2, "again")])
    assert run.predictions() == {1: prediction(1), 2: prediction(2, "again")}


def test_text_that_no_encoder_takes_is_stored_with_replacements(run: RunFolder) -> None:
    run.write_predictions([prediction(1, "a\ud800b")])
    run.write_page_text(1, "x\udfffy")
    assert run.predictions() == {1: prediction(1, "a?b")}
    assert list(run.page_texts()) == [(1, "x?y")]


def test_page_texts_come_in_page_order_and_the_first_stands(run: RunFolder) -> None:
    run.write_page_text(12, "# Twelve")
    run.write_page_text(2, "# Two\n")
    run.write_page_text(2, "# Two, assembled again")
    (run.path / "pages" / ".new-abc").write_text("half")
    assert list(run.page_texts()) == [(2, "# Two\n"), (12, "# Twelve")]


def _write(content: bytes, file: BinaryIO) -> None:
    file.write(content)


def test_exports_and_pictures_of_an_earlier_attempt_are_replaced(run: RunFolder) -> None:
    for content in (b"first", b"second"):
        exported = run.stream_export("document.md", partial(_write, content))
    assert exported.read_bytes() == b"second"
    run.write_picture("picture-1.png", b"one")
    assert run.write_picture("picture-1.png", b"two") == run.pictures / "picture-1.png"
    assert (run.pictures / "picture-1.png").read_bytes() == b"two"


@pytest.mark.parametrize("name", ["../run.json", "a/b", "", ".hidden", "a\x00b", "é.md", "x" * 121])
def test_artifact_names_cannot_leave_the_folder(run: RunFolder, name: str) -> None:
    with pytest.raises(ValueError, match="artifact's name"):
        run.stream_export(name, lambda file: None)
    with pytest.raises(ValueError, match="artifact's name"):
        run.write_picture(name, b"")


def test_the_first_end_stands(run: RunFolder) -> None:
    run.write_end(END)
    with pytest.raises(FileExistsError):
        run.write_end(replace(END, status=RunStatus.ERROR))
    assert run.end() == END


def test_every_run_is_listed_ended_or_not(store: ArtifactStore, run: RunFolder, tmp_path: Path) -> None:
    ended = store.create(tmp_path / "upload.pdf", START)
    ended.write_end(END)
    assert {folder.run_id for folder in store.runs()} == {run.run_id, ended.run_id}
    assert [folder.run_id for folder in store.runs() if folder.end() is None] == [run.run_id]


def test_a_deleted_run_is_not_found_and_leaves_nothing(store: ArtifactStore, run: RunFolder) -> None:
    run.write_page_text(1, "text")
    run.delete()
    assert not run.path.exists()
    with pytest.raises(RunNotFound):
        store.open(run.run_id)
    with pytest.raises(RunNotFound):
        run.start()


def test_recovery_removes_half_made_runs_and_temporary_names_only(store: ArtifactStore, run: RunFolder) -> None:
    run.write_page_text(1, "text")
    half_made = run.path.parent / ("0" * 32)
    half_made.mkdir()
    (half_made / "source.pdf").write_bytes(b"%PDF-")
    (run.path / "pages" / ".new-123").write_bytes(b"half")
    store.recover()
    assert not half_made.exists()
    assert sorted(path.name for path in (run.path / "pages").iterdir()) == ["00001.md"]
    assert [folder.run_id for folder in store.runs()] == [run.run_id]


def test_a_disk_that_refuses_leaves_no_half_made_run(tmp_path: Path) -> None:
    (tmp_path / "upload.pdf").write_bytes(b"%PDF-")
    (tmp_path / "runs").write_bytes(b"in the way")
    with pytest.raises(StorageFailed):
        ArtifactStore(tmp_path).create(tmp_path / "upload.pdf", START)
    assert sorted(os.listdir(tmp_path)) == ["runs", "upload.pdf"]
