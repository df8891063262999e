"""Words set with white between their letters, as German prints what it stresses: the parser cuts them where that white
looks like a space to it. Between the letters of such a word there is always as much.
"""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median

import numpy as np
from docling_core.types.doc.page import PdfTextCell

from pipeline.intake.text_layer.geometry import Boxes, boxes_of
from pipeline.intake.text_layer.glyphs import PageGlyphs

LEAST_GAP = 0.08  # of the type's height: white between letters that is no kerning
EVEN = 0.03  # of the height: by which the white between letters of one word differs at most
KERNED = 0.5  # of that white: the same between capitals, some of which stand closer, as A and V do
SHORT = 3  # letters: an alphabet has more
MOST_WORDS = 5_000  # of a page: each is looked for among all characters, which takes 30 µs on most pages
LONGEST = 40  # characters of a word that is looked at
_RUN = re.compile(r"(?:^| )(?:[^\W\d_](?: |$)){3}")  # three single letters show that the page may have such words
_LETTER = re.compile(r"[^\W\d_][.,;:!?)]*")


def join_tracked(words: Sequence[PdfTextCell], read_glyphs: Callable[[], PageGlyphs]) -> list[list[PdfTextCell]]:
    """The words in groups: pieces of one letter-spaced word are a group, every other word is one of its own."""
    if len(words) > MOST_WORDS or not _RUN.search(" ".join(word.text for word in words)):
        return [[word] for word in words]
    boxes, glyphs = boxes_of(words), read_glyphs()
    heights = boxes[:, 3] - boxes[:, 1]
    gaps = [_letter_gap(word, box, glyphs) for word, box in zip(words, boxes, strict=True)]
    known = [gap / height for gap, height in zip(gaps, heights.tolist(), strict=True) if gap]
    usual = median(known) if known else 0.0
    groups: list[list[PdfTextCell]] = []
    for number, word in enumerate(words):
        if number and _goes_on(words, boxes, gaps, number, usual * float(heights[number])):
            groups[-1].append(word)
        else:
            groups.append([word])
    return [part for group in groups for part in ([group] if _is_word(group) else [[word] for word in group])]


def _is_word(group: Sequence[PdfTextCell]) -> bool:
    """Whether pieces spell a word in a script of capitals and small letters, and no alphabet."""
    text = "".join(word.text for word in group)
    letters = [char for char in text.casefold() if char.isalpha()]
    cased = all(char.lower() != char.upper() for char in text if char.isalpha())
    steps = [0 <= ord(after) - ord(before) <= 2 for before, after in pairwise(letters)]
    return cased and len(text) <= LONGEST and not (len(letters) > SHORT and 2 * sum(steps) > len(steps))


def _letter_gap(word: PdfTextCell, box: Boxes, glyphs: PageGlyphs) -> float:
    """The white between the word's letters, in points; 0 where there is none, or not always as much."""
    if not 2 <= len(word.text) <= LONGEST or not word.text[:2].isalpha():
        return 0.0
    own = glyphs.boxes[glyphs.inside(box)]
    own = own[np.argsort(own[:, 0])]
    if len(own) != len(word.text):
        return 0.0
    letters = own[[char.isalpha() for char in word.text]]
    found, height = letters[1:, 0] - letters[:-1, 2], float(box[3] - box[1])
    if not len(found) or found.min() < LEAST_GAP * height or np.ptp(found) > EVEN * height:
        return 0.0
    return float(np.median(found))


def _goes_on(words: Sequence[PdfTextCell], boxes: Boxes, gaps: Sequence[float], number: int, usual: float) -> bool:
    """Whether a piece stands as far behind the one before it as the letters of either stand apart; of two single
    letters, as the page's ``usual`` letters do.
    """
    one, other = words[number - 1], words[number]
    if not all(gap or _LETTER.fullmatch(word.text) for word, gap in ((one, gaps[number - 1]), (other, gaps[number]))):
        return False
    height = float(boxes[number, 3] - boxes[number, 1])
    level = float(np.abs(boxes[number - 1, [1, 3]] - boxes[number, [1, 3]]).max()) <= EVEN * height
    apart = float(boxes[number, 0] - boxes[number - 1, 2])
    gap = gaps[number - 1] or gaps[number] or usual
    kerned = KERNED * gap if one.text.isupper() and other.text.isupper() else 0.0
    return level and one.text[-1:].isalpha() and gap > 0 and abs(apart - gap) <= max(EVEN * height, kerned)
