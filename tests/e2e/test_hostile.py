"""Hostile uploads through whole runs: each ends as it should, leaves one record or none, and harms nobody after it."""

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import IntakeError
from pipeline.models.bundle import Lanes
from pipeline.pages import PageStatus
from pipeline.records import REFUSAL, RunStatus
from pipeline.runs.runner import Runner
from pipeline.runs.state import RunView
from pipeline.settings import Settings, read_settings
from pipeline.store.ledger import Ledger
from tests.support import hostile
from tests.support.bundles import WholePageBundle
from tests.support.hostile import CASES, Case
from tests.support.uploads import convert, count_records
from tests.unit.intake.pdf_files import plain


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Small limits, so that a page that must be given up is given up soon. The libraries alone take about 600 MB."""
    folder = tmp_path_factory.mktemp("hostile")
    settings = read_settings({"DATA_DIR": str(folder / "data"), "WORK_DIR": str(folder / "work")})
    return replace(settings, page_seconds=4, open_seconds=20, child_memory_mb=1200)


@pytest.fixture(scope="module")
def runner(strict: Settings) -> Iterator[Runner]:
    with Runner(strict, Lanes(WholePageBundle())) as runner:
        yield runner


@pytest.fixture(autouse=True)
def _an_ordinary_document_follows(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """The same server, straight after the case, converts an ordinary document correctly."""
    yield
    if "runner" in request.fixturenames:
        view = convert(request.getfixturevalue("runner"), plain(tmp_path / "ordinary.pdf"))
        assert view.status is RunStatus.OK
        assert texts(view) == {1: "Ordinary page 1.", 2: "Ordinary page 2.", 3: "Ordinary page 3."}


def texts(view: RunView) -> dict[int, str]:
    return {text.page: text.markdown.strip() for text in view.texts}


def written(case: Case, folder: Path) -> Path:
    path = folder / "upload.pdf"
    case.write(path)
    return path


@pytest.mark.parametrize("case", [case for case in CASES if case.refused], ids=lambda case: case.name)
def test_what_cannot_be_converted_is_refused_and_leaves_nothing(
    runner: Runner, strict: Settings, tmp_path: Path, case: Case
) -> None:
    runs, records = set((strict.data_dir / "runs").glob("*")), count_records(strict)
    with pytest.raises(IntakeError) as refused:
        convert(runner, written(case, tmp_path), case.password)
    assert refused.value.code == case.refused
    assert str(tmp_path) not in refused.value.message
    assert set((strict.data_dir / "runs").glob("*")) == runs
    assert count_records(strict) == records + 1, "a refusal is recorded, with its code alone"
    newest = max(Ledger(strict.data_dir).records(), key=lambda record: record.iteration_id)
    assert (newest.kind, newest.error and newest.error.code) == (REFUSAL, case.refused)


@pytest.mark.parametrize("case", [case for case in CASES if not case.refused], ids=lambda case: case.name)
def test_what_can_be_converted_is_and_gaps_have_names(
    runner: Runner, strict: Settings, tmp_path: Path, case: Case
) -> None:
    before = count_records(strict)
    view = convert(runner, written(case, tmp_path), case.password)
    assert texts(view) == case.texts
    failed = {page.page: page.code for page in view.pages if page.status is not PageStatus.OK}
    assert failed.keys() == case.lost.keys()
    assert all(code in case.lost[page] for page, code in failed.items()), failed
    assert view.status is (RunStatus.PARTIAL if failed else RunStatus.OK)
    assert all(page.reason.startswith(f"Page {page.page}: ") for page in view.failures)
    markdown = view.export("md")
    assert markdown is not None
    assert markdown.path.read_text(encoding="utf-8").split("\n\n") == [case.texts[page] for page in sorted(case.texts)]
    assert count_records(strict) == before + 1
    (record,) = [record for record in Ledger(strict.data_dir).records() if record.iteration_id == view.record_id]
    assert (record.status, record.pages_ok, record.pages_failed) == (view.status, len(case.texts), len(failed))


# -- text that would like to be more than text -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def markup(tmp_path_factory: pytest.TempPathFactory) -> RunView:
    """A finished run of the page full of markup, its table among it."""
    folder = tmp_path_factory.mktemp("markup")
    path = folder / "markup.pdf"
    hostile.markup(path)
    settings = read_settings({"DATA_DIR": str(folder / "data"), "WORK_DIR": str(folder / "work")})
    with Runner(settings, Lanes(hostile.TableBelowBundle())) as runner:
        view = convert(runner, path)
    assert view.status is RunStatus.OK, view
    return view


def exported(view: RunView, name: str) -> str:
    export = view.export(name)
    assert export is not None
    return export.path.read_bytes().decode("utf-8")


def test_markup_reached_every_export_as_text(markup: RunView) -> None:
    document = json.loads(exported(markup, "json"))
    said = [item["text"] for item in document["texts"]]
    assert said[:4] == [hostile.SCRIPT, hostile.HANDLER, hostile.LINK, hostile.REMOTE]
    cells = [cell["text"] for table in document["tables"] for cell in table["data"]["table_cells"]]
    assert cells == list(hostile.CELLS)
    plain_text = exported(markup, "text")
    assert all(line in plain_text for line in (hostile.SCRIPT, hostile.LINK, hostile.REMOTE))


def test_markdown_keeps_markup_as_data(markup: RunView) -> None:
    markdown = exported(markup, "md")
    assert "&lt;script>alert(1)&lt;/script>" in markdown
    assert "<script" not in markdown
    assert "<img src=x" not in markdown


def test_the_html_file_can_neither_run_script_nor_fetch_anything(markup: RunView) -> None:
    html = exported(markup, "html")
    head, _, body = html.partition("</head>")
    assert "Content-Security-Policy" in head
    policy = head.split('http-equiv="Content-Security-Policy" content="')[1].split('"')[0]
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert head.index("Content-Security-Policy") < head.index("<style")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body
    assert "&lt;script&gt;alert(4)&lt;/script&gt;" in body
    lowered = html.lower()
    assert "<script" not in lowered
    assert "<img" not in lowered
    assert 'href="javascript:' not in lowered
    assert 'src="http' not in lowered


def test_no_export_holds_a_control_character(markup: RunView) -> None:
    with zipfile.ZipFile(next(file.path for file in markup.exports if file.format == "zip")) as archive:
        names = [name for name in archive.namelist() if name != "receipt.json"]  # which has no text of the document
        packed = [archive.read(name).decode("utf-8") for name in names]
    contents = (
        [exported(markup, name) for name in ("md", "json", "html", "text")]
        + packed
        + [text.markdown for text in markup.texts]
    )
    for content in contents:
        assert "Bell" in content
        assert "tower." in content
        assert not {char for char in content if (ord(char) < 32 and char not in "\t\n\r") or 0x7F <= ord(char) < 0xA0}
        assert not re.search(r"\\u00([01][0-9a-f]|7f|[89][0-9a-f])", content, re.IGNORECASE), "JSON spells them out"
