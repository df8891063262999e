"""Pages whose PDF says what each piece of text is: read by their tags instead of by a layout network.

Enters: a replayed page with its tags and words.
Leaves: docling's clusters and tables for the page, with heading levels and list depths; None where the tags are not to
be believed, and then the layout stages read the page.
Read in this order: ``tag_tree`` (blocks of the structure tree), ``tagged_words`` (which words are whose),
``raised_labels`` (numbers of notes), ``bare_text`` (text without a tag), ``block_content`` (blocks with their lines),
``lone_items`` (numbered headings tagged as lists),
``belief`` (the check), ``tagged_page`` (docling's elements), ``table_columns`` (where empty cells are left out),
``bold_heads``,
``tag_order`` (reading order).
Threads: pure functions, but for ``tag_order``, which belongs to its pipeline.
"""
