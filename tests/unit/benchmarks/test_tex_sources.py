"""Headings are counted against what a TeX source says."""

from pathlib import Path

import pytest

from benchmarks.tex_sources import Count, count, documents, main, sections

SOURCE = r"""
\documentclass{article}
\title{The Ferry\thanks{Paid by a trust}}
% \section{Left out}
\begin{document}
\section[Short]{Caf\'e at the \LaTeX{} ford\label{ford}}
The ferry leaves every hour of the day.
\begin{verbatim}
\section{Shown}
\end{verbatim}
\subsection*{Its {\em crew}}
Four men row it over the river.
\section{Prices}
\cite{one} says so.
\subsection{Of goods}
A cart costs more than a cow.
"""
GOOD = """# The Ferry

## 1 Café at the LaTeX ford

The ferry leaves every hour of the day.

### Its *crew*

Four men row it over the river.

## 2. Prices

It says so.

### 2.1 Of goods

A cart costs more than a cow.

## References
"""


def test_headings_of_a_source_are_read_with_what_follows_them() -> None:
    found = list(sections(SOURCE))
    assert [(s.depth, s.letters) for s in found] == [
        (2, "cafeatthelatexford"),
        (3, "itscrew"),
        (2, "prices"),
        (3, "ofgoods"),
    ]
    assert [s.opening for s in found] == ["theferryleaveseveryhourof", "fourmenrowitoverthe", "", "acartcostsmorethana"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", Count(4, 4, 0, 0, 3, 3)),
        ("### Its *crew*", "Its crew", Count(4, 3, 0, 0, 3, 3)),
        ("## 2. Prices", "## A cow\n\n## 2. Prices", Count(4, 4, 1, 0, 3, 3)),
        ("### 2.1", "#### 2.1", Count(4, 4, 0, 1, 3, 3)),
        ("Four men", "A note.\n\nFour men", Count(4, 4, 0, 0, 3, 2)),
    ],
)
def test_what_is_lost_made_up_or_out_of_place_is_counted(old: str, new: str, expected: Count) -> None:
    assert count(GOOD.replace(old, new, 1) if old else GOOD, SOURCE) == expected


def test_markdown_that_is_there_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.pdf").touch()
    (tmp_path / "a.tex").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "b.pdf").touch()
    (tmp_path / "a.md").write_text(GOOD, encoding="utf-8")
    assert list(documents(tmp_path)) == [tmp_path / "a.pdf"]
    main([str(tmp_path), "--predictions", str(tmp_path)])
    assert capsys.readouterr().out.splitlines()[-1] == "| **all** | 4 | 4 | 0 | 0 | 3 | 3 |"
