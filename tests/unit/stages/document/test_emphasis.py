"""Styles of words reach the document without changing its text."""

import pytest
from docling_core.types.doc import DocItemLabel, ImageRefMode

from pipeline.pages import Box
from pipeline.stages.document.element_text import ElementLine, StyledWord
from pipeline.stages.document.emphasis import add_styles, styled_runs
from pipeline.stages.markdown import to_markdown
from tests.unit.stages.document.made import Made, line


def words(*parts: tuple[str, dict[str, object]], gap: float = 5.0) -> ElementLine:
    """A line of words with their styles; raised ones touch the word before."""
    found = []
    left = 50.0
    for text, style in parts:
        start = left if not style.get("script") else left - gap
        right = start + 5 * len(text)
        found.append(StyledWord(text, Box(start, 40, right, 50), **style))  # type: ignore[arg-type]
        left = right + gap
    return ElementLine(" ".join(text for text, _ in parts), Box(50, 40, left, 50), 10, tuple(found))


def written(made: Made) -> str:
    add_styles(made.document, made.record)
    return to_markdown(made.document, ImageRefMode.PLACEHOLDER)


def test_bold_italic_code_and_links() -> None:
    made = Made()
    made.text(
        words(
            ("Do", {}),
            ("not", {"bold": True}),
            ("ring", {}),
            ("the", {"italic": True}),
            ("bell,", {"italic": True}),
            ("run", {"fixed": True}),
            ("make_it", {"fixed": True}),
            ("or", {}),
            ("read", {"link": "https://example.org/a"}),
            ("on", {"link": "https://example.org/a"}),
            ("here", {"link": "javascript:alert(1)"}),
        )
    )
    assert written(made) == ("Do **not** ring *the bell*, `run make_it` or [read on](https://example.org/a) here")
    assert "".join(item.text for item in made.document.texts) == "Do not ring the bell, run make_it or read on here"


def test_raised_and_lowered_characters_close_up() -> None:
    made = Made()
    made.text(words(("10", {}), ("6", {"script": 1}), ("of", {}), ("H", {}), ("2", {"script": -1}), ("O", {})))
    assert written(made) == "10<sup>6</sup> of H<sub>2</sub> O"


def test_what_ends_a_sentence_closes_up_behind_a_raised_mark() -> None:
    made = Made()
    raised: dict[str, object] = {"script": 1}
    made.text(words(("mill", {}), ("1", raised), (".", {}), ("rye", {}), ("2", raised), ("was", {}), gap=2))
    assert written(made) == "mill<sup>1</sup>. rye<sup>2</sup> was"


def test_a_formula_without_latex_keeps_its_exponents() -> None:
    made = Made()
    item = made.text(
        words(("a", {"italic": True}), ("2", {"script": 1}), ("=", {}), ("c", {})), label=DocItemLabel.FORMULA
    )
    item.text, item.orig = "", "a 2 = c"
    assert written(made) == "a<sup>2</sup> = c"


def test_headings_and_wholly_typewritten_texts_are_not_marked_as_such() -> None:
    made = Made()
    made.heading(line("A bold heading", 40, height=14, bold=True))
    made.text(line("all of it typed", 80, fixed=True))
    assert written(made) == "## A bold heading\n\nall of it typed"


def test_words_that_are_not_found_change_nothing() -> None:
    parts = [StyledWord("missing", Box(0, 0, 10, 10), bold=True), StyledWord("there", Box(20, 0, 30, 10), italic=True)]
    runs = list(styled_runs("is there", parts))
    assert [run.text for run in runs] == ["is ", "there"]
    assert "".join(run.text for run in styled_runs("algorithm", [StyledWord("algo-", Box(0, 0, 9, 9), bold=True)])) == (
        "algorithm"
    )


FIXED: dict[str, object] = {"fixed": True}
BOLD: dict[str, object] = {"bold": True}
LINKED: dict[str, object] = {"link": "https://example.org/a"}


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([("Set", {}), ("true,", FIXED), ("or", {})], "Set `true`, or"),
        ([("see", {}), ("(plain.asy).", FIXED), ("It", {})], "see `(plain.asy)`. It"),
        ([("as", {}), ("(NSObject),", FIXED), ("or", {})], "as `(NSObject)`, or"),
        ([("from", {}), ("NSObject),", FIXED), ("or", {})], "from `NSObject`), or"),
        ([("such", {}), ("new...", FIXED), ("methods", {})], "such `new...` methods"),
        ([("(alias", {}), ("dch)", BOLD), ("is", {})], "(alias **dch**) is"),
        ([("is", {}), ("bin.", BOLD), ("For", {})], "is **bin.** For"),
        ([("the", {}), ("Gardener,", BOLD), ("says", {})], "the **Gardener**, says"),
        ([("an", {}), ("(ABI", LINKED), ("change)", {})], "an ([ABI](https://example.org/a) change)"),
        ([("begins", {}), ("with", {}), ("{", FIXED)], "begins with `{`"),
    ],
)
def test_signs_of_the_sentence_stay_outside_of_its_words_styles(
    parts: list[tuple[str, dict[str, object]]], expected: str
) -> None:
    made = Made()
    made.text(words(*parts))
    assert written(made) == expected
