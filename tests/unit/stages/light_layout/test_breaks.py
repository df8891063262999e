"""Where paragraphs and items begin among the rows of a block."""

from dataclasses import replace

from pipeline.stages.light_layout.blocks import Row, rows
from pipeline.stages.light_layout.breaks import breaks, column_edge
from pipeline.stages.light_layout.lines import LayoutLine, typography
from tests.support.layout_pages import line, paragraph

FULL = "some words that fill one whole line of running text here"


def block(*texts: str, indents: tuple[float, ...] = (), left: float = 60) -> list[LayoutLine]:
    shifts = indents or (0.0,) * len(texts)
    return [line(text, left + shift, 100 + 14 * n) for n, (text, shift) in enumerate(zip(texts, shifts, strict=True))]


def found(lines: list[LayoutLine], edge: float | None = None) -> set[int]:
    ordered: list[Row] = rows(lines)
    return breaks(ordered, typography(lines), edge)


def test_a_line_that_ends_early_ends_its_paragraph() -> None:
    assert found(block(FULL, "ends early.", FULL, FULL)) == {2}


def test_a_line_that_the_next_word_would_overfill_goes_on() -> None:
    assert found(block(FULL, "some words that fill one whole line of", "unbreakablewordsthatarelong here", FULL)) == {3}


def test_lines_beside_a_picture_end_at_one_edge_and_go_on() -> None:
    short = "some words that fill half of it"
    assert found(block(short, short, short, FULL, FULL)) == set()


def test_the_lines_of_a_verse_stand_for_themselves() -> None:
    assert found(
        block("the bell was rung at half past three,", "the water dark and high,", "he loosed the rope", FULL)
    ) == {
        1,
        2,
        3,
    }


def test_a_line_of_verse_that_ends_in_a_sentence_goes_on() -> None:
    stanza = (
        "he walks the wall at break of day",
        "and counts the stones along the way",
        "the water lies as flat as",
        "and laps",
    )
    assert found(block(*stanza)) == set()
    assert found(block(*stanza[:2], f"{stanza[2]}.", stanza[3])) == {3}


def test_a_number_in_brackets_below_a_full_first_line_goes_on() -> None:
    full = "The ferry is out of service for not more than ninety days"
    rows_ = (full, "(90) days after the ropes were last looked at by others", FULL)
    assert found(block(*rows_, indents=(20, 0, 0))) == set()
    assert found(block(f"{full[:-5]}", *rows_[1:], indents=(20, 0, 0))) == {1}, "the row above ends early"


def test_small_roman_numbers_mark_items() -> None:
    assert found(block("i. in calm weather", "ii. in wind, three times", "iii. never in ice")) == {1, 2}


def test_a_caption_begins_below_a_caption_or_the_end_of_a_sentence() -> None:
    caption = "Table 2. Rain of the whole year at the upper weir, in mm"
    assert found(block("Figure 1. Wind of the whole year at the upper weir, in mm", caption)) == {1}
    assert found(block(FULL, f"{FULL[:-1]}.", caption)) == {2}
    assert found(block(FULL, f"{FULL[:-1]},", caption)) == set(), "a sentence may end with the number of a table"


def test_centred_lines_are_one_title() -> None:
    lines = [line(FULL, 60, 100), line("of the river", 170, 114), line("and its mills by night", 140, 128)]
    assert found(lines) == set()


def test_short_items_end_early_by_the_edge_of_their_column() -> None:
    items = block("wagon repairs", "ferry tolls", "rope and tallow")
    assert found(items) == set()
    edge = column_edge(rows(items), [*items, *paragraph(6, 60, 300)])
    assert edge is not None
    assert found(items, edge) == {1, 2}


def test_text_to_the_right_hides_the_edge_of_the_column() -> None:
    items = block("wagon repairs", "ferry tolls", "rope and tallow")
    beside = [line("text beside", 200, 100 + 14 * n) for n in range(3)]
    assert column_edge(rows(items), [*items, *beside, *paragraph(6, 60, 300)]) is None


def test_items_that_hang_do_not_part_the_lines_of_the_paragraph_above_them() -> None:
    items = [
        text for mark in "abc" for text in (f"({mark}) The company sends its deed and pays for the whole of", "it.")
    ]
    above = (FULL, f"{FULL[:40]}:")
    assert found(block(*above, *items, indents=(0, 0, *(0, 14) * 3))) == {2, 4, 6}


def test_hanging_entries_begin_at_the_outer_edge() -> None:
    entry = ("M. Marsh, Toll books as a source for counts in towns", "in Acts of the Workshop")
    assert found(block(*entry * 3, indents=(0, 14) * 3)) == {2, 4}


def test_code_set_in_between_paragraphs_makes_no_entries_of_their_lines() -> None:
    text = (FULL, f"{FULL[:45]} and", "the last of it is short.")
    lines = block(*(*text, "count --all hens") * 3, indents=(0, 0, 0, 20) * 3)
    typed = [replace(each, font="/Mono") if each.text.startswith("count") else each for each in lines]
    typed = [replace(each, words=tuple(replace(word, font=each.font) for word in each.words)) for each in typed]
    assert found(typed).isdisjoint({1, 2, 5, 6})


def test_entries_with_numbers_in_brackets_begin_where_the_numbers_count_up() -> None:
    assert found(block(f"[1] {FULL}", FULL, f"[2] {FULL}", FULL, f"[3] {FULL}")) == {2, 4}


def test_a_number_in_brackets_within_a_paragraph_begins_nothing() -> None:
    assert found(block(FULL, f"[7] {FULL}", FULL)) == set()


def test_a_line_that_ends_within_a_word_goes_on() -> None:
    lines = block("the keeper wrote a short ob\u00ad", "servation in the book of the house by the river", "and left")
    assert 1 not in found(lines)
    assert 1 not in found(block("a two-", "stage pump stands in the house by the river today", "and runs"))


def test_entries_of_two_lines_that_white_space_parts_keep_their_second_lines() -> None:
    lines = [
        one
        for number in range(3)
        for one in (line(FULL, 60, 100 + 40 * number), line("and its end, 1951.", 72, 114 + 40 * number))
    ]
    assert found(lines) == {2, 4}


def test_a_letter_at_a_line_start_marks_an_item_only_in_the_alphabet() -> None:
    lines = block("the draught of the ramp was measured from 126 m to 142", "m. Whoever looks after ferries reads it")
    assert found(lines) == set()
    assert found(block("a. the first of the things that are told in one line", "b. the second")) == {1}


def test_an_item_may_begin_with_a_figure_behind_its_number() -> None:
    assert found(block("2. some words that fill one whole line of running text", "3. 10 heavy libraries")) == {1}


def test_entries_of_two_lines_without_white_space_keep_their_second_lines() -> None:
    assert found(block(*(FULL, "Journal of Orchards, 33, 1967.") * 3, indents=(0, 14) * 3)) == {2, 4}


def test_the_second_line_of_a_numbered_clause_is_no_indented_paragraph() -> None:
    clauses = (f"1.1 {FULL}", FULL, f"1.2 {FULL}", FULL)
    assert 1 not in found(block(*clauses, indents=(0, 24) * 2))


def test_the_second_line_of_an_entry_with_little_white_space_below_is_no_paragraph() -> None:
    lines = [
        line(FULL, 60, 100),
        line("goes on under its own text", 90, 112),
        line(FULL, 60, 128.5),
        line("goes on, too", 90, 140.5),
    ]
    assert found(lines) == {2}


def test_a_line_to_write_on_ends_its_paragraph_but_not_its_sentence() -> None:
    field = "Name: Odile Marrow" + "_" * 40
    assert found(block(field, "Place: Corran Point" + "_" * 39, "Year: 2023")) == {1, 2}
    assert 1 not in found(
        block("I, the undersigned, " + "_" * 38, "of the above place, declare that the words are mine")
    )


def test_entries_that_begin_with_authors_and_a_year_are_entries_though_few_have_a_second_line() -> None:
    entries = (
        "Abernethy, M. and Lindqvist, O. (2014). Salt in coastal barley",
        "Research 31(2), 118-133.",
        "Bastien-Roux, C. (2009). Polders. Rennes: Presses du Ponant.",
        "Chaudhuri, S. (2019a). A cheap sensor for groundwater levels.",
        "Dragomir, I. (2021). Peat, price and policy. Rural Accounts 3.",
    )
    assert found(block(*entries, indents=(0, 20, 0, 0, 0))) == {2, 3, 4}


def test_the_second_line_of_a_numbered_entry_goes_on() -> None:
    entries = (
        "[1] Ministry of Rural Affairs, Flood relief payments, report",
        "[2] H. van der Meulen and S. Iqbal, Mapping clay by hand, in",
    )
    further = "the ninth conference of surveyors, Ghent"
    last = "[3] Board of Dykes and Sluices, Annual gauge readings of all"
    assert found(block(*entries, further, last, indents=(0, 0, 20, 0))) == {1, 3}


def test_a_day_of_the_month_begins_no_item() -> None:
    day = "31. August at the town hall, where it lies so"
    assert found(block(FULL, FULL, day, FULL)) == set()
    assert found(block(FULL, f"{FULL}.", day, FULL)) == {2}
    assert found(block(FULL, FULL, day.replace("31", "1"), FULL)) == {2}
    assert found(block("30. one whole line of running text that fills it up", "31. August at the town hall")) == {1}


def test_entries_go_on_from_the_column_before_and_two_are_enough() -> None:
    inner, outer = 12.0, 0.0
    last = "some words that fill one whole line of running te"  # no room for the next word
    entry, indents = (FULL, FULL, last), (outer, inner, inner)
    assert found(block(FULL, last, *entry, *entry, indents=(inner, inner, *indents, *indents))) == {2, 5}
    assert found(block(*entry, FULL, indents=(*indents, outer))) == {3}


def test_a_quotation_set_in_is_no_hanging_entry() -> None:
    rows = (FULL, FULL, "set in are the words of the other book here", "and they go on.", FULL, FULL)
    assert 1 not in found(block(*rows, indents=(0, 0, 12, 12, 0, 0)))


def test_a_line_set_in_that_leaves_room_for_the_next_word_begins_no_paragraph() -> None:
    first, last = "All week the gulls came in to stand on", "and nobody put out a hand so as it"
    indents = (0.0, 12.0, 0.0, 12.0)
    assert 1 not in found(block(first, "like plates along it,", last, "to count", indents=indents))
    assert 1 in found(block(first, "like plates along that wall, as", last, "to count", indents=indents))


def test_commands_set_in_between_full_lines_make_no_hanging_entries_of_these() -> None:
    texts = (FULL, "ends early.", "hoist", FULL, FULL, FULL, "and no more than that.", "lower", FULL, FULL, "ends.")
    assert not {4, 5, 9} & found(block(*texts, indents=(0, 0, 20, 0, 0, 0, 0, 20, 0, 0, 0)))
    entries = (FULL, "goes on,", FULL, "and goes on.", FULL, FULL, "ends.")
    assert found(block(*entries, indents=(0, 20, 0, 20, 0, 0, 20))) == {2, 4, 5}, "entries, one of them a full line"
