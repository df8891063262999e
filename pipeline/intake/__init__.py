"""The only door to PDF files: bytes come in, page images and text cells go out, and bad input is refused early.

Enters: the path of an upload and its password.
Leaves: ``Preflight`` (hash, size, pages) or an ``IntakeError``; then one ``RenderedPage`` or ``PageFailure`` per page,
with pixels and cells in files on local disk. For an estimate, a ``Survey`` of an accepted document's scans.
Read in this order: ``reader`` (the door), ``process`` (the child seen from outside), ``wire`` (the protocol), ``child``
(the child itself), ``scan_survey`` (scans at a glance), ``raster`` and ``cells`` (pdfium draws, docling-parse reads),
``fallback`` and ``pdfium_text`` (what pdfium reads where docling-parse does not), ``shown`` (how a page is turned),
``planning`` (page batches), ``web`` (PDFs by their address).
Processes and threads: PDF bytes are opened in the parse child only. A reader has one child and asks it for one thing at
a time; several threads may share a reader.
"""
