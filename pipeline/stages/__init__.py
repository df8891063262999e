"""The door to docling: rendered pages and their predictions come in, one document and its exports go out.

Enters: ``FinishedPage`` (a rendered page with its prediction).
Leaves: each page's Markdown as soon as the page is in; at the end a ``DoclingDocument`` and the files of
``export.FORMATS``.
Read in this order: ``assemble`` (stage order as one table), ``replay`` (docling's backend without a PDF),
``clear_pages`` (which pages need no network), ``replay_layout``, ``replay_ocr``, ``replay_tables`` (docling's stages
without a network), ``light_layout`` (regions corrected by the page's own text), ``document`` (over all pages),
``markdown``, ``export``, ``page_regions``; ``docling_internals`` holds docling's private members, ``docling_boxes`` its
boxes, ``letter_height`` the boxes of letters whose font says too little; ``tex_fonts`` what the names of TeX's
fonts say; ``page_order`` asks ``text_columns``, ``head_cells``, ``overlaps``, ``level_headings``, ``upper_first`` and
``cell_rows`` for the order of a page, and ``paragraph_merges`` what goes on in another column.
Threads: a ``DocumentAssembler`` belongs to one run and one thread.
"""
