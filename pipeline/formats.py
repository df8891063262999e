"""The formats in which a document leaves, as one table: for the exporter, the page, the API and the command line."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileFormat:
    """One row. ``name`` is stable and for programs; ``label`` is what the page's button says, empty where it has
    none.
    """

    name: str
    suffix: str
    media_type: str
    label: str


FILE_FORMATS = (
    FileFormat("md", ".md", "text/markdown", "Markdown"),
    FileFormat("json", ".json", "application/json", "JSON"),
    FileFormat("html", ".html", "text/html", "HTML"),
    FileFormat("text", ".txt", "text/plain", ""),
    FileFormat("zip", ".zip", "application/zip", "ZIP with pictures"),
)
FORMAT_NAMES = tuple(row.name for row in FILE_FORMATS)
