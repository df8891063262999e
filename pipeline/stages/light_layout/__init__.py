"""The light layout network corrected by the page itself: its text lines, fonts, drawn rules and white space.

Enters: the regions of the light network and the page's lines.
Leaves: regions that docling's layout stage takes as clusters, and the structures of ruled and unruled tables.
Read in this order: ``text_pages`` (which pages are running text), ``refine`` (the passes, in order), ``lines``,
``bare_numbers``, ``drawn_bullets``, ``column_starts``, ``stroke_weight`` and ``type_size`` (of scanned
lines), ``consoles`` (pages of a console), ``number_tiles``, ``list_columns``, ``containers``, ``drawn_pictures`` and
``stray_ink`` (pictures and tables that are text), ``contents_pages`` and ``contents_entries``, ``assign_lines``,
``blocks``, ``classify`` (headings, lists, captions), ``formula_lines``, ``breaks``, ``labelled_rows`` and ``term_rows``
(where it cuts), ``followed_headings``, ``first_items``, ``whole_headings``, ``text_around``, ``furniture``,
``ruled_tables``, ``rulings``, ``frames`` and ``open_tables``, ``amount_tables``, ``lone_rows`` and ``headed_rows``,
``ruleless_tables``, ``parted_tables``, ``pictured_tables``, ``whitespace`` and ``currency_signs``, ``match`` (words
into cells), ``line_patterns``, ``grouping``.
Threads: pure functions.
"""
