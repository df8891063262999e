"""Tables of contents: entries that end with page numbers, with leaders, without, and as scans show them."""

from dataclasses import replace

from pipeline.pages import Box, LayoutLabel
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.refine import regions
from tests.support.layout_pages import labelled, line, sheet


def test_contents_take_in_the_chapters_without_leaders() -> None:
    lines = []
    for n in range(5):
        top = 100 + 14 * n
        lines.append(line("Chapter two", 60, top) if n == 2 else line(f"Part {n} . . . . . . . . . . {n}", 60, top))
    edge = max(one.box.right for one in lines)
    number = line("7", 0, 128)
    lines.append(line("7", edge - number.box.width, 128))
    found = regions(sheet(lines))
    assert [(r.label, r.box.top, r.box.bottom) for r in found] == [(LayoutLabel.DOCUMENT_INDEX, 100, 166)]


def test_contents_whose_leaders_and_page_numbers_are_pieces_of_their_own() -> None:
    lines = [
        piece
        for n in range(5)
        for piece in (
            line(f"Part {n}", 60, 100 + 14 * n),
            line("." * 40, 95, 100 + 14 * n),
            line("7", 300, 100 + 14 * n),
        )
    ]
    assert [r.label for r in regions(sheet(lines))] == [LayoutLabel.DOCUMENT_INDEX]


def test_contents_need_no_leaders_below_their_title() -> None:
    rows = (("Roofs", "1"), ("Tiles", "2"), ("Walls", "12"), ("Bricks", "14"), ("Doors", "20"))
    entries = [
        part
        for number, (text, page) in enumerate(rows)
        for part in (line(text, 60, 100 + 14 * number), line(page, 400 - 5 * len(page), 100 + 14 * number))
    ]
    edge = max(one.box.right for one in entries)
    entries = [replace(one, box=replace(one.box, right=edge)) if one.text.isdigit() else one for one in entries]
    for title, label in (("Contents", "document_index"), ("Prices", "table")):
        lines = [line(title, 60, 60, height=16, pitch=8), *entries]
        found = labelled(regions(sheet(lines)), lines)
        assert [name for name, text in found if "Walls" in text] == [label]


def test_contents_of_a_scan_have_few_leaders_and_lack_page_numbers() -> None:
    rows = (
        ("Roofs", ""),
        ("Tiles .", "2"),
        ("Walls . . . . . 12", ""),
        ("Bricks", ".14"),
        ("Doors", "20"),
        ("Locks", "24"),
    )
    entries = [
        LayoutLine(part, Box(left, 100 + 14 * number, right, 110 + 14 * number))
        for number, (text, page) in enumerate(rows)
        for part, left, right in ((text, 60, 400 if text[-1].isdigit() else 120), (page, 385, 400))
        if part
    ]
    lines = [LayoutLine("Contents", Box(60, 60, 140, 76)), *entries]
    (found,) = [text for name, text in labelled(regions(sheet(lines)), lines) if name == "document_index"]
    assert found.split(" / ") == [one.text for one in entries]


def scanned_entries(pages: tuple[str, ...]) -> list[LayoutLine]:
    """Entries on two levels with the rests of leaders, as text recognition reads them, and their page numbers."""
    return [
        LayoutLine(text, Box(left, 100 + 14 * number, right, 110 + 14 * number))
        for number, page in enumerate(pages)
        for text, left, right in (
            (f"{number // 3 + 1} Roof tiles ..", 60 + 18 * (number % 3 > 0), 160),
            (page, 385, 400),
        )
        if text
    ]


def test_a_scanned_contents_page_may_have_a_page_number_in_every_row_and_one_of_them_misread() -> None:
    lines = [LayoutLine("Contents", Box(60, 60, 140, 76)), *scanned_entries(("1", "4", "9", "552", "17", "21", "30"))]
    found = labelled(regions(sheet(lines)), lines)
    assert [name for name, text in found if "Roof" in text] == ["document_index"]


def test_contents_that_go_on_over_the_page_are_known_by_the_rests_of_their_leaders() -> None:
    lines = scanned_entries(("31", "34", "", "40", "47", "51"))
    assert [name for name, _ in labelled(regions(sheet(lines)), lines)] == ["document_index"]
    plain = [replace(one, text=one.text.removesuffix(" ..")) for one in lines]
    assert "document_index" not in [name for name, _ in labelled(regions(sheet(plain)), plain)]
