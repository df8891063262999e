"""The text layer of a page: what its parser read, put right.

Enters: a ``SegmentedPdfPage`` as docling-parse or pdfium read it, and the page in pdfium.
Leaves: the same page with its words and lines in the order and spelling of their writer.
Read in this order: ``missed`` (what the parser lost), ``even_boxes`` (words as high as their type), ``nameless_spaces``
and ``unmapped`` (signs without a letter), ``bitmap_letters`` (TeX's fonts of pictures), ``font_names``, ``fonts`` (what
is not believed), ``mending`` (the steps),
``spelling`` and ``indic`` (strings), ``pieces``, ``touching``, ``tracked``, ``squeezed``, ``item_labels``,
``drawn_accents`` and ``drawn_marks`` (words that were cut, or have to be), ``gutters`` (lines that have to),
``code_numbers`` and ``margin_numbers`` (of lines), ``watermarks``, ``leftward`` and ``vertical`` (other directions),
``underscores`` (letters drawn as rules), ``barred_quotes`` (marks with wrong names), ``glyphs`` (characters one by
one), ``geometry`` (boxes), ``fields`` and ``xfa_form`` (what forms say).
Threads: everything runs in the parse child, which has one.
"""
