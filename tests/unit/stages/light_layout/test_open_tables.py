"""Tables between level rules: those that the network does not see are found, and nothing else is taken for one."""

from dataclasses import replace

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.lines import LayoutLine, bounds
from pipeline.stages.light_layout.open_tables import open_tables, rule_stacks
from pipeline.stages.light_layout.refine import regions
from pipeline.stages.light_layout.rulings import Rule
from tests.support.layout_pages import line, paragraph, region, sheet


def table(top: float, left: float = 100) -> list[LayoutLine]:
    """A head and three rows, 14 points apart."""
    texts = [("Boat", "Route", "Guests"), ("Heron", "Mill", "410"), ("Otter", "Quay", "87"), ("Plover", "Lock", "12")]
    return [
        line(text, left + 70 * n, top + 14 * row) for row, cells in enumerate(texts) for n, text in enumerate(cells)
    ]


def rules(*places: float, start: float = 95, end: float = 290) -> list[Rule]:
    return [Rule(place, start, end) for place in places]


def test_a_table_between_three_rules_that_the_network_calls_a_list_is_a_table() -> None:
    lines = [*paragraph(4, 60, 60), *table(150)]
    page = sheet(lines, region(LayoutLabel.LIST_ITEM, (90, 145, 300, 215)))
    page = replace(page, stacks=tuple(rule_stacks(rules(147, 162, 208))))
    found = [one for one in regions(page) if one.label is LayoutLabel.TABLE]
    assert [(one.box.top, one.box.bottom) for one in found] == [(150, 202)]


def test_a_table_may_begin_above_its_rules() -> None:
    lines = table(150)
    page = sheet(lines, region(LayoutLabel.TABLE, (95, 148, 300, 215)))
    page = replace(page, stacks=tuple(rule_stacks(rules(162, 176, 208))))
    assert [one.box.top for one in open_tables(page.stacks, lines)] == [164]
    assert [one.box.top for one in regions(page) if one.label is LayoutLabel.TABLE] == [150]


def test_heads_above_the_rules_may_be_one_line() -> None:
    head = line("Boat", 100, 150)
    words = (*head.words, *line("Route", 170, 150).words, *line("Guests", 240, 150).words)
    glued = LayoutLine("Boat Route Guests", bounds([word.box for word in words]), head.font, words)
    lines = [line("Trips", 190, 136), glued, *table(150)[3:]]
    page = sheet(lines, region(LayoutLabel.TABLE, (95, 134, 300, 215)))
    page = replace(page, stacks=tuple(rule_stacks(rules(162, 176, 208))))
    assert [one.box.top for one in open_tables(page.stacks, lines)] == [164]
    assert [one.box.top for one in regions(page) if one.label is LayoutLabel.TABLE] == [134]


def test_tables_of_one_width_with_text_between_them_are_two() -> None:
    lines = [*table(150), *paragraph(3, 100, 225, text="running text of that width"), *table(290)]
    stacks = rule_stacks(rules(147, 162, 208, 287, 302, 348))
    assert [(one.box.top, one.box.bottom) for one in open_tables(stacks, lines)] == [(150, 202), (290, 342)]


def test_rules_around_running_text_make_no_table() -> None:
    text = paragraph(6, 100, 150, text="words of a notice that stands")
    assert open_tables(rule_stacks(rules(147, 176, 240)), text) == []


def test_columns_of_stories_between_rules_make_no_table() -> None:
    left, right = (paragraph(9, start, 150, text="one row of a story in its column") for start in (100, 300))
    below = [line(one.text, one.box.left, one.box.top + 150) for one in (*left, *right)]
    stacks = rule_stacks(rules(147, 290, 440, end=480))
    assert open_tables(stacks, [*left, *right, *below]) == []


def test_rules_that_text_runs_across_make_no_table() -> None:
    lines = [*table(150), line("a line that begins left of the rules and ends right of them all", 60, 192)]
    assert open_tables(rule_stacks(rules(147, 162, 208)), lines) == []


def test_two_rules_and_rules_of_different_widths_are_no_stack() -> None:
    assert rule_stacks(rules(100, 200)) == []
    assert rule_stacks([*rules(100, 200), *rules(300, end=400)]) == []


def test_a_heading_between_two_tables_with_rules_of_one_length_parts_them() -> None:
    heading = line("Ordering", 100, 225, height=14, pitch=7.0)
    lines = [*paragraph(4, 60, 60), *table(150), heading, *table(255)]
    page = replace(sheet(lines), stacks=tuple(rule_stacks(rules(147, 162, 176, 208, 267, 281, 313))))
    found = [one for one in regions(page) if one.label is LayoutLabel.TABLE]
    assert [(one.box.top, one.box.bottom) for one in found] == [(150, 202), (255, 307)]
    assert any(one.label is LayoutLabel.SECTION_HEADER and one.box == heading.box for one in regions(page))


def test_the_heads_of_the_rows_below_the_rules_are_none_of_the_table_above() -> None:
    names = [line(text, left, top) for top in (150, 164) for text, left in (("Client", 100), ("Fjellvik", 240))]
    heads = [line(text, left, 184) for text, left in (("Test", 100), ("Unit", 180), ("Result", 250))]
    below = [line(text, left, 202) for text, left in (("Iron", 100), ("mg", 180), ("612", 250))]
    stacks = rule_stacks(rules(145, 180, 198))
    assert [one.box.bottom for one in open_tables(stacks, [*names, *heads])] == [194]
    assert open_tables(stacks, [*names, *heads, *below]) == []


def test_names_of_groups_stand_between_rows_that_are_ruled_one_by_one() -> None:
    def found(places: list[float], name: str) -> list[tuple[float, float]]:
        """The tables of rows below rules at these places, the fourth of which is a lone ``name``."""
        rows = [(("Boat", 100), (f"Mill {n}", 170), (f"4{n}0", 240)) for n in range(len(places) - 1)]
        lines = [
            line(text, left, place + 3)
            for n, (place, row) in enumerate(zip(places, rows, strict=False))
            for text, left in (((name, 100),) if n == 3 else row)
        ]
        return [(one.box.top, one.box.bottom) for one in open_tables(rule_stacks(rules(*places)), lines)]

    even = [100.0 + 16 * n for n in range(8)]
    assert found(even, "Doors") == [(103, 209)]
    title = [*even[:4], *(place + 14 for place in even[4:])]
    assert found(title, "Table 2: Doors") == [(103, 145), (181, 223)]
