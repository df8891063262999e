"""What there is in a Markdown text: its words, headings, tables and lists.

Both ways of writing a thing count alike: pipe and HTML tables, ``#`` and underlined headings, ``[x]`` and a ticked
box, ``[^1]`` and a raised 1,
LaTeX and plain letters. Pictures, comments and rows of dots count for nothing.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import product

from markdown_it import MarkdownIt
from markdown_it.token import Token

COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
HTML_TABLE = re.compile(r"<table\b.*?</table\s*>", re.DOTALL | re.IGNORECASE)
FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1`*\s*$", re.DOTALL | re.MULTILINE)
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
DOTS = re.compile(r"(?:[.·…_]\s?){4,}")
INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
FOOTNOTE = re.compile(r"\[\^([^\]\s]+)\]:?")
TICKED, UNTICKED = re.compile(r"\[[xX]\]|[☒☑✓✔✕✗]"), re.compile(r"\[ \]|[☐□]")
BULLET = re.compile(r"^(?:[•‣▪◦·●–]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s+")
MATH = re.compile(r"\$\$(.+?)\$\$|\\\[(.+?)\\\]", re.DOTALL)
COMMAND = re.compile(r"\\([a-zA-Z]+)")
SIGNS = {
    **{unicodedata.name(chr(code)).split()[-1].lower(): chr(code) for code in range(0x3B1, 0x3CA) if code != 0x3C2},
    **{"sum": "Σ", "int": "∫", "cdot": "·", "times": "×", "leq": "≤", "geq": "≥"},
    **{"infty": "∞", "partial": "∂"},
}


@dataclass(frozen=True)
class Cell:
    """A cell that covers ``rows`` times ``columns`` places."""

    text: str
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True)
class Table:
    """Rows of the cells that begin in them."""

    rows: tuple[tuple[Cell, ...], ...]

    @property
    def words(self) -> str:
        """All cells' text."""
        return " ".join(cell.text for row in self.rows for cell in row)

    @property
    def spans(self) -> bool:
        """Whether a cell covers more than one place."""
        return any(cell.rows > 1 or cell.columns > 1 for row in self.rows for cell in row)

    def apart(self, *, repeat: bool) -> "Table":
        """The table with a cell for every place: the text of a cell that spans stands in each of its places, or in the
        first.
        """
        grid: dict[tuple[int, int], str] = {}
        for row, cells in enumerate(self.rows):
            column = 0
            for cell in cells:
                while (row, column) in grid:
                    column += 1
                for place in product(range(row, row + cell.rows), range(column, column + cell.columns)):
                    grid[place] = cell.text if repeat or place == (row, column) else ""
        height, width = len(self.rows), 1 + max((column for _, column in grid), default=0)
        places = ((Cell(grid.get((row, column), "")) for column in range(width)) for row in range(height))
        return Table(tuple(tuple(cells) for cells in places))


@dataclass(frozen=True)
class Entry:
    """A heading, or an entry of a list; the level counts from 1."""

    level: int
    text: str


@dataclass
class Parsed:
    """The contents of a Markdown text."""

    text: str = ""
    text_without_tables: str = ""
    headings: list[Entry] = field(default_factory=list)
    items: list[Entry] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


def parsed(markdown: str) -> Parsed:
    """Read a Markdown text: CommonMark with pipe tables."""
    found = Parsed()
    texts, others = [], []
    for part, is_table in _parts(markdown):
        if is_table:
            table = html_table(part)
            found.tables += [table] if table.rows else []
            texts.append(table.words)
        else:
            for text, of_table in _read(MarkdownIt("commonmark").enable("table").parse(part), found):
                texts.append(text)
                others += [] if of_table else [text]
    found.text, found.text_without_tables = plain(" ".join(texts)), plain(" ".join(others))
    return found


def _parts(markdown: str) -> Iterator[tuple[str, bool]]:
    """The text in order, cut into (Markdown, False) and (HTML table, True); tables inside code are no tables."""
    text = FOOTNOTE.sub(r"\1", COMMENT.sub(" ", markdown))
    text = MATH.sub(lambda found: letters_of_latex(found[1] or found[2]), text)
    code = [found.span() for found in FENCE.finditer(text)]
    place = 0
    for found in HTML_TABLE.finditer(text):
        if not any(start <= found.start() < end for start, end in code):
            yield text[place : found.start()], False
            yield found[0], True
            place = found.end()
    yield text[place:], False


def _read(tokens: Sequence[Token], found: Parsed) -> Iterator[tuple[str, bool]]:
    """(text, whether it is of a table) of every block, in order; headings, entries and tables go into ``found``."""
    lists: list[_List] = []
    row: list[Cell] = []
    rows: list[tuple[Cell, ...]] = []
    opened, tag = "", ""
    for token in tokens:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                lists.append(_List(token, lists[-1].depth if lists else 0, behind_mark=opened == "list_item_open"))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_close":
                opened = ""  # an entry without text
            case "heading_open" | "list_item_open" | "th_open" | "td_open":
                opened, tag = token.type, token.tag
            case "tr_close":
                rows.append(tuple(row))
                row = []
            case "table_close":
                found.tables.append(Table(tuple(rows)))
                rows = []
            case "inline":
                text = _inline(token)
                if opened in {"th_open", "td_open"}:
                    row.append(Cell(plain(text)))
                elif opened == "heading_open":
                    found.headings.append(Entry(int(tag[1]), plain(text)))
                elif opened == "list_item_open":
                    found.items.append(Entry(lists[-1].depth, BULLET.sub("", plain(text))))
                    text = lists[-1].mark() + text
                yield text, opened in {"th_open", "td_open"}
                opened = ""
            case "fence" | "code_block":
                yield token.content, False
            case "html_block":
                yield TAG.sub(" ", token.content), False


class _List:
    """A list that is being read: how deep it lies, and the number of its next entry.

    A list that begins right behind the mark of an entry, as in ``- 1. text``, is no deeper: the entry has two marks.
    """

    def __init__(self, token: Token, above: int, *, behind_mark: bool) -> None:
        self.depth = above if behind_mark else above + 1
        self._next = int(token.attrGet("start") or 1) if token.type == "ordered_list_open" else None

    def mark(self) -> str:
        """The number in front of the next entry, which is on the page though not in the text of its token."""
        if self._next is None:
            return ""
        self._next += 1
        return f"{self._next - 1}. "


def _inline(token: Token) -> str:
    parts = []
    for child in token.children or []:
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"} or child.content.lower().startswith("<br"):
            parts.append(" ")
    return "".join(parts)


def plain(text: str) -> str:
    """The words alone, in Unicode's compatibility form; white space is one space."""
    text = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    text = UNTICKED.sub(" ", TICKED.sub(" x ", text))
    return " ".join(DOTS.sub(" ", text).split())


def letters_of_latex(latex: str) -> str:
    """The letters and signs of a formula, without the commands that place them."""
    text = COMMAND.sub(lambda found: f" {SIGNS.get(found[1], '')} ", latex)
    return re.sub(r"[{}^_\\&$]", " ", text)


def html_table(source: str) -> Table:
    """The rows of the first table in HTML; a table inside a cell is part of its text."""
    reader = _TableReader()
    reader.feed(source)
    reader.close()
    return Table(tuple(tuple(row) for row in reader.rows if row))


class _TableReader(HTMLParser):
    """Collects rows of cells."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[Cell]] = []
        self._text: list[str] = []
        self._spans: tuple[int, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._end_cell()
            self.rows.append([])
        elif tag in {"td", "th"}:
            self._end_cell()
            given = dict(attrs)
            self._spans = _span(given.get("rowspan")), _span(given.get("colspan"))
        elif tag == "br":
            self._text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th", "tr", "table"}:
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._spans:
            self._text.append(data)

    def _end_cell(self) -> None:
        if self._spans:
            self.rows = self.rows or [[]]
            self.rows[-1].append(Cell(plain("".join(self._text)), *self._spans))
        self._text, self._spans = [], None


def _span(value: str | None) -> int:
    return max(1, min(int(value), 1000)) if value and value.isdigit() else 1
