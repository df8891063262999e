"""Grids from structure tokens."""

import pytest

from pipeline.models.structure import Token, build

CELL = "<td></td>"


def grid(text: str) -> list[tuple[int, int, int, int, bool]]:
    """(row, column, row span, column span, header) of each cell, from tokens separated by spaces; ``2x3`` is a spanning
    cell.
    """
    tokens: list[Token] = []
    for word in text.split():
        if word == "td":
            tokens.append(Token(CELL))
        elif "x" in word:
            rows, columns = word.split("x")
            tokens += [
                Token("<td"),
                Token(f' rowspan="{rows}"'),
                Token(f' colspan="{columns}"'),
                Token(">"),
                Token("</td>"),
            ]
        else:
            tokens.append(Token(f"<{word}>"))
    return [(c.row, c.column, c.row_span, c.column_span, c.header) for c in build(tokens).cells]


def test_plain_rows_make_a_grid_and_thead_makes_headers() -> None:
    assert grid("thead tr td td /tr /thead tbody tr td td /tr /tbody") == [
        (0, 0, 1, 1, True),
        (0, 1, 1, 1, True),
        (1, 0, 1, 1, False),
        (1, 1, 1, 1, False),
    ]


def test_a_row_span_pushes_the_next_rows_cells_aside() -> None:
    assert grid("tr 2x1 td td /tr tr td td /tr") == [
        (0, 0, 2, 1, False),
        (0, 1, 1, 1, False),
        (0, 2, 1, 1, False),
        (1, 1, 1, 1, False),
        (1, 2, 1, 1, False),
    ]


def test_a_column_span_counts_the_columns_that_exist() -> None:
    assert grid("tr 1x20 /tr tr td td td /tr") == [
        (0, 0, 1, 3, False),
        (1, 0, 1, 1, False),
        (1, 1, 1, 1, False),
        (1, 2, 1, 1, False),
    ]


def test_a_row_span_ends_with_the_table() -> None:
    assert grid("tr 20x1 td /tr tr td /tr") == [(0, 0, 2, 1, False), (0, 1, 1, 1, False), (1, 1, 1, 1, False)]


def test_a_column_span_stops_before_a_cell_that_reaches_down() -> None:
    assert grid("tr td td 2x1 /tr tr 1x3 /tr") == [
        (0, 0, 1, 1, False),
        (0, 1, 1, 1, False),
        (0, 2, 2, 1, False),
        (1, 0, 1, 2, False),
    ]


def test_rows_without_cells_are_dropped() -> None:
    assert grid("tr td /tr tr /tr tr td /tr") == [(0, 0, 1, 1, False), (1, 0, 1, 1, False)]


@pytest.mark.parametrize("text", ["", "/tr", "tr /tr", "thead /thead"])
def test_tokens_without_cells_make_an_empty_grid(text: str) -> None:
    assert grid(text) == []


def test_cells_before_any_row_are_a_row() -> None:
    assert grid("td td tr td /tr") == [(0, 0, 1, 1, False), (0, 1, 1, 1, False), (1, 0, 1, 1, False)]


def test_no_two_cells_share_a_place_whatever_the_spans() -> None:
    for text in ("tr 3x2 2x2 td /tr tr 2x5 td /tr tr td 9x9 /tr", "tr td 2x1 td /tr tr 1x2 td /tr tr 5x5 td td /tr"):
        places = [
            (r, c)
            for row, column, rows, columns, _ in grid(text)
            for r in range(row, row + rows)
            for c in range(column, column + columns)
        ]
        assert len(places) == len(set(places))
