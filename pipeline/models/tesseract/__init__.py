"""Tesseract as the second recogniser, for scripts that PP-OCR does not know.

Enters: a page's image and PP-OCR's lines with their scores.
Leaves: the lines that are believed, the page's quarter turns, the languages, and a notice where a language's data is
missing.
Read in this order: ``second_reading`` (whether and in which language a page is read again), ``tesseract_reader``,
``line_sheet``, ``letters``, ``tesseract_process`` (the limited process).
Processes: one per sheet of lines, on images only.
"""
