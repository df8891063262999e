"""The command line as a user runs it: real models, real documents, no network."""

import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from docling_core.types.doc import DoclingDocument
from PIL import Image

from benchmarks.accuracy import corpus as scored_documents
from benchmarks.accuracy import score_folder
from benchmarks.scoring import mean
from pipeline.store.ledger import Ledger
from pipeline.store.record_to_row import to_row
from pipeline.store.schema import validate_row
from tests.documents.handmade import SCAN_LINES
from tests.support import zygote

ROOT = Path(__file__).parents[2]
CORPUS = (
    *(
        "multi_page",
        "manual",
        "paper_page",
        "paper",
        "report",
        "tables",
        "newsletter",
        "references",
        "slides",
        "invoice",
    ),
    *("arabic", "german", "japanese", "scan_layer"),
)
LEAST = {"nid": 0.99, "nid_s": 0.98, "heading": 0.93, "level": 0.93, "teds": 0.93, "item": 0.97, "depth": 0.94}
PICTURE_LINK = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")


@dataclass(frozen=True)
class Converted:
    """The output folder and data folder of one command, and what it said."""

    out: Path
    data: Path
    said: str
    code: int


def folio(folder: Path, *arguments: str, executed: bool = False) -> Converted:
    """Run the command line offline, over folders of its own: forked from a preloaded parent, or ``executed`` as a user
    does it.
    """
    converted, said = folder / "out", folder / "said"
    environment = {**os.environ, "DATA_DIR": str(folder / "data"), "WORK_DIR": str(folder / "work")}
    command = ["-m", "tests.support.offline", "convert", *arguments, "--out", str(converted)]
    with said.open("wb") as log:
        process = (
            subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, stdout=log, stderr=log)
            if executed
            else zygote.start(command, environment, (log.fileno(), log.fileno(), log.fileno()))
        )
        code = process.wait(580)
    return Converted(converted, folder / "data", said.read_text(), code)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, documents: Path) -> Converted:
    """Fourteen documents of every kind, converted by one command."""
    files = [str(documents / f"{name}.pdf") for name in CORPUS]
    converted = folio(tmp_path_factory.mktemp("corpus"), *files, executed=True)
    assert converted.code == 0, converted.said
    return converted


@pytest.mark.timeout(600)
def test_the_corpus_is_read_as_well_as_promised(corpus: Converted, documents: Path) -> None:
    scored = {pdf: truth for pdf, truth in scored_documents(documents).items() if pdf.stem in CORPUS}
    assert len(scored) == len(CORPUS)
    figures = asdict(mean(score_folder(corpus.out, scored).values()))
    assert figures.keys() == LEAST.keys()
    assert {name: value for name, value in figures.items() if value < LEAST[name]} == {}


def test_the_text_is_the_documents_own(corpus: Converted) -> None:
    markdown = (corpus.out / "multi_page.md").read_text()
    assert markdown.startswith(
        "# A Handbook for Small Tide Mills\n\nA tide mill works twice a day, whatever the weather. This handbook"
    )
    table = (corpus.out / "paper_page.md").read_text()
    assert "<td>6</td><td>6</td><td>Brass</td><td>0.965</td><td>0.934</td>" in table, table


def test_the_zip_opens_with_its_pictures_in_place(corpus: Converted, tmp_path: Path) -> None:
    with zipfile.ZipFile(corpus.out / "manual.zip") as archive:
        archive.extractall(tmp_path)
    markdown = (tmp_path / "manual.md").read_text()
    links = PICTURE_LINK.findall(markdown)
    assert len(links) >= 6
    for link in links:
        assert not link.startswith("/")
        with Image.open(tmp_path / link) as picture:
            picture.load()
            assert min(picture.size) > 1
    assert sorted(f"pictures/{path.name}" for path in (tmp_path / "pictures").iterdir()) == sorted(set(links))


def test_the_json_is_a_docling_document_that_carries_its_pictures(corpus: Converted) -> None:
    document = DoclingDocument.model_validate_json((corpus.out / "manual.json").read_bytes())
    assert len(document.pages) == 17
    assert document.pictures
    assert all(str(item.image.uri).startswith("data:image/png;base64,") for item in document.pictures if item.image)
    assert any(item.image for item in document.pictures)


def test_ruled_tables_have_the_printed_rows_columns_and_spans(corpus: Converted) -> None:
    manual = DoclingDocument.model_validate_json((corpus.out / "manual.json").read_bytes())
    sizes = [(table.data.num_rows, table.data.num_cols) for table in manual.tables if table.prov[0].page_no == 2]
    assert sizes == [(6, 4)]
    paper = DoclingDocument.model_validate_json((corpus.out / "paper_page.json").read_bytes())
    wide = [(cell.text, cell.col_span) for cell in paper.tables[0].data.table_cells if cell.col_span > 1]
    assert wide == [("Agreement", 3)]
    tall = [cell.text for cell in paper.tables[0].data.table_cells if cell.row_span > 1]
    assert tall == ["Floats", "Masts", "Gauge", "Drift", "Seconds"]


def test_a_last_row_that_stands_alone_on_the_next_page_is_in_its_table(corpus: Converted) -> None:
    manual = DoclingDocument.model_validate_json((corpus.out / "manual.json").read_bytes())
    rows = [[cell.text for cell in row] for table in manual.tables for row in table.data.grid]
    last = rows.index(["Housing 5", "407.4", "484.8", "500.0", "875.8"])
    assert rows[last - 1][0] == "Sensor 4"


def test_the_html_carries_its_pictures_and_may_run_nothing(corpus: Converted) -> None:
    html = (corpus.out / "manual.html").read_text()
    assert "default-src 'none'" in html
    assert "<script" not in html.lower()
    assert 'src="data:image/png;base64,' in html


def test_every_run_left_one_valid_record(corpus: Converted) -> None:
    records = list(Ledger(corpus.data).records())
    assert len(records) == len(CORPUS)
    for record in records:
        validate_row(to_row(record))
        assert record.status.value == "ok"
        assert record.output is not None
    assert not list((corpus.data.parent / "work" / "pages").glob("*"))


def test_a_scan_is_read_by_ocr(tmp_path: Path, documents: Path) -> None:
    converted = folio(tmp_path, str(documents / "scan.pdf"), str(documents / "scan_rotated_90.pdf"), "--formats", "md")
    assert converted.code == 0, converted.said
    for name in ("scan", "scan_rotated_90"):
        text = " ".join((converted.out / f"{name}.md").read_text().split())
        assert " ".join(SCAN_LINES) in text
    record = next(iter(Ledger(converted.data).records()))
    assert [page.ocr for page in record.pages] == [True]


def test_a_bad_file_is_one_sentence_and_does_not_stop_the_others(tmp_path: Path, documents: Path) -> None:
    bad = tmp_path / "page.pdf"
    bad.write_text("<html>not a pdf</html>")
    missing = str(tmp_path / "nowhere" / "lost.pdf")
    converted = folio(tmp_path, str(bad), missing, str(documents / "paper_page.pdf"), "--formats", "md")
    assert converted.code == 1
    assert "lost.pdf: The file cannot be read; check that its path is right" in converted.said
    reports = [line for line in converted.said.splitlines() if " of 1 pages" in line]
    assert len(reports) == 1, "progress does not repeat itself where there is no terminal"
    assert "page.pdf: This is not a PDF (it looks like HTML); upload a PDF file. [not_a_pdf]" in converted.said
    assert "Traceback" not in converted.said
    assert (converted.out / "paper_page.md").exists()


def test_a_page_range_converts_those_pages(tmp_path: Path, documents: Path) -> None:
    converted = folio(tmp_path, str(documents / "multi_page.pdf"), "--pages", "2,4", "--formats", "json")
    assert converted.code == 0, converted.said
    document = json.loads((converted.out / "multi_page.json").read_text())
    assert {place["page_no"] for text in document["texts"] for place in text["prov"]} == {2, 4}
