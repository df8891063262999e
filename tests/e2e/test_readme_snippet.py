"""The README's Python snippet, run as it stands against the real app."""

import contextlib
import io
import re
import shutil
from pathlib import Path

import pytest
from gradio_client import Client

from tests.e2e.conftest import Site
from tests.support.clients import leave

README = Path(__file__).parents[2] / "README.md"
ADDRESS = "http://127.0.0.1:7860"


def test_the_snippet_prints_the_documents_markdown(
    app: Site, documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (snippet,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert ADDRESS in snippet
    shutil.copy(documents / "multi_page.pdf", tmp_path / "report.pdf")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(snippet.replace(ADDRESS, app.url.rstrip("/")), names)
    assert "A Handbook for Small Tide Mills" in printed.getvalue()
    status = names["status"]
    assert isinstance(status, dict)
    assert (status["status"], status["pages_selected"], status["pages_skipped"]) == ("ok", 3, [])
    assert isinstance(names["files"], list)
    assert {Path(name).suffix for name in names["files"]} == {
        ".md",
        ".json",
        ".html",
        ".txt",
        ".doctags",
        ".jsonl",
        ".zip",
    }
    assert isinstance(names["client"], Client)
    leave(names["client"])
