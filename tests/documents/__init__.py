"""Test documents of the project's own making, with the exact truth about each.

Order to read: ``model`` (a document as data), ``wording`` and ``languages`` (seeded sentences), ``kinds`` (the table
of document kinds), ``truth``
(Markdown and facts), ``renderers`` (the table of renderers: ``html_print`` by Chromium, ``canvas_print`` by
reportlab, ``typst_print`` by typst),
``finishes`` (the table of scans, damage and encryption), ``committed`` (the table of the documents in ``pdf/``).

Printing needs the Debian packages chromium, fonts-dejavu, fonts-liberation, fonts-noto-core and fonts-noto-cjk; the
committed documents need nothing.

A seed enters and ``NAME.pdf``, ``NAME.md`` and ``NAME.json`` leave; the same seed gives the same bytes with the same
versions of the renderers.
Seeds from 1000 on are held back: nobody tunes Folio on them.
"""
