"""Running lines are recognised over the pages; what stands on one page stays in the text."""

import pytest
from docling.datamodel.base_models import AssembledUnit, Cluster, Page, TextElement
from docling_core.types.doc import DocItemLabel
from docling_core.types.doc.base import Size

from pipeline.models.turned_page import TurnedPage
from pipeline.pages import Box
from pipeline.stages.docling_boxes import to_docling
from pipeline.stages.document.element_text import ElementLine, ElementText, PrintedPage, StyledWord, key_of
from pipeline.stages.document.running_lines import settle_furniture

WIDTH, HEIGHT, BODY = 600.0, 800.0, 10.0
FRAME = TurnedPage(0, WIDTH, HEIGHT)
HEADER, FOOTER, TEXT = DocItemLabel.PAGE_HEADER, DocItemLabel.PAGE_FOOTER, DocItemLabel.TEXT
Spot = tuple[str, DocItemLabel, float, float, float, float]


def page(number: int, *spots: Spot, turn: int = 0) -> tuple[Page, PrintedPage]:
    """A page of elements, each with its text, label and box (left, top, right, bottom); shown with ``turn`` quarter
    turns clockwise. A text has a line for each of its lines.
    """
    frame = TurnedPage(turn, *FRAME.upright_size[:: -1 if turn % 2 else 1])
    elements, known = [], {}
    for index, (text, label, left, top, right, bottom) in enumerate(
        [*spots, ("A paragraph of the body that says something.", TEXT, 60, 200, 540, 600)]
    ):
        box = to_docling(frame.on_page(Box(left, top, right, bottom)))
        cluster = Cluster(id=index, label=label, bbox=box, cells=[])
        elements.append(TextElement(label=label, id=index, page_no=number, cluster=cluster, text=text))
        place = Box(left, top, right, bottom)
        count = len(text.splitlines())
        line = ElementLine(text, place, min(bottom - top, right - left) / count if index < len(spots) else BODY)
        known[key_of(number, box)] = ElementText(number, place, (line,) * count)
    made = Page(page_no=number, size=Size(width=frame.width, height=frame.height))
    made.assembled = AssembledUnit(elements=[*elements], body=[*elements], headers=[])
    return made, PrintedPage(number, frame, BODY, known)


def settled(*pages: tuple[Page, PrintedPage]) -> list[list[DocItemLabel]]:
    settle_furniture([made for made, _ in pages], {made.page_no: text for made, text in pages})
    return [[element.label for element in made.assembled.elements[:-1]] for made, _ in pages if made.assembled]


def at_top(text: str, label: DocItemLabel = TEXT, top: float = 30, height: float = 9) -> Spot:
    return text, label, 60, top, 60 + 5 * len(text), top + height


def test_a_line_that_repeats_is_furniture_whatever_a_page_said() -> None:
    pages = [page(number, at_top(f"Service guide {number}"), at_top("12 May", FOOTER, top=770)) for number in (1, 2, 3)]
    assert settled(*pages) == [[HEADER, FOOTER]] * 3


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_a_page_on_its_side_has_its_headers_where_its_text_begins(turn: int) -> None:
    """Seen as shown, all its text would run up or down beside the margin, as stamps do."""
    spots = [at_top("A line of text", top=120, height=40), at_top("Another one", top=165, height=12)]
    running = [at_top("Service guide"), at_top("Page 3", FOOTER, top=770)]
    pages = [page(1, *running), page(2, *running, *spots, turn=turn), page(3, *running)]
    assert settled(*pages)[1] == [HEADER, FOOTER, TEXT, TEXT]


def test_no_page_ends_empty_because_its_only_line_repeats() -> None:
    pages = [page(number, at_top(f"Ordinary page {number}.")) for number in range(1, 6)]
    for made, _ in pages:
        assert made.assembled
        made.assembled = AssembledUnit(elements=made.assembled.elements[:1], body=[], headers=[])
    settle_furniture([made for made, _ in pages], {made.page_no: text for made, text in pages})
    labels = [element.label for made, _ in pages if made.assembled for element in made.assembled.elements]
    assert labels == [TEXT] * 5


def test_a_line_on_one_page_is_text() -> None:
    pages = [page(1, at_top("Hello from the printer", HEADER)), page(2), page(3)]
    assert settled(*pages)[0] == [TEXT]


def test_a_large_line_at_the_top_of_one_page_is_a_heading() -> None:
    assert settled(page(1, at_top("A title", HEADER, height=18))) == [[DocItemLabel.SECTION_HEADER]]


def test_chapters_that_begin_at_the_top_are_no_running_line() -> None:
    pages = [page(number, at_top(f"Chapter {number}", height=16)) for number in range(1, 5)]
    assert settled(*pages) == [[TEXT]] * 4


def test_running_heads_that_change_with_the_chapter_are_furniture() -> None:
    names = ["Boats", "Ropes", "Hulls", "Tar and pitch"]
    pages = [page(number, at_top(name, HEADER)) for number, name in enumerate(names, start=1)]
    assert settled(*pages) == [[HEADER]] * 4


def test_the_parts_of_a_footer_beside_its_page_number_go_with_it() -> None:
    footer: list[Spot] = [
        ("P/N 207-118 Revision: 3.1", TEXT, 60, 749, 120, 758),
        ("14 March 2021", TEXT, 420, 749, 480, 757),
        ("4-7", FOOTER, 525, 750, 540, 758),
    ]
    assert settled(page(1, *footer)) == [[FOOTER] * 3]
    assert settled(page(1, *footer[:2])) == [[TEXT] * 2]


def form_footer(label: DocItemLabel = FOOTER, top: float = 749, height: float = 8) -> list[Spot]:
    """Number, version and date of a form, which has one page without a number."""
    parts = (("Part no. 4417-EN", 60, 130), ("Rev. 07", 280, 310), ("2019-11-28", 500, 545))
    return [(text, label, left, top, right, top + height) for text, left, right in parts]


def test_a_row_of_three_in_small_print_far_below_the_text_is_a_footer_and_of_two_where_its_page_said_so() -> None:
    assert settled(page(1, *form_footer(TEXT))) == [[FOOTER] * 3]
    assert settled(page(1, *form_footer()[:2])) == [[FOOTER] * 2]
    assert settled(page(1, *form_footer(TEXT)[:2])) == [[TEXT] * 2], "nobody saw a footer"
    assert settled(page(1, *form_footer(height=10))) == [[TEXT] * 3], "as large as the text"
    assert settled(page(1, form_footer()[0])) == [[TEXT]], "alone"
    near = ("Vanes belong in the workshop waste.", TEXT, 60, 720, 300, 730)
    assert settled(page(1, *form_footer(), near)) == [[TEXT] * 4], "right below the text"


def test_code_that_repeats_at_the_foot_is_the_printers() -> None:
    stamp = "VerDate 11 2022 Jkt 190447 Frm {} Sfmt 0850"
    pages = [
        page(
            number,
            (stamp.format(number), DocItemLabel.CODE, 60, 760, 300, 768),
            at_top("x = 1", DocItemLabel.CODE, 300),
        )
        for number in (1, 2, 3)
    ]
    assert settled(*pages) == [[FOOTER, DocItemLabel.CODE]] * 3


def test_the_row_above_a_page_number_goes_with_it_where_its_page_said_so() -> None:
    number = ("7-11", FOOTER, 520, 775, 540, 783)
    part = ("Part No. 88-4417", FOOTER, 60, 764, 140, 772)
    issued = ("Issued 9 June", FOOTER, 480, 764, 540, 772)
    assert settled(page(1, part, issued, number)) == [[FOOTER, FOOTER, FOOTER]]
    assert settled(page(1, ("Issued 9 June", TEXT, 480, 765, 540, 772), number)) == [[FOOTER, FOOTER]]  # small print
    assert settled(page(1, ("Issued 9 June", TEXT, 480, 761, 540, 771), number)) == [[TEXT, FOOTER]]
    assert settled(page(1, ("Issued 9 June", FOOTER, 480, 744, 540, 752), number)) == [[TEXT, FOOTER]]


def test_the_name_of_a_section_beside_the_page_number_may_be_bold() -> None:
    footer: list[Spot] = [("5.6. Uploading a package", FOOTER, 60, 750, 180, 762), ("33", FOOTER, 525, 750, 540, 758)]
    assert settled(page(1, *footer)) == [[FOOTER] * 2]
    assert settled(page(1, ("5.6. Uploading a package", TEXT, 60, 750, 180, 762), footer[1])) == [[TEXT, FOOTER]]


def test_a_bold_line_that_pages_head_with_is_furniture_where_the_network_said_so() -> None:
    titles = ["Chapter 5. Packages", "", "Chapter 5. Packages", "", "Chapter 5. Packages", ""]
    for label, expected in ((HEADER, HEADER), (TEXT, TEXT)):
        pages = [
            page(number, at_top(title, label, height=12)) if title else page(number)
            for number, title in enumerate(titles, start=1)
        ]
        assert settled(*pages)[::2] == [[expected]] * 3


@pytest.mark.parametrize("sign", ["|", "-", "·"])
def test_a_footer_has_its_page_number_at_either_end(sign: str) -> None:
    spots: list[Spot] = [
        (f"{number} {sign} Harbour Office", TEXT, 60, 770, 160, 779)
        if number % 2 == 0
        else (f"Harbour Office {sign} {number}", TEXT, 440, 770, 540, 779)
        for number in range(12, 15)
    ]
    assert settled(*(page(number, spot) for number, spot in enumerate([*spots, spots[0]], start=1))) == [[FOOTER]] * 4


def in_parts(number: int, *parts: tuple[str, float]) -> tuple[Page, PrintedPage]:
    """A page whose header is one element with words at these places."""
    made, text = page(number, ("   ".join(part for part, _ in parts), TEXT, 60, 30, 540, 39))
    words = [StyledWord(part, Box(left, 30, left + 4 * len(part), 39)) for part, left in parts]
    key, known = next(iter(text.elements.items()))
    text.elements[key] = ElementText(number, known.box, (ElementLine(known.lines[0].text, known.box, 9, tuple(words)),))
    return made, text


def test_a_header_is_known_by_the_part_that_repeats() -> None:
    sections = ["5.4. How to begin", "5.5. What to bring", "5.6. Where to stay"]
    pages = [in_parts(number, ("CHAPTER 5.", 60), (name, 400)) for number, name in enumerate(sections, start=1)]
    assert settled(*pages, page(4), page(5)) == [[HEADER]] * 3 + [[]] * 2
    close = [in_parts(number, ("CHAPTER 5.", 60), (name, 104)) for number, name in enumerate(sections, start=1)]
    assert settled(*close, page(4), page(5)) == [[TEXT]] * 3 + [[]] * 2


def test_a_section_that_heads_one_page_is_furniture_where_others_head_theirs() -> None:
    heading: Spot = ("Chapter 6. Expenses of the house", DocItemLabel.SECTION_HEADER, 60, 90, 300, 110)
    credit = [page(number, at_top("Credit cards")) for number in (3, 4, 5)]
    assert settled(page(1, heading), page(2, at_top("Expenses of the house")), *credit)[1] == [HEADER]
    assert settled(page(1), page(2, at_top("Expenses of the house")), *credit)[1] == [TEXT]
    assert settled(page(1, heading), page(2, at_top("Expenses of the house", top=33)), *credit)[1] == [TEXT]


def test_a_page_count_is_furniture_on_a_single_page() -> None:
    assert settled(page(1, at_top("Page 2 of 7", top=770))) == [[FOOTER]]


def test_a_page_count_among_the_facts_of_a_statement_is_text() -> None:
    facts = "Account 88-1203\nPage 1 of 1\nStatement no. 4"
    assert settled(page(1, at_top(facts, top=62, height=33))) == [[TEXT]]
    assert settled(page(1, at_top(facts, top=20, height=33))) == [[HEADER]]


def test_text_turned_into_the_margin_is_furniture() -> None:
    stamp: Spot = ("archive:2303.00417 7 May 2023", TEXT, 15, 200, 30, 500)
    assert settled(page(1, stamp)) == [[HEADER]]
    inside: Spot = ("turned words of a figure", TEXT, 100, 200, 115, 500)
    assert settled(page(1, inside)) == [[TEXT]]


def test_a_number_alone_under_white_space_is_the_pages_though_the_margin_is_wide() -> None:
    assert settled(page(1, at_top("1", top=640, height=9))) == [[FOOTER]]
    assert settled(page(1, at_top("1", top=606, height=9))) == [[TEXT]], "right under the text"
    assert settled(page(1, at_top("17 mills", top=640, height=9))) == [[TEXT]]


def test_numbers_that_count_with_the_pages_are_theirs_wherever_they_stand_below() -> None:
    pages = [page(number, at_top(str(number + 4), top=610)) for number in (1, 2, 3)]
    assert settled(*pages) == [[FOOTER]] * 3, "right under the text"
    others = [page(number, at_top(str(7 * number), top=610)) for number in (1, 2, 3)]
    assert settled(*others) == [[TEXT]] * 3, "figures that do not count"


def test_a_page_with_nothing_but_its_number_ends_empty() -> None:
    pages = [page(number, at_top(str(number), top=770)) for number in (1, 2, 3)]
    alone = pages[1][0]
    assert alone.assembled
    alone.assembled.elements.pop()
    settle_furniture([made for made, _ in pages], {made.page_no: known for made, known in pages})
    assert [element.label for element in alone.assembled.elements] == [FOOTER]


def test_chapters_are_counted_where_their_names_repeat() -> None:
    assert settled(*(page(number, at_top(f"CHAPTER {number + 1}")) for number in (1, 2, 3))) == [[TEXT]] * 3
    assert settled(*(page(number, at_top("CHAPTER 2")) for number in (1, 2, 3))) == [[HEADER]] * 3


def test_a_page_whose_text_runs_down_is_not_all_margin() -> None:
    """A word beside columns of text is no page of its own."""
    said = "a column of text that runs down"
    columns: list[Spot] = [(said, TEXT, 500.0 - 20 * n, 60.0, 510.0 - 20 * n, 700.0) for n in range(20)]
    made, text = page(1, *columns)
    assert made.assembled is not None
    word = made.assembled.elements[-1]
    assert isinstance(word, TextElement)
    word.text, word.cluster.bbox = "end", to_docling(Box(20, 720, 35, 730))
    assert settled((made, text)) == [[TEXT] * 20]


# -- pages that say the same -------------------------------------------------------------------------------------------

LETTERS = "abcdefgh"


def sheet(number: int, *spots: Spot, words: int = 40, changed: int = 0, moved: int = 0) -> tuple[Page, PrintedPage]:
    """A page whose body says so many distinct words, the first of them ``changed`` by the page's number, or the last
    of them ``moved`` to the front.
    """
    every = [f"{one}{other}rope" for one in LETTERS for other in LETTERS][:words]
    every[:changed] = [f"{LETTERS[number]}{LETTERS[number]}{word}" for word in every[:changed]]
    every = every[len(every) - moved :] + every[: len(every) - moved]
    return page(number, *spots, (" ".join(every), TEXT, 60, 140, 540, 640))


def test_what_all_of_a_page_repeats_is_no_running_line() -> None:
    spots = [at_top("The rope walk", height=18), at_top("Harbour Works, Pier 4", top=770)]
    assert settled(*(sheet(number, *spots) for number in (1, 2, 3)))[1] == [TEXT] * 3, "copies of one sheet"
    filled = [sheet(number, *spots, changed=3) for number in (1, 2, 3)]
    assert settled(*filled)[1] == [TEXT] * 3, "each filled in another way"
    other = [sheet(number, *spots, changed=12) for number in (1, 2, 3)]
    assert settled(*other)[1] == [HEADER, FOOTER, TEXT], "pages of one form with their own text"
    short = [sheet(number, *spots, words=10) for number in (1, 2, 3)]
    assert settled(*short)[1] == [HEADER, FOOTER, TEXT], "too little text to be alike"
    moved = [sheet(number, *spots, moved=8 * number) for number in (1, 2, 3)]
    assert settled(*moved)[1] == [HEADER, FOOTER, TEXT], "the same words in another order"


def test_a_line_runs_over_the_pages_that_differ() -> None:
    """Two of the pages are the same, as where a slide is built up; the others show what repeats."""
    pages = [sheet(number, at_top("Rope walks"), changed=20 * (number != 2)) for number in (1, 2, 3, 4)]
    assert [labels[0] for labels in settled(*pages)] == [HEADER] * 4


def test_the_first_part_of_sections_that_begin_pages_is_no_running_head() -> None:
    """Each stands below the title of its section."""

    def section(number: int, title: str, label: DocItemLabel) -> tuple[Page, PrintedPage]:
        return page(number, at_top(title, top=70), at_top("Usage", label, top=95))

    heading = DocItemLabel.SECTION_HEADER
    titles = ["4.2 Hoist", "5.1 Lower away", "7.3 Make fast"]
    parts = [section(number, title, heading) for number, title in enumerate(titles, start=1)]
    assert settled(*parts) == [[TEXT, heading]] * 3
    under = [section(number, "Boat manual", heading) for number in (1, 2, 3)]
    assert settled(*under) == [[HEADER, HEADER]] * 3, "below nothing but a running line"
    alone = [page(number, at_top("Usage", heading, top=95)) for number in (1, 2, 3)]
    assert settled(*alone) == [[HEADER]] * 3


@pytest.mark.parametrize(
    ("left", "right", "furniture"),
    [
        ("CHAPTER 4. BOATS AND QUAYS", "4.9. HULLS", True),
        ("B.4. ROPES", "ANHANG B. NOTES", True),
        ("CHAPTER 4. BOATS AND QUAYS", "5.9. HULLS", False),
        ("CHAPTER 4. BOATS AND QUAYS", "HULLS", False),
    ],
)
def test_a_chapter_and_its_section_on_two_sides_are_the_head_of_a_page(left: str, right: str, furniture: bool) -> None:
    spots = [(left, DocItemLabel.SECTION_HEADER, 60, 36, 240, 46), (right, TEXT, 440, 37, 540, 46)]
    assert (settled(page(1, *spots)) == [[HEADER] * 2]) is furniture
    below = [spots[0], (right, TEXT, 60, 56, 160, 66)]
    assert settled(page(1, *below)) == [[DocItemLabel.SECTION_HEADER, TEXT]]
    assert (settled(in_parts(1, (left, 60), (right, 400))) == [[HEADER]]) is furniture


def test_a_title_beside_the_pages_number_is_furniture_in_a_wide_margin_where_its_page_said_so() -> None:
    title: Spot = ("PART 7. BOATS", HEADER, 60, 99, 240, 111)
    number: Spot = ("59", HEADER, 530, 99, 540, 111)
    assert settled(page(1, title, number)) == [[HEADER] * 2]
    assert settled(page(1, title)) == [[DocItemLabel.SECTION_HEADER]]
    assert settled(page(1, (title[0], TEXT, *title[2:]), number)) == [[TEXT, HEADER]]
    above: Spot = ("a line of a form", TEXT, 60, 40, 200, 50)
    assert settled(page(1, above, title, number))[0][1] is not HEADER


def test_a_letter_beside_text_is_no_page_number() -> None:
    above, name = ("state of the line", TEXT, 60, 660, 140, 670), ("fault of the line", FOOTER, 60, 685, 140, 695)
    ((_, first, second),) = settled(page(1, above, name, ("x", FOOTER, 200, 685, 205, 695)))
    assert (first, second) == (TEXT, TEXT)
    ((alone,),) = settled(page(1, ("x", FOOTER, 298, 760, 303, 769)))
    assert alone is FOOTER
    ((*_, number),) = settled(page(1, above, name, ("xii", FOOTER, 200, 685, 215, 695)))
    assert number is FOOTER


def test_a_column_at_the_edge_of_a_page_in_columns_is_text() -> None:
    edge = ("the year thirteen, by the keeper", TEXT, 30, 300, 40, 500)
    made, text = page(1, edge, *(("a column of the page from top to bottom", TEXT, 500, 60, 510, 600),) * 4)
    assert settled((made, text))[0][0] is TEXT
    ((stamp,),) = settled(page(1, edge))
    assert stamp in (HEADER, FOOTER)
