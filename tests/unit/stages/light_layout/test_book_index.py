"""A book's index is a list in columns, and no table where its columns stand level."""

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.refine import regions
from tests.support.layout_pages import labelled, line, region, sheet

WORDS = ["alder", "ash", "birch", "cedar", "elm", "fir", "hazel", "larch", "oak", "pine", "rowan", "willow", "yew"]


def column(left: float, *, first: str) -> list[LayoutLine]:
    """A letter, an entry with one below it, one that is wrapped, and twelve more."""
    texts = [first, *(f"{word} wood, {number + 3}" for number, word in enumerate(WORDS[1:]))]
    found = [line(text, left, 100 + 14 * number) for number, text in enumerate(texts)]
    found.append(line("for piles, 32, 140n", left + 10, 100 + 14 * len(texts)))
    found.append(line("Zeno, letters of the elder, 12,", left, 114 + 14 * len(texts)))
    found.append(line("18\u201321", left + 20, 128 + 14 * len(texts)))
    return found


def test_level_columns_of_an_index_are_items() -> None:
    lines = [line("Numbers refer to pages.", 60, 60), *column(60, first="A"), *column(300, first="B")]
    table = region(LayoutLabel.TABLE, (55, 95, 520, 340))
    found = labelled(regions(sheet(lines, table)), lines)
    assert ("list_item", "for piles, 32, 140n") in found
    assert ("list_item", "Zeno, letters of the elder, 12, / 18\u201321") in found
    assert ("text", "A") in found
    assert ("text", "Numbers refer to pages.") in found
    assert sum(label == "list_item" for label, _ in found) == 2 * 14


def test_a_table_with_places_and_years_is_no_index() -> None:
    names = [line(f"{word} wood, Hall", 60, 100 + 14 * number) for number, word in enumerate(WORDS)]
    years = [line(str(1950 + number), 300, 100 + 14 * number) for number in range(len(WORDS))]
    table = region(LayoutLabel.TABLE, (55, 95, 520, 340))
    assert [one.label for one in regions(sheet([*names, *years], table))] == [LayoutLabel.TABLE]
