"""The difference of two texts: what is equal, what is not, and how much work a stranger's text may cause."""

import pytest

from pipeline.history.difference import MOST_BY_WORDS, Change, Mark, compare_lines, compare_pages


def shown(left: str, right: str) -> list[str]:
    """As ``diff`` writes it, changed words in brackets."""
    lines = compare_lines(left, right)
    assert lines is not None
    words = ("".join(f"[{piece.text}]" if piece.changed else piece.text for piece in line.pieces) for line in lines)
    return [f"{line.mark}{line.skipped or ''}{text}" for line, text in zip(lines, words, strict=True)]


def test_every_page_of_either_run_is_told() -> None:
    changes = compare_pages({1: "a", 2: "b", 5: "e"}, {1: "a", 2: "B", 3: "c"})
    assert [(page.page, page.change) for page in changes] == [
        (1, Change.EQUAL),
        (2, Change.CHANGED),
        (3, Change.RIGHT_ONLY),
        (5, Change.LEFT_ONLY),
    ]


def test_changed_words_are_marked_and_far_lines_counted() -> None:
    left = "\n\n".join(["# Title", *(f"Line {number}." for number in range(9)), "The quick brown fox jumps."])
    assert shown(left, left.replace("brown", "red")) == [
        "…8",
        " Line 7.",
        " Line 8.",
        "-The quick [brown] fox jumps.",
        "+The quick [red] fox jumps.",
    ]


def test_lines_with_little_in_common_are_not_compared_by_words() -> None:
    assert shown("One two three four five.", "Six seven eight three nine.") == [
        "-One two three four five.",
        "+Six seven eight three nine.",
    ]


def test_an_added_and_a_removed_line_stand_alone() -> None:
    assert shown("a\nb\nc", "a\nc\nd") == [" a", "-b", " c", "+d"]
    assert shown("", "a") == ["+a"]


def test_an_added_word_keeps_the_blanks_around_it() -> None:
    lines = compare_lines("one two three four", "one two and three four")
    assert lines is not None
    assert [(line.mark, line.text) for line in lines] == [
        (Mark.REMOVED, "one two three four"),
        (Mark.ADDED, "one two and three four"),
    ]


def test_white_space_alone_is_no_line() -> None:
    assert compare_lines("a\n\n\nb  ", "a\nb") == ()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("\n".join("ab" * 5000), "\n".join("ba" * 5000)),
        ("\n".join(map(str, range(3000))), ""),
        ("x\n" * 200, "x\n" * 200),
    ],
)
def test_what_would_take_long_is_not_compared(left: str, right: str) -> None:
    assert compare_lines(left, right) is None


def test_only_so_many_lines_are_compared_by_words() -> None:
    lines = compare_lines(
        "\n".join(f"a word {number}" for number in range(300)), "\n".join(f"a word {number}x" for number in range(300))
    )
    assert lines is not None
    marked = [line for line in lines if any(piece.changed for piece in line.pieces)]
    assert (len(lines), len(marked)) == (600, 2 * MOST_BY_WORDS)
