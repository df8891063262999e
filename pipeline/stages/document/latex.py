"""Display formulas as LaTeX, where a network read them and what it wrote fits the formula's characters.

A network that writes may leave out a line or invent one. The text layer of a printed page has each character, though
not how they stand, so LaTeX with other letters and digits is not believed, and the formula stays as its characters say.
"""

import re
import unicodedata
from collections import Counter

from docling_core.types.doc import DoclingDocument, FormulaItem

from pipeline.pages import FormulaReading
from pipeline.stages.docling_boxes import from_docling
from pipeline.stages.document.element_text import TextRecord

COVERED = 0.5  # of the formula's box that its readings cover
SAME = 0.75  # of the letters and digits on either side that the other has too
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{[^{}]*\}(?:\s*\{[clr|\s]*\})?")
_NAMED = re.compile(
    r"\\(arccos|arcsin|arctan|arg|cosh?|cot|csc|deg|det|dim|exp|gcd|inf|ker|lim|ln|log|max|min|mod|Pr|sec|sinh?|sup"
    r"|tanh?)(?![A-Za-z])"
)
_COMMAND = re.compile(r"\\[A-Za-z]+")


def set_latex(document: DoclingDocument, record: TextRecord) -> None:
    """Give the formulas of ``document`` their LaTeX as text, and the others their characters."""
    for item in document.texts:
        if isinstance(item, FormulaItem) and not item.text and not item.children:
            item.text = _latex(item, document, record) or item.orig


def _latex(item: FormulaItem, document: DoclingDocument, record: TextRecord) -> str:
    """The LaTeX of the readings that make up the formula; empty where they do not, or do not fit its characters."""
    if len(item.prov) != 1 or (page := record.pages.get(item.prov[0].page_no)) is None:
        return ""
    size = document.pages[page.page].size
    place = item.prov[0].bbox.to_top_left_origin(size.height)
    box = from_docling(place)
    own = [reading for reading in page.formulas if box.holds_middle(reading.box)]
    if sum(reading.box.intersection(box) for reading in own) < COVERED * box.area:
        return ""
    latex = _gathered(sorted(own, key=lambda reading: reading.box.top))
    return latex if page.read or fits(latex, item.orig) else ""


def _gathered(readings: list[FormulaReading]) -> str:
    """One formula below the other."""
    if len(readings) == 1:
        return readings[0].latex
    rows = " \\\\ ".join(reading.latex for reading in readings)
    return f"\\begin{{gathered}} {rows} \\end{{gathered}}"


def fits(latex: str, text: str) -> bool:
    """Whether ``latex`` has the letters and digits of ``text`` and few others; LaTeX's commands are no letters, but for
    the names of functions, which are printed.
    """
    printed, written = _characters(text), _characters(_bare(latex))
    shared = (printed & written).total()
    return shared >= SAME * max(printed.total(), written.total())


def _bare(latex: str) -> str:
    return _COMMAND.sub(" ", _NAMED.sub(r" \1 ", _ENVIRONMENT.sub(" ", latex)))


def _characters(text: str) -> Counter[str]:
    plain = unicodedata.normalize("NFKC", text)
    return Counter(character for character in plain if character.isascii() and character.isalnum())
