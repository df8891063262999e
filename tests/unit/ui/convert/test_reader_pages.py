"""The reader's pages beside their images, and what a search finds."""

import re

from pipeline.pages import PageRegion
from pipeline.records import RunStatus
from pipeline.ui.convert.reader_pages import PageLook, reader, search, search_hits
from tests.support.views import a_view


def test_a_box_stands_where_its_element_does_and_names_it() -> None:
    regions = (
        PageRegion("section_header", (0.1, 0.2, 0.5, 0.25), 'A "heading"', 0.93),
        PageRegion("table", (0.1, 0.3, 0.9, 0.6)),
        PageRegion("something_new", (0.0, 0.0, 1.0, 1.0), "x", 0.5),
    )
    html = reader(a_view("oo"), 0, looks={1: PageLook("gradio_api/file=a.jpg", regions)})
    assert html.count("<figure") == 1
    assert 'aria-label="1. Heading, 93% sure: A &#34;heading&#34;"' in html
    assert "left:10.00%;top:20.00%;width:40.00%;height:5.00%" in html
    assert re.findall(r'class="region region-(\w+)"', html) == ["heading", "table", "text"]
    assert re.findall(r'tabindex="(-?\d)"', html) == ["0", "-1", "-1"]


def test_a_search_names_pages_in_any_case_and_over_line_ends() -> None:
    texts = {1: "Nothing here.", 2: "The Tide\nMill and the tide mill.", 4: "A straße, a tide  mill"}
    hits = search(a_view("oooo", RunStatus.OK, texts=texts), "tide MILL")
    assert [(hit.page, hit.place, hit.times, hit.found) for hit in hits] == [
        (2, 1, 2, "Tide Mill"),
        (4, 3, 1, "tide mill"),
    ]
    assert hits[0].before == "The "
    assert hits[0].after.startswith(" and the")
    assert search(a_view("o"), "t") == ()


def test_what_was_found_is_escaped() -> None:
    view = a_view("o", RunStatus.OK, texts={1: "a <script>alert(1)</script> ${b}"})
    html = search_hits("<script>", search(view, "<script>"))
    assert "<script>" not in html
    assert "${" not in html
    assert search_hits("  ", ()) == ""
