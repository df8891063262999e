"""What tests expect of ended runs."""

import json
import zipfile

from pipeline.runs.state import RunView


def texts(view: RunView) -> dict[int, str]:
    return {text.page: text.markdown.strip() for text in view.texts}


def ordinary(*pages: int) -> dict[int, str]:
    return {page: f"Ordinary page {page}." for page in pages}


def assert_exports_are_whole(view: RunView) -> None:
    """Every listed export is there in full, whatever happened around it."""
    for file in view.exports:
        content = file.path.read_bytes()
        assert len(content) == file.size_bytes > 0
        if file.format == "json":
            json.loads(content)
        if file.format == "html":
            assert content.rstrip().endswith(b"</html>")
        if file.format == "zip":
            with zipfile.ZipFile(file.path) as archive:
                assert archive.testzip() is None
