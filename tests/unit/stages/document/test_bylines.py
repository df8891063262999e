"""Names of authors above a document's text are text; headings there are headings."""

import pytest
from docling_core.types.doc import SectionHeaderItem

from pipeline.stages.document.bylines import is_byline, is_told, unmark_bylines
from tests.unit.stages.document.made import Made, line

PROSE = "The council later asked for a fixed bridge but neither bank would carry the larger share of the cost"


@pytest.mark.parametrize(
    ("text", "marked", "wanted"),
    [
        ("First A. Author∗ and Second B. Author∗", False, True),
        ("Author Name1†", False, True),
        ("A. Authorb) and B. Authorc)", True, True),
        ("Ludwig van der Meer1,2", True, True),
        ("Sir J.K. Krishnana,c,1 (Researcher), Han Thaneb,d, William J. Hansen Jrb,2 (Co-ordinator)", True, True),
        ("A. Authorb) and B. Authorc)", False, True),
        ("Rules (b) and c)", False, False),
        ("Krzysztof Burdzy‡ Djalil Chafaï§", False, True),
        ("Odile Marrow and Samuel Oyelaran", False, False),  # may be a heading
        ("Key Findings", False, False),
        ("A note on the ferries∗", False, False),
        ("Growth of CO2 in the valley", True, False),
        ("∗", False, False),
    ],
)
def test_names_with_marks_are_no_heading(text: str, marked: bool, wanted: bool) -> None:
    assert is_byline(text, marked=marked) is wanted


def headings(*texts: str, body_first: bool = False) -> list[str]:
    made = Made()
    title = made.heading(line("A Title", 40.0, height=20.0))
    made.document.add_title("A Title")
    made.document.delete_items(node_items=[title])
    place = 80.0
    if body_first:
        made.text(line(f"{PROSE} {PROSE}", place))
        place += 20
    for text in texts:
        made.heading(line(text, place, height=12.0))
        place += 20
    unmark_bylines(made.document, made.record)
    return [item.text for item in made.document.texts if isinstance(item, SectionHeaderItem)]


def test_only_what_stands_between_title_and_text_is_asked() -> None:
    assert headings("Ann Author∗", "Ben Writer†", "Key Findings") == ["Key Findings"]
    assert headings("Abstract", "Ann Author∗") == ["Abstract", "Ann Author∗"]
    assert headings("Ann Author∗", body_first=True) == ["Ann Author∗"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("October 12, 2016", True),
        ("22 novembre 2018", True),
        ("Gary Howard June 20, 2019", True),
        ("Version 2.2", True),
        ("v1.3 of the class", True),
        ("Ada Penn <ada@example.org>", True),
        ("Annual Report 2020", False),
        ("Version control", False),
        ("Growth from 1990 to 2018", False),
    ],
)
def test_dates_versions_and_addresses_are_no_headings(text: str, told: bool) -> None:
    assert is_told(text) is told


def test_a_heading_with_a_date_right_above_the_text_is_one() -> None:
    assert headings("Version 2.1", "Meeting of 12 May 2020", "Ada Penn, 3 June 2021") == []
    made = Made()
    made.document.add_title("A Title")
    made.heading(line("Meeting of 12 May 2020", 80.0, height=12.0))
    made.text(line(f"{PROSE} {PROSE}", 100.0))
    unmark_bylines(made.document, made.record)
    assert [item.text for item in made.document.texts if isinstance(item, SectionHeaderItem)] == [
        "Meeting of 12 May 2020"
    ]


def page_of_names(below: str, *, later: float = 10.0) -> list[str]:
    """The headings of a title page with a name, above ``below``, and a section in type of the height ``later``."""
    made = Made()
    title = made.heading(line("A Title", 40.0, height=20.0))
    made.document.add_title("A Title")
    made.document.delete_items(node_items=[title])
    made.heading(line("Ada Penn", 80.0, height=12.0))
    made.text(line(below, 100.0))
    made.heading(line("Abstract", 120.0, height=later, bold=True))
    made.text(line(f"{PROSE} {PROSE}", 140.0))
    made.heading(line("The Ferry", 160.0, height=later, bold=later < 12))
    unmark_bylines(made.document, made.record)
    return [item.text for item in made.document.texts if isinstance(item, SectionHeaderItem)]


def test_names_above_a_place_in_type_of_their_own_are_no_headings() -> None:
    assert page_of_names("Ferry Trust, Pellam") == ["Abstract", "The Ferry"]
    assert page_of_names("A short text that says so.") == ["Ada Penn", "Abstract", "The Ferry"]
    assert page_of_names("Ferry Trust, Pellam", later=12.0) == ["Ada Penn", "Abstract", "The Ferry"]
