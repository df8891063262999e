"""Where each page begins in a document's Markdown.

docling-core marks page breaks as it walks the document, but a mark within a list also changes the blank lines around
it. So a page's place is taken from the characters that are no white space, which both texts have in the same order.
"""

import re
from bisect import bisect_right
from itertools import accumulate

from docling_core.types.doc import DocItem, DoclingDocument

MARK = re.compile(r"#_#_DOCLING_DOC_PAGE_BREAK_\d+_(\d+)_#_#")  # as docling-core's serializers write it
WORD = re.compile(r"\S+")


def page_starts(document: DoclingDocument, plain: str, marked: str) -> list[tuple[int, int]]:
    """Page numbers with the offset in characters at which each begins in ``plain``, both rising.

    ``marked`` is the same Markdown with docling-core's marks. A page without an item of its own is left out. Where the
    two texts differ in more than white space, as when a document's text holds such a mark, only the first page is
    placed. Empty for a document without text.
    """
    if not plain.strip():
        return []
    starts = [(_first_page(document), 0)]
    pieces = MARK.split(marked)  # text, page, text, page, …, text
    texts = ["".join(text.split()) for text in pieces[::2]]
    if "".join(texts) != "".join(plain.split()):
        return starts
    words = list(WORD.finditer(plain))
    ends = list(accumulate(len(word[0]) for word in words))  # characters up to the end of each word
    for page, before in zip(map(int, pieces[1::2]), accumulate(map(len, texts)), strict=False):
        place = bisect_right(ends, before)
        if page > starts[-1][0] and place < len(words):
            begun = before - (ends[place - 1] if place else 0)  # of this word, on the page before
            starts.append((page, words[place].start() + begun))
    return starts


def _first_page(document: DoclingDocument) -> int:
    """The page of the first item that has one; 1 where none has."""
    items = (item for item, _ in document.iterate_items() if isinstance(item, DocItem) and item.prov)
    return next((item.prov[0].page_no for item in items), 1)
