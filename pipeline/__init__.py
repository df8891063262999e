"""Folio: PDFs in, Markdown, JSON and HTML out, with every page batch planned, paid for once and recorded."""

__version__ = "0.1.0"
