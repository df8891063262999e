"""What benchmarks/gpu.py makes of its measurements."""

import argparse

import pytest

from benchmarks.gpu import Figure, contenders, corpus, measure_folio, show


def figure(who: str, kind: str, pages: int, seconds: float) -> Figure:
    return Figure(who, kind, pages, seconds, None if who == "docling" else 0.5, {}, {}, 100)


def test_contenders_are_compared_by_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    show(
        [
            figure("docling", "plain", 4, 8.0),
            figure("eager", "plain", 16, 8.0),
            figure("aot", "plain", 16, 4.0),
            figure("eager", "scanned", 2, 3.0),
        ]
    )
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in capsys.readouterr().out.splitlines()[2:]]
    assert rows == [
        ["docling", "4 plain", "2.0000", "", "1.0", "", "100 MB"],
        ["eager", "16 plain", "0.5000", "50%", "4.0", "", "100 MB"],
        ["aot", "16 plain", "0.2500", "50%", "8.0", "2.00", "100 MB"],
        ["eager", "2 scanned", "1.5000", "50%", "", "", "100 MB"],
    ]


def test_a_kind_without_pages_is_left_out() -> None:
    chosen = argparse.Namespace(pages=3, scanned=0, docling=0)
    assert list(contenders(chosen)) == [("eager", "plain"), ("aot", "plain")]


def test_the_corpus_repeats_itself_when_it_is_too_small() -> None:
    pages = corpus(45)
    assert len(pages) == 45
    shapes = {page.shape for page in pages}
    assert len(shapes) > 1
    assert any(page is pages[0] for page in pages[1:])


def test_a_pass_over_a_page_is_measured_by_network() -> None:
    chosen = argparse.Namespace(device="cpu", precision="float32", pages=1, scanned=0, packages=None)
    found = measure_folio(chosen, "eager", "plain")
    assert (found.pages, found.engines) == (1, {"layout": "torch", "ocr": "torch"})
    assert list(found.networks) == ["picodet-cdla"]
    assert found.networks["picodet-cdla"] > 0
    assert found.busy_share is not None
    assert 0 < found.busy_share <= 1
