"""The command line as a user runs it: real models, real documents, no network."""

import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from docling_core.types.doc import DoclingDocument
from PIL import Image

from benchmarks.accuracy import REFERENCE, mean, score, score_folder
from pipeline.store.ledger import Ledger
from pipeline.store.record_to_row import to_row
from pipeline.store.schema import validate_row

ROOT = Path(__file__).parents[2]
PICTURE_LINK = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")


@dataclass(frozen=True)
class Converted:
    """The output folder and data folder of one command, and what it said."""

    out: Path
    data: Path
    said: str
    code: int


def folio(folder: Path, *arguments: str) -> Converted:
    """Run the command line offline, over folders of its own."""
    converted = folder / "out"
    environment = {**os.environ, "DATA_DIR": str(folder / "data"), "WORK_DIR": str(folder / "work")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.offline", "convert", *arguments, "--out", str(converted)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    return Converted(converted, folder / "data", done.stderr, done.returncode)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, documents: Path) -> Converted:
    """Every document that has reference Markdown, converted by one command."""
    files = [str(documents / f"{path.stem}.pdf") for path in sorted(REFERENCE.glob("*.md"))]
    converted = folio(tmp_path_factory.mktemp("corpus"), *files)
    assert converted.code == 0, converted.said
    return converted


def test_the_corpus_is_read_as_well_as_promised(corpus: Converted) -> None:
    figures = mean(score_folder(corpus.out).values())
    assert figures.nid >= 0.95
    assert figures.heading is not None
    assert figures.heading >= 0.90
    assert figures.teds is not None
    assert figures.teds >= 0.60


def test_the_score_notices_a_lost_paragraph_a_lost_table_and_a_swapped_order() -> None:
    reference = (REFERENCE / "2305.03393v1-pg9.md").read_text()
    assert score(reference, reference).nid == 1
    paragraphs = reference.split("\n\n")
    longest = max((part for part in paragraphs if not part.startswith("|")), key=len)
    assert score(reference.replace(longest, ""), reference).nid < 0.95
    assert score("\n\n".join(reversed(paragraphs)), reference).nid < 0.9
    assert score("\n\n".join(part for part in paragraphs if not part.startswith("|")), reference).teds == 0


def test_the_text_is_the_documents_own(corpus: Converted) -> None:
    markdown = (corpus.out / "multi_page.md").read_text()
    assert markdown.startswith(
        "## The Evolution of the Word Processor\n\nThe concept of the word processor predates modern computers"
    )
    table = (corpus.out / "2305.03393v1-pg9.md").read_text()
    assert re.search(r"^\|\s*6\s*\|\s*6\s*\|\s*OTSL HTML\s*\|\s*0\.965 0\.969\s*\|", table, re.MULTILINE), table


def test_the_zip_opens_with_its_pictures_in_place(corpus: Converted, tmp_path: Path) -> None:
    with zipfile.ZipFile(corpus.out / "redp5110_sampled.zip") as archive:
        archive.extractall(tmp_path)
    markdown = (tmp_path / "redp5110_sampled.md").read_text()
    links = PICTURE_LINK.findall(markdown)
    assert len(links) >= 8
    for link in links:
        assert not link.startswith("/")
        with Image.open(tmp_path / link) as picture:
            picture.load()
            assert min(picture.size) > 1
    assert sorted(f"pictures/{path.name}" for path in (tmp_path / "pictures").iterdir()) == sorted(set(links))


def test_the_json_is_a_docling_document_that_carries_its_pictures(corpus: Converted) -> None:
    document = DoclingDocument.model_validate_json((corpus.out / "redp5110_sampled.json").read_bytes())
    assert len(document.pages) == 18
    assert document.pictures
    assert all(str(item.image.uri).startswith("data:image/png;base64,") for item in document.pictures if item.image)
    assert any(item.image for item in document.pictures)


def test_ruled_tables_have_the_printed_rows_columns_and_spans(corpus: Converted) -> None:
    manual = DoclingDocument.model_validate_json((corpus.out / "redp5110_sampled.json").read_bytes())
    sizes = [(table.data.num_rows, table.data.num_cols) for table in manual.tables if table.prov[0].page_no == 9]
    assert sizes == [(13, 6)]
    paper = DoclingDocument.model_validate_json((corpus.out / "2305.03393v1-pg9.json").read_bytes())
    wide = [(cell.text, cell.col_span) for cell in paper.tables[0].data.table_cells if cell.col_span > 1]
    assert wide == [("TEDs", 3)]


def test_the_html_carries_its_pictures_and_may_run_nothing(corpus: Converted) -> None:
    html = (corpus.out / "redp5110_sampled.html").read_text()
    assert "default-src 'none'" in html
    assert "<script" not in html.lower()
    assert 'src="data:image/png;base64,' in html


def test_every_run_left_one_valid_record(corpus: Converted) -> None:
    records = list(Ledger(corpus.data).records())
    assert len(records) == len(list(REFERENCE.glob("*.md")))
    for record in records:
        validate_row(to_row(record))
        assert record.status.value == "ok"
        assert record.output is not None
    assert not list((corpus.data.parent / "work" / "pages").glob("*"))


def test_a_scan_is_read_by_ocr(tmp_path: Path, documents: Path) -> None:
    converted = folio(
        tmp_path, str(documents / "ocr_test.pdf"), str(documents / "ocr_test_rotated_90.pdf"), "--formats", "md"
    )
    assert converted.code == 0, converted.said
    for name in ("ocr_test", "ocr_test_rotated_90"):
        text = " ".join((converted.out / f"{name}.md").read_text().split())
        assert "Docling bundles PDF document conversion to JSON and Markdown in an easy self contained package" in text
    record = next(iter(Ledger(converted.data).records()))
    assert [page.ocr for page in record.pages] == [True]


def test_a_bad_file_is_one_sentence_and_does_not_stop_the_others(tmp_path: Path, documents: Path) -> None:
    bad = tmp_path / "page.pdf"
    bad.write_text("<html>not a pdf</html>")
    missing = str(tmp_path / "nowhere" / "lost.pdf")
    converted = folio(tmp_path, str(bad), missing, str(documents / "2305.03393v1-pg9.pdf"), "--formats", "md")
    assert converted.code == 1
    assert "lost.pdf: The file cannot be read; check that its path is right" in converted.said
    reports = [line for line in converted.said.splitlines() if " of 1 pages" in line]
    assert len(reports) == 1, "progress does not repeat itself where there is no terminal"
    assert "page.pdf: This is not a PDF (it looks like HTML); upload a PDF file. [not_a_pdf]" in converted.said
    assert "Traceback" not in converted.said
    assert (converted.out / "2305.03393v1-pg9.md").exists()


def test_a_page_range_converts_those_pages(tmp_path: Path, documents: Path) -> None:
    converted = folio(tmp_path, str(documents / "multi_page.pdf"), "--pages", "2,4", "--formats", "json")
    assert converted.code == 0, converted.said
    document = json.loads((converted.out / "multi_page.json").read_text())
    assert {place["page_no"] for text in document["texts"] for place in text["prov"]} == {2, 4}
