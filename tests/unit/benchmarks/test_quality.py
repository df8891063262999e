"""Folio's comparison with other converters."""

import sys
from pathlib import Path

import pytest

from benchmarks import peers
from benchmarks.quality import Contender, spread, table, worst
from benchmarks.scoring import score

FAKE = """
class MarkItDown:
    def convert(self, path):
        if "bad" in path:
            raise ValueError("no PDF")
        return type("Result", (), {"text_content": "# Read " + path.rpartition("/")[2]})
"""


def test_another_converter_runs_by_its_own_python_and_may_fail_on_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "markitdown.py").write_text(FAKE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    python = Path(sys.executable)
    assert peers.has(python, "markitdown")
    assert not peers.has(python, "edgeparse")
    documents = [tmp_path / name for name in ("good.pdf", "bad.pdf")]
    assert peers.convert(python, "markitdown", documents, tmp_path) > 0
    assert (tmp_path / "good.md").read_text() == "# Read good.pdf"
    assert not (tmp_path / "bad.md").exists()


def test_a_converter_that_hangs_is_stopped_and_the_comparison_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "markitdown.py").write_text("import time\ntime.sleep(60)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(peers, "SECONDS_PER_FILE", 0.2)
    assert 0.2 <= peers.convert(Path(sys.executable), "markitdown", [tmp_path / "a.pdf"], tmp_path) < 60


def test_the_table_has_means_with_their_errors_and_a_speed() -> None:
    scores = {"one": score("# A", "# A"), "two": score("# A\n\nmore", "# A"), "three": score("", "no heading")}
    (row,) = table([Contender("folio", scores, 4.0)], 10).splitlines()[2:]
    assert row.startswith("| folio | ")
    assert "| 1.000 ± 0.000 |" in row, "a figure that one document has not is the mean of the others"
    assert row.endswith("| 2.50 |")
    assert worst(scores, 2) == ["three", "two"]
    assert (spread([None]), spread([0.5])) == ("", "0.500 ± 0.000")
