"""The scores of Markdown: 1 for the same text however it is written, less for each kind of loss."""

from dataclasses import asdict
from pathlib import Path

import pytest
from docling_metrics_table import TableMetric, TableMetricHTMLInputSample
from docling_metrics_table.docling_metrics_table import TableMetricKind

from benchmarks.accuracy import corpus, main, score_folder, table
from benchmarks.markdown import Cell, Entry, letters_of_latex, parsed
from benchmarks.scoring import FIGURES, Score, mean, score, table_similarity
from tests.documents.committed import COMMITTED, FOLDER

REFERENCE = (FOLDER / "report.md").read_text(encoding="utf-8")
PARAGRAPHS = REFERENCE.split("\n\n")


@pytest.mark.parametrize("name", COMMITTED)
def test_a_text_is_like_itself(name: str) -> None:
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    assert {value for value in asdict(score(text, text)).values() if value is not None} == {1.0}


def test_a_lost_paragraph_costs_text_and_nothing_else() -> None:
    longest = max((part for part in PARAGRAPHS if part[0] not in "|#-<"), key=len)
    found = score(REFERENCE.replace(longest, ""), REFERENCE)
    assert found.nid < 0.96
    assert (found.heading, found.teds, found.item, found.depth) == (1, 1, 1, 1)


def test_a_swapped_order_costs_text_headings_and_no_tables() -> None:
    found = score("\n\n".join(reversed(PARAGRAPHS)), REFERENCE)
    assert found.nid < 0.9
    assert found.heading is not None
    assert found.heading < 0.5
    assert found.teds == 1


def test_a_lost_or_invented_table_counts_as_nothing() -> None:
    without = "\n\n".join(part for part in PARAGRAPHS if not part.startswith("|"))
    assert score(without, REFERENCE).teds == 0
    assert score(REFERENCE, without).teds == 0
    assert score(REFERENCE, without).nid_s == 1
    assert score(REFERENCE + "\n\n| a | b |\n|---|---|\n| c | d |\n", REFERENCE).teds == 0.5


def test_headings_are_scored_with_and_without_their_level() -> None:
    flat = REFERENCE.replace("### ", "## ").replace("\n# ", "\n## ")
    found = score(flat, REFERENCE)
    assert found.heading == 1
    assert found.level is not None
    assert 0.2 < found.level < 0.8
    assert found.nid == 1


def test_lists_are_scored_with_and_without_their_depth() -> None:
    nested = "- one thing\n  1. first below\n  2. second below\n- another thing\n"
    flat = "- one thing\n- first below\n- second below\n- another thing\n"
    found = score(flat, nested)
    assert (found.item, found.depth) == (1, 0.5)
    assert score("one thing\n\nanother thing", nested).item == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "| a | b |\n|---|---|\n| 1 | 2 |",
            "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>",
        ),
        (
            "|a|b|\n|-|:-:|\n|1|2|",
            "<table>\n<tbody>\n\n<tr><td>a<td>b</tr>\n<tr><td>1</td><td>2</td></tr></tbody></table>",
        ),
        ("Title\n=====\n\nText", "# Title\n\nText"),
        ("1. one\n2. two", "- 1. one\n- 2. two"),
        ("* one\n    * below", "- one\n  - below"),
        ("Read [this](https://example.org).", "Read this."),
        ("So it is[^1].\n\n[^1]: Indeed.", "So it is<sup>1</sup>.\n\n1 Indeed."),
        ("- [x] Repair\n- [ ] Renewal", "- ☒ Repair\n- ☐ Renewal"),
        ("1 The mill ........ 7", "1 The mill 7"),
        ("1 The mill . . . . . . 7", "1 The mill 7"),
        ("**Bold** and *slanted*", "Bold and slanted"),
        ("3 &lt; 4 \\* 5", "3 < 4 * 5"),
        ("![a picture](x.png)\n\n<!-- image -->\n\nText", "Text"),
        ("ob\u00adservation of \ufb01sh", "observation of fish"),
        ("line one\nline two", "line one line two"),
    ],
)
def test_two_ways_of_writing_count_alike(one: str, other: str) -> None:
    assert {value for value in asdict(score(one, other)).values() if value is not None} == {1.0}
    assert {value for value in asdict(score(other, one)).values() if value is not None} == {1.0}


def test_spans_of_cells_count() -> None:
    spanning = "<table><tr><td colspan=2>both</td></tr><tr><td>a</td><td>b</td></tr></table>"
    (found,) = parsed(spanning).tables
    assert found.rows[0] == (Cell("both", 1, 2),)
    wrong = score("<table><tr><td>both</td></tr><tr><td colspan=2>a</td><td>b</td></tr></table>", spanning).teds
    assert wrong is not None
    assert 0.3 < wrong < 0.9


@pytest.mark.parametrize("second", ["both", " "])
def test_a_pipe_table_cannot_span_and_loses_nothing_by_it(second: str) -> None:
    spanning = (
        "<table><tr><td rowspan=2>tall</td><td colspan=2>both</td></tr>"
        "<tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td><td>3</td></tr></table>"
    )
    tall = "tall" if second == "both" else " "
    pipes = f"| tall | both | {second} |\n|---|---|---|\n| {tall} | a | b |\n| 1 | 2 | 3 |"
    assert score(pipes, spanning).teds == 1
    assert score(spanning, pipes).teds == 1


def test_no_figure_is_below_zero() -> None:
    """A row and a column of the same words need more edits than the larger table has cells."""
    row = "<table><tr><td>a oak</td><td>b ash</td><td>c elm</td><td>d fir</td><td>e yew</td></tr></table>"
    column = "<table><tr><td>oak ash</td></tr><tr><td>elm fir</td></tr><tr><td>yew</td></tr></table>"
    one, other = parsed(row).tables[0], parsed(column).tables[0]
    sample = TableMetricHTMLInputSample(id="table", html_a=row, html_b=column, structure_only=False)
    assert TableMetric([TableMetricKind.TEDS]).evaluate_sample(sample).teds.teds < 0
    assert table_similarity([one], [other]) == 0


def test_code_is_kept_and_a_table_in_it_is_code() -> None:
    found = parsed("```html\n<table><tr><td>x</td></tr></table>\n\nif a:\n    b\n```\n")
    assert not found.tables
    assert found.text == "<table><tr><td>x</td></tr></table> if a: b"


def test_formulas_count_by_their_letters() -> None:
    assert letters_of_latex(r"P = \rho g \eta").split() == ["P", "=", "ρ", "g", "η"]
    lost, plain = score("", r"$$ v = \sqrt{2 g h} $$").nid, score("v = √(2 g h)", r"$$ v = \sqrt{2 g h} $$").nid
    assert lost == 0
    assert plain > 0.8


def test_the_entries_of_nested_lists_know_their_depth() -> None:
    assert parsed("- a\n  - b\n\n    more of b\n- c").items == [Entry(1, "a"), Entry(2, "b"), Entry(1, "c")]


def test_an_entry_without_text_ends_with_its_list() -> None:
    found = parsed("- first\n-\n\nA paragraph behind the list.\n")
    assert found.items == [Entry(1, "first")]
    assert "A paragraph behind the list." in found.text


def test_means_leave_out_documents_without_a_figure() -> None:
    one = Score(1.0, 1.0, 1.0, 0.5, None, None, None)
    other = Score(0.5, 0.0, None, None, None, None, None)
    assert mean([one, other]) == Score(0.75, 0.5, 1.0, 0.5, None, None, None)


def test_the_corpus_is_what_can_be_read() -> None:
    names = {pdf.stem for pdf in corpus()}
    assert names == set(COMMITTED) - {"cut", "prefixed", "encrypted", "undecodable"}


def test_any_folder_of_documents_and_markdown_is_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    documents, predictions = tmp_path / "documents", tmp_path / "predictions"
    (documents / "reference").mkdir(parents=True)
    predictions.mkdir()
    for name in ("a", "b", "c"):
        (documents / f"{name}.pdf").write_bytes(b"%PDF-")
    (documents / "a.md").write_text("# Same\n")
    (documents / "reference" / "b.md").write_text("# Lost\n")
    (predictions / "a.md").write_text("# Same\n")
    main(["--corpus", str(documents), "--predictions", str(predictions)])
    assert capsys.readouterr().out == table(score_folder(predictions, corpus(documents))) + "\n"
    assert [row.nid for row in score_folder(predictions, corpus(documents)).values()] == [1.0, 0.0]
    with pytest.raises(SystemExit):
        main(["--corpus", str(predictions)])


def test_each_figure_has_its_column() -> None:
    assert table({"a": score("", "")}).splitlines()[0] == f"| document | {' | '.join(FIGURES)} |"
