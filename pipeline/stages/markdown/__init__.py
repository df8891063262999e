"""How a document is written as Markdown."""

from pipeline.stages.markdown.tables import TableForm
from pipeline.stages.markdown.writer import to_markdown

__all__ = ["TableForm", "to_markdown"]
