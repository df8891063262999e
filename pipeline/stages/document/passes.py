"""The passes over a whole document, in their order."""

from collections.abc import Callable, Sequence

from docling_core.types.doc import DoclingDocument

from pipeline.page_tags import Bookmark
from pipeline.stages.document.blanks import shorten_blanks
from pipeline.stages.document.cell_styles import add_cell_styles
from pipeline.stages.document.element_text import TextRecord
from pipeline.stages.document.emphasis import add_styles
from pipeline.stages.document.headings import set_headings
from pipeline.stages.document.joined_tables import join_tables
from pipeline.stages.document.kept_lines import keep_code, keep_verse
from pipeline.stages.document.latex import set_latex
from pipeline.stages.document.nested_lists import nest_lists

Pass = Callable[[DoclingDocument, TextRecord, Sequence[Bookmark]], object]

# Text keeps its printed words in one piece until styles cut it, so that comes late.
PASSES: tuple[tuple[str, Pass], ...] = (
    ("tables over pages", lambda document, record, outline: join_tables(document)),
    ("title and heading levels", set_headings),
    ("formulas as LaTeX", lambda document, record, outline: set_latex(document, record)),
    ("code with its lines", lambda document, record, outline: keep_code(document, record)),
    ("nested lists", lambda document, record, outline: nest_lists(document, record)),
    ("verse and addresses", lambda document, record, outline: keep_verse(document, record)),
    ("styles and links", lambda document, record, outline: add_styles(document, record)),
    ("styles and links of cells", lambda document, record, outline: add_cell_styles(document, record)),
    ("lines to write on", lambda document, record, outline: shorten_blanks(document)),
)


def run_passes(document: DoclingDocument, record: TextRecord, outline: Sequence[Bookmark]) -> None:
    """Run every pass on ``document``, in place."""
    for _, run in PASSES:
        run(document, record, outline)
