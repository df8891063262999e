"""Bold and italic words, raised and lowered characters, code in a sentence and links, as docling's inline groups.

Styles come from the words as they were printed. They are looked up in the item's text one after the other, and a word
that is not found there keeps no style, so that the text itself never changes but for the white space around raised
characters.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from docling_core.types.doc import (
    CodeItem,
    DocItemLabel,
    DoclingDocument,
    Formatting,
    FormulaItem,
    InlineGroup,
    ListItem,
    SectionHeaderItem,
    TextItem,
    TitleItem,
)
from docling_core.types.doc.document import Script
from pydantic import AnyUrl, ValidationError

from pipeline.stages.document.element_text import ElementText, StyledWord, TextRecord
from pipeline.stages.formula_text import is_latex
from pipeline.stages.markdown.inline_markup import is_linked

SEARCHED = 60  # characters: how far from the last word the next one is looked for
BRACKETS = ("()", "[]", "{}")
CLOSING = (".", ",", ";", ":", "!", "?", ")", "]")  # what has no space before it
Style = tuple[bool, bool, bool, int, str]
PLAIN: Style = (False, False, False, 0, "")
_TEXTS = (DocItemLabel.TEXT, DocItemLabel.PARAGRAPH, DocItemLabel.FOOTNOTE, DocItemLabel.REFERENCE)


@dataclass(frozen=True, slots=True)
class StyledRun:
    """A part of an item's text in one style."""

    text: str
    style: Style


def add_styles(document: DoclingDocument, record: TextRecord) -> None:
    """Give the paragraphs, list items, headings and formulas of ``document`` their words' styles."""
    for item in list(document.texts):
        if isinstance(item, CodeItem) or item.children:
            continue
        formula = isinstance(item, FormulaItem) and not is_latex(item)
        if formula or isinstance(item, ListItem | TitleItem | SectionHeaderItem) or item.label in _TEXTS:
            _style(item, document, record.of(item, document))


def _style(item: TextItem, document: DoclingDocument, parts: Sequence[ElementText]) -> None:
    text = item.text or item.orig
    words = [word for part in parts for line in part.lines for word in line.words]
    words = _contrasting(words, heading=isinstance(item, TitleItem | SectionHeaderItem))
    runs = list(styled_runs(text, words))
    if all(run.style == PLAIN for run in runs):
        return
    links = {run.style[4] for run in runs}
    if isinstance(item, FormulaItem) and all(run.style[3] == 0 for run in runs):
        return
    if len(links) > 1 or links == {""}:
        item.hyperlink = None
    item.text = ""
    group = document.add_inline_group(parent=item)
    for run in runs:
        add_run(document, group, run)


def add_run(document: DoclingDocument, group: InlineGroup, run: StyledRun) -> None:
    """Put ``run`` at the end of ``group``."""
    bold, italic, fixed, script, link = run.style
    formatting = None
    if bold or italic or script:
        kind = {1: Script.SUPER, -1: Script.SUB}.get(script, Script.BASELINE)
        formatting = Formatting(bold=bold, italic=italic, script=kind)
    address = _address(link)
    if fixed and run.text.strip() and not script:
        document.add_code(run.text, parent=group, formatting=formatting, hyperlink=address)
    else:
        document.add_text(
            DocItemLabel.TEXT,
            run.text,
            parent=group,
            formatting=formatting,
            hyperlink=address,
        )


def _address(link: str) -> AnyUrl | None:
    if not link or not is_linked(link):
        return None
    try:
        return AnyUrl(link)
    except ValidationError:
        return None


def _contrasting(words: Sequence[StyledWord], *, heading: bool) -> list[StyledWord]:
    """The words with the styles that set a part of them apart: a heading is bold anyway, and so is what is bold from
    end to end in a heading's or table's stead. Mathematics in italics is no emphasis.
    """
    code = not heading and any(not word.fixed for word in words)
    return [
        StyledWord(
            word.text,
            word.box,
            bold=word.bold and not heading,
            italic=word.italic and not heading and len(word.text.strip(".,;:()")) > 1,
            fixed=word.fixed and code,
            script=word.script,
            link=word.link if is_linked(word.link) else "",
        )
        for word in words
    ]


def styled_runs(text: str, words: Sequence[StyledWord]) -> Iterator[StyledRun]:
    """``text`` cut where the style of its words changes; the runs add up to the text, but for white space before
    raised and lowered characters.
    """
    styles: list[Style] = [PLAIN] * len(text)
    drop: set[int] = set()
    place = 0
    before: StyledWord | None = None
    for word in words:
        start, length = _found(text, word.text, place)
        if start < 0:
            before = None
            continue
        end = start + length
        styles[start:end] = [word.style] * length
        if before is not None and before.style == word.style and not text[place:start].strip():
            styles[place:start] = [word.style] * (start - place)
        scripted = word.script or (before is not None and before.script and word.text.startswith(CLOSING))
        if scripted and text[place:start].isspace() and _touches(before, word):
            drop.update(range(place, start))
        place, before = end, word
    kept = [(styles[index], character) for index, character in enumerate(text) if index not in drop]
    runs = [
        StyledRun("".join(character for _, character in group), style)
        for style, group in groupby(kept, key=lambda pair: pair[0])
    ]
    trimmed = [part for run in runs for part in _trimmed(run)]
    for style, parts in groupby(trimmed, key=lambda part: part.style):
        yield StyledRun("".join(part.text for part in parts), style)


def _trimmed(run: StyledRun) -> Iterator[StyledRun]:
    """A run without the signs of the sentence around it, which stand in a word with its first or last one: brackets
    that are opened or closed outside, the comma after it, and the full stop after code and links.
    """
    if run.style == PLAIN or run.style[3]:
        yield run
        return
    start, end = 0, len(run.text)
    while start < end and _outer(run.text[start:end], 0):
        start += 1
    while start < end and (_outer(run.text[start:end], -1) or _stops(run.text[start:end], run.style)):
        end -= 1
    if start == end:  # nothing but such signs
        start, end = 0, len(run.text)
    yield from (
        StyledRun(text, style)
        for text, style in ((run.text[:start], PLAIN), (run.text[start:end], run.style), (run.text[end:], PLAIN))
        if text
    )


def _outer(text: str, place: int) -> bool:
    """Whether the bracket at the beginning (0) or end (-1) of ``text`` has no partner in it."""
    pair = next((pair for pair in BRACKETS if text[place] == pair[place]), "")
    return bool(pair) and text.count(pair[place]) > text.count(pair[-1 - place])


def _stops(text: str, style: Style) -> bool:
    """Whether ``text`` ends in a sign of the sentence: a comma, or behind code and links a full stop."""
    return text[-1] in (",." if style[2] or style[4] else ",") and not text.endswith(("..", ",,"))


def _touches(before: StyledWord | None, word: StyledWord) -> bool:
    return before is not None and 0 <= word.box.left - before.box.right + 0.2 * word.box.height < 0.6 * word.box.height


def _found(text: str, word: str, place: int) -> tuple[int, int]:
    """Where ``word`` stands in ``text`` from ``place`` on, and its length there; -1 where it does not.

    A word that was parted at a line's end stands there without its hyphen.
    """
    for spelling in (word, word.rstrip("-\xad\x02")):
        if spelling and (start := text.find(spelling, place, place + SEARCHED + len(spelling))) >= 0:
            return start, len(spelling)
    return -1, 0
