"""Text whose lines mean something: code with its indentation, verse and addresses line by line.

docling joins the lines of an element. Which ends of lines were meant is seen from where they stand: a line was ended
on purpose where the first word of the next one would still have had room.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from docling_core.types.doc import CodeItem, DocItemLabel, DoclingDocument, GroupItem, NodeItem, TextItem

from pipeline.pages import Box
from pipeline.stages.document.element_text import ElementLine, ElementText, TextRecord
from pipeline.stages.light_layout.consoles import is_console, middle, printed_rows
from pipeline.stages.light_layout.match import first_word_width

WIDER = 1.25  # times the width of a letter: a column of characters at most
MOST_BLANKS = 2  # empty lines in a row
VERSE_ROWS = 2
TWO_LINES = 0.2  # of the column's width that the first of two lines leaves empty
PROSE_ROWS = 3
VERSE_MARKS = tuple(".,;:!?…—")
FEW_WORDS = 3  # in a line of an address
MANY_WORDS = 9  # in a line of prose; lines of verse have fewer
MARKED = 0.45  # of the lines of prose at most end with such a mark
MEANT = 0.9  # of the line ends in verse were meant, seen from the column's edge,
MEANT_OWN = 0.4  # and so many seen from the widest line of the text itself
CENTRED = 0.5  # of the type's height by which the middles of centred lines differ at most
INNER = 0.8  # of a page's width: its text is mostly so wide, or narrower
WORD_SPACE = 0.25  # of the type's height
_HYPHENED = re.compile(r"[^\W_][-\u2010\u00ad\x02]$")  # a word goes on in the next line


def keep_code(document: DoclingDocument, record: TextRecord) -> None:
    """Make one code item of each run of typewritten elements on a page, with its lines as they stand."""
    gone: list[NodeItem] = []
    for run in list(_runs(document, record)):
        lines = [line for node in run for line in _lines(node, document, record)]
        coded = any(isinstance(node, CodeItem) for node in run)
        if not coded and not is_console(lines):
            continue
        first = next(node for node in run if isinstance(node, CodeItem)) if coded else None
        if first is None:
            source = _items(run[0], document)[0]
            first = document.insert_code(run[0], code_text(lines), prov=source.prov[0], after=False)
        first.text = first.orig = code_text(lines)
        gone += [item for node in run if node is not first for item in _whole(node, document)]
    if gone:
        document.delete_items(node_items=gone)  # at once, since each time the whole document is looked at


def _runs(document: DoclingDocument, record: TextRecord) -> Iterator[list[NodeItem]]:
    """Runs of body nodes on one page, all lines of which are typewritten."""
    run: list[NodeItem] = []
    for child in document.body.children:
        node = child.resolve(document)
        lines = _lines(node, document, record)
        fixed = bool(lines) and all(line.fixed for line in lines)
        if run and (not fixed or _page(node, document) != _page(run[-1], document)):
            yield run
            run = []
        if fixed:
            run.append(node)
    if run:
        yield run


def _items(node: NodeItem, document: DoclingDocument) -> list[TextItem]:
    if isinstance(node, TextItem):
        return [node] if node.label in (DocItemLabel.TEXT, DocItemLabel.CODE, DocItemLabel.LIST_ITEM) else []
    if isinstance(node, GroupItem):
        return [item for child in node.children for item in _items(child.resolve(document), document)]
    return []


def _whole(node: NodeItem, document: DoclingDocument) -> list[NodeItem]:
    return [node] if isinstance(node, TextItem) else [*_items(node, document), node]


def _page(node: NodeItem, document: DoclingDocument) -> int:
    return next((item.prov[0].page_no for item in _items(node, document) if item.prov), 0)


def _lines(node: NodeItem, document: DoclingDocument, record: TextRecord) -> list[ElementLine]:
    items = _items(node, document)
    parts = [part for item in items for part in record.of(item, document)]
    known = len(parts) >= len(items) and not (isinstance(node, CodeItem) and node.captions)
    return [line for part in parts for line in part.lines] if known else []


def code_text(lines: Sequence[ElementLine]) -> str:
    """Typewritten lines as text: every character in its column, empty lines where there is room for one."""
    rows = printed_rows(lines)
    words = [word for line in lines for word in line.words if word.text.strip()]
    widths = [word.box.width / len(word.text) for word in words]
    width = _pitch(lines, median(widths)) if widths else 0.5 * max(line.height for line in lines)
    left = min(line.box.left for line in lines)
    steps = [middle(after[0]) - middle(before[0]) for before, after in pairwise(rows)]
    pitch = min(steps, default=0.0)
    found: list[str] = []
    for number, row in enumerate(rows):
        if number and pitch > 0:
            found += [""] * min(MOST_BLANKS, round(steps[number - 1] / pitch) - 1)
        text = ""
        for piece, box in (part for line in row for part in _pieces(line)):
            column = round((box.left - left) / max(width, 0.1))
            text += " " * max(column - len(text), 1 if text else 0) + piece
        found.append(text)
    return "\n".join(found)


def _pieces(line: ElementLine) -> list[tuple[str, Box]]:
    """The words of a line in fixed pitch, since several spaces may stand between them; else the line as a whole."""
    words = [(word.text.strip(), word.box) for word in line.words if word.text.strip()]
    parted = line.fixed and " ".join(word for word, _ in words) == line.text.strip()
    return words if parted else [(line.text.strip(), line.box)]


def _pitch(lines: Sequence[ElementLine], width: float) -> float:
    """The width of a column of characters: of a word and the space behind it, where that is a little more than the
    ``width`` of a letter, as where letters are set apart to fill columns.
    """
    pairs = [
        pair
        for line in lines
        for pair in pairwise(sorted(line.words, key=lambda word: word.box.left))
        if pair[0].text.strip()
    ]
    steps = [(after.box.left - before.box.left) / (len(before.text) + 1) for before, after in pairs]
    step = median(steps) if steps else width
    return step if width < step < WIDER * width else width


def keep_verse(document: DoclingDocument, record: TextRecord) -> None:
    """Give the texts whose line ends were meant their lines back."""
    for item in document.texts:
        parts = record.of(item, document)
        if item.label is DocItemLabel.TEXT and len(parts) == 1 and is_verse(parts[0], record):
            item.text = "\n".join(line.text.strip() for line in parts[0].lines)


def is_verse(text: ElementText, record: TextRecord) -> bool:
    """Whether the lines of ``text`` end where they were meant to: verse, an address, names one under the other."""
    lines = text.lines
    if len(lines) < VERSE_ROWS or len(printed_rows(lines)) != len(lines):
        return False
    if any(_HYPHENED.search(line.text.rstrip()) for line in lines[:-1]):
        return False
    if len(lines) == 2 and not any(map(str.isalpha, lines[0].text)):
        return False  # a number and the text that it counts
    edge = _column_edge(text, record)
    ends = list(pairwise(lines))
    meant = sum(_room(before, after, edge) for before, after in ends)
    # Two lines say too little by themselves: the first one must end well before the edge.
    short = len(lines) > 2 or lines[0].box.right < edge - TWO_LINES * (edge - lines[0].box.left)
    return meant >= MEANT * len(ends) and short and (len(lines) == 2 or not _is_prose(text))


def _is_prose(text: ElementText) -> bool:
    """Whether the lines are as wide as each other, and end anywhere in a sentence: the text was set to that width."""
    own = max(line.box.right for line in text.lines)
    ends = list(pairwise(text.lines))
    meant = sum(_room(before, after, own) for before, after in ends)
    marked = sum(line.text.rstrip()[-1:] in VERSE_MARKS for line in text.lines)
    words = median(len(line.text.split()) for line in text.lines)
    unmarked = marked < MARKED * len(text.lines) or words > MANY_WORDS
    return words > FEW_WORDS and meant < MEANT_OWN * len(ends) and unmarked


def _room(before: ElementLine, after: ElementLine, edge: float) -> bool:
    first = first_word_width(after.text, after.box, [word.box for word in after.words])
    return before.box.right + WORD_SPACE * before.height + first <= edge


def _column_edge(text: ElementText, record: TextRecord) -> float:
    """The right edge of the column that ``text`` stands in: of the texts that begin where it does, or the page's."""
    page = record.pages[text.page]
    others = [other for other in page.elements.values() if other is not text and len(other.lines) > 1]
    own = max(line.box.right for line in text.lines)
    prose = [other for other in others if len(other.lines) > PROSE_ROWS and _is_prose(other)]
    if prose and len(text.lines) == 2:
        return max(own, min(other.box.right for other in prose))
    if below := [other.box.right for other in prose if abs(other.box.left - text.box.left) < text.height]:
        return max(own, *below)
    beside = [other for other in others if other.box.left >= own and _level(other, text)]
    if not beside and not any(other.box.left < text.box.left - text.height and _level(other, text) for other in others):
        edge = page.width - min(other.box.left for other in (*others, text))
        widest = max(other.box.right for other in page.elements.values()) if len(text.lines) > 2 else own
        return max(own, edge, widest, _middle_edge(text, page.width))
    same = [other.box.right for other in others if abs(other.box.left - text.box.left) < text.height]
    return max([own, *same])


def _middle_edge(text: ElementText, width: float) -> float:
    """The right edge of lines that are centred, which begin nowhere in particular: that of the page's inner part. 0 for
    lines that are not.
    """
    lines = text.lines
    middles = [(line.box.left + line.box.right) / 2 for line in lines]
    lefts = [line.box.left for line in lines]
    slack = CENTRED * text.height
    if len(lines) < PROSE_ROWS or max(middles) - min(middles) > slack or max(lefts) - min(lefts) <= 2 * slack:
        return 0.0
    return median(middles) + INNER * width / 2


def _level(one: ElementText, other: ElementText) -> bool:
    return min(one.box.bottom, other.box.bottom) > max(one.box.top, other.box.top)
