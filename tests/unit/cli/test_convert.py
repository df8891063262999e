"""Several files in one command: none overwrites another's results, and none ends the command for the others."""

import io
from pathlib import Path

import pytest

from pipeline.cli.convert import FilesCommand, local_files, output_stems
from pipeline.cli.progress import Progress
from pipeline.intake.web.web_fetch import WebFetch
from pipeline.models.bundle import Lanes
from pipeline.records import ConvertOptions
from pipeline.runs.converter import Converter
from pipeline.runs.state import Source
from pipeline.settings import Settings
from tests.support.bundles import WholePageBundle
from tests.support.readers import warm_reader
from tests.support.web_stand import body, stand_addresses, web_stand
from tests.unit.intake.pdf_files import Page, PdfFile, text


@pytest.mark.parametrize(
    ("files", "stems"),
    [
        (["a.pdf", "b.pdf"], ["a", "b"]),
        (["x/a.pdf", "y/a.pdf", "z/a.pdf"], ["a", "a-2", "a-3"]),
        (["x/a.pdf", "y/A.PDF"], ["a", "A-2"]),
        (["x/a.pdf", "y/a.pdf", "a-2.pdf"], ["a", "a-3", "a-2"]),
        (["a.pdf", "a.pdf"], ["a", "a-2"]),
    ],
)
def test_each_file_has_results_of_its_own(files: list[str], stems: list[str]) -> None:
    assert output_stems([Path(file) for file in files]) == stems


def test_a_file_of_the_web_is_fetched_and_one_that_cannot_be_is_named(tmp_path: Path) -> None:
    shown = io.StringIO()
    with web_stand() as stand:
        stand.answers["/tides.pdf"] = body(b"%PDF-1.7")
        web = WebFetch(1, resolve=stand_addresses, transport=stand.transport)
        named = ["here.pdf", "https://papers.example/tides.pdf", "HTTP://10.0.0.1/a.pdf", "http://papers.example/no"]
        files = local_files(named, web, tmp_path, Progress(shown))
    assert files == [Path("here.pdf"), tmp_path / "1" / "tides.pdf"]
    assert files[1].read_bytes() == b"%PDF-1.7"
    lines = shown.getvalue().splitlines()
    assert [line.rpartition("[")[2] for line in lines] == ["url_not_public]", "url_answer_refused]"]


def test_files_of_one_name_and_a_missing_one_leave_the_others_whole(settings: Settings, tmp_path: Path) -> None:
    paths = [tmp_path / "first" / "a.pdf", tmp_path / "missing" / "a.pdf", tmp_path, tmp_path / "second" / "a.pdf"]
    for path in (paths[0], paths[3]):
        path.parent.mkdir()
        PdfFile([Page(text(f"Text of the {path.parent.name}."))]).write(path)
    shown, out = io.StringIO(), tmp_path / "out"
    out.mkdir()
    with Converter(settings, Lanes(WholePageBundle()), readers=warm_reader) as converter:
        command = FilesCommand(converter, ConvertOptions(), out, ("md",), Progress(shown))
        stems = output_stems(paths)
        ends = [command.convert(Source(path, path.name), stem) for path, stem in zip(paths, stems, strict=True)]
    assert ends == [True, False, False, True]
    assert {file.name: file.read_text().strip() for file in out.iterdir()} == {
        "a.md": "Text of the first.",
        f"{stems[3]}.md": "Text of the second.",
    }
    lines = shown.getvalue().splitlines()
    assert [line.partition(":")[0] for line in lines] == ["a.pdf", "a.pdf", tmp_path.name, "a.pdf"]
    assert [line.rpartition("[")[2] for line in lines[1:3]] == ["file_unreadable]", "file_unreadable]"]
    assert lines[0].startswith("a.pdf: ok, 1 of 1 pages")
    assert lines[3].endswith(f", as {stems[3]}")
