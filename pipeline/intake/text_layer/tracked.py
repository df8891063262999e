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
ROW, FARTHEST = 0.6, 2.5  # of the lower height that letters of a row share, and of the higher that they stand apart
LEAST_ROW, LETTERS = 5, 0.7  # words of a row of letters, and the share of them that are one letter
STEP, SPREAD = 1.6, 2.2  # times as wide: gaps between words, and the widest gap between letters, where boxes hug ink
MOST_WORDS = 5_000  # of a page: each is looked for among all characters, which takes 30 µs on most pages
LONGEST = 40  # characters of a word that is looked at
_RUN = re.compile(r"(?:^| )(?:[^\W\d_](?: |$)){3}")  # three single letters show that the page may have such words
_LETTER = re.compile(r"[^\W\d_][.,;:!?)]*")


def join_tracked(words: Sequence[PdfTextCell], read_glyphs: Callable[[], PageGlyphs]) -> list[list[PdfTextCell]]:
    """The words in groups: pieces of one letter-spaced word are a group, every other word is one of its own."""
    if len(words) > MOST_WORDS or not _RUN.search(" ".join(word.text for word in words)):
        return [[word] for word in words]
    rows = {id(group[0]): group for group in _in_rows_of_letters(words) if len(group) > 1}
    taken = {id(word) for group in rows.values() for word in group}
    boxes, glyphs = boxes_of(words), read_glyphs()
    heights = boxes[:, 3] - boxes[:, 1]
    gaps = [_letter_gap(word, box, glyphs) for word, box in zip(words, boxes, strict=True)]
    known = [gap / height for gap, height in zip(gaps, heights.tolist(), strict=True) if gap]
    usual = median(known) if known else 0.0
    groups: list[list[PdfTextCell]] = []
    for number, word in enumerate(words):
        if id(word) in taken:
            groups += [rows[id(word)]] if id(word) in rows else []
        elif (
            number
            and id(words[number - 1]) not in taken
            and _goes_on(words, boxes, gaps, number, usual * float(heights[number]))
        ):
            groups[-1].append(word)
        else:
            groups.append([word])
    return [part for group in groups for part in ([group] if _is_word(group) else [[word] for word in group])]


def _in_rows_of_letters(words: Sequence[PdfTextCell]) -> list[list[PdfTextCell]]:
    """The words in groups, where rows hold hardly anything but single letters: each group ends at a gap that is clearly
    wider than those between letters, whose boxes may hug their ink.
    """
    boxes = boxes_of(words)
    groups: list[list[PdfTextCell]] = []
    for row in _rows(words, boxes):
        parted = _parted([words[n] for n in row], boxes[row])
        groups += parted if parted else [[words[n]] for n in row]
    return groups


def _rows(words: Sequence[PdfTextCell], boxes: Boxes) -> list[list[int]]:
    rows: list[list[int]] = []
    for number in range(len(words)):
        if (
            rows
            and _is_beside(boxes, rows[-1][-1], number)
            and words[number].font_name == words[rows[-1][-1]].font_name
        ):
            rows[-1].append(number)
        else:
            rows.append([number])
    return rows


def _is_beside(boxes: Boxes, one: int, other: int) -> bool:
    heights = boxes[[one, other], 3] - boxes[[one, other], 1]
    shared = min(boxes[one, 3], boxes[other, 3]) - max(boxes[one, 1], boxes[other, 1])
    return bool(shared > ROW * heights.min() and 0 < boxes[other, 0] - boxes[one, 2] < FARTHEST * heights.max())


def _parted(words: Sequence[PdfTextCell], boxes: Boxes) -> list[list[PdfTextCell]]:
    """The words of a row of letters; empty where it is none, or its gaps do not tell letters from words."""
    single = sum(_LETTER.fullmatch(word.text) is not None for word in words)
    signs = any(not word.text[:1].isalnum() for word in words)  # as those of a formula
    if len(words) < LEAST_ROW or single < LETTERS * len(words) or signs:
        return []
    gaps = boxes[1:, 0] - boxes[:-1, 2]
    ordered = np.sort(gaps)
    steps = ordered[1:] / ordered[:-1]
    wide = ordered[int(steps.argmax()) + 1] if steps.max() >= STEP else np.inf
    between = gaps[gaps < wide]
    height = float(np.median(boxes[:, 3] - boxes[:, 1]))
    even = between.size > 0 and between.max() <= min(SPREAD * between.min(), height)
    if 2 * len(between) < len(gaps) or not even or between.min() < LEAST_GAP * height:
        return []
    ends = [0, *(np.flatnonzero(gaps >= wide) + 1).tolist(), len(words)]
    groups = [list(words[start:end]) for start, end in pairwise(ends)]
    whole = all(_is_word(group) and _is_one_case(group) for group in groups)
    return groups if whole and max(map(len, groups)) >= LEAST_ROW else []


def _is_one_case(group: Sequence[PdfTextCell]) -> bool:
    """Whether the letters behind the first are all small or all capital, as those of a product are not."""
    text = "".join(word.text for word in group)
    return text.isupper() or text[1:].islower() or not any(map(str.isalpha, text[1:]))


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
