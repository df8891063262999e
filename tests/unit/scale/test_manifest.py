"""What an input holds, and the items and blocks that a batch job makes of it."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import BatchInputUnreadable, ManifestRowMalformed
from pipeline.intake.planning import parse_page_range
from pipeline.pages import format_page_range
from pipeline.records import ConvertOptions
from pipeline.scale.batch_folder import BatchFolder
from pipeline.scale.batch_setup import block_name
from pipeline.scale.document_sources import DocumentFetcher, find_documents
from pipeline.scale.manifest import BLOCK_ITEMS, BLOCK_PAGES, Scan, plan_blocks, plan_items, scan_input
from pipeline.settings import Settings
from tests.support.scripted_rows import PRODUCER
from tests.unit.intake.pdf_files import Page, PdfFile, text


def test_long_documents_become_ranges_with_their_own_page_numbers() -> None:
    items = plan_items([Scan("short", "aa", 1, 300), Scan("long", "bb", 1, 450)], ConvertOptions(), PRODUCER).items
    assert [(item.uri, item.pages, item.selected) for item in items] == [
        ("short", "", 300),
        ("long", "1-200", 200),
        ("long", "201-400", 200),
        ("long", "401-450", 50),
    ]
    assert len({item.key for item in items}) == 4
    chosen = plan_items([Scan("long", "bb", 1, 450)], ConvertOptions(pages="5-"), PRODUCER).items
    assert [item.pages for item in chosen] == ["5-204", "205-404", "405-450"]


def test_content_that_was_found_before_is_left_out_and_what_cannot_be_opened_stays() -> None:
    found = [Scan("a", "aa", 1, 2), Scan("b", "aa", 1, 2), Scan("c", "cc", 1, 9), Scan("bad"), Scan("worse")]
    planned = plan_items(found, ConvertOptions(), PRODUCER)
    assert [item.uri for item in planned.items] == ["c", "a", "bad", "worse"]
    assert (planned.documents, planned.duplicates) == (5, 1)
    outside = plan_items(found, ConvertOptions(pages="7"), PRODUCER)
    assert [(item.uri, item.pages, item.selected) for item in outside.items][:2] == [("c", "7", 1), ("a", "7", 0)]


def test_blocks_hold_neighbours_and_neither_too_many_items_nor_pages() -> None:
    scans = [Scan(str(number), f"{number:04}", 1, 1 + number % 120) for number in range(2000)]
    items = plan_items(scans, ConvertOptions(), PRODUCER).items
    blocks = plan_blocks(items, 2)
    assert [item for block in blocks for item in block] == list(items)
    assert max(len(block) for block in blocks) <= BLOCK_ITEMS
    assert max(sum(item.selected for item in block) for block in blocks if len(block) > 1) <= BLOCK_PAGES
    assert len(plan_blocks(items[:20], 2)) == 20, "few items are shared out"
    assert plan_blocks((), 2) == []
    assert len({block_name(block) for block in blocks}) == len(blocks)


@pytest.mark.parametrize("pages", ["1-3,7", "2", "1,3,5-9"])
def test_a_range_is_written_as_it_is_read(pages: str) -> None:
    assert format_page_range(parse_page_range(pages, 9)) == pages


def test_a_second_look_opens_new_documents_only(tmp_path: Path, settings: Settings) -> None:
    source, folder = tmp_path / "in", BatchFolder(str(tmp_path / "out"))
    source.mkdir()
    PdfFile([Page(text("One.")), Page(text("Two."))]).write(source / "b.pdf")
    (source / "a.pdf").write_text("<html>")
    (source / "notes.txt").write_text("no document")
    first = list(scan_input(str(source), folder, settings, 1))
    assert [(Path(scan.uri).name, scan.page_count, bool(scan.sha256)) for scan in first] == [
        ("a.pdf", 0, False),
        ("b.pdf", 2, True),
    ]
    (source / "b.pdf").unlink()
    (source / "b.pdf").touch()
    PdfFile([Page(text("Three."))]).write(source / "c.pdf")
    second = list(scan_input(str(source), folder, settings, 1))
    assert second[:2] == first, "what is known is not looked at again"
    assert second[2].page_count == 1


def test_documents_are_found_in_folders_globs_and_tables(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    for name in ("deep/b.PDF", "deep/er/a.pdf", "c.pdf"):
        (tmp_path / name).write_bytes(b"%PDF")
    assert [Path(uri).name for uri in find_documents(str(tmp_path))] == ["c.pdf", "b.PDF", "a.pdf"]
    assert [Path(uri).name for uri in find_documents(str(tmp_path / "deep" / "*" / "*.pdf"))] == ["a.pdf"]
    assert [Path(uri).name for uri in find_documents(str(tmp_path / "c.pdf"))] == ["c.pdf"]
    assert list(find_documents(f"file://{tmp_path}/c.pdf")) == [str(tmp_path / "c.pdf")]
    with pytest.raises(BatchInputUnreadable):
        list(find_documents("nosuch://place"))


def test_documents_are_fetched_out_of_tables(tmp_path: Path) -> None:
    table = tmp_path / "t.parquet"
    values = [{"bytes": None if number == 3 else f"%PDF {number}".encode(), "path": "x.pdf"} for number in range(200)]
    pq.write_table(pa.table({"pdf": values, "other": list(range(200))}), table, row_group_size=70)
    uris = list(find_documents(str(table)))
    assert uris[:2] == [f"{table}#0", f"{table}#1"]
    fetcher = DocumentFetcher()
    for number in (0, 1, 69, 70, 199, 2):
        assert fetcher.fetch(uris[number], tmp_path).read_bytes() == f"%PDF {number}".encode()
    with pytest.raises(ManifestRowMalformed):
        fetcher.fetch(uris[3], tmp_path)


def test_documents_behind_an_address_are_copied(tmp_path: Path) -> None:
    import fsspec

    files = fsspec.filesystem("memory")
    files.pipe_file("/bucket/a.pdf", b"%PDF in memory")
    uris = list(find_documents("memory://bucket"))
    assert uris == ["memory:///bucket/a.pdf"]
    assert DocumentFetcher().fetch(uris[0], tmp_path).read_bytes() == b"%PDF in memory"
