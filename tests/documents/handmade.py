"""Documents whose wording is settled, because tests name what stands in them."""

import random

from tests.documents.languages import LANGUAGES
from tests.documents.model import (
    A4,
    LETTER,
    SPREAD,
    Block,
    Box,
    Cell,
    Document,
    Drawing,
    Figure,
    Heading,
    Item,
    Listing,
    PageBreak,
    Paragraph,
    Rules,
    Span,
    Style,
    Table,
    plain,
)
from tests.documents.parts import foreign, listing, section, table
from tests.documents.wording import SUBJECTS, Wording

HANDBOOK = "A Handbook for Small Tide Mills"
SCAN_LINES = (
    "The ferry leaves the western landing at seven",
    "and returns before noon with flour and letters.",
    "Then it takes the lamp oil to the island",
)


def handbook() -> Document:
    """Five pages of a handbook: text, a list, a ruled table, a figure, and a chapter to each page."""
    wording = Wording("handbook", SUBJECTS[0])
    blocks: list[Block] = [Heading(1, HANDBOOK), Paragraph(plain(_OPENING))]
    box = Box("Before you open a gate", plain(_WARNING))
    special: list[Block] = [_gates(), _wheels(), box, _curve(), listing(wording, 2, True)]
    for number, (heading, text) in enumerate(_CHAPTERS.items()):
        blocks += [Heading(2, heading), Paragraph(plain(text)), Paragraph(plain(wording.paragraph(4, 6)))]
        blocks.append(special[number])
        blocks += [
            Paragraph(plain(wording.paragraph(3, 5))),
            Heading(3, wording.heading()),
            Paragraph(plain(wording.paragraph(5, 7))),
        ]
        blocks += [] if number == len(_CHAPTERS) - 1 else [PageBreak()]
    return Document("multi_page", "handbook", "en", tuple(blocks), Style(A4, size=11), footer="{page}")


_OPENING = (
    "A tide mill works twice a day, whatever the weather. This handbook tells whoever looks after one "
    "how to fill the pond, "
    "when to grind and which parts to check before the sea comes back."
)
_CHAPTERS = {
    "Filling the Pond": (
        "The pond fills through two gates as the tide rises. Both hang from the top, so that the water itself "
        "closes them "
        "when it turns. A gate that leaks by a hand's breadth costs an hour of grinding."
    ),
    "Choosing a Wheel": (
        "Undershot wheels suit low heads, and a turbine pays only where the pond is deeper than three metres. "
        "The table gives the figures of four mills that were measured in the same week."
    ),
    "Grinding by the Tide": (
        "Grinding begins when the creek has fallen a metre below the pond. The first hour gives the finest meal, "
        "since the head changes least. Stop in good time: a wheel that stands in rising water loses its paddles."
    ),
    "Reading the Gauge": (
        "A painted board on the wall of the pond is gauge enough. Write down high and low water each day, "
        "and draw the curve once a month; a pond that silts up shows in it long before it shows in the meal."
    ),
    "Winter Care": (
        "Ice is the one guest that a tide mill cannot feed. Before the first frost the pond is drained, "
        "the gates are propped open, and every bearing is greased."
    ),
}
_WARNING = (
    "Look for boats. A gate that opens into the creek draws anything that floats towards it, "
    "and nobody hears a shout over the water."
)


def _gates() -> Listing:
    inner = Listing((Item(plain("a hinge that creaks is dry")), Item(plain("a hinge that sags is worn"))))
    entries = (
        Item(plain("Check the hinges of both gates"), inner),
        Item((Span("Clear the grating of "), Span("weed", bold=True))),
        Item(plain("Oil the winch")),
    )
    return Listing(entries)


def _wheels() -> Table:
    rows = (
        ("Sandwick", "undershot", "1.4", "6.2"),
        ("Corran", "breast", "2.1", "9.8"),
        ("Thornby", "turbine", "3.6", "21.5"),
        ("Pinnock", "undershot", "1.1", "4.9"),
    )
    head = tuple(Cell(text, header=True) for text in ("Mill", "Wheel", "Head (m)", "Output (kW)"))
    body = tuple(tuple(Cell(text, numeric=column > 1) for column, text in enumerate(row)) for row in rows)
    return Table((head, *body), "Table 1. Four mills, measured in one week.")


def _curve() -> Figure:
    return Figure(Drawing.CURVE, "Figure 1. The level of the pond over two tides.", 11, 150)


def paper_page() -> Document:
    """A page of a paper in one column: text, a wide table of eight columns whose head spans, more text."""
    wording = Wording("paper page")
    blocks: list[Block] = [
        Heading(1, "Results of the Gauge Trials"),
        *section(wording, "5.1 Settings of the Gauges", paragraphs=2),
    ]
    blocks += [
        gauge_table(),
        Paragraph(plain(wording.paragraph(4, 5))),
        *section(wording, "5.2 Quality of the Readings", paragraphs=2),
    ]
    return Document(
        "paper_page", "paper", "en", tuple(blocks), Style(LETTER, serif=True, size=10, margin=72), footer="9"
    )


def gauge_table() -> Table:
    """Two rows of head, of which three columns of the second lie under one cell of the first, and four rows of
    figures.
    """
    tall = [Cell(text, rows=2, header=True) for text in ("Floats", "Masts", "Gauge")]
    after = [Cell(text, rows=2, header=True) for text in ("Drift", "Seconds")]
    top = (*tall, Cell("Agreement", columns=3, header=True), *after)
    under = tuple(Cell(text, header=True) for text in ("calm", "rough", "all"))
    rows = (
        "6 6 Brass 0.965 0.934 0.955 0.88 2.73",
        "4 4 Steel 0.938 0.904 0.927 0.85 1.97",
        "2 4 Glass 0.923 0.897 0.915 0.86 1.91",
        "4 2 Oak 0.952 0.923 0.942 0.86 1.22",
    )
    body = [tuple(Cell(text, numeric=column > 2) for column, text in enumerate(row.split())) for row in rows]
    return Table(
        (top, under, *body),
        "Table 1. Agreement of four gauges with the harbour's own, in calm and rough water.",
        Rules.ALL,
    )


def facing_pages() -> Document:
    """Two pages of a book side by side on one sheet; a table on the right one."""
    wording = Wording("facing pages")
    blocks: list[Block] = []
    for heading in wording.headings(3):
        blocks += section(wording, heading, 2, 3)
    blocks += [table(wording, 1, rows=6, columns=3), *section(wording, "The Figures", 2, 1)]
    return Document("facing_pages", "book", "en", tuple(blocks), Style(SPREAD, columns=2, size=12, margin=66, gap=132))


def note() -> Document:
    """Three lines of text, for pages that are read by text recognition."""
    return Document(
        "note", "note", "en", tuple(Paragraph(plain(line)) for line in SCAN_LINES), Style(A4, size=15, margin=70)
    )


def dark_page() -> Document:
    """An Arabic page of two paragraphs in light letters on dark paper."""
    chance, words = random.Random(2), LANGUAGES["ar"]
    paragraphs = (Paragraph(plain(words.paragraph(chance, 6))) for _ in range(2))
    style = Style(A4, size=16, dark=True)
    return Document("right_to_left_dark", "foreign", "ar", (Heading(1, words.title), *paragraphs), style)


def framed_page() -> Document:
    """A Hebrew page in a broad striped frame, which a layout network takes for a picture, with a table in it."""
    style = Style(A4, size=12, frame=True)
    blocks = foreign("he", 3, style)
    return Document("right_to_left_framed", "foreign", "he", (blocks[0], blocks[2], blocks[4], blocks[-1]), style)


def korean_report() -> Document:
    """Four pages in Korean, in two columns, with a photograph and tables."""
    style = Style((612.0, 858.0), columns=2, size=10.5, margin=54)
    blocks: list[Block] = []
    for seed in range(4):
        page = foreign("ko", seed, style)
        blocks += page if seed == 0 else [PageBreak(), *page[1:]]
        blocks += [Figure(Drawing.PHOTO, "", seed, 180), *foreign("ko", seed + 10, style)[2:6]]
    return Document("korean_report", "foreign", "ko", tuple(blocks), style, footer="{page}")
