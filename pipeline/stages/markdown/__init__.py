"""How a document is written as Markdown.

Enters: a ``DoclingDocument``.
Leaves: its Markdown, in which the document's text stays text.
Read in this order: ``writer`` (each kind of item), ``inline_markup``, ``table_markup``, ``escape``.
Threads: pure functions.
"""

from pipeline.stages.markdown.writer import page_marker, to_markdown

__all__ = ["page_marker", "to_markdown"]
