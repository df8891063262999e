"""The layout rules on small synthetic pages: frozen lines and regions in, labelled regions out."""

from dataclasses import replace

from pipeline.pages import Box, LayoutLabel
from pipeline.stages.light_layout.lines import LayoutLine, bounds
from pipeline.stages.light_layout.match import LayoutWord
from pipeline.stages.light_layout.refine import regions
from pipeline.stages.light_layout.ruleless_tables import with_rows_beside
from pipeline.stages.light_layout.rulings import Rule
from tests.support.layout_pages import BODY, labelled, line, paragraph, region, sheet, words

BOLD = "/Serif-Bold"
PROSE = "some words that fill one whole line of running text here"


def test_a_picture_full_of_running_text_is_text() -> None:
    lines = paragraph(5, 60, 100)
    found = regions(sheet(lines, region(LayoutLabel.PICTURE, (50, 80, 400, 200))))
    assert labelled(found, lines) == [("text", " / ".join([PROSE] * 5))]


def test_a_picture_with_labels_stays_a_picture_and_keeps_them() -> None:
    lines = [line("axis one", 80, 100), line("peak", 200, 150), line("axis two", 300, 290)]
    found = regions(sheet(lines, region(LayoutLabel.PICTURE, (50, 80, 400, 320))))
    assert labelled(found, lines) == [
        ("picture", "axis one / peak / axis two"),
        ("text", "axis one"),
        ("text", "peak"),
        ("text", "axis two"),
    ]


def test_a_picture_over_a_bitmap_survives_many_labels() -> None:
    lines = [line(f"label {n}", 60 + 90 * (n % 4), 120 + 60 * (n // 4)) for n in range(16)]
    doubtful = region(LayoutLabel.PICTURE, (10, 60, 590, 700), 0.6)
    with_bitmap = regions(sheet(lines, doubtful, bitmaps=(Box(20, 70, 580, 600),)))
    without = regions(sheet(lines, doubtful))
    assert LayoutLabel.PICTURE in [r.label for r in with_bitmap]
    assert LayoutLabel.PICTURE not in [r.label for r in without]


def test_the_bitmap_in_a_dropped_picture_becomes_the_picture() -> None:
    lines, bitmap = paragraph(6, 60, 100), Box(60, 300, 200, 450)
    for score in (0.9, 0.4):  # the second is no picture of the network's
        picture = region(LayoutLabel.PICTURE, (50, 80, 400, 500), score)
        found = regions(sheet(lines, picture, bitmaps=(bitmap,)))
        assert [r.box for r in found if r.label is LayoutLabel.PICTURE] == [bitmap]


def test_a_table_of_running_text_is_text() -> None:
    lines = paragraph(4, 60, 100)
    found = regions(sheet(lines, region(LayoutLabel.TABLE, (50, 90, 400, 160))))
    assert labelled(found, lines) == [("text", " / ".join([PROSE] * 4))]


def test_a_table_of_columns_stays_one_and_grows_over_the_line_it_cuts() -> None:
    lines = [line(f"item {n}", 60, 100 + 20 * n) for n in range(4)] + [
        line(f"{n * 100} pieces", 260, 100 + 20 * n) for n in range(4)
    ]
    found = regions(sheet(lines, region(LayoutLabel.TABLE, (58, 104, 330, 166))))
    assert [(r.label, r.box.top, r.box.bottom) for r in found] == [(LayoutLabel.TABLE, 100, 170)]


def test_lines_that_no_region_claims_become_paragraphs() -> None:
    lines = paragraph(3, 60, 100) + paragraph(2, 60, 200)
    assert labelled(regions(sheet(lines)), lines) == [
        ("text", " / ".join([PROSE] * 3)),
        ("text", " / ".join([PROSE] * 2)),
    ]


def test_two_columns_without_regions_stay_apart() -> None:
    short = "half a line of words in a column"
    lines = [line(short, left, 100 + 14 * n) for left in (60, 320) for n in range(3)]
    assert sorted((r.box.left, r.box.top, r.box.bottom) for r in regions(sheet(lines))) == [
        (60, 100, 138),
        (320, 100, 138),
    ]


def test_a_bold_line_above_text_is_a_heading_though_the_network_missed_it() -> None:
    lines = [line("Sharp Words", 60, 100, font=BOLD), *paragraph(4, 60, 114)]
    found = regions(sheet(lines, region(LayoutLabel.TEXT, (50, 95, 400, 180))))
    assert labelled(found, lines)[0] == ("section_header", "Sharp Words")


def test_a_bold_word_does_not_cut_a_paragraph() -> None:
    lines = paragraph(4, 60, 100)
    mixed = lines[1]
    lines[1] = type(mixed)(
        mixed.text, mixed.box, BODY, (type(mixed.words[0])("some", mixed.words[0].box, BOLD), *mixed.words[1:])
    )
    assert len(regions(sheet(lines, region(LayoutLabel.TEXT, (50, 95, 400, 160))))) == 1


def test_body_text_that_was_called_a_heading_is_text() -> None:
    lines = paragraph(3, 60, 100) + paragraph(6, 60, 300)
    found = regions(
        sheet(
            lines, region(LayoutLabel.SECTION_HEADER, (50, 95, 400, 145)), region(LayoutLabel.TEXT, (50, 290, 400, 390))
        )
    )
    assert [r.label.value for r in found] == ["text", "text"]


def test_large_lines_that_introduce_nothing_are_no_headings() -> None:
    lines = [
        *paragraph(4, 60, 60),
        line("Slogan One", 60, 600, height=16, pitch=8),
        line("Slogan Two", 60, 660, height=16, pitch=8),
    ]
    found = labelled(regions(sheet(lines)), lines)
    assert [label for label, text in found if text.startswith("Slogan")] == ["text", "text"]


def test_an_item_is_cut_off_at_its_bullet_and_keeps_its_second_line() -> None:
    lines = [
        line("• first item that goes", 60, 100),
        line("on in a second line", 70, 114),
        line("• second item", 60, 128),
    ]
    found = regions(sheet(lines, region(LayoutLabel.TEXT, (50, 95, 300, 145))))
    assert labelled(found, lines) == [
        ("list_item", "• first item that goes / on in a second line"),
        ("list_item", "• second item"),
    ]


def test_numbered_items_are_items_and_small_ones_footnotes() -> None:
    body = paragraph(6, 60, 100)
    items = [line("1. take the first", 60, 300), line("2. leave the other", 60, 314)]
    notes = [line("1) a note in small print", 60, 700, height=7, pitch=4)]
    lines = [*body, *items, *notes]
    assert [label for label, _ in labelled(regions(sheet(lines)), lines)] == [
        "text",
        "list_item",
        "list_item",
        "footnote",
    ]


def test_first_lines_that_are_set_in_begin_paragraphs() -> None:
    lines = [
        *paragraph(2, 60, 100),
        line("some words that fill what the indent leaves of one line", 75, 128),
        *paragraph(2, 60, 142),
    ]
    found = regions(sheet(lines, region(LayoutLabel.TEXT, (50, 95, 400, 170))))
    assert [len(text.split(" / ")) for _, text in labelled(found, lines)] == [2, 3]


def test_a_caption_in_another_type_is_cut_from_the_sentence_above() -> None:
    lines = [
        line("Table 3 sums up what was said.", 60, 100),
        line("Table 3 What was said", 60, 114, font="/Serif-Italic"),
        *paragraph(6, 60, 300),
    ]
    found = labelled(regions(sheet(lines, region(LayoutLabel.CAPTION, (50, 95, 300, 126)))), lines)
    assert found[:2] == [("text", "Table 3 sums up what was said."), ("caption", "Table 3 What was said")]


def test_headers_and_footers_of_the_margins_and_what_stands_beside_them() -> None:
    lines = [
        line("A Title of a Book", 60, 30, height=9),
        *paragraph(5, 60, 100),
        line("12", 60, 770),
        line("Chapter One", 300, 770),
    ]
    found = labelled(
        regions(
            sheet(
                lines, region(LayoutLabel.PAGE_HEADER, (50, 25, 300, 45)), region(LayoutLabel.TEXT, (50, 95, 400, 170))
            )
        ),
        lines,
    )
    assert [label for label, _ in found] == ["page_header", "text", "page_footer", "page_footer"]


def test_a_first_line_in_the_size_of_the_body_is_text_though_the_network_calls_it_a_header() -> None:
    lines = [line("Hello from the printer", 60, 70), *paragraph(6, 60, 130)]
    found = labelled(regions(sheet(lines, region(LayoutLabel.PAGE_HEADER, (50, 65, 300, 85)))), lines)
    assert found[0] == ("text", "Hello from the printer")


def test_a_page_of_two_short_lines_keeps_them() -> None:
    lines = [line("Name in print:", 60, 40, height=8), line("Ada Quill", 60, 60)]
    found = regions(sheet(lines, region(LayoutLabel.PAGE_HEADER, (50, 35, 300, 75))))
    assert not {r.label for r in found} & {LayoutLabel.PAGE_HEADER, LayoutLabel.PAGE_FOOTER}


def test_a_row_in_the_size_of_the_body_with_a_page_number_is_a_header_where_the_network_says_so() -> None:
    lines = [line("78 A running title", 60, 40), *paragraph(6, 60, 130)]
    found = labelled(regions(sheet(lines, region(LayoutLabel.PAGE_HEADER, (50, 35, 300, 55)))), lines)
    assert found[0] == ("page_header", "78 A running title")


def test_a_block_holds_no_lines_from_inside_and_outside_of_a_picture() -> None:
    lines = [line("label in a picture", 60, 100), line("text below it", 60, 114), *paragraph(4, 60, 400)]
    found = regions(sheet(lines, region(LayoutLabel.PICTURE, (50, 60, 400, 112))))
    assert sorted(r.box.top for r in found if r.label is LayoutLabel.TEXT) == [100, 114, 400]


def test_large_labels_in_a_picture_are_headings_only_where_the_network_says_so() -> None:
    lines = [
        line("Output Valve", 100, 150, height=16, pitch=8),
        line("opens at night", 100, 170),
        *paragraph(6, 60, 500),
    ]
    picture = region(LayoutLabel.PICTURE, (50, 100, 400, 300))
    heading = region(LayoutLabel.SECTION_HEADER, (90, 145, 300, 168))
    assert [r.label.value for r in regions(sheet(lines, picture)) if r.box.top == 150] == ["text"]
    assert [r.label.value for r in regions(sheet(lines, picture, heading)) if r.box.top == 150] == ["section_header"]


def test_a_sentence_of_body_text_is_no_header() -> None:
    lines = [line("The list below says it all.", 60, 70), *paragraph(5, 60, 130)]
    found = labelled(regions(sheet(lines, region(LayoutLabel.PAGE_HEADER, (50, 65, 300, 85)))), lines)
    assert found[0] == ("text", "The list below says it all.")


def table_lines(top: float) -> list[LayoutLine]:
    """Three columns and four rows without rules."""
    return [
        line(text, left, top + 18 * n)
        for n, name in enumerate(["apples", "pears", "plums", "quinces"])
        for text, left in ((name, 60), (str(10 + n), 200), ("x", 300))
    ]


def test_a_caption_and_a_note_in_the_networks_table_are_text() -> None:
    lines = [
        line("Table 7. Fruit of the north slope in one year", 60, 100),
        *table_lines(118),
        line("Note: the frost of May is in none of these figures at all", 60, 190),
    ]
    found = labelled(regions(sheet(lines, region(LayoutLabel.TABLE, (55, 95, 340, 205)))), lines)
    assert [label for label, _ in found] == ["text", "table", "text"]
    assert found[0][1].startswith("Table 7")


def test_a_table_takes_in_the_head_that_the_network_missed() -> None:
    lines = [line("Fruit", 60, 100), line("Bags", 200, 100), line("Sold", 300, 100), *table_lines(118)]
    found = regions(sheet(lines, region(LayoutLabel.TABLE, (55, 116, 340, 190))))
    assert [(r.label, r.box.top) for r in found] == [(LayoutLabel.TABLE, 100)]


def test_a_table_takes_in_heads_that_are_wider_than_its_columns_and_make_one_line() -> None:
    heads = [*words("Part", 66, 100, font=BOLD), *words("Load (books)", 108, 100, font=BOLD)]
    heads += words("Speed (people)", 180, 100, font=BOLD)
    head = LayoutLine("Part Load (books) Speed (people)", bounds([word.box for word in heads]), BOLD, tuple(heads))
    prose = line("The sorts of Load (books) and Speed (people)", 60, 100)
    rows = [
        line(text, left, 118 + 18 * number)
        for number in range(4)
        for text, left in ((f"Oak {number}", 60), ("430.9", 130), ("22.7", 205))
    ]
    for above, top in ((head, 100), (prose, 118)):
        found = regions(sheet([above, *rows], region(LayoutLabel.TABLE, (55, 116, 250, 190))))
        assert [r.box.top for r in found if r.label is LayoutLabel.TABLE] == [top]


def test_short_cells_in_columns_that_nobody_claims_are_a_table() -> None:
    lines = []
    for n, name in enumerate(["apples", "pears", "plums", "quinces"]):
        lines += [line(name, 60, 100 + 18 * n), line(str(10 + n), 200, 100 + 18 * n), line("x", 300, 100 + 18 * n)]
    assert [(r.label, r.box.left, r.box.top, r.box.bottom) for r in regions(sheet(lines))] == [
        (LayoutLabel.TABLE, 60, 100, 164)
    ]


def test_every_line_is_in_some_region() -> None:
    lines = [
        *paragraph(3, 60, 100),
        line("§", 500, 400),
        line("sideways", 20, 300, height=80, pitch=1),
        *paragraph(2, 200, 700),
    ]
    clutter = [region(LayoutLabel.TEXT, (50, 95, 200, 110), 0.5), region(LayoutLabel.FORMULA, (0, 0, 600, 800), 0.6)]
    found = regions(sheet(lines, *clutter))
    assert all(any(one.box.intersection(r.box) >= 0.99 * one.box.area for r in found) for one in lines)


def test_columns_of_running_text_side_by_side_are_no_table() -> None:
    text = "half a line of words in a column of it"
    lines = [line(text, left, 100 + 14 * n) for left in (60, 320) for n in range(8)]
    found = regions(sheet(lines, region(LayoutLabel.TABLE, (50, 90, 540, 220))))
    assert [r.label for r in found] == [LayoutLabel.TEXT, LayoutLabel.TEXT]


def test_a_line_whose_box_is_high_but_no_wider_set_than_the_body_is_no_heading() -> None:
    lines = paragraph(8, 60, 100)
    high = lines[3]
    tall = tuple(type(word)(word.text, Box(word.box.left, 140, word.box.right, 153), BODY) for word in high.words)
    lines[3] = type(high)(high.text, Box(high.box.left, 140, high.box.right, 153), BODY, tall)
    assert [r.label for r in regions(sheet(lines, region(LayoutLabel.TEXT, (50, 95, 400, 215))))] == [LayoutLabel.TEXT]


def test_a_region_around_other_text_regions_is_dissolved() -> None:
    lines = [line("1. Law of the Oar", 60, 100), *paragraph(2, 60, 150), line("2. Law of the Pole", 60, 300)]
    lines += [line("3. The Theorem", 400, 100), line("4. The Ramp", 400, 300)]
    found = regions(
        sheet(
            lines, region(LayoutLabel.FORMULA, (50, 90, 590, 400), 0.54), region(LayoutLabel.TEXT, (55, 145, 390, 180))
        )
    )
    assert len(found) == 5


def test_two_rows_are_a_table_where_three_columns_begin_at_their_edges() -> None:
    rows = (("5", "Dora", "Gander"), ("6", "Emil", "Bonnet"))
    lines = [
        line(text, left, 60 + 14 * number)
        for number, row in enumerate(rows)
        for text, left in zip(row, (60, 200, 340), strict=True)
    ]
    taken_for_text = region(LayoutLabel.TEXT, (190, 55, 450, 90))
    for seen in ((), (taken_for_text,)):
        found = labelled(regions(sheet(lines, *seen)), lines)
        assert found == [("table", "5 / Dora / Gander / 6 / Emil / Bonnet")]
    centred = [line(one.text, one.box.left + (8 if one.text == "Emil" else 0), one.box.top) for one in lines]
    assert "table" not in [label for label, _ in labelled(regions(sheet(centred)), centred)]


def test_a_label_alone_in_its_row_does_not_cut_a_table() -> None:
    rows = (("Revenue", "104", "113"), ("Operating expenses",), ("Upkeep", "52", "49"), ("Sales", "83", "71"))
    lines = [
        line(text, left, 100 + 14 * number)
        for number, row in enumerate(rows)
        for text, left in zip(row, (60, 260, 360), strict=False)
    ]
    assert [label for label, _ in labelled(regions(sheet(lines)), lines)] == ["table"]


def test_the_head_of_a_table_beside_the_lines_of_another_column() -> None:
    cells = [
        line(text, left, top) for top in (126, 140, 154) for text, left in (("oak", 320), ("12", 420), ("31", 500))
    ]
    head = [line(text, left, 110) for text, left in (("Part", 320), ("Load", 420), ("Speed", 500))]
    beside = [line("some words in a narrow column", 60, 104 + 14 * number) for number in range(6)]
    lines = [*head, *cells, *beside]
    found = regions(sheet(lines, region(LayoutLabel.TABLE, (315, 124, 540, 166))))
    assert [r.box.top for r in found if r.label is LayoutLabel.TABLE] == [110]


def test_the_head_of_a_scanned_table_may_stand_close() -> None:
    rows = (("Part", "Yield (t/ha)", "Height (m)"), *((f"Spur {n}", f"{n}15.6", f"{n}1.3") for n in range(1, 5)))
    places = ((315, 338), (423, 483), (490, 536)), ((314, 350), (462, 487), (534, 559))
    lines = [
        LayoutLine(text, Box(left, 100 + 16 * number, right, 112 + 16 * number))
        for number, row in enumerate(rows)
        for text, (left, right) in zip(row, places[min(number, 1)], strict=True)
    ]
    words = [LayoutWord(one.text, one.box) for one in lines[3:]]
    table = region(LayoutLabel.TABLE, (312, 114, 561, 178))
    assert with_rows_beside(table, words, lines[:3]).box.top == 100
    printed = [replace(one, font="/Serif") for one in lines[:3]]  # such as a choice in a form: "[x] Hill line"
    assert with_rows_beside(table, words, printed).box.top == 114


def test_amounts_in_a_predicted_table_that_comes_to_nothing_are_a_table_of_their_own() -> None:
    """The network sees one table over two. The upper one, known by its rules, keeps the whole from being one."""
    rules = tuple(Rule(top, 44, 554) for top in (89, 106.5, 138.5, 156))
    heads = [line("ACCOUNT", 45, 92, height=11), line("PERIOD", 301, 92, height=11)]
    fields = [line(text, left, top, height=11) for text, left, top in (
        ("Customer no. 88 120", 42, 106), ("Meter 5-0071", 42, 118), ("From 1 Jan 2023", 298, 106),
        ("To 31 Mar 2023", 298, 118), ("CHARGES", 45, 142))]  # fmt: skip
    names = ("Standing charge", "Water 41 m3 at 1.92", "Waste water", "Total due")
    rows = [line(text, 44, 158 + 17 * row, height=13) for row, text in enumerate(names)]
    rows += [
        line(text, 522, 158 + 17 * row, height=13) for row, text in enumerate(("18.50", "78.72", "64.10", "99.32"))
    ]
    seen = (region(LayoutLabel.TABLE, (40, 85, 560, 249)), region(LayoutLabel.TEXT, (55, 160, 161, 247)))
    lines = [*heads, *fields, *rows, line("Please pay by 30 April 2023.", 42, 236, height=11)]
    found = regions(replace(sheet(lines, *seen), stacks=(rules,)))
    assert ("table", " / ".join(one.text for one in rows)) in labelled(found, rows)


def test_what_the_network_sees_as_a_pictures_last_line_may_be_its_caption() -> None:
    caption = line("Figure 3. Loans of the book carts, in books.", 60, 280, height=8)
    lines = [*paragraph(4, 60, 320), caption]
    picture = region(LayoutLabel.PICTURE, (50, 100, 400, 290))
    found = {one.label: one.box for one in regions(sheet(lines, picture, bitmaps=(Box(60, 105, 390, 270),)))}
    assert found[LayoutLabel.PICTURE].bottom == caption.box.top
    assert found[LayoutLabel.CAPTION] == caption.box
