"""One ZIP of several runs: a folder for each, whatever their documents are called."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.records import RunStatus
from pipeline.runs.state import ExportFile, RunView
from pipeline.ui.run_archive import PIECE_BYTES, archive_pieces, folder_names
from tests.support.views import a_view, export_file


@pytest.fixture
def zipped(tmp_path: Path) -> RunView:
    """A run with a ZIP of its own."""
    path = tmp_path / "document.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("report.md", "Tide mills. " * 50_000)
        archive.writestr("pages/page-0001.md", "One.")
    return a_view(status=RunStatus.OK, exports=(ExportFile("zip", path, path.stat().st_size),))


def read(views: Sequence[RunView]) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(archive_pieces(views)))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_each_run_has_a_folder_with_what_its_own_zip_has(zipped: RunView, tmp_path: Path) -> None:
    single = a_view(name="Other.pdf", exports=(export_file(tmp_path, "md", "Only this."),))
    files = read([zipped, replace(zipped, name="REPORT.PDF"), single])
    assert sorted(files) == [
        *("Other/Other.md", "REPORT (2)/pages/page-0001.md", "REPORT (2)/report.md"),
        *("report/pages/page-0001.md", "report/report.md"),
    ]
    assert files["report/report.md"] == files["REPORT (2)/report.md"] == b"Tide mills. " * 50_000
    assert files["Other/Other.md"] == b"Only this."


def test_names_do_not_collide_and_lead_nowhere() -> None:
    names = ["a.pdf", "A.pdf", "a (2).pdf", "../a.pdf", "..", "a.pdf"]
    folders = folder_names([a_view(name=name) for name in names])
    assert len({folder.casefold() for folder in folders}) == len(names)
    assert [folder for folder in folders if "/" in folder or folder.startswith(".")] == []


def test_it_is_made_while_it_is_sent(zipped: RunView, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    pieces = list(archive_pieces([zipped] * 3))
    assert len(pieces) > 10
    assert max(map(len, pieces)) <= 2 * PIECE_BYTES
    assert sorted(tmp_path.iterdir()) == before
