"""Copies for the browser: exact, named after the upload, at an address that does not give the run away."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.records import RunStatus
from pipeline.ui.downloads import remove_copies, served_copy
from tests.support.views import RUN_ID, a_view, export_file


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_copy_is_exact_and_reused(tmp_path: Path, cache: Path) -> None:
    export = export_file(tmp_path, "md", "# Title\n")
    view = a_view(status=RunStatus.OK, name="My report.pdf", exports=(export,))
    copy = served_copy(view, export)
    assert copy.read_text(encoding="utf-8") == "# Title\n"
    assert copy.name == "My report.md"
    assert copy.is_relative_to(cache)
    assert served_copy(view, export) == copy
    assert [path.name for path in copy.parent.iterdir()] == ["My report.md"]


def test_copies_of_one_run_are_removed_and_no_others(tmp_path: Path) -> None:
    export = export_file(tmp_path, "md", "x")
    mine = a_view(status=RunStatus.OK, exports=(export,))
    other = replace(mine, run_id="another")
    kept, removed = served_copy(other, export), served_copy(mine, export)
    remove_copies(mine)
    remove_copies(mine)
    assert (kept.exists(), removed.exists()) == (True, False)


def test_the_address_tells_nothing_of_the_run(tmp_path: Path) -> None:
    export = export_file(tmp_path, "md", "x")
    assert RUN_ID not in str(served_copy(a_view(exports=(export,)), export))


@pytest.mark.parametrize(
    ("name", "served"),
    [
        ("../../etc/passwd.pdf", "passwd.md"),
        ("..pdf", "document.md"),
        ("a/b\\c.pdf", "b_c.md"),
        ("Zürich 2024 (final).pdf", "Zürich 2024 (final).md"),
        ("\u202egpj.pdf", "gpj.md"),
        ("", "document.md"),
        ("---.pdf", "---.md"),
    ],
)
def test_a_name_stays_inside_its_folder(tmp_path: Path, cache: Path, name: str, served: str) -> None:
    export = export_file(tmp_path, "md", "x")
    copy = served_copy(a_view(name=name, exports=(export,)), export)
    assert copy.name == served
    assert copy.parent.parent == cache
