"""Code keeps its columns, and verse its lines; prose keeps neither."""

from dataclasses import replace

from docling_core.types.doc import CodeItem, DocItemLabel

from pipeline.pages import Box
from pipeline.stages.document.element_text import ElementLine, StyledWord
from pipeline.stages.document.kept_lines import code_text, keep_code, keep_verse
from pipeline.stages.light_layout.consoles import is_console
from pipeline.stages.light_layout.lines import bounds
from tests.unit.stages.document.made import Made, line

CODE = ["def read(path):", "    rows = []", "    for one in path:", "        rows.append(one)", "", "print(read(1))"]
PROSE = [
    "The present warden measures the depth every month and writes the figure on a slate near",
    "the door, and in a dry year the bed can be seen from the middle span of the old bridge at",
    "the ford, where the stumps of the oldest piles appear and the wagons once had waited in",
    "a row.",
]


def typed(rows: list[str], top: float = 100) -> list[ElementLine]:
    """Typewritten lines; the empty ones leave room only."""
    return [
        line(row.strip(), top + 12 * number, left=50 + 5 * (len(row) - len(row.lstrip())), fixed=True)
        for number, row in enumerate(rows)
        if row
    ]


def test_code_keeps_indentation_and_empty_lines() -> None:
    assert code_text(typed(CODE)).splitlines() == CODE


def test_columns_of_a_console_stay_columns() -> None:
    row = [line("name", 100, left=50, fixed=True), line("size", 100, left=150, fixed=True)]
    assert code_text(row) == "name" + " " * 16 + "size"


def test_spaces_between_the_words_of_a_typewritten_line_are_counted() -> None:
    words = (("5513", 70), ("rebuild", 100), ("41%", 160))
    styled = tuple(StyledWord(text, Box(left, 100, left + 5 * len(text), 110), fixed=True) for text, left in words)
    row = ElementLine("5513 rebuild 41%", Box(70, 100, 175, 110), 10.0, styled)
    assert code_text([line("jobs", 88, left=60, fixed=True), row]) == "jobs\n  5513  rebuild     41%"


def test_code_in_pieces_becomes_one_item() -> None:
    made = Made()
    lines = typed(CODE)
    made.text(line("Some prose before.", 40))
    made.document.add_code("x", prov=made.place(1, tuple(lines[:4])))
    made.text(*lines[4:])
    made.text(line("Some prose after.", 300))
    keep_code(made.document, made.record)
    found = [item for item, _ in made.document.iterate_items()]
    assert [type(item) is CodeItem for item in found] == [False, True, False]
    assert isinstance(found[1], CodeItem)
    assert found[1].text.splitlines() == CODE


def test_a_console_in_list_items_and_texts_becomes_code() -> None:
    made = Made()
    rows = ["gate> show all", "-------------", "  valve 1 open", "    line 4/b2", "  done", "-------------"]
    lines = typed(rows)
    made.text(lines[0])
    group = made.document.add_list_group()
    made.item(group, lines[1])
    made.text(*lines[2:])
    keep_code(made.document, made.record)
    (item,) = [item for item, _ in made.document.iterate_items(with_groups=True) if item.self_ref != "#/body"]
    assert isinstance(item, CodeItem)
    assert item.text.splitlines() == rows


def test_a_letter_from_a_typewriter_is_no_console() -> None:
    lines = [line(row, 100 + 12 * number, fixed=True) for number, row in enumerate(PROSE)]
    assert not is_console(lines)


def centred(*rows: str) -> list[ElementLine]:
    """Lines around the middle of the page, which is 600 points wide."""
    return [line(row, 100 + 14 * number, left=300 - 2.5 * len(row)) for number, row in enumerate(rows)]


def test_verse_around_a_middle_keeps_its_lines_and_prose_around_it_does_not() -> None:
    verse = ["The weir has worn its collar thin", "with telling one thing twice,", "and lets them in,", "the ice."]
    prose = ["This book was set in the type of the old", "mill at the ford and printed on paper that", "was made"]
    for rows, kept in ((verse, "\n".join(verse)), (prose, " ".join(prose))):
        made = Made()
        made.text(*centred(*rows))
        keep_verse(made.document, made.record)
        assert [item.text for item in made.document.texts] == [kept]


def test_verse_and_addresses_keep_their_lines() -> None:
    made = Made()
    verse = ["The bell was rung at half past three,", "the water dark and high,", "he loosed the rope", "and went."]
    made.text(*(line(row, 100 + 12 * number) for number, row in enumerate(verse)))
    address = ["Corwin Tallis", "The Old Mill", "Pellam"]
    made.text(*(line(row, 200 + 12 * number) for number, row in enumerate(address)))
    keep_verse(made.document, made.record)
    assert [item.text for item in made.document.texts] == ["\n".join(verse), "\n".join(address)]


def test_a_line_further_to_the_right_shows_how_wide_the_page_of_a_poem_is() -> None:
    verse = [
        "The keeper of the weir went down before the light had come,",
        "and found the water low,",
        "and sang it to the stones beside the dam until the sun came,",
        "and slept.",
    ]
    for left, kept in ((480, "\n".join(verse)), (200, " ".join(verse))):
        made = Made()
        made.text(*(line(row, 100 + 12 * number, left=150) for number, row in enumerate(verse)))
        made.text(line("A. Thorn", 300, left=left))
        keep_verse(made.document, made.record)
        assert made.document.texts[0].text == kept


def test_lines_that_were_read_from_a_scan_are_kept_likewise() -> None:
    made = Made()
    for top, rows in (
        (100, ["He walks the wall at break of day", "and counts the stones,", "the water lies"]),
        (200, PROSE),
    ):
        lines = [line(row, top + 12 * number) for number, row in enumerate(rows)]
        made.text(*(replace(one, words=()) for one in lines))
    made.text(*(replace(line(row, 300 + 12 * n), words=()) for n, row in enumerate(("3", "Smart services"))))
    keep_verse(made.document, made.record)
    assert ["\n" in item.text for item in made.document.texts] == [True, False, False]


def test_a_word_that_goes_on_in_the_next_line_makes_prose_of_lines_that_end_anywhere() -> None:
    made = Made()
    rows = [
        "The lock is a well-",
        "kept one with a two-",
        "leaf gate. Ring the bell and wait for the green lamp, the har-",
        "bour",
    ]
    rows += [
        "master, and alpha-",
        "betic signs. The gate is water-",
        "proof to 30 metres, and the infor-",
        "mation plate is of steel.",
    ]
    made.text(*(line(row, 100 + 12 * number) for number, row in enumerate(rows)))
    keep_verse(made.document, made.record)
    assert not [item.text for item in made.document.texts if "\n" in item.text]


def test_prose_is_one_line_in_wide_and_in_narrow_columns() -> None:
    made = Made()
    made.text(*(line(row, 100 + 12 * number) for number, row in enumerate(PROSE)))
    narrow = [
        "The ferry at the ford was",
        "rebuilt in the spring when",
        "the ice had carried away",
        "the older landing stage",
    ]
    made.text(*(line(row, 300 + 12 * number) for number, row in enumerate(narrow)))
    made.text(
        line("Two lines of a paragraph that are set to the whole width of the column in which they", 500),
        line("end.", 512),
    )
    keep_verse(made.document, made.record)
    assert not [item.text for item in made.document.texts if "\n" in item.text]
    assert all(item.label is DocItemLabel.TEXT for item in made.document.texts)


def test_lines_of_many_words_are_prose_though_most_of_them_end_with_a_mark() -> None:
    made = Made()
    rows = [
        "Every spring the gates are open for three days to wash",
        "out the silt and then the water is brown at the bridge,",
        "and the trout go up to the side streams till it clears.",
    ]
    made.text(*(line(row, 100 + 12 * number) for number, row in enumerate(rows)))
    keep_verse(made.document, made.record)
    assert "\n" not in made.document.texts[0].text


def test_letters_set_apart_to_fill_columns_do_not_widen_the_indentation() -> None:
    rows = [(50.0, ["for", "one", "in", "all:"]), (98.0, ["if", "one:"]), (146.0, ["total", "+=", "one"])]
    lines = []
    for number, (left, texts) in enumerate(rows):
        words, place = [], left
        for text in texts:
            words.append(StyledWord(text, Box(place, 100 + 12 * number, place + 5.2 * len(text), 110 + 12 * number)))
            place += 6.0 * (len(text) + 1)
        box = bounds([word.box for word in words])
        lines.append(ElementLine(" ".join(texts), box, 10.0, tuple(words)))
    assert code_text(lines).splitlines() == ["for one in all:", " " * 8 + "if one:", " " * 16 + "total += one"]


def test_a_short_paragraph_is_as_wide_as_the_others_of_its_column() -> None:
    """Nothing stands in the other column beside its lines, which could as well have run over all of the page."""
    made = Made()
    rows = ["a row of the words of this column here", "and of the others that it is made of as"]
    made.text(*(line(rows[number % 2], 100 + 12 * number) for number in range(6)))
    made.text(*(line(rows[number % 2], 100 + 12 * number, left=320) for number in range(6)))
    entry = ["Abernathy, R., and Sokova, L. Settlement", "of rubble breakwaters under long swell."]
    made.text(line(entry[0], 300), line(entry[1], 312), line("Coastal Works Quarterly, 118.", 324))
    keep_verse(made.document, made.record)
    assert all("\n" not in item.text for item in made.document.texts)
