"""Terms beside what they mean in a block that the network saw as one: nothing of it is glued."""

from functools import partial

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.labelled_rows import field_rows
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.refine import regions
from tests.support.layout_pages import labelled, line, paragraph, region, sheet

BOLD = "/Serif-Bold"


def found(lines: list[LayoutLine]) -> list[tuple[str, str]]:
    return labelled(regions(sheet(lines, region(LayoutLabel.TEXT, (50, 90, 500, 400)))), lines)


def test_a_manual_s_headings_stand_apart_from_its_terms_and_their_texts() -> None:
    lines = [
        line("EXIT STATUS", 60, 100, font=BOLD),
        line("0", 90, 116, font=BOLD),
        line("All animals were counted and the sum was written in full.", 130, 116),
        line("It may be zero.", 130, 128),
        line("1", 90, 146, font=BOLD),
        line("The gate was open.", 130, 146),
        line("FILES", 60, 164, font=BOLD),
        line("one file in the folder of the shepherd, with a name of its own", 90, 180),
    ]
    assert found(lines) == [
        ("section_header", "EXIT STATUS"),
        ("text", "0 / All animals were counted and the sum was written in full. / It may be zero."),
        ("text", "1 / The gate was open."),
        ("section_header", "FILES"),
        ("text", "one file in the folder of the shepherd, with a name of its own"),
    ]


def test_a_date_at_the_far_edge_stays_beside_its_post() -> None:
    lines = [
        *paragraph(4, 60, 100),
        line("Restorer, City Museum", 60, 160, font=BOLD),
        line("2009 to 2015", 400, 160),
        line("• Catalogued all of the clocks.", 60, 174),
        line("• Built two of them.", 60, 188),
    ]
    assert found(lines)[1:] == [
        ("text", "Restorer, City Museum / 2009 to 2015"),
        ("list_item", "• Catalogued all of the clocks."),
        ("list_item", "• Built two of them."),
    ]


def test_numbers_of_lines_in_the_margin_part_no_paragraph() -> None:
    lines = [*paragraph(9, 60, 100), line("5", 420, 156)]
    assert max(text.count(" / ") for _, text in found(lines)) == 9


def test_a_short_heading_stands_above_text_that_is_set_in_further_than_it_reaches() -> None:
    lines = [
        line("NAME", 60, 100, font=BOLD),
        line("tally counts the animals of a field and writes down the sum", 110, 114),
        line("LINE", 60, 132, font=BOLD),
        *paragraph(5, 110, 146),
    ]
    assert [text for label, text in found(lines) if label == "section_header"] == ["NAME", "LINE"]


def test_a_heading_whose_words_stand_far_apart_is_one() -> None:
    large = partial(line, font=BOLD, height=15.0, pitch=7.5)
    heading = [large("Station Clocks", 60, 100), large("in", 190, 100), large("Numbers", 60, 118)]
    lines = [*heading, *paragraph(6, 60, 140)]
    page = sheet(lines, region(LayoutLabel.TEXT, (50, 98, 400, 135)), region(LayoutLabel.TEXT, (50, 138, 400, 230)))
    assert labelled(regions(page), lines)[0] == ("section_header", "Station Clocks / in / Numbers")


def fields(*rows: tuple[str, str], value_at: float = 180) -> list[LayoutLine]:
    return [
        one
        for number, (label, value) in enumerate(rows)
        for one in (line(label, 60, 100 + 16 * number, font=BOLD), line(value, value_at, 100 + 16 * number))
    ]


def test_fields_stay_with_their_values_though_the_network_sees_two_blocks() -> None:
    lines = [*fields(("Date:", "12 May"), ("Place:", "Dunmere")), line("and the hall beside it", 180, 128)]
    parts = [region(LayoutLabel.TEXT, (175, 95, 400, 145)), region(LayoutLabel.SECTION_HEADER, (55, 112, 120, 130))]
    seen = labelled(regions(sheet(lines, *parts)), lines)
    assert seen == [("text", "Date: / 12 May"), ("text", "Place: / Dunmere / and the hall beside it")]


def test_labels_without_a_second_one_below_or_with_more_beside_them_are_no_fields() -> None:
    assert field_rows(fields(("Date:", "12 May"))) == []
    both = [*fields(("Date:", "12 May"), ("Place:", "Dunmere")), line("Time:", 300, 100), line("Room:", 300, 116)]
    assert field_rows(both) == []
    assert field_rows([line("Date:", 60, 100), line("12 May", 180, 100), line("Place: Dunmere", 60, 116)]) == []


def test_a_line_of_another_column_that_stands_lower_is_no_value() -> None:
    labels = [line("Hens:", 60, 100 + 40 * n, font=BOLD) for n in range(2)]
    level = [line("a line of the column beside it", 180, 100 + 40 * n) for n in range(2)]
    lower = [line("a line of the column beside it", 180, 104 + 40 * n) for n in range(2)]
    assert len(field_rows([*labels, *level])) == 2
    assert field_rows([*labels, *lower]) == []


def test_fields_may_stand_side_by_side() -> None:
    left = fields(("Name:", "Cosima Rehn"), ("Street:", "Linden Walk 3"), value_at=120)
    right = [
        one
        for number, (label, value) in enumerate((("Maker:", "Halvard"), ("Year:", "1926"), ("Finish:", "Walnut")))
        for one in (line(label, 300, 100 + 16 * number, font=BOLD), line(value, 370, 100 + 16 * number))
    ]
    found = [[one.text for one in field] for field in field_rows([*left, *right])]
    assert sorted(found) == [
        ["Finish:", "Walnut"],
        ["Maker:", "Halvard"],
        ["Name:", "Cosima Rehn"],
        ["Street:", "Linden Walk 3"],
        ["Year:", "1926"],
    ]


def test_the_points_of_a_question_end_its_last_row() -> None:
    wide = "1. Which of the lines runs along the harbour and is the oldest of all"
    edge = line(wide, 60, 100).box.right
    points = line("(2 points)", edge - line("(2 points)", 0, 0).box.width, 114)
    lines = [line(wide, 60, 100), line("since the flood?", 71, 114), points, line("a) Harbour line", 71, 132)]
    assert found(lines) == [
        ("list_item", f"{wide} / since the flood? / (2 points)"),
        ("list_item", "a) Harbour line"),
    ]


def test_a_heading_stands_above_the_fields_of_a_form() -> None:
    fields = (("Name:", "Samuel Oyelaran"), ("Place:", "the airfield"), ("Year:", "2014"))
    lines = [*paragraph(4, 60, 60), line("1 The person", 60, 130, font=BOLD)]
    for number, (label, value) in enumerate(fields):
        lines += [line(label, 60, 150 + 20 * number), line(value, 160, 150 + 20 * number)]
    made = labelled(regions(sheet(lines)), lines)
    assert made[1:] == [
        ("section_header", "1 The person"),
        ("text", "Name: / Samuel Oyelaran"),
        ("text", "Place: / the airfield"),
        ("text", "Year: / 2014"),
    ]
