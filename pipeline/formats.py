"""The formats in which a document leaves, as one table: for the exporter, the page, the API and the command line."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class FileFormat:
    """One row. ``name`` is stable and for programs, and the key of what the page's button says."""

    name: str
    suffix: str
    media_type: str


FILE_FORMATS = (
    FileFormat("md", ".md", "text/markdown"),
    FileFormat("html", ".html", "text/html"),
    FileFormat("json", ".json", "application/json"),
    FileFormat("text", ".txt", "text/plain"),
    FileFormat("doctags", ".doctags", "text/plain"),
    FileFormat("chunks", ".jsonl", "application/jsonl"),
    FileFormat("zip", ".zip", "application/zip"),
)
MATHML_CHARACTERS = 1000  # longer LaTeX stays code: making MathML of it takes time that grows with its square
FORMAT_NAMES = tuple(row.name for row in FILE_FORMATS)


class TableForm(StrEnum):
    """How tables with spans are written in Markdown."""

    HTML = "html"
    PIPES = "pipes"


class PictureForm(StrEnum):
    """How pictures stand in the Markdown file: not at all, as links to the ZIP's files, or within it."""

    NONE = "none"
    LINKED = "linked"
    EMBEDDED = "embedded"


@dataclass(frozen=True, slots=True)
class MarkdownForm:
    """How the Markdown file is written. ``page_markers`` are comments (``page 3``) before each page's first block."""

    spans: TableForm = TableForm.HTML
    pictures: PictureForm = PictureForm.NONE
    page_markers: bool = False


AS_USUAL = MarkdownForm()
