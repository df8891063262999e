"""Signs of currency in narrow columns of their own."""

from pipeline.pages import Box
from pipeline.stages.light_layout.currency_signs import with_signs_apart
from pipeline.stages.light_layout.match import LayoutWord, fill
from pipeline.stages.light_layout.whitespace import structure
from tests.support.layout_pages import words


def account(signs: tuple[float, float], *, behind: bool = False) -> list[LayoutWord]:
    """Rows of a name and two amounts, with a sign left of each, or right ``behind`` it."""
    found: list[LayoutWord] = []
    for number, (name, one, other) in enumerate(
        (("Cash", "4,210", "3,995"), ("Land", "7,043", "7,107"), ("Debt", "203", "188"))
    ):
        top = 100 + 16 * number
        found += words(name, 60, top)
        for amount, edge, sign in ((one, 300, signs[0]), (other, 440, signs[1])):
            (word,) = words(amount, 0, top)
            found.append(LayoutWord(amount, Box(edge - word.box.width, top, edge, top + 10)))
            if number < 2:
                left = edge + 2 if behind else sign
                found.append(LayoutWord("€" if behind else "$", Box(left, top, left + 5, top + 10)))
    return found


def rows(found: list[LayoutWord]) -> list[list[str]]:
    grid = structure(found, Box(60, 100, 450, 142))
    assert grid is not None
    cells = fill(grid, found)
    return [[cell.text for cell in cells if cell.cell.row == row] for row in range(grid.rows)]


def test_a_sign_right_behind_an_amount_stands_before_the_next_one() -> None:
    glued = account((200, 303))
    assert rows(glued)[0] == ["Cash", "$", "4,210 $", "3,995"]
    apart = with_signs_apart(glued)
    assert rows(apart) == [
        ["Cash", "$", "4,210", "$", "3,995"],
        ["Land", "$", "7,043", "$", "7,107"],
        ["Debt", "", "203", "", "188"],
    ]


def test_signs_that_follow_their_amounts_stay_there() -> None:
    follows = account((0, 0), behind=True)
    assert with_signs_apart(follows) == follows


def test_a_sign_without_room_for_a_gutter_on_either_side_stays() -> None:
    narrow = [
        *words("Cash", 60, 100),
        *words("$", 120, 100),
        *words("4,210", 130, 100),
        *words("$", 160, 100),
        *words("5", 168, 100),
    ]
    assert with_signs_apart(narrow) == narrow
