"""Amounts of several columns that stand closer than columns do."""

from pipeline.pages import Box
from pipeline.stages.light_layout.amount_columns import parts_amounts, with_amount_edges
from pipeline.stages.light_layout.match import LayoutWord, fill
from pipeline.stages.light_layout.whitespace import structure
from tests.support.layout_pages import words

AMOUNTS = [("4", "38.50", "154.00"), ("12", "11.25", "135.00"), ("30", "0.86", "25.80"), ("2", "27.40", "54.80")]


def row(name: str, amounts: tuple[str, ...], top: float, gap: float = 6.0) -> list[LayoutWord]:
    """A name and amounts that end ``gap`` before the next column of 30 points."""
    found = list(words(name, 60, top))
    for number, amount in enumerate(amounts):
        right = 200 + 30 * number - gap
        found.append(LayoutWord(amount, Box(right - 4 * len(amount), top, right, top + 10)))
    return found


ROWS = [row(f"brass ring {n}a", amounts, 100 + 14 * n) for n, amounts in enumerate(AMOUNTS)]


def test_amounts_as_many_in_each_row_are_columns() -> None:
    edges = with_amount_edges([150.0], ROWS)
    assert [round(edge) for edge in edges] == [150, 199, 227]
    assert with_amount_edges([150.0], [*ROWS[:2], row("brass cap a", ("7",), 160)]) == [150.0]
    assert with_amount_edges([150.0], ROWS[:2]) == [150.0]


def test_amounts_a_space_apart_are_one() -> None:
    close = [[*words(f"call line {n}a", 60, 100 + 14 * n), *words("020 79460", 200, 100 + 14 * n)] for n in range(4)]
    assert with_amount_edges([150.0], close) == [150.0]


def test_each_amount_is_a_cell() -> None:
    placed = [word for some in ROWS for word in some]
    found = structure(placed, Box(55, 95, 300, 160))
    assert found is not None
    assert [cell.text for cell in fill(found, placed)][:4] == ["brass ring 0a", "4", "38.50", "154.00"]
    assert parts_amounts(199, ROWS[0])
    assert not parts_amounts(150, ROWS[0])
