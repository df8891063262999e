"""What is decided over all pages of a document, with what was kept of how its pages were printed.

Enters: docling's assembled pages, and then the document that it makes of them.
Leaves: the same document with its furniture, title, heading levels, nested lists, joined tables and styles.
Read in this order: ``element_text`` (what is kept of a page), ``raised_words`` (its styles), ``twin_pages``,
``chapter_heads``, ``running_lines`` and ``title_blocks`` (before docling's reading order), ``passes`` (the passes after
it, as one table), ``joined_tables``, ``headings``, ``cover_titles``, ``numbered_siblings``, ``nested_lists``,
``kept_lines`` (code and verse), ``entries`` (references), ``emphasis``, ``cell_styles``, ``blanks``.
Threads: they change the pages and the document they are given, and belong to the thread that assembles them.
"""
