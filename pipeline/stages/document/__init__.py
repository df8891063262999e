"""What is decided over all pages of a document, after docling has put them together."""
