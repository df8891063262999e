"""How a document is written as Markdown, over docling-core's serializer.

Enters: a ``DoclingDocument``.
Leaves: Markdown in which text of a page never acts as Markdown of its own.
Read in this order: ``writer``, ``inline`` (bold, links, raised marks), ``tables`` (pipes or HTML), ``escape``.
Threads: pure functions.
"""

from pipeline.stages.markdown.tables import TableForm
from pipeline.stages.markdown.writer import to_markdown

__all__ = ["TableForm", "to_markdown"]
