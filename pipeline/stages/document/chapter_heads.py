"""Running heads with a chapter on one side of the page and one of its sections on the other."""

import re
from collections.abc import Sequence
from itertools import product

MOST = 8  # lines at the top of a page that are looked at
_CHAPTER = re.compile(r"[^\W\d_]+\s+(\d{1,3}|[A-Z])[.:]?\s+\S")
_SECTION = re.compile(r"(\d{1,3}|[A-Z])(?:\.\d{1,3}){1,4}\.?\s+\S")


def pairs_of_heads(texts: Sequence[str]) -> set[int]:
    """The places of the texts of one row that name a chapter and a section of it: "Part 4. Boats", "4.2. Hulls". No
    text has both side by side.
    """
    chapters = {place: found[1] for place, text in enumerate(texts[:MOST]) if (found := _CHAPTER.match(text.strip()))}
    sections = {place: found[1] for place, text in enumerate(texts[:MOST]) if (found := _SECTION.match(text.strip()))}
    pairs = [
        {chapter, section}
        for (chapter, one), (section, other) in product(chapters.items(), sections.items())
        if one == other
    ]
    return set().union(*pairs)
