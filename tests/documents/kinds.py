"""The kinds of documents, as one table: each is made from a seed."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.documents.languages import LANGUAGES
from tests.documents.model import (
    A4,
    LETTER,
    SLIDE,
    Block,
    Box,
    Cell,
    Contents,
    ContentsLine,
    Document,
    Drawing,
    Entry,
    Field,
    Figure,
    Form,
    Heading,
    Item,
    Listing,
    Note,
    PageBreak,
    Paragraph,
    Rules,
    Span,
    Style,
    Table,
    plain,
)
from tests.documents.parts import code, document, figure, foreign, formula, grouped_table, listing, section, table
from tests.documents.wording import NAMES, Wording

LINK = "https://example.org/register?year=2022"


@dataclass(frozen=True)
class Kind:
    """How a document is made from a seed, and what there is in it."""

    make: Callable[[int], Document]
    holds: str


def report(seed: int) -> Document:
    """Numbered sections on two levels, a list, a table, a figure, a footnote, bold, italic and a link."""
    wording = Wording(f"report:{seed}")
    blocks: list[Block] = [Heading(1, wording.title()), Paragraph(plain(wording.paragraph()))]
    for number, heading in enumerate(wording.headings(3), 1):
        blocks += section(wording, f"{number} {heading}", paragraphs=1)
        for inner, below in enumerate(wording.headings(2), 1):
            blocks += section(wording, f"{number}.{inner} {below}", 3, 1)
        blocks.append((listing(wording, 2), table(wording, 1), figure(wording, 1))[number - 1])
    blocks += [Paragraph(wording.styled(LINK, "1")), Note("1", wording.sentence())]
    style = Style(A4, serif=seed % 2 == 1)
    title = blocks[0].text  # type: ignore[union-attr]
    return document("report", seed, blocks, style, header=title, footer="Page {page}")


def paper(seed: int) -> Document:
    """Two columns under a title and authors, with an abstract, formulas, a figure, a table whose head spans, and
    references.
    """
    wording = Wording(f"paper:{seed}")
    authors = ", ".join(wording.random.sample(NAMES, 3))
    blocks: list[Block] = [
        Heading(1, wording.title()),
        Paragraph(plain(authors)),
        Heading(2, "Abstract"),
        Paragraph(plain(wording.paragraph(4, 6))),
    ]
    extras: list[list[Block]] = [
        [formula(wording), Paragraph(plain(wording.paragraph()))],
        [figure(wording, 1, 110)],
        [table(wording, 1, columns=3)],
        [],
    ]
    for number, heading in enumerate(wording.headings(4), 1):
        blocks += section(wording, f"{number} {heading}", paragraphs=2)
        blocks += extras[number - 1]
    blocks += [Heading(2, "References"), references_list(wording, 6)]
    return document(
        "paper", seed, blocks, Style(LETTER, columns=2, serif=True, size=9.5, margin=54, centred=True), footer="{page}"
    )


def references_list(wording: Wording, count: int) -> Listing:
    """A numbered list of invented works."""
    return Listing(tuple(Item(_work(wording)) for _ in range(count)), ordered=True)


def _work(wording: Wording) -> tuple[Span, ...]:
    names = " and ".join(wording.random.sample(NAMES, 2))
    return (
        Span(f"{names}: "),
        Span(wording.title(), italic=True),
        Span(f". Journal of {wording.subject.title}, {wording.number(2, 40)}, {wording.number(1988, 2023)}."),
    )


def slides(seed: int) -> Document:
    """Six landscape pages with a large title, a few points or a drawing each."""
    wording = Wording(f"slides:{seed}")
    blocks: list[Block] = [
        Heading(1, wording.title()),
        Paragraph(plain(f"{wording.one(NAMES)}, {wording.number(2015, 2024)}")),
    ]
    for number, heading in enumerate(wording.headings(5), 1):
        blocks += [PageBreak(), Heading(2, heading)]
        blocks.append(
            figure(wording, number, 190)
            if number == 3
            else table(wording, 1, rows=4, columns=3)
            if number == 4
            else listing(wording, 2, False)
        )
    return document("slides", seed, blocks, Style(SLIDE, size=17, margin=44, dark=seed % 3 == 2), footer="{page}")


def invoice(seed: int) -> Document:
    """A bill: addresses, a table of items with spans in its last rows, terms."""
    wording = Wording(f"invoice:{seed}")
    prices = [(wording.number(1, 12), wording.number(400, 9900) / 100) for _ in range(wording.number(3, 6))]
    rows = [
        (
            Cell(wording.phrase()),
            Cell(str(count), numeric=True),
            Cell(f"{price:.2f}", numeric=True),
            Cell(f"{count * price:.2f}", numeric=True),
        )
        for count, price in prices
    ]
    total = sum(count * price for count, price in prices)
    foot = [
        (Cell(text, columns=3), Cell(f"{value:.2f}", numeric=True))
        for text, value in (("Sum", total), ("Tax 19 %", total * 0.19), ("To pay", total * 1.19))
    ]
    head = tuple(Cell(text, header=True) for text in ("Item", "Count", "Price", "Amount"))
    blocks: list[Block] = [
        Heading(1, f"Invoice {wording.number(2015, 2024)}-{wording.number(100, 999)}"),
        Paragraph(
            plain(f"Holt & Birk Works, {wording.number(1, 90)} Quay Street, 4{wording.number(1000, 9999)} Thornby")
        ),
        Paragraph(
            plain(
                f"To {wording.one(NAMES)}, {wording.number(1, 90)} Mill Lane, 4{wording.number(1000, 9999)} Millbrook"
            )
        ),
        Table((head, *rows, *foot), rules=wording.random.choice((Rules.ALL, Rules.ROWS))),
        Heading(2, "Terms"),
        Paragraph(
            plain(f"Please pay within {wording.number(10, 40)} days to account {wording.number(10**9, 10**10 - 1)}.")
        ),
    ]
    return document("invoice", seed, blocks, Style(A4, size=10))


def form(seed: int) -> Document:
    """A form that is filled in: lines of text and ticks."""
    wording = Wording(f"form:{seed}")
    texts = {
        "Name": wording.one(NAMES),
        "Place": wording.one(wording.subject.places),
        "Year": str(wording.number(1990, 2024)),
        "Remarks": wording.phrase(),
    }
    ticks = [
        Field(text, "x" if index % 2 == seed % 2 else "", Entry.TICK)
        for index, text in enumerate(("Repair", "Renewal", "Inspection", "Transfer"))
    ]
    blocks: list[Block] = [
        Heading(1, f"Request about {wording.subject.title}"),
        Paragraph(plain("Fill in every line and send the form to the office before the end of the month.")),
        Heading(2, "1 The person"),
        Form(tuple(Field(label, value) for label, value in texts.items())),
        Heading(2, "2 The work"),
        Form(tuple(ticks)),
        Paragraph(plain(wording.paragraph(2, 3))),
    ]
    return document("form", seed, blocks, Style(A4, size=11))


def manual(seed: int, chapters: int = 4) -> Document:
    """Chapters on pages of their own: numbered steps with lists under them, tables, figures, boxes and listings of
    code.
    """
    wording = Wording(f"manual:{seed}")
    blocks: list[Block] = [Heading(1, f"{wording.subject.title}: A Manual"), Paragraph(plain(wording.paragraph()))]
    for number, heading in enumerate(wording.headings(chapters), 1):
        blocks += [
            PageBreak(),
            *section(wording, f"Chapter {number}. {heading}", paragraphs=2),
            Heading(3, "What to do"),
            listing(wording, 1 + number % 3, True),
        ]
        blocks += [
            Box(wording.one(("Note", "Warning", "Tip")), plain(wording.paragraph(1, 2))),
            figure(wording, number, 130),
        ]
        blocks += [
            table(wording, number) if number % 2 else grouped_table(wording, number),
            Paragraph(plain(wording.paragraph())),
        ]
        blocks += [code(wording)] if number % 3 == 0 else []
    return document(
        "manual", seed, blocks, Style(LETTER), header=f"{wording.subject.title}", footer="Manual, page {page}"
    )


def letter(seed: int) -> Document:
    """A letter: no heading but its subject."""
    wording = Wording(f"letter:{seed}")
    writer, reader = wording.random.sample(NAMES, 2)
    blocks: list[Block] = [
        Paragraph(plain(f"{writer}, {wording.number(1, 90)} Harbour Road, Sandwick")),
        Paragraph(plain(f"{wording.number(1, 28)} October {wording.number(1995, 2024)}")),
        Heading(1, wording.heading()),
        Paragraph(plain(f"Dear {reader},")),
        *(Paragraph(plain(wording.paragraph(3, 5))) for _ in range(3)),
        Paragraph(plain("With kind regards,")),
        Paragraph(plain(writer)),
    ]
    return document("letter", seed, blocks, Style(A4, serif=True, size=11.5, margin=80))


def contents(seed: int) -> Document:
    """A table of contents: chapters and sections with page numbers."""
    wording = Wording(f"contents:{seed}")
    page, lines = 1, []
    for number, heading in enumerate(wording.headings(7), 1):
        lines.append(ContentsLine(1, f"{number} {heading}", str(page)))
        lines += [
            ContentsLine(2, f"{number}.{inner} {below}", str(page + inner))
            for inner, below in enumerate(wording.headings(3), 1)
        ]
        page += wording.number(4, 12)
    return document(
        "contents", seed, [Heading(1, "Contents"), Contents(tuple(lines))], Style(A4, size=11), footer="iii"
    )


def references(seed: int) -> Document:
    """A page of references in small type."""
    wording = Wording(f"references:{seed}")
    return document(
        "references", seed, [Heading(1, "References"), references_list(wording, 18)], Style(A4, serif=True, size=9)
    )


def newsletter(seed: int) -> Document:
    """Short notices in three columns with boxes between them."""
    wording = Wording(f"newsletter:{seed}")
    blocks: list[Block] = [Heading(1, f"The {wording.subject.title} Courier")]
    for number, heading in enumerate(wording.headings(6)):
        blocks += section(wording, heading, paragraphs=1)
        blocks += [Box("In short", plain(wording.sentence()))] if number % 3 == 1 else []
        blocks += [figure(wording, 1, 90)] if number == 3 else []
    return document("newsletter", seed, blocks, Style(A4, columns=3, size=9.5, margin=48), footer="{page}")


def listings(seed: int) -> Document:
    """Text with listings of code and formulas."""
    wording = Wording(f"listings:{seed}")
    blocks: list[Block] = [Heading(1, f"Programs for {wording.subject.title}")]
    for heading in wording.headings(3):
        blocks += [
            *section(wording, heading, paragraphs=1),
            code(wording),
            Paragraph(plain(wording.sentence())),
            formula(wording),
        ]
    return document("listings", seed, blocks, Style(LETTER, serif=True))


def tables(seed: int) -> Document:
    """Tables of every sort: ruled, half ruled, without rules, with spans, over a page's end."""
    wording = Wording(f"tables:{seed}")
    blocks: list[Block] = [Heading(1, f"{wording.subject.title} in Figures")]
    for number, rules in enumerate(Rules, 1):
        blocks += [
            Heading(2, wording.heading()),
            table(wording, number, rules=rules),
            Paragraph(plain(wording.paragraph(1, 2))),
        ]
    blocks += [
        grouped_table(wording, 5, 6),
        Paragraph(plain(wording.sentence())),
        table(wording, 6, rows=36, rules=Rules.ALL),
    ]
    return document(
        "tables", seed, blocks, Style(A4, size=9.5), header=f"{wording.subject.title} in Figures", footer="{page}"
    )


def gallery(seed: int) -> Document:
    """Figures with captions and little text."""
    wording = Wording(f"gallery:{seed}")
    blocks: list[Block] = [Heading(1, f"{wording.subject.title} in Pictures"), Paragraph(plain(wording.paragraph()))]
    for number, drawing in enumerate(Drawing, 1):
        blocks += [
            Figure(drawing, f"Figure {number}. {wording.caption()}", seed + number, 170),
            Paragraph(plain(wording.paragraph(1, 2))),
        ]
    return document("gallery", seed, blocks, Style(A4), footer="{page}")


def foreign_report(seed: int) -> Document:
    """A report in one of eleven languages and ten scripts, in turn with the seed."""
    language = list(LANGUAGES)[seed % len(LANGUAGES)]
    return foreign_page(language, seed)


def foreign_page(language: str, seed: int, style: Style | None = None) -> Document:
    """The report in ``language``."""
    chosen = style or Style(A4, size=11)
    return Document(f"foreign_{seed:04d}", "foreign", language, foreign(language, seed, chosen), chosen)


KINDS = {
    "report": Kind(
        report, "sections on two levels, nested list, table, figure, footnote, link, running header and footer"
    ),
    "paper": Kind(paper, "two columns, abstract, formula, figure, table, references"),
    "slides": Kind(slides, "landscape pages with points, a drawing, a table"),
    "invoice": Kind(invoice, "a table of items with spans"),
    "form": Kind(form, "fields and ticks, filled in"),
    "manual": Kind(manual, "chapters, steps three levels deep, boxes, figures, tables, code"),
    "letter": Kind(letter, "paragraphs alone"),
    "contents": Kind(contents, "a table of contents"),
    "references": Kind(references, "a list of works in small type"),
    "newsletter": Kind(newsletter, "three columns, boxes"),
    "listings": Kind(listings, "code and formulas"),
    "tables": Kind(tables, "ruled, half ruled and ruleless tables, spans, a table over a page's end"),
    "gallery": Kind(gallery, "figures and captions"),
    "foreign": Kind(
        foreign_report, "German, French, Russian, Greek, Arabic, Hebrew, Hindi, Thai, Chinese, Japanese, Korean"
    ),
}
