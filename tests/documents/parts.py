"""Blocks that several kinds of documents share: tables, lists, sections and listings of code."""

import random

from tests.documents.languages import LANGUAGES
from tests.documents.model import (
    Block,
    Cell,
    Code,
    Document,
    Drawing,
    Figure,
    Formula,
    Heading,
    Item,
    Listing,
    Paragraph,
    Rules,
    Style,
    Table,
    plain,
)
from tests.documents.wording import Wording

FORMULAS = (
    Formula(r"P = \rho g h Q \eta", "P = ρ g h Q η", "P = rho g h Q eta"),
    Formula(r"v = \sqrt{2 g h}", "v = √(2 g h)", "v = sqrt(2 g h)"),
    Formula(r"\bar{x} = \frac{1}{n} \sum_{i=1}^{n} x_i", "x̄ = (1/n) Σ xᵢ", "macron(x) = 1/n sum_(i=1)^n x_i"),
    Formula(r"t = \frac{V}{Q_1 - Q_2}", "t = V / (Q₁ − Q₂)", "t = V / (Q_1 - Q_2)"),
)
LISTINGS = (
    (
        "python",
        "def level(readings, limit=3):\n"
        '    """The highest level of the last hours."""\n'
        "    recent = readings[-limit:]\n"
        "    if not recent:\n"
        "        return None\n"
        "    return max(reading.metres for reading in recent)",
    ),
    (
        "c",
        "int open_gate(struct gate *g)\n"
        "{\n"
        "    if (g->locked || g->level > LIMIT) {\n"
        "        return -1;\n"
        "    }\n"
        "    g->open = 1;\n"
        "    return 0;\n"
        "}",
    ),
    (
        "json",
        '{\n  "station": "north",\n  "gauges": [\n'
        '    {"name": "pond", "metres": 2.4},\n    {"name": "creek", "metres": 0.8}\n  ]\n}',
    ),
    ("sh", 'for day in mon tue wed; do\n    read_gauge --day $day \\\n        | sort -k 2 > "$day.txt"\ndone'),
)


def code(wording: Wording) -> Code:
    """One of a few listings."""
    language, text = wording.random.choice(LISTINGS)
    return Code(text, language)


def formula(wording: Wording) -> Formula:
    """One of a few formulas."""
    return wording.random.choice(FORMULAS)


def figure(wording: Wording, number: int, height: float = 140.0) -> Figure:
    """A figure with a numbered caption."""
    return Figure(
        wording.random.choice(tuple(Drawing)), f"Figure {number}. {wording.caption()}", wording.number(1, 9999), height
    )


def listing(wording: Wording, depth: int = 1, ordered: bool | None = None) -> Listing:
    """A list of three to five entries; ``depth`` above 1 gives one entry on each level a list under it, the other way
    numbered.
    """
    numbered = wording.random.random() < 0.5 if ordered is None else ordered
    count = wording.number(3, 5)
    inner = listing(wording, depth - 1, not numbered) if depth > 1 else None
    place = wording.number(0, count - 2)
    return Listing(
        tuple(Item(plain(wording.phrase()), inner if index == place else None) for index in range(count)), numbered
    )


def table(wording: Wording, number: int, rows: int = 0, columns: int = 0, rules: Rules | None = None) -> Table:
    """A table of names and figures with a numbered caption; every cell is filled."""
    columns = columns or wording.number(3, 5)
    heads = [f"{quantity.capitalize()} ({unit})" for quantity, unit in wording.subject.measures][: columns - 1]
    names = wording.random.sample(wording.subject.parts, len(wording.subject.parts))
    head = (Cell("Part", header=True), *(Cell(text, header=True) for text in heads))
    body = [_figures(wording, names[row % len(names)], row, len(heads)) for row in range(rows or wording.number(4, 7))]
    chosen = rules or wording.random.choice((Rules.ALL, Rules.ROWS, Rules.HEAD))
    return Table((head, *body), f"Table {number}. {wording.caption()}", chosen)


def _figures(wording: Wording, name: str, row: int, count: int) -> tuple[Cell, ...]:
    values = (Cell(f"{wording.number(1, 980)}.{wording.number(0, 9)}", numeric=True) for _ in range(count))
    return (Cell(f"{name.capitalize()} {row + 1}"), *values)


def grouped_table(wording: Wording, number: int, rows: int = 4, rules: Rules = Rules.ALL) -> Table:
    """A table whose head has two rows: a group over two columns each, and one cell over both rows at the left."""
    (one, first), (other, second) = wording.random.sample(wording.subject.measures, 2)
    top = (
        Cell("Part", rows=2, header=True),
        Cell(one.capitalize(), columns=2, header=True),
        Cell(other.capitalize(), columns=2, header=True),
    )
    years = tuple(
        Cell(text, header=True)
        for text in (f"2021 ({first})", f"2022 ({first})", f"2021 ({second})", f"2022 ({second})")
    )
    names = wording.random.sample(wording.subject.parts, min(rows, len(wording.subject.parts)))
    body = [_figures(wording, name, row, 4) for row, name in enumerate(names)]
    return Table((top, years, *body), f"Table {number}. {wording.caption()}", rules)


def section(wording: Wording, heading: str, level: int = 2, paragraphs: int = 2) -> list[Block]:
    """A heading with paragraphs."""
    return [Heading(level, heading), *(Paragraph(plain(wording.paragraph())) for _ in range(paragraphs))]


def foreign(language: str, seed: int, style: Style, sections: int = 3) -> tuple[Block, ...]:
    """A title, headings, paragraphs, a list and a table in ``language``, a key of ``LANGUAGES``."""
    chance, words = random.Random(f"{language}:{seed}"), LANGUAGES[language]
    blocks: list[Block] = [Heading(1, words.title)]
    for heading in words.headings[:sections]:
        blocks += [
            Heading(2, heading),
            Paragraph(plain(words.paragraph(chance, 4))),
            Paragraph(plain(words.paragraph(chance, 3))),
        ]
    blocks.append(Listing(tuple(Item(plain(words.paragraph(chance, 1))) for _ in range(3))))
    head = tuple(Cell(text, header=True) for text in words.table)
    body = [(Cell(row), *(Cell(str(chance.randint(10, 990)), numeric=True) for _ in head[1:])) for row in words.rows]
    return (*blocks, Table((head, *body), "", Rules.ALL if style.columns == 1 else Rules.ROWS))


def document(kind: str, seed: int, blocks: list[Block], style: Style, **more: str) -> Document:
    """An English document named by kind and seed."""
    return Document(f"{kind}_{seed:04d}", kind, "en", tuple(blocks), style, **more)  # type: ignore[arg-type]
