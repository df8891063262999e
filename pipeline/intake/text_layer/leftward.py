"""Lines that run from right to left, brought into the order of writing by where their glyphs stand.

Parsers guess the order from the order of drawing, which differs between programs that made the file; brackets and
digits come out turned. What the eye sees is certain. So the glyphs of such a line are taken from right to left, and
then numbers and words of other scripts are turned back (Unicode Standard Annex 9, rules W4 to W7 and N1, inverted).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from docling_core.types.doc.page import PdfTextCell
from numpy.typing import NDArray

from pipeline.intake.text_layer.geometry import boxes_of, placed, respelled
from pipeline.intake.text_layer.glyphs import PageGlyphs, hull

LEFTWARD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
OPENING, CLOSING = "([{<«‹", ")]}>»›"
MIRRORED = str.maketrans(OPENING + CLOSING, CLOSING + OPENING)
SEPARATORS = frozenset(".,:/-+\u2010\u2011\u2212'")  # between two digits they are part of the number
TERMINATORS = frozenset("%$€£¥₪#°‰")  # beside a digit they are part of the number
TOUCHING = 0.08  # of the height: letters of one word are no farther apart
DIRECTION_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Sign:
    """What one glyph says, its box, and the number of the word that it is in."""

    text: str
    box: NDArray[np.float64]
    word: int

    @property
    def rightward(self) -> bool:
        """Whether it belongs to text that runs from left to right: other scripts' letters, and digits."""
        return self.digit or (self.text[0].isalpha() and not LEFTWARD.match(self.text[0]))

    @property
    def digit(self) -> bool:
        return unicodedata.category(self.text[0]) == "Nd"


def reorder(
    lines: Sequence[PdfTextCell], words: Sequence[PdfTextCell], glyphs: PageGlyphs
) -> tuple[list[PdfTextCell], list[PdfTextCell]]:
    """The page's lines and words, those of right-to-left lines in the order of writing."""
    new_lines = list(lines)
    replaced: dict[int, list[PdfTextCell]] = {}
    gone: set[int] = set()
    page_leftward = _runs_leftward(" ".join(line.text for line in lines))
    word_boxes = boxes_of(words)
    middles = (word_boxes[:, :2] + word_boxes[:, 2:]) / 2
    for number, box in enumerate(boxes_of(lines)):
        line = lines[number]
        if not (LEFTWARD.search(line.text) if page_leftward else _runs_leftward(line.text)):
            continue
        inside = ((middles >= box[:2]) & (middles <= box[2:])).all(axis=1)
        own = [int(index) for index in np.flatnonzero(inside) if int(index) not in gone]
        written = _written(line.text, _signs(glyphs, word_boxes, own))
        if written and [text for text, _ in written] != [words[index].text for index in own]:
            new_lines[number] = respelled(line, " ".join(text for text, _ in written))
            replaced[own[0]] = [placed(words[own[0]], text, place) for text, place in written]
            gone.update(own)
    kept = ([word] if index not in gone else replaced.get(index, []) for index, word in enumerate(words))
    return new_lines, [word for group in kept for word in group]


def _runs_leftward(text: str) -> bool:
    return 2 * len(LEFTWARD.findall(text)) > sum(map(str.isalpha, text))


def _signs(glyphs: PageGlyphs, word_boxes: NDArray[np.float64], own: Sequence[int]) -> list[Sign]:
    """The glyphs of these words: several characters in one box are one sign, and marks go with their letter."""
    signs: list[Sign] = []
    taken: set[int] = set()
    for word in own:
        marks: list[Sign] = []
        first = len(signs)
        for index in glyphs.inside(word_boxes[word]).tolist():
            if index in taken:
                continue
            taken.add(index)
            text, box = glyphs.characters[index], glyphs.boxes[index]
            if unicodedata.category(text) == "Mn":
                marks.append(Sign(text, box, word))
            elif len(signs) > first and np.array_equal(signs[-1].box, box):
                signs[-1] = Sign(signs[-1].text + text, box, word)
            else:
                signs.append(Sign(text, box, word))
        _attach(marks, signs, first)
    return signs


def _attach(marks: Sequence[Sign], signs: list[Sign], first: int) -> None:
    """Each mark behind the letter that its middle is nearest to."""
    for mark in marks:
        if first < len(signs):
            nearest = min(range(first, len(signs)), key=lambda n: abs(_middle(signs[n]) - _middle(mark)))
            signs[nearest] = Sign(signs[nearest].text + mark.text, signs[nearest].box, mark.word)


def _middle(sign: Sign) -> float:
    return float(sign.box[0] + sign.box[2])


def _written(parsed: str, signs: Sequence[Sign]) -> list[tuple[str, NDArray[np.float64]]]:
    """The words of the line in the order of writing; none where the signs are not the parser's characters."""
    if _characters(parsed) != _characters("".join(sign.text for sign in signs)):
        return []
    ordered = _turn_back(sorted(signs, key=_middle, reverse=True))
    turned = _mirror_needed("".join(sign.text for sign in ordered))
    words: list[tuple[str, list[Sign]]] = []
    for index, sign in enumerate(ordered):
        if not index or _parted(ordered[index - 1], sign):
            words.append(("", []))
        text, run = words[-1]
        words[-1] = (text + (sign.text.translate(MIRRORED) if turned else sign.text), [*run, sign])
    return [(text, hull(np.array([sign.box for sign in run]))) for text, run in words]


def _parted(before: Sign, sign: Sign) -> bool:
    """Whether a word begins at ``sign``; letters that touch are one word, which the parser cut at a mark or a font."""
    if before.word == sign.word:
        return False
    touching = abs(float(before.box[0] - sign.box[2])) <= TOUCHING * float(sign.box[3] - sign.box[1])
    return not (touching and LEFTWARD.match(before.text) and LEFTWARD.match(sign.text))


def _characters(text: str) -> Counter[str]:
    """The characters without regard to order, spaces, marks of direction, and the side that brackets face."""
    plain = DIRECTION_MARKS.sub("", unicodedata.normalize("NFKC", text))
    return Counter(char.translate(MIRRORED) if char in CLOSING else char for char in plain if not char.isspace())


def _turn_back(leftward: Sequence[Sign]) -> list[Sign]:
    """Signs from right to left, with each run that reads from left to right turned."""
    ordered: list[Sign] = []
    index = 0
    while index < len(leftward):
        end = _run_end(leftward, index)
        ordered += reversed(leftward[index:end]) if end > index else [leftward[index]]
        index = max(end, index + 1)
    return ordered


def _run_end(signs: Sequence[Sign], start: int) -> int:
    """Where the rightward run that begins at ``start`` ends (exclusive); ``start`` where none begins there."""
    if not (signs[start].rightward or _terminates(signs, start)):
        return start
    end = start + 1
    while end < len(signs):
        following = next(
            (n for n in range(end, len(signs)) if signs[n].rightward or LEFTWARD.match(signs[n].text)), None
        )
        if following is not None and signs[following].rightward and _joined(signs, end - 1, following):
            end = following + 1
        elif _terminates(signs, end) and signs[end - 1].digit:
            end += 1
        else:
            break
    return end


def _terminates(signs: Sequence[Sign], index: int) -> bool:
    """Whether a sign is a currency sign or the like beside a digit of its own word."""
    near = [n for n in (index - 1, index + 1) if 0 <= n < len(signs) and signs[n].word == signs[index].word]
    return signs[index].text in TERMINATORS and any(signs[n].digit for n in near)


def _joined(signs: Sequence[Sign], right: int, left: int) -> bool:
    """Whether two rightward signs, with only neutral ones between, belong to one run. ``left`` is left of ``right``."""
    between = signs[right + 1 : left]
    if not between and signs[right].word == signs[left].word:
        return True
    if not signs[left].digit:
        return True  # whatever follows a letter of a rightward script goes on with it
    return len(between) == 1 and between[0].text in SEPARATORS and signs[right].word == signs[left].word


def _mirror_needed(text: str) -> bool:
    """Whether brackets face the wrong way: the first one closes, and so do most that come before their partner."""
    brackets = [char for char in text if char in OPENING + CLOSING]
    depth = wrong = 0
    for char in brackets:
        depth += 1 if char in OPENING else -1
        wrong += depth < 0
    return 2 * wrong > len(brackets) or (bool(brackets) and brackets[0] in CLOSING and depth >= 0)
