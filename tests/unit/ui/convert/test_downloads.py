"""Copies for the browser: exact, named after the upload, at an address that does not give the run away."""

import os
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest

from pipeline.intake.web.web_fetch import WebFetch
from pipeline.records import Origin, RunStatus
from pipeline.runs.state import PageText
from pipeline.runs.visitors import NOBODY
from pipeline.ui.convert.downloads import Uploads, picture_addresses, remove_copies, served_copy
from tests.support.scripted_runs import ScriptedRuns
from tests.support.views import RUN_ID, a_view, export_file
from tests.support.web_stand import body, stand_addresses, web_stand


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


def test_pictures_have_addresses_where_they_have_files(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "page-00001-01.png").write_bytes(b"png")
    (tmp_path / "secret.png").write_bytes(b"other")
    text = "![a](pictures/page-00001-01.png) ![b](pictures/gone.png) ![c](pictures/../secret.png) ![d](/etc/passwd)"
    view = replace(a_view(status=RunStatus.OK), pictures=tmp_path / "pictures")
    addresses = picture_addresses(view, [PageText(1, text)])
    assert addresses.keys() == {"pictures/page-00001-01.png"}
    (address,) = addresses.values()
    copy = Path(unquote(address.removeprefix("gradio_api/file=")))
    assert copy.read_bytes() == b"png"
    assert copy.is_relative_to(cache)
    assert RUN_ID not in address
    remove_copies(view)
    assert not copy.exists()
    assert picture_addresses(a_view(), [PageText(1, text)]) == {}


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


def uploaded(cache: Path, name: str = "a.pdf", content: str = "1") -> Path:
    """A file put where gradio puts an upload, the way it does: by renaming a new file."""
    path = cache / f"hash-of-{content}" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(content, encoding="utf-8")
    fresh.replace(path)
    return path


def test_a_runs_upload_goes_with_it(cache: Path) -> None:
    uploads, path = Uploads(), uploaded(cache)
    uploads.remember("first", path)
    uploads.pass_on("first", "second")
    uploads.remove("second")
    assert not path.parent.exists()
    uploads.remove("first")
    uploads.remove("unknown")


def test_what_was_fetched_lies_where_nobody_can_guess_and_goes_with_its_run(cache: Path, tmp_path: Path) -> None:
    with web_stand() as stand:
        stand.answers["/a.pdf"] = body(b"%PDF-1.7")
        web = WebFetch(1, resolve=stand_addresses, transport=stand.transport)
        uploads, runs = Uploads(), ScriptedRuns(tmp_path / "runs", web=web)
        first, second = (uploads.fetch(runs, "http://papers.example/a.pdf", Origin.UI, NOBODY) for _ in range(2))
    assert first.parent.parent == second.parent.parent == cache
    assert (first.name, len(first.parent.name)) == ("a.pdf", 32)
    assert first.parent != second.parent, "nobody can guess where it lies, not even from its content"
    uploads.remember("run", first)
    uploads.remove("run")
    assert (first.parent.exists(), second.exists()) == (False, True)


def test_what_another_visitor_uploaded_meanwhile_stays(cache: Path) -> None:
    uploads, path = Uploads(), uploaded(cache)
    os.utime(path, ns=(0, path.stat().st_mtime_ns - 10**9))
    uploads.remember("first", path)
    assert uploaded(cache) == path
    uploads.remove("first")
    assert path.read_text(encoding="utf-8") == "1"


def test_the_same_content_under_another_name_stays(cache: Path) -> None:
    uploads, mine, other = Uploads(), uploaded(cache), uploaded(cache, "b.pdf")
    uploads.remember("mine", mine)
    uploads.remove("mine")
    assert (mine.exists(), other.exists()) == (False, True)


def test_nothing_outside_the_cache_is_removed(tmp_path: Path) -> None:
    uploads, path = Uploads(), uploaded(tmp_path / "elsewhere")
    uploads.remember("run", path)
    uploads.remove("run")
    assert path.exists()


def test_uploads_are_looked_at_with_their_lock_held_only(tmp_path: Path) -> None:
    uploads, upload = Uploads(), tmp_path / "a.pdf"
    upload.write_bytes(b"x")
    unguarded: list[str] = []

    class Watched(OrderedDict[str, object]):
        def get(self, key: str, default: object = None) -> object:
            if not uploads._lock.locked():
                unguarded.append(key)
            return super().get(key, default)

    uploads._uploads = Watched()  # type: ignore[assignment]
    uploads.remember("first", upload)
    uploads.pass_on("first", "second")
    uploads.pass_on("nobody", "third")
    assert unguarded == []
    assert list(uploads._uploads) == ["first", "second"]
