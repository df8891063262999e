"""A docling document as DocTags."""

from docling_core.types.doc import DoclingDocument


def doctags(document: DoclingDocument) -> str:
    """The document's DocTags."""
    return str(document.export_to_doctags())
