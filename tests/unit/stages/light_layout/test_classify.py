"""Finer rules about headings, items, captions and margins: each page is the least that the rule decides."""

from dataclasses import replace
from functools import partial

import pytest

from pipeline.pages import Box, LayoutLabel
from pipeline.stages.light_layout.lines import HEAVY_SCAN, PLAIN_SCAN, LayoutLine
from pipeline.stages.light_layout.refine import regions
from tests.support.layout_pages import labelled, line, paragraph, region, sheet

BOLD = "/Serif-Bold"


def test_a_picture_densely_set_with_short_words_is_text() -> None:
    lines = [
        line(f"{name} {n}", left, 100 + 12 * n)
        for n in range(8)
        for left, name in ((60, "grey"), (120, "mauve"), (180, "beige"))
    ]
    found = regions(sheet(lines, region(LayoutLabel.PICTURE, (55, 95, 240, 200))))
    assert LayoutLabel.PICTURE not in [r.label for r in found]


def test_chapters_above_the_entries_of_a_contents_page_belong_to_it() -> None:
    entries = [line(f"Part {n} . . . . . . . . . . {n}", 60, 114 + 14 * n) for n in range(5)]
    edge = max(one.box.right for one in entries)
    number = line("7", 0, 100)
    lines = [line("Chapter", 60, 100), line("7", edge - number.box.width, 100), *entries]
    found = regions(sheet(lines))
    assert [(r.label, r.box.top, r.box.bottom) for r in found] == [(LayoutLabel.DOCUMENT_INDEX, 100, 180)]


def test_the_hanging_lines_of_an_item_are_no_paragraph() -> None:
    lines = [
        line("• an item that fills the line and goes on to a second one", 60, 100),
        line("on which it fills all of the line again from end to end", 70, 114),
        line("then plain text that nothing but the edge sets off from it", 60, 128),
    ]
    found = labelled(
        regions(sheet([*lines, *paragraph(6, 60, 300)], region(LayoutLabel.TEXT, (50, 95, 400, 145)))), lines
    )
    assert found[0] == ("list_item", " / ".join(one.text for one in lines))


def test_a_bold_question_an_aside_and_an_author_are_no_headings() -> None:
    for text in (
        "How many were there?",
        "(select all that apply)",
        "and what is left of it",
        "Ilse Varga 1,3",
        "Ada Penn†",
    ):
        lines = [line(text, 60, 286, font=BOLD), *paragraph(6, 60, 300)]
        found = labelled(regions(sheet(lines, region(LayoutLabel.TEXT, (50, 280, 400, 390)))), lines)
        assert found[0] == ("text", text)


def test_a_caption_is_cut_off_though_its_type_is_lighter() -> None:
    small = partial(line, height=8.0, pitch=4.0, font="/Serif-Italic")
    lines = [
        line("the last words of a paragraph", 60, 100),
        small("Table 3 What was said", 60, 114),
        *paragraph(6, 60, 300),
    ]
    found = labelled(regions(sheet(lines, region(LayoutLabel.TEXT, (50, 95, 300, 126)))), lines)
    assert found[:2] == [("text", "the last words of a paragraph"), ("caption", "Table 3 What was said")]


def test_a_bold_line_in_a_region_of_its_own_above_text_is_a_heading() -> None:
    lines = [line("Sharp Words", 60, 280, font=BOLD), *paragraph(6, 60, 300)]
    found = labelled(
        regions(
            sheet(lines, region(LayoutLabel.TEXT, (50, 275, 200, 292)), region(LayoutLabel.TEXT, (50, 298, 400, 390)))
        ),
        lines,
    )
    assert found[0] == ("section_header", "Sharp Words")


def test_a_plain_line_with_a_colon_is_no_heading_whatever_the_network_says() -> None:
    lines = [line("Here is an example of it:", 60, 260), *paragraph(6, 60, 300)]
    found = labelled(regions(sheet(lines, region(LayoutLabel.SECTION_HEADER, (50, 255, 300, 275)))), lines)
    assert found[0] == ("text", "Here is an example of it:")


def test_a_footer_that_the_network_saw_in_part_is_one() -> None:
    lines = [*paragraph(6, 60, 300), line("124 Notes on a Long Story in Parts", 60, 770)]
    found = labelled(regions(sheet(lines, region(LayoutLabel.PAGE_FOOTER, (60, 768, 75, 782)))), lines)
    assert found[-1] == ("page_footer", "124 Notes on a Long Story in Parts")


def test_a_number_beside_a_heading_joins_it() -> None:
    lines = [
        line("4", 60, 280, height=15, font=BOLD),
        line("Findings", 85, 280, height=15, font=BOLD),
        *paragraph(6, 60, 300),
    ]
    found = labelled(regions(sheet(lines, region(LayoutLabel.SECTION_HEADER, (80, 275, 140, 297)))), lines)
    assert found[0] == ("section_header", "4 / Findings")


def test_a_paragraph_that_two_regions_share_is_one() -> None:
    lines = paragraph(6, 60, 300)
    found = regions(
        sheet(lines, region(LayoutLabel.TEXT, (50, 290, 400, 340)), region(LayoutLabel.TEXT, (50, 340, 400, 390), 0.8))
    )
    assert [(r.box.top, r.box.bottom) for r in found] == [(300, 380)]


def test_a_text_region_around_a_table_claims_nothing() -> None:
    cells = [
        line(text, left, 300 + 20 * n)
        for n in range(8)
        for left, text in ((60, f"item {n}"), (260, f"{n * 100} pieces"))
    ]
    lines = [*cells, line("some words above it", 60, 60), line("some words below it", 60, 700)]
    wrapper = region(LayoutLabel.FORMULA, (50, 50, 340, 720), 0.7)
    found = regions(sheet(lines, wrapper, region(LayoutLabel.TABLE, (55, 295, 330, 455))))
    assert sorted((r.box.top, r.box.bottom) for r in found) == [(60, 70), (295, 455), (700, 710)]


def test_three_columns_of_short_cells_are_a_table_though_the_network_called_them_text() -> None:
    cells = [
        line(text, left, 100 + 18 * n)
        for n in range(4)
        for left, text in ((60, f"kind {n}"), (200, f"{n * 10}"), (300, "x"))
    ]
    doubtful = regions(sheet(cells, region(LayoutLabel.TEXT, (55, 95, 400, 170), 0.6)))
    sure = regions(sheet(cells, region(LayoutLabel.TEXT, (55, 95, 400, 170), 0.9)))
    assert ([r.label for r in doubtful], [r.label for r in sure]) == ([LayoutLabel.TABLE], [LayoutLabel.TABLE])


def test_columns_that_the_network_saw_as_one_block_are_read_by_themselves() -> None:
    text = "half a line of words in a column of it"
    lines = [line(text, left, 100 + 14 * n) for left in (60, 320) for n in range(4)]
    found = regions(sheet(lines, region(LayoutLabel.FORMULA, (50, 95, 560, 160))))
    assert sorted((r.label.value, r.box.left, r.box.bottom) for r in found) == [("text", 60, 152), ("text", 320, 152)]


def test_a_relation_between_names_is_a_formula_though_the_network_calls_it_a_heading() -> None:
    formulas = [(text, "formula") for text in ("P = ρghQη", "𝑃 = 𝜌𝑔ℎ𝑄𝜂", "x ≤ sin y")]
    for text, label in (*formulas, ("Load = weight", "section_header")):
        lines = [line(text, 200, 260, font=BOLD), *paragraph(6, 60, 300)]
        found = labelled(regions(sheet(lines, region(LayoutLabel.SECTION_HEADER, (190, 255, 300, 275)))), lines)
        assert found[0] == (label, text)


def test_a_heading_in_two_regions_is_one_where_its_first_line_was_full() -> None:
    large = partial(line, height=14.0, pitch=7.0, font=BOLD)
    body = paragraph(8, 60, 200)
    edge = body[0].box.right
    for second, count in (("seasonal binding", 1), ("2.1 Binding", 2)):
        lines = [large("How a reliable cover is chosen for a most", 60, 160), large(second, 60, 178), *body]
        assert edge - lines[0].box.right < lines[1].words[0].box.width
        seen = [region(LayoutLabel.SECTION_HEADER, (50, top, 400, top + 16)) for top in (159, 177)]
        found = regions(sheet(lines, *seen))
        assert [r.label for r in found].count(LayoutLabel.SECTION_HEADER) == count
        title = large("A title that runs across all of the columns of the page", 60, 60)
        found = regions(sheet([title, *lines], *seen, region(LayoutLabel.SECTION_HEADER, (50, 58, 560, 78))))
        assert [r.label for r in found].count(LayoutLabel.SECTION_HEADER) == count + 1, "its column is its text's"


@pytest.mark.parametrize(
    ("width", "second", "together"),
    [(90.0, "Work at Thornby", False), (190.0, "of the valley towns", True), (30.0, "II", True)],
)
def test_two_sizes_of_scanned_headings_are_told_by_their_widths(width: float, second: str, together: bool) -> None:
    heads = [("Village libraries in figures", 260.0, 60.0), (second, width, 82.0)]
    lines = [LayoutLine(text, Box(60, top, 60 + wide, top + 20), HEAVY_SCAN) for text, wide, top in heads]
    body = [replace(one, words=(), font=PLAIN_SCAN) for one in paragraph(6, 60, 130)]
    seen = region(LayoutLabel.SECTION_HEADER, (55, 55, 340, 104))
    found = [
        text for label, text in labelled(regions(sheet([*lines, *body], seen)), lines) if label == "section_header"
    ]
    assert len(found) == (1 if together else 2)


@pytest.mark.parametrize(("second", "together"), [(14.0, False), (19.0, True)])
def test_a_title_and_the_heading_below_it_are_two_though_the_network_sees_one(second: float, together: bool) -> None:
    lines = [
        line("Village libraries in figures", 60, 60, height=20.0, pitch=10.0),
        line("Work at Thornby", 60, 88, height=second, pitch=second / 2),
        *paragraph(6, 60, 130),
    ]
    seen = region(LayoutLabel.SECTION_HEADER, (55, 55, 340, 112))
    found = labelled(regions(sheet(lines, seen)), lines)
    headings = [text for label, text in found if label == "section_header"]
    assert headings == ([" / ".join(one.text for one in lines[:2])] if together else [one.text for one in lines[:2]])


def test_a_bold_heading_in_capitals_is_one_though_capitals_are_lower_than_lines_with_descenders() -> None:
    for text, label in (("WORK AT THE SCHOOL", "section_header"), ("Work at the school", "text")):
        lines = [line(text, 60, 280, height=8.3, font=BOLD), *paragraph(6, 60, 300)]
        assert labelled(regions(sheet(lines)), lines)[0] == (label, text)


def test_a_bold_line_with_a_sections_number_is_a_heading_though_its_font_is_lower() -> None:
    text = paragraph(3, 60, 120)
    for title, height, label in (("A.1.2 Old boats", 8.5, "section_header"), ("Old boats", 8.5, "text")):
        found = labelled(
            regions(sheet([*paragraph(6, 60, 300), line(title, 60, 100, height=height, font=BOLD), *text])), text
        )
        assert found[0][0] == label


def test_display_type_is_no_caption_though_the_network_says_so() -> None:
    lines = [line("2.3 Crossings by Month", 60, 260, height=15, pitch=8), *paragraph(6, 60, 300)]
    found = labelled(regions(sheet(lines, region(LayoutLabel.CAPTION, (50, 255, 400, 280)))), lines)
    assert found[0] == ("section_header", "2.3 Crossings by Month")


def test_a_caption_of_the_network_in_the_bodys_type_is_text_where_captions_have_numbers() -> None:
    aside = line("The narrow trees were watered after the repair of the weir", 60, 240)
    seen = region(LayoutLabel.CAPTION, (50, 235, 400, 255))
    for title, label in (("Table 3. Yield of the trees, in t", "text"), ("Yield of the trees, in t", "caption")):
        lines = [line(title, 60, 100), aside, *paragraph(6, 60, 300)]
        found = labelled(regions(sheet(lines, seen)), lines)
        assert (label, aside.text) in found


def test_boxes_of_scanned_lines_differ_in_height_whatever_their_type_is() -> None:
    texts = (("The narrow trees were watered after the repair of", 240.0), ("it.", 253.0))
    aside = [LayoutLine(text, Box(60, top, 60 + 5 * len(text), top + 8.5), PLAIN_SCAN) for text, top in texts]
    body = [LayoutLine(one.text, one.box, PLAIN_SCAN) for one in paragraph(6, 60, 300)]
    title = LayoutLine("Table 3. Yield of the trees, in t", Box(60, 100, 220, 110), PLAIN_SCAN)
    lines = [title, *aside, *body]
    found = labelled(regions(sheet(lines, region(LayoutLabel.CAPTION, (50, 235, 400, 265)))), lines)
    assert ("text", " / ".join(line.text for line in aside)) in found


def test_page_numbers_far_behind_their_leaders_belong_to_the_entries() -> None:
    entries = [line(f"{n} Part of the book . . . . . . .", 60, 100 + 14 * n) for n in range(6)]
    edge = entries[0].box.right + 40
    lines = [one for n, entry in enumerate(entries) for one in (entry, line(str(3 * n + 4), edge, entry.box.top))]
    found = regions(sheet(lines, region(LayoutLabel.LIST_ITEM, (55, 95, edge + 30, 190), 0.95)))
    assert [(r.label, r.box.top, r.box.bottom) for r in found] == [(LayoutLabel.DOCUMENT_INDEX, 100, 180)]


def test_choices_side_by_side_are_items_as_those_above_them_are() -> None:
    lines = [
        line("[x] a berth", 60, 100),
        line("[ ] a crane", 60, 116),
        *(line(text, left, 132) for text, left in (("( ) day", 60), ("(x) night", 160), ("( ) both", 260))),
    ]
    found = labelled(regions(sheet(lines, region(LayoutLabel.TEXT, (55, 95, 320, 145)))), lines)
    assert found == [("list_item", one.text) for one in lines]


@pytest.mark.parametrize(("apart", "label"), [(20.0, "section_header"), (45.0, "text")])
def test_bold_words_far_apart_in_a_row_are_the_heads_of_a_table(apart: float, label: str) -> None:
    left = line("Part", 60, 286, font=BOLD)
    lines = [left, line("Load", left.box.right + apart, 286, font=BOLD), *paragraph(6, 60, 300)]
    found = regions(sheet(lines, region(LayoutLabel.TEXT, (58, 284, 400, 384))))
    assert labelled(found, lines)[0][0] == label


@pytest.mark.parametrize(("font", "label"), [(HEAVY_SCAN, "section_header"), (PLAIN_SCAN, "caption")])
def test_a_heavy_line_of_a_scan_that_the_network_calls_a_caption_is_a_heading(font: str, label: str) -> None:
    body = [LayoutLine(one.text, one.box, PLAIN_SCAN) for one in paragraph(6, 60, 300)]
    lines = [LayoutLine("Work at the station hall", Box(60, 286, 180, 296), font), *body]
    found = regions(sheet(lines, region(LayoutLabel.CAPTION, (58, 284, 182, 298))))
    assert labelled(found, lines)[0] == (label, "Work at the station hall")


def test_places_in_italics_below_the_names_of_authors_are_no_headings() -> None:
    rows = (
        ("Mira Holt", "/Serif", 140),
        ("University of Dunmore", "/Serif-Italic", 112),
        ("holt@dunmore.example", "/Serif", 115),
    )
    lines = [line(text, left, 100 + 14 * n, font=font) for n, (text, font, left) in enumerate(rows)]
    middled = [centred(one, 165) for one in lines]
    found = regions(sheet([*middled, *paragraph(5, 60, 300)], region(LayoutLabel.TEXT, (100, 98, 230, 140))))
    assert labelled(found, middled)[0] == ("text", " / ".join(one.text for one in middled))


def centred(one: LayoutLine, middle: float) -> LayoutLine:
    left = middle - one.box.width / 2
    return line(one.text, left, one.box.top, height=one.box.height, font=one.font)


def test_a_title_alone_on_its_page_is_a_heading_where_the_network_is_sure() -> None:
    lines = [line("River Ferries and What", 60, 180), line("Was Found There", 60, 200), line("Tomas Birk", 80, 300)]
    for score, label in ((0.91, "section_header"), (0.5, "text")):
        seen = region(LayoutLabel.SECTION_HEADER, (55, 178, 200, 212), score)
        assert labelled(regions(sheet(lines, seen)), lines)[0] == (label, " / ".join(one.text for one in lines[:2]))


def block(*lines: LayoutLine, label: LayoutLabel = LayoutLabel.TEXT) -> list[tuple[str, str]]:
    """What the lines become above a paragraph, where the network sees one region."""
    page = [*lines, *paragraph(6, 60, 300)]
    edges = [edge for one in lines for edge in (one.box.left, one.box.right)]
    seen = region(label, (min(edges) - 2, lines[0].box.top - 2, max(edges) + 2, lines[-1].box.bottom + 2))
    return labelled(regions(sheet(page, seen)), page)


def test_a_section_in_a_section_is_a_heading_of_its_own() -> None:
    heads = [line("4.2 Another section", 60, 270, font=BOLD), line("4.2.1 A section in it", 60, 284, font=BOLD)]
    found = block(*heads, label=LayoutLabel.SECTION_HEADER)
    assert found[:2] == [("section_header", one.text) for one in heads]
    both = [
        line("4.2 A section whose title goes on to the end of the line", 60, 270, font=BOLD),
        line("below in 3.1 steps", 60, 284, font=BOLD),
    ]
    assert block(*both, label=LayoutLabel.SECTION_HEADER)[0] == ("section_header", " / ".join(o.text for o in both))


@pytest.mark.parametrize(
    ("text", "height", "label"),
    [
        ("Acknowledgements", 10.0, "section_header"),
        ("B. Citations and References", 9.0, "section_header"),
        ("Citations and References", 9.0, "text"),
        ("B. Citations and References", 8.0, "footnote"),
    ],
)
def test_a_bold_line_over_the_middle_of_its_text_is_a_heading(text: str, height: float, label: str) -> None:
    body = paragraph(1, 60, 300)[0].box
    head = centred(line(text, 0, 280, height=height, font=BOLD), (body.left + body.right) / 2)
    assert block(head)[0] == (label, text)


@pytest.mark.parametrize(
    ("number", "font", "label"),
    [("1.", BOLD, "section_header"), ("1.1.", "/CMTI10", "section_header"), ("1.", "/CMTI10", "list_item")],
)
def test_a_sections_number_in_the_bodys_type_leaves_its_heading_one(number: str, font: str, label: str) -> None:
    title = line("Submission of Papers", 85, 284, font=font)
    first = line(number, 60, 284)
    head = replace(title, text=f"{number} {title.text}", words=(*first.words, *title.words))
    head = replace(head, box=replace(title.box, left=60.0))
    assert block(head)[0] == (label, head.text)


@pytest.mark.parametrize("text", ["exp(−ρ|zj − z|)λ", "a − 2b", "⟨in French⟩", "\\begin{context}"])
def test_parts_of_formulas_and_commands_are_no_headings(text: str) -> None:
    assert block(line(text, 60, 284, height=12.0, font=BOLD))[0] == ("text", text)


def test_a_bold_sentence_is_no_heading_in_capitals_either() -> None:
    for text in ("Figures, tables, etc.", "FIGURES, TABLES AND NOTES FOLLOW.", "请用PDF格式提交所有文件。"):
        assert block(line(text, 60, 284, font=BOLD))[0][0] == "text", text


def test_a_bold_line_with_a_sections_number_is_no_caption_whatever_the_network_says() -> None:
    middle = paragraph(1, 60, 300)[0].box
    for text, label in (("III. REFERENCES", "section_header"), ("The ferry at night", "caption")):
        head = centred(line(text, 0, 280, font=BOLD), (middle.left + middle.right) / 2)
        assert block(head, label=LayoutLabel.CAPTION)[0] == (label, text)


def test_the_stop_before_a_formulas_number_is_no_bullet() -> None:
    number = line("(2)", 80, 284)
    for sign, label in ((".", "text"), ("r", "list_item")):
        mark = line(sign, 60, 284, font="/CMMI10")
        both = replace(number, text=f"{sign} (2)", words=(*mark.words, *number.words))
        assert block(replace(both, box=replace(number.box, left=60.0)))[0][0] == label


def test_small_print_with_the_mark_of_a_note_is_one() -> None:
    for note in (line("∗ Written for a meeting", 60, 500, height=8.0), raised("1", "This is the name of the fonts")):
        found = labelled(regions(sheet([*paragraph(6, 60, 300), note])), [note])
        assert found[-1] == ("footnote", note.text)
    large = line("∗ Written for a meeting", 60, 500)
    assert labelled(regions(sheet([*paragraph(6, 60, 300), large])), [large])[-1] == ("text", large.text)


def raised(mark: str, text: str) -> LayoutLine:
    """A line in small type with a mark in smaller type above its base line."""
    rest = line(text, 66, 500, height=8.0)
    first = line(mark, 60, 499, height=5.0)
    box = Box(60.0, 499.0, rest.box.right, rest.box.bottom)
    return replace(rest, text=f"{mark} {text}", box=box, words=(*first.words, *rest.words))


@pytest.mark.parametrize(("second", "together"), [(11.7, False), (13.0, True)])
def test_printed_headings_of_two_sizes_are_two_however_large_both_are(second: float, together: bool) -> None:
    heads = [
        line("1.10.4 The Cover Specification File and all that is in it", 60, 262, height=13.3, font=BOLD),
        line("General Config", 60, 278, height=second, font=BOLD),
    ]
    found = block(*heads, label=LayoutLabel.SECTION_HEADER)
    assert [label for label, _ in found].count("section_header") == (1 if together else 2)


@pytest.mark.parametrize(("font", "parts"), [(BOLD, 2), ("/Serif", 1)])
def test_a_title_and_a_subtitle_in_bold_are_two_on_a_page_of_nothing_else(font: str, parts: int) -> None:
    """On a cover the title's type is what most of the page is set in, so that it is not large."""
    lines = [
        line("The village libraries in figures", 60, 60, height=20.0, pitch=10.0, font=font),
        line("A report", 60, 88, height=16.0, pitch=8.0, font=font),
    ]
    assert len(regions(sheet(lines, region(LayoutLabel.SECTION_HEADER, (55, 55, 400, 110))))) == parts
