"""Kinds of heading numbers stand below each other as the document has them."""

import pytest

from pipeline.stages.document.heading_numbers import nested_levels


@pytest.mark.parametrize(
    ("headings", "levels"),
    [
        (["I. INTRODUCTION", "A. Background", "1. Detail", "2. More", "B. Aims", "II. MODEL", "A. Flow", "IV. END"],
         [1, 2, 3, 3, 2, 1, 2, 1]),
        (["A. Parties", "I. Facts", "1. The lease", "2. The rent", "II. Law", "1. Duty", "B. Order", "C. Costs"],
         [1, 2, 3, 3, 2, 3, 1, 1]),
        (["I. ONE", "A. a", "B. b", "C. c", "D. d", "II. TWO", "V. FIVE"], [1, 2, 2, 2, 2, 1, 1]),
        (["I. ONE", "I.A. Second", "I.A.1. Third", "II. TWO", "A. Loose", "B. Too", "III. THREE"],
         [1, 2, 3, 1, 2, 2, 1]),
        (["1. First", "a plain one", "A. Below", "B. Below", "2. Next", "A. Again"], [1, 0, 2, 2, 1, 2]),
        (["II METHODS", "A. Data", "III RESULTS"], [1, 2, 1]),
        (["I. Introduction", "A. Background", "1. Detail", "II. Model"], [1, 2, 3, 1]),
        (["II. MATHEMATICS", "II.A. Lines", "II.A.1. Parts", "III. NOTES"], [1, 2, 3, 1]),
    ],
    ids=[
        "engineers",
        "lawyers",
        "letters that are roman",
        "several parts",
        "letters below digits",
        "no point",
        "each once",
        "parts",
    ],
)  # fmt: skip
def test_a_kind_of_number_that_another_goes_on_after_stands_below_it(headings: list[str], levels: list[int]) -> None:
    found = nested_levels(headings)
    assert [found.get(place, 0) for place in range(len(headings))] == levels


@pytest.mark.parametrize(
    "headings",
    [
        ["1. Introduction", "2. Methods", "2.1 Data", "3. Results", "A. Proofs", "B. Tables"],  # appendices
        ["I. One", "II. Two", "III. Three"],
        ["Introduction", "Methods"],
        ["A. Author", "1. Introduction", "2. Methods"],
        ["U.S. Exports", "E.U. Imports", "I-V curves", "1. Ferries", "2. Carts"],
        [],
    ],
)
def test_kinds_that_follow_each_other_are_left_alone(headings: list[str]) -> None:
    assert nested_levels(headings) == {}
