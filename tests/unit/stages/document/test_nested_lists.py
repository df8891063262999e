"""Lists nest by indent and go on over pages."""

from dataclasses import replace

from docling_core.types.doc import ContentLayer, DocItemLabel, ImageRefMode

from pipeline.stages.document.element_text import ElementLine, TextRecord
from pipeline.stages.document.nested_lists import ItemEdge, indent_levels, nest_lists
from pipeline.stages.markdown import to_markdown
from pipeline.stages.tagged.tagged_page import BlockPlace
from tests.unit.stages.document.made import Made, line


def written(made: Made) -> str:
    nest_lists(made.document, made.record)
    return to_markdown(made.document, ImageRefMode.PLACEHOLDER)


def test_an_item_further_right_is_under_the_one_before() -> None:
    made = Made()
    group = made.document.add_list_group()
    for index, (text, left) in enumerate(
        [("timber", 50), ("oak", 70), ("seasoned", 90), ("larch", 70), ("iron", 50), ("nails", 70)]
    ):
        made.item(group, line(text, 40 + 15 * index, left=left))
    assert written(made) == ("- timber\n    - oak\n        - seasoned\n    - larch\n- iron\n    - nails")


def test_items_that_run_leftward_nest_by_their_right_edges() -> None:
    made = Made()
    group = made.document.add_list_group()
    items = (("קריאת המפלס", 500), ("רישום", 500), ("בספר הגדול", 480), ("דיווח", 500))
    for index, (text, right) in enumerate(items):
        made.item(group, line(text, 40 + 15 * index, left=right - 5 * len(text)))
    assert written(made) == "- קריאת המפלס\n- רישום\n    - בספר הגדול\n- דיווח"


def test_a_list_goes_on_behind_a_footer() -> None:
    made = Made()
    first = made.document.add_list_group()
    made.item(first, line("one", 700), marker="1.")
    footer = made.text(line("12", 780), label=DocItemLabel.PAGE_FOOTER)
    footer.content_layer = ContentLayer.FURNITURE
    second = made.document.add_list_group()
    made.item(second, line("two", 40), page=2, marker="2.")
    made.text(line("A paragraph.", 80), page=2)
    third = made.document.add_list_group()
    made.item(third, line("three", 120), page=2, marker="1.")
    assert written(made) == "1. one\n2. two\n\nA paragraph.\n\n1. three"
    assert made.document.validate_tree(made.document.body)


def test_edges_that_hardly_differ_are_one_level() -> None:
    assert indent_levels([ItemEdge(1, 50, 10), ItemEdge(1, 52, 10), ItemEdge(1, 49, 10)]) == [0, 0, 0]


def test_pages_set_off_from_each_other_begin_anew() -> None:
    assert indent_levels([ItemEdge(1, 50, 10), ItemEdge(1, 70, 10), ItemEdge(2, 90, 10), ItemEdge(2, 110, 10)]) == [
        0,
        1,
        0,
        1,
    ]


def test_a_page_that_goes_on_inside_keeps_the_level() -> None:
    assert indent_levels([ItemEdge(1, 50, 10), ItemEdge(1, 70, 10), ItemEdge(2, 70, 10), ItemEdge(2, 50, 10)]) == [
        0,
        1,
        1,
        0,
    ]


def test_a_list_that_goes_on_in_the_next_column_keeps_its_levels() -> None:
    left = [ItemEdge(1, 50, 10, 700, "1"), ItemEdge(1, 70, 10, 715, "-")]
    right = [ItemEdge(1, 320, 10, 60, "1"), ItemEdge(1, 340, 10, 75, "-"), ItemEdge(1, 320, 10, 90, "1")]
    assert indent_levels([*left, *right]) == [0, 1, 0, 1, 0]
    assert indent_levels([left[0], *(one._replace(mark="1") for one in right[::2])]) == [0, 0, 0]


def test_items_side_by_side_are_on_one_level() -> None:
    row = [ItemEdge(1, left, 10, 100, "-", left - 14) for left in (64, 184, 304)]
    assert indent_levels([*row, ItemEdge(1, 84, 10, 116, "-", 70)]) == [0, 0, 0, 1]


def test_numbers_of_more_figures_are_no_deeper_and_numbers_under_a_drawn_bullet_are() -> None:
    inline = [ItemEdge(1, left, 10, 100 + 12 * n, "1", 50) for n, left in enumerate((62, 62, 73))]
    assert indent_levels(inline) == [0, 0, 0]
    aligned = [ItemEdge(1, 70, 10, 100 + 12 * n, "1", outer) for n, outer in enumerate((58, 58, 52))]
    assert indent_levels(aligned) == [0, 0, 0]
    drawn = [ItemEdge(1, 84, 20, 100, "-", 84), ItemEdge(1, 114, 20, 130, "1", 97)]
    assert indent_levels(drawn) == [0, 1]


def numbered(number: str, text: str, top: float, left: float = 50.0, gap: float = 8.0) -> ElementLine:
    """A line with a number ``gap`` points in front of its text."""
    first, rest = line(number, top, left), line(text, top, left + 5 * len(number) + gap)
    return ElementLine(f"{number} {text}", rest.box, rest.height, (*first.words, *rest.words))


def test_a_bare_number_apart_from_its_text_marks_the_item_and_letters_under_it_nest() -> None:
    made = Made()
    group = made.document.add_list_group()
    for row, (number, text, left) in enumerate(
        [("1", "Wash the pan", 50), ("a", "with sand", 63), ("b", "with soap", 63), ("2", "Dry it", 50)]
    ):
        made.item(group, numbered(number, text, 40 + 15 * row, left))
    assert written(made) == "1. Wash the pan\n    - a with sand\n    - b with soap\n2. Dry it"


def test_numbers_in_the_text_of_items_stay_there() -> None:
    made = Made()
    group = made.document.add_list_group()
    for row, text in enumerate(["2 eggs", "3 onions"]):
        made.item(group, line(text, 40 + 15 * row), marker="")
    assert written(made) == "- 2 eggs\n- 3 onions"


def test_one_number_apart_from_its_text_is_no_mark_of_a_list() -> None:
    made = Made()
    group = made.document.add_list_group()
    made.item(group, numbered("2", "eggs", 40), marker="")
    made.item(group, line("onions", 55), marker="")
    assert written(made) == "- 2 eggs\n- onions"


def test_a_bullet_that_docling_writes_as_another_is_still_the_mark_of_a_deeper_item() -> None:
    made = Made()
    group = made.document.add_list_group()
    made.item(group, numbered("1.", "Wash the pan", 40), marker="1.")
    made.item(group, numbered("\u2022", "with sand", 55, left=68), marker="\u00b7")
    assert written(made) == "1. 1\\. Wash the pan\n    - with sand"


def test_bullets_that_were_read_as_letters_or_signs_leave_their_texts() -> None:
    made = Made()
    group = made.document.add_list_group()
    texts = ("oMill", "。 6 gates", "o 3 wheels", "– a latch", "of oak", "oak", "O Captain", "----- none")
    for index, text in enumerate(texts):
        made.item(group, line(text, 40 + 15 * index))
    plain = ("Mill", "6 gates", "3 wheels", "a latch", "of oak", "oak", "O Captain", "----- none")
    assert written(made) == "\n".join(f"- {text}" for text in plain)


def test_an_article_before_a_word_is_no_bullet() -> None:
    made = Made()
    group = made.document.add_list_group()
    for index, text in enumerate(("o moinho", "o barco")):
        made.item(group, line(text, 40 + 15 * index))
    assert written(made) == "- o moinho\n- o barco"


def test_read_items_nest_by_their_texts_whether_or_not_their_marks_were_read() -> None:
    made = Made()
    group = made.document.add_list_group()
    for index, (text, left) in enumerate((("1. oak", 50), ("Larch", 75), ("oMill", 69), ("2. iron", 50))):
        read = replace(line(text, 40 + 15 * index, left=left), words=())
        made.item(group, read, marker=f"{text[0]}." if text[0].isdigit() else "-")
    assert written(made) == "1. 1\\. oak\n    - Larch\n    - Mill\n2. 2\\. iron"


def test_a_letter_in_brackets_that_stays_in_the_text_is_a_mark_all_the_same() -> None:
    made = Made()
    group = made.document.add_list_group()
    for row, (number, text, left) in enumerate([("1.", "Which line?", 50.0), ("(a)", "Harbour line", 64.0)]):
        one = numbered(number, text, 100 + 20 * row, left, gap=4.0)
        whole = replace(one, box=replace(one.box, left=left))
        if number == "1.":  # docling takes it out of the text
            made.item(group, replace(whole, text=text), marker=number)
        else:
            made.item(group, whole)
    assert written(made) == "1. Which line?\n    - (a) Harbour line"


def tagged(depths: tuple[int, ...], lefts: tuple[float, ...]) -> str:
    """A list of items whose tags give them ``depths``, each with its text at its place."""
    made = Made()
    group = made.document.add_list_group()
    for index, left in enumerate(lefts):
        made.item(group, line(f"item {index}", 40 + 15 * index, left=left))
    pages = made.record.pages
    for key, part in pages[1].elements.items():
        depth = depths[round(part.box.top - 40) // 15]
        pages[1].elements[key] = replace(part, tag=BlockPlace(depth=depth))
    nest_lists(made.document, TextRecord(pages.values()))
    return to_markdown(made.document, ImageRefMode.PLACEHOLDER)


def test_tags_say_how_deep_an_item_is_unless_they_put_all_on_one_level() -> None:
    nested = "- item 0\n    - item 1\n- item 2"
    assert tagged((0, 1, 0), (50, 50, 50)) == nested
    assert tagged((0, 0, 0), (50, 70, 50)) == nested, "by their places"
    assert tagged((0, 0, 0), (50, 50, 50)) == "- item 0\n- item 1\n- item 2"
