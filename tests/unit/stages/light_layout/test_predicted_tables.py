"""Tables that the network saw, beside those that the lines show."""

from dataclasses import replace

from pipeline.pages import Box, LayoutLabel, TableCell, TableStructure
from pipeline.stages.light_layout import containers
from pipeline.stages.light_layout.lines import LayoutLine, bounds, typography
from pipeline.stages.light_layout.refine import regions
from pipeline.stages.light_layout.turned import turned_groups
from pipeline.stages.light_layout.whitespace import structure
from tests.support.layout_pages import FIXED, line, paragraph, region, sheet, words

LEFTS = (60, 180, 300)
HEADS = ("Part", "Wind (m/s)", "Pressure (hPa)")
TABLE = LayoutLabel.TABLE


def rows(top: float, count: int = 5) -> list[LayoutLine]:
    return [
        line(text, left, top + 16 * number)
        for number in range(count)
        for text, left in zip((f"Sensor {number}", f"{719 + number}.3", f"{968 - number}.5"), LEFTS, strict=True)
    ]


def heads(top: float) -> list[LayoutLine]:
    return [line(text, left, top) for text, left in zip(HEADS, LEFTS, strict=True)]


def tables(lines: list[LayoutLine], *boxes: tuple[float, float, float, float]) -> list[Box]:
    found = regions(sheet(lines, *(region(TABLE, box) for box in boxes)))
    return [one.box for one in found if one.label is TABLE]


def test_a_predicted_table_without_its_head_and_one_of_caption_and_head_are_one_table() -> None:
    caption = line("Table 1. Pressure of the logbooks at the ridge station, in hPa.", 60, 100)
    table = [*heads(116), *rows(132)]
    assert tables([caption, *table], (55, 130, 360, 215), (55, 98, 240, 128)) == [bounds([one.box for one in table])]


def test_a_predicted_table_with_columns_beside_those_of_the_lines_stays() -> None:
    remarks = ["was found in a field", "", "", "nobody knows of it", ""]
    long = [line(text, 420, 132 + 16 * n, pitch=8.0) for n, text in enumerate(remarks) if text]
    lines = [*heads(116), line("Remark", 420, 116), *rows(132), *long]
    assert [box.right for box in tables(lines, (55, 114, 590, 215))] == [590]


def test_a_predicted_table_of_which_the_lines_show_a_small_part_stays() -> None:
    long = [line("stone that was cut, chiselled and set with mortar", 140, 116 + 24 * n) for n in range(4)]
    lines = [*long, *(line(f"{n}4.00", 60, 116 + 24 * n) for n in range(4)), *rows(220, 3)]
    assert tables(lines, (55, 112, 560, 270))[0].top == 112


def upward(text: str, left: float, bottom: float) -> LayoutLine:
    """A line that runs up the page."""
    box = Box(left, bottom - 6.0 * len(text), left + 10, bottom)
    return LayoutLine(text, box, words=words(text, left, box.top), turn=3)


def test_heads_that_run_up_over_their_columns_belong_to_the_table() -> None:
    lefts = [140 + 60 * n for n in range(6)]
    turned = [upward(f"Permits of {n}", left, 95) for n, left in enumerate(lefts)]
    body = [
        line(text, left, 100 + 16 * row)
        for row in range(4)
        for text, left in [("Ashby", 60), *((f"{row + n}1.5", left) for n, left in enumerate(lefts))]
    ]
    above = paragraph(2, 60, -30)
    assert list(turned_groups([*above, *turned, *body])) == [0]
    assert tables([*above, *turned, *body]) == [bounds([one.box for one in [*turned, *body]])]


def test_lines_of_a_paragraph_that_runs_up_the_page_are_text_of_their_own() -> None:
    turned = [upward("some words that run up the page", 400 + 14 * n, 400) for n in range(3)]
    assert list(turned_groups([*paragraph(6, 60, 100), *turned])) == [0, 3]


def test_heads_on_the_left_of_figures_on_the_right_part_their_columns() -> None:
    found = [words("Item", 60, 100), words("Count", 300, 100), words("Price", 333, 100), words("Amount", 366, 100)]
    for row, item in enumerate(("nine narrow trees", "a scion for a terrace", "quiet orchards")):
        top = 116 + 16 * row
        found += [
            words(item, 60, top),
            words(str(row), 326, top, pitch=4),
            words("8.1", 345, top),
            words("64.5", 380, top),
        ]
    everything = [word for group in found for word in group]
    grid = structure(everything, bounds([word.box for word in everything]))
    assert grid is not None
    assert [(cell.column, cell.column_span) for cell in grid.cells if cell.row == 0] == [(n, 1) for n in range(4)]


def grid_of(*rows: tuple[tuple[str, float], ...]) -> tuple[int, int]:
    """The rows and columns of a table of these texts and their left edges."""
    found = [word for n, row in enumerate(rows) for text, left in row for word in words(text, left, 109 + 26 * n)]
    grid = structure(found, bounds([word.box for word in found]))
    assert grid is not None
    return grid.rows, grid.columns


def test_heads_far_to_the_left_of_their_figures_have_no_columns_of_their_own() -> None:
    head = (("Part", 48), ("Load (t)", 328), ("Speed (kn)", 504))
    body = [((f"Winch {number}", 48), ("427.3", 458), ("451.6", 633)) for number in range(4)]
    assert grid_of(head, *body) == (5, 3)


def test_a_head_above_nothing_keeps_its_column() -> None:
    head = (("Part", 48), ("Load (t)", 228), ("Remarks", 404))
    body = [((f"Winch {number}", 48), ("427.3", 258)) for number in range(4)]
    assert grid_of(head, *body) == (5, 3)


def test_heads_over_groups_of_columns_that_the_network_saw_stay_with_their_table() -> None:
    groups = [line(text, left, 100) for text, left in (("Inbound", 215), ("Outbound", 335))]
    lefts = (60, 180, 240, 300, 360)
    heads = [line(text, left, 116) for text, left in zip(("Mean", "Peak") * 2, lefts[1:], strict=True)]
    body = [
        line(text, left, 132 + 16 * row)
        for row in range(4)
        for text, left in zip((f"Gull Point {row}", "778", "594", "923", "233"), lefts, strict=True)
    ]
    lines = [*groups, line("Station", 60, 108), *heads, *body]
    assert [box.top for box in tables(lines, (55, 98, 400, 195))] == [100]


def test_a_predicted_table_with_a_heading_between_its_rows_is_none() -> None:
    def job(name: str, years: str, top: float) -> list[LayoutLine]:
        return [line(name, 60, top), line(years, 450, top), line("• Measured the seepage of dams", 80, top + 14)]

    first = [*job("Hydrologist", "2018 - 2024", 130), *job("Assistant", "2015 - 2018", 160)]
    lines = [*first, line("Education", 60, 200, height=14), *job("Master of Science", "2015", 225)]
    assert tables(lines, (55, 125, 520, 250)) == []
    assert tables(first, (55, 125, 520, 190)) != []


def test_a_sentence_between_listings_that_the_network_saw_as_one_table_is_no_code() -> None:
    code = [line(text, 60, 130 + 14 * n, font=FIXED) for n, text in enumerate(("func main() {", "    run()", "}"))]
    shown = [
        line(text, 60, 200 + 14 * n, font=FIXED) for n, text in enumerate(("$ go run gauge.go --port 3", "level 0"))
    ]
    said = line("Run it with:", 60, 185)
    found = regions(sheet([*paragraph(5, 60, 300), *code, said, *shown], region(TABLE, (55, 125, 300, 230))))
    coded = [r.box for r in found if r.label is LayoutLabel.CODE]
    held = [one.text for one in (*code, said, *shown) if any(one.box.intersection(box) > 0 for box in coded)]
    assert held == [one.text for one in (*code, *shown)]


def test_the_last_row_of_a_table_below_its_repeated_heads_is_a_table() -> None:
    heads = [
        line(text, left, 60)
        for text, left in zip(("No.", "Article", "Size", "Price"), (60, 150, 330, 430), strict=True)
    ]
    last = [
        line(text, left, 76)
        for text, left in zip(("2377", "Check valve", "DN 65", "92.50"), (60, 150, 330, 500), strict=True)
    ]
    below = line("All prices without tax.", 60, 120)
    found = regions(sheet([*heads, *last, below]))
    assert [r.box for r in found if r.label is TABLE] == [bounds([one.box for one in (*heads, *last)])]


def test_fields_below_each_other_that_the_network_saw_as_a_table_are_none() -> None:
    texts = ("1 The person", "Name: Odile Marrow", "Place: the narrows", "Year: 1995")
    fields = [line(text, 60, 100 + 20 * number) for number, text in enumerate(texts)]
    assert tables(fields, (55, 95, 500, 180)) == []
    beside = [line(text, 300, 100 + 20 * number) for number, text in enumerate(("Signed", "1994", "1995", "1996"))]
    assert len(tables([*fields, *beside], (55, 95, 500, 180))) == 1


def test_notices_between_rules_in_columns_are_no_table() -> None:
    lines = [one for column in range(2) for top in (100, 270) for one in paragraph(9, 60 + 260 * column, top)]
    spans = ((0, 0, 2), (2, 0, 1), (0, 1, 1), (1, 1, 2))  # row, column, rows: the notices of a column begin at heights
    uneven = [TableCell(row, column, span, 1, False, None) for row, column, span in (*spans, (3, 0, 2), (4, 1, 2))]
    level = [TableCell(row, column, 1, 1, False, None) for column in range(2) for row in range(2)]
    for cells, count in ((uneven, 0), (level, 1)):
        lattice = TableStructure(Box(55, 95, 580, 405), 1.0, 3, 2, tuple(cells))
        page = replace(sheet(lines, region(TABLE, (55, 95, 580, 405))), ruled=(lattice,))
        assert sum(one.label is TABLE for one in regions(page)) == count


def lattice(top: float) -> tuple[TableStructure, list[LayoutLine]]:
    """A ruled table of two rows and three columns from ``top`` on, and its lines."""
    places = [(row, column) for row in range(2) for column in range(3)]
    cells = [TableCell(row, column, 1, 1, row == 0, None) for row, column in places]
    lines = [line("Ridge station", 64 + 160 * column, top + 4 + 20 * row) for row, column in places]
    return TableStructure(Box(60, top, 540, top + 40), 1.0, 2, 3, tuple(cells)), lines


def test_ruled_tables_and_the_paragraphs_between_them_that_the_network_saw_as_one_table_are_apart() -> None:
    (upper, heads_), (lower, feet) = lattice(100), lattice(260)
    for between, count in ((paragraph(3, 60, 150), 2), (rows(150, 6), 1)):
        page = sheet([*heads_, *between, *feet], region(TABLE, (55, 95, 560, 305)))
        found = regions(replace(page, ruled=(upper, lower)))
        assert sum(one.label is TABLE for one in found) == count


def test_a_predicted_table_without_text_stays() -> None:
    assert tables(paragraph(3, 60, 400), (55, 95, 500, 180)) == [Box(55, 95, 500, 180)]


def test_a_table_in_a_fixed_pitch_font_is_code() -> None:
    code = [
        line(text, 60, 100 + 12 * n, font=FIXED, pitch=6)
        for n, text in enumerate(["select name,", "from staff", "where place", "order later"])
    ]
    lines = code + paragraph(6, 60, 300)
    found = regions(
        sheet(lines, region(LayoutLabel.TABLE, (50, 95, 200, 150)), region(LayoutLabel.TEXT, (50, 290, 400, 390)))
    )
    assert [r.label.value for r in sorted(found, key=lambda r: r.box.top)] == ["code", "text"]


def test_a_table_of_a_typewritten_page_is_a_table() -> None:
    columns_ = (
        (60, "Part", "TB-104", "TB-110", "TC-007", "TC-019"),
        (130, "Description", "Brake shoe, cast", "Sand box valve", "Trolley wheel", "Bow spring"),
        (378, "July", "16", "", "", "4"),
        (578, "September", "8", "3", "", ""),
    )
    lines = [
        line(text, left, 118 + 17 * number, font=FIXED, pitch=6)
        for left, *texts in columns_
        for number, text in enumerate(texts)
        if text
    ]
    lines.append(line("Only issues are entered; a blank means that nothing was drawn.", 60, 80, font=FIXED, pitch=6))
    page = sheet(lines, region(TABLE, (45, 112, 640, 200)))
    assert [one.label for one in containers.tables(page, [], typography(lines))] == [TABLE]
    assert [(one.label, one.box.left) for one in regions(page)][:1] == [(TABLE, 60)]
    beside = sheet([*lines, *paragraph(9, 60, 300)], *page.regions)
    assert [one.label for one in containers.tables(beside, [], typography(beside.lines))] == [LayoutLabel.CODE]


def test_tables_under_heads_side_by_side_stay_apart_though_their_rows_are_level() -> None:
    left = [(60, "Knockrow", "Lisbeg", "Tullane"), (150, "41", "17", "82")]
    works = (260, "Relining of the main", "A new roof at Lisbeg", "Fence at the lake")
    right = [works, (380, "May", "Sept", "Oct"), (430, "12", "15", "17")]
    lines = [
        line(text, place, 120 + 14 * number) for place, *texts in (*left, *right) for number, text in enumerate(texts)
    ]
    page = replace(sheet(lines), frames=(Box(58, 100, 200, 165), Box(258, 100, 450, 165)))
    boxes = sorted((one.box.left, one.box.right) for one in regions(page) if one.label is TABLE)
    ends = [max(one.box.right for one in lines if one.box.left < 200), max(one.box.right for one in lines)]
    assert boxes == [(60, ends[0]), (260, ends[1])]


def test_a_sentence_below_a_table_whose_cells_are_one_line_is_none_of_it() -> None:
    def row(top: float) -> LayoutLine:
        cells = [("14E", 60), ("B", 106), ("07:42", 172), ("Hospital", 231)]
        own = tuple(word for text, left in cells for word in words(text, left, top))
        return LayoutLine("14E B 07:42 Hospital", bounds([word.box for word in own]), own[0].font, own)

    held = [row(116 + 16 * n) for n in range(4)]
    below = line("The buses above replace the train while the viaduct is painted", 50, 190)
    assert containers._grid([*held, below]) == held


def test_columns_of_short_notices_are_no_table() -> None:
    said = "the water is cut off on Monday in all"
    columns: list[LayoutLine] = []
    for left, top in ((60, 100), (60, 220), (320, 100), (320, 220)):
        head = "Notice of what all have to know in", "town and in the villages on the river"
        columns += [line(text, left, top + 13 * number) for number, text in enumerate(head)]
        columns += paragraph(5, left, top + 40, text=said)
    assert containers.is_running(columns)


def test_a_ruled_table_stays_where_the_network_sees_one_that_is_mostly_its_note() -> None:
    names, remarks = ("Heron", "Otter", "Plover"), ("was built of elm on the quay", "leaks", "was sold to the mill")
    cells = [line(text, left, 100 + 16 * n) for left, of in ((60, names), (110, remarks)) for n, text in enumerate(of)]
    box = bounds([one.box for one in cells])
    ruled = structure([word for one in cells for word in one.words], box)
    assert ruled is not None
    lines = [*cells, *paragraph(9, 60, 170)]
    page = replace(sheet(lines, region(TABLE, (55, 98, 400, 300))), ruled=(ruled,))
    assert [one.box for one in regions(page) if one.label is TABLE] == [box]


def test_names_in_bold_beside_their_values_are_a_table_though_the_network_sees_the_values_as_a_text() -> None:
    names, values = (
        ("Vessel", "Home port", "Built in", "Crew"),
        ("Heron of the Quay, once the Otter of the Lower Lock", "Mill Lane", "elm and oak", "five"),
    )
    right = [line(value, 300, 100 + 24 * n) for n, value in enumerate(values)]
    seen = region(LayoutLabel.TEXT, (295, 98, 570, 185), 0.4)
    for font, count in (("/Serif-Bold", 1), ("/Serif", 0)):
        left = [line(name, 60, 100 + 24 * n, font=font) for n, name in enumerate(names)]
        assert sum(one.label is TABLE for one in regions(sheet([*left, *right], seen))) == count
