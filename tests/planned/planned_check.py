"""From a planned case to its document, and from a conversion to what of its invariants does not hold."""

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from pipeline.workers.test_planning.planned_case import Invariants, Recipe
from tests.documents import canvas_print, handmade, typst_print
from tests.documents.finishes import FINISHES
from tests.documents.kinds import KINDS
from tests.documents.model import Document, PageBreak
from tests.documents.truth import facts, words

PRINTERS = {"reportlab": canvas_print.pdf, "typst": typst_print.pdf}
WITHOUT_GAPS = {"zh", "ja", "th"}
WORD = re.compile(r"\w+")
LIST_LINE = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s", re.MULTILINE)
TABLE = re.compile(r"<table|^\|(?:\s*:?-+:?\s*\|)+\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Converted:
    """How a conversion ended: its status, or the code that it was refused with; pages that did not end; Markdown."""

    status: str = ""
    refused: str = ""
    unended: tuple[int, ...] = ()
    markdown: str = ""


def document_of(recipe: Recipe) -> Document:
    """The recipe's document."""
    made = handmade.note() if recipe.kind == "note" else KINDS[recipe.kind].make(recipe.seed)
    blocks = made.blocks
    for _ in range(recipe.times - 1):
        blocks += (PageBreak(), *made.blocks)
    return replace(made, blocks=blocks)


def write_document(recipe: Recipe, path: Path) -> Document:
    """Print and finish the recipe's document; returns it."""
    document = document_of(recipe)
    path.write_bytes(FINISHES[recipe.finish].apply(PRINTERS[recipe.renderer](document), document, recipe.seed))
    return document


def complaints(document: Document, asked: Invariants, got: Converted) -> Iterator[str]:
    """What does not hold, one sentence each."""
    if asked.refused or got.refused:
        if asked.refused != got.refused:
            yield f"it should be refused with {asked.refused or 'nothing'}, and was with {got.refused or 'nothing'}"
        return
    if got.status not in asked.ends:
        yield f"it ended with {got.status} instead of {' or '.join(asked.ends)}"
    if got.unended:
        yield f"pages {list(got.unended)[:10]} did not end"
    if "\ufffd" in got.markdown:
        yield "its text holds letters that are none"
    for name, share in shares(document, got.markdown).items():
        least = getattr(asked, name)
        if share is not None and share < least:
            yield f"{share:.0%} of its {name.replace('_', ' ')} are there, {least:.0%} should be"


def shares(document: Document, markdown: str) -> dict[str, float | None]:
    """How much of what is in the document the Markdown has; None where the document has none of it."""
    truth, found = _words(document, words(document)), _words(document, _plain(markdown))
    known = facts(document)
    headings = {_bare(text) for _, text in known["headings"]}
    lines = {_bare(line) for line in markdown.splitlines() if line.startswith("#")}
    return {
        "words": _recall(truth, found),
        "order": _recall(list(pairwise(truth)), list(pairwise(found))),
        "headings": len(headings & lines) / len(headings) if headings else None,
        "tables": _counted(len(TABLE.findall(markdown)), len(known["tables"])),
        "list_items": _counted(len(LIST_LINE.findall(markdown)), known["list_items"]),
    }


def _recall(truth: Sequence[Hashable], found: Sequence[Hashable]) -> float | None:
    if not truth:
        return None
    return sum((Counter(truth) & Counter(found)).values()) / len(truth)


def _counted(found: int, truth: int) -> float | None:
    return min(found / truth, 1.0) if truth else None


def _words(document: Document, text: str) -> list[str]:
    """Words in small letters; single signs where a language has no gaps between words."""
    found = WORD.findall(text.lower())
    return [sign for word in found for sign in word] if document.language in WITHOUT_GAPS else found


def _plain(markdown: str) -> str:
    """Markdown without tags and marks that stand inside words."""
    return re.sub(r"<[^>]+>|[\\*`]|_(?=\W)|(?<=\W)_", " ", markdown)


def _bare(text: str) -> str:
    return "".join(WORD.findall(text.lower()))
