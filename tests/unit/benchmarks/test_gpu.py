"""What benchmarks/gpu.py makes of its measurements."""

import argparse
import json
from pathlib import Path

import pytest

from benchmarks.gpu import Figure, Who, contenders, others, same_tables, show, write
from benchmarks.gpu_clock import Reading
from benchmarks.gpu_pages import Kind


def figure(who: str, kind: str, pages: int, seconds: float, tables: int = 3) -> Figure:
    reading = Reading(tables, seconds, 0.5, {"heron": seconds / 4} if who == "docling" else {}, 1.25, 100)
    return Figure(who, kind, pages, {}, reading)


def test_contenders_are_compared_by_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    show(
        [
            figure("docling", "plain", 4, 8.0),
            figure("accurate eager", "plain", 16, 8.0),
            figure("accurate aot", "plain", 16, 4.0),
            figure("light aot", "plain", 16, 1.0),
            figure("light eager", "scanned", 2, 3.0),
            figure("light aot", "scanned", 2, 2.0),
        ]
    )
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in capsys.readouterr().out.splitlines()[2:]]
    assert rows == [
        ["docling", "4 plain", "3", "2.0000", "50%", "", "", "1.2 s", "", "100 MB"],
        ["- heron", "", "", "0.5000", "", "", "", "", "", ""],
        ["accurate eager", "16 plain", "3", "0.5000", "50%", "4.0", "", "1.2 s", "", "100 MB"],
        ["accurate aot", "16 plain", "3", "0.2500", "50%", "8.0", "2.00", "1.2 s", "", "100 MB"],
        ["light aot", "16 plain", "3", "0.0625", "50%", "32.0", "", "1.2 s", "", "100 MB"],
        ["light eager", "2 scanned", "3", "1.5000", "50%", "", "", "1.2 s", "", "100 MB"],
        ["light aot", "2 scanned", "3", "1.0000", "50%", "", "1.50", "1.2 s", "", "100 MB"],
    ]


def test_a_kind_without_pages_is_left_out() -> None:
    chosen = argparse.Namespace(pages=3, scanned=0, who=[Who.DOCLING, Who.LIGHT_AOT])
    assert list(contenders(chosen)) == [(Who.DOCLING, Kind.PLAIN), (Who.LIGHT_AOT, Kind.PLAIN)]


def test_ratios_over_unlike_numbers_of_tables_are_refused() -> None:
    docling, light = figure("docling", "plain", 4, 8.0), figure("light aot", "plain", 4, 8.0, tables=0)
    same_tables(
        [docling, light, figure("accurate aot", "plain", 4, 8.0), figure("accurate aot", "scanned", 4, 8.0, tables=2)]
    )
    with pytest.raises(AssertionError, match=r"plain pages: \{'docling': 3, 'accurate aot': 2\}"):
        same_tables([docling, figure("accurate aot", "plain", 4, 8.0, tables=2)])


def circumstances(out: Path, precision: str = "float32") -> argparse.Namespace:
    return argparse.Namespace(device="cpu", precision=precision, note="busy", out=out, add=True)


def test_figures_are_kept_with_their_circumstances(tmp_path: Path) -> None:
    chosen = circumstances(tmp_path / "results" / "gpu.json")
    write(chosen, [figure("docling", "plain", 4, 8.0)])
    kept = json.loads(chosen.out.read_text())
    assert (kept["note"], kept["precision"]) == ("busy", "float32")
    assert kept["figures"][0]["reading"]["networks"] == {"heron": 2.0}


def test_figures_are_added_to_those_of_others_measured_likewise(tmp_path: Path) -> None:
    chosen = circumstances(tmp_path / "gpu.json")
    docling, once, again = (
        figure("docling", "plain", 4, 8.0),
        figure("light aot", "plain", 4, 2.0),
        figure("light aot", "plain", 4, 1.0),
    )
    assert others(chosen, [again]) == []
    write(chosen, [docling, once])
    assert others(chosen, [again]) == [docling]
    assert others(argparse.Namespace(**{**vars(chosen), "add": False}), [again]) == []
    with pytest.raises(AssertionError, match="measured otherwise"):
        others(circumstances(chosen.out, "bfloat16"), [again])
