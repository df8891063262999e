"""Lines that run from right to left, brought into the order of writing by where their glyphs stand.

Parsers guess the order from the order of drawing, which differs between programs that made the file; brackets and
digits come out turned. What the eye sees is certain. So the glyphs of such a line are taken from right to left, and
then numbers and words of other scripts are turned back (Unicode Standard Annex 9, rules W4 to W7 and N1, inverted).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from docling_core.types.doc.page import PdfTextCell
from numpy.typing import NDArray

from pipeline.intake.text_layer.geometry import boxes_of, joined, placed, respelled, runs_across
from pipeline.intake.text_layer.glyphs import PageGlyphs, hull

LEFTWARD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
OPENING, CLOSING = "([{<«‹", ")]}>»›"
MIRRORED = str.maketrans(OPENING + CLOSING, CLOSING + OPENING)
SEPARATORS = frozenset(".,:/-+\u2010\u2011\u2212'")  # between two digits they are part of the number
TERMINATORS = frozenset("%$€£¥₪#°‰")  # beside a digit they are part of the number
TOUCHING = 0.08  # of the height: signs of one word are no farther apart
SPACE = 0.8  # of the height: pieces of one row are no farther apart, where its words are spread to both edges
MARK_SPACE = 2.5  # of the height: the text of a list's item is no farther from its mark
MARK = re.compile(r"[^\w\s()]|\W?\w{1,2}\W")  # a bullet, or a number with its full stop or bracket
SAME_ROW = 0.5  # of the lower one's height: which a row and a piece of it share
SEVERAL = 1.6  # times its words' height: a line that may be several
ROW_OVERLAP = 0.1  # of its height, by which the box of a word may reach into the row above
MOST_ROWS = 100  # rows that a piece is looked for in
DIRECTION_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Sign:
    """What one glyph says, its box, the number of the word that it is in, and that of the parser's word."""

    text: str
    box: NDArray[np.float64]
    word: int
    parsed: int

    @property
    def rightward(self) -> bool:
        """Whether it belongs to text that runs from left to right: other scripts' letters, and digits."""
        return self.digit or (self.text[0].isalpha() and not LEFTWARD.match(self.text[0]))

    @property
    def digit(self) -> bool:
        return unicodedata.category(self.text[0]) == "Nd"


def part_rows(lines: Sequence[PdfTextCell], words: Sequence[PdfTextCell]) -> list[PdfTextCell]:
    """The lines with a line for each row in the place of those that reach over several: the parser puts the number of a
    right-to-left item into the line of the item above, where that was drawn last.
    """
    boxes, own = boxes_of(lines), boxes_of(words)
    middles = (own[:, :2] + own[:, 2:]) / 2
    held = [((middles >= box[:2]) & (middles <= box[2:])).all(axis=1) for box in boxes]
    tall = {
        number
        for number, (box, inside) in enumerate(zip(boxes, held, strict=True))
        if runs_across(lines[number]) and _has_rows(own[inside], box[3] - box[1])
    }
    if not tall:
        return list(lines)
    free = np.any([held[number] for number in tall], axis=0)
    for number in set(range(len(lines))) - tall:
        free &= ~held[number]
    rows: list[list[int]] = []
    for place in sorted(np.flatnonzero(free).tolist(), key=lambda place: (-middles[place, 1], -own[place, 2])):
        if rows and own[rows[-1][0], 1] < middles[place, 1]:
            rows[-1].append(place)
        else:
            rows.append([place])
    found = [sorted(row, key=lambda place: -float(own[place, 2])) for row in rows]
    made = [joined([words[n] for n in row], " ".join(words[n].text for n in row)) for row in found]
    first = min(tall)
    return [
        cell
        for number, line in enumerate(lines)
        for cell in (made if number == first else () if number in tall else (line,))
    ]


def _has_rows(words: NDArray[np.float64], height: float) -> bool:
    """Whether a line of this height is much higher than its words, of which some stand below all of another one."""
    heights = words[:, 3] - words[:, 1]
    if len(words) < 2 or height < SEVERAL * float(np.median(heights)):
        return False
    return bool(words[:, 3].min() <= words[:, 1].max() + ROW_OVERLAP * heights.min())


def join_rows(lines: Sequence[PdfTextCell]) -> list[PdfTextCell]:
    """The lines with those put together, from right to left, that are pieces of one right-to-left row.

    Parsers end a line where the direction of writing or the font changes, as at each number.
    """
    lines = [line for line in lines if not all(unicodedata.category(char) == "Mn" for char in line.text)]
    boxes = boxes_of(lines).tolist()
    rows: list[list[int]] = []
    hulls: list[list[float]] = []
    for number in sorted(filter(lambda n: runs_across(lines[n]), range(len(lines))), key=lambda n: -boxes[n][2]):
        piece = boxes[number]
        home = next(
            (
                row
                for row in range(max(len(rows) - MOST_ROWS, 0), len(rows))
                if _goes_on(hulls[row], piece, lines[rows[row][0]].text if len(rows[row]) == 1 else "")
            ),
            None,
        )
        if home is None:
            rows.append([number])
            hulls.append(piece)
        else:
            rows[home].append(number)
            lowest = [min(one, other) for one, other in zip(hulls[home][:2], piece[:2], strict=True)]
            hulls[home] = lowest + [max(one, other) for one, other in zip(hulls[home][2:], piece[2:], strict=True)]
    texts = {min(row): " ".join(lines[number].text for number in row) for row in rows if len(row) > 1}
    made = {min(row): row for row in rows if len(row) > 1 and _runs_leftward(texts[min(row)])}
    inner = {number for first, row in made.items() for number in row if number != first}
    return [
        joined([lines[n] for n in made[number]], texts[number]) if number in made else line
        for number, line in enumerate(lines)
        if number not in inner
    ]


def _goes_on(row: Sequence[float], piece: Sequence[float], mark: str) -> bool:
    """Whether a piece stands in the row, left of it or where it leaves room; ``mark`` is all that the row has so far,
    empty where it has more than one piece. Boxes are left, bottom, right, top.
    """
    height, other = row[3] - row[1], piece[3] - piece[1]
    if min(row[3], piece[3]) - max(row[1], piece[1]) <= SAME_ROW * min(height, other):
        return False
    space = MARK_SPACE if MARK.fullmatch(mark.strip()) else SPACE
    return row[0] - piece[2] <= space * max(height, other)


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
        written = _written(line.text, _signs(glyphs, _as_high(word_boxes[own], box)))
        if written and [text for text, _, _ in written] != [words[index].text for index in own]:
            new_lines[number] = respelled(line, " ".join(text for text, _, _ in written))
            replaced[own[0]] = [placed(words[own[parsed]], text, place) for text, place, parsed in written]
            gone.update(own)
    kept = ([word] if index not in gone else replaced.get(index, []) for index, word in enumerate(words))
    return new_lines, [word for group in kept for word in group]


def _runs_leftward(text: str) -> bool:
    return 2 * len(LEFTWARD.findall(text)) > sum(map(str.isalpha, text))


def _as_high(words: NDArray[np.float64], line: NDArray[np.float64]) -> NDArray[np.float64]:
    """The boxes of a line's words, each as high as the line: a full stop's ink lies below the middle of its glyph."""
    high = words.copy()
    high[:, 1], high[:, 3] = np.minimum(high[:, 1], line[1]), np.maximum(high[:, 3], line[3])
    return high


def _signs(glyphs: PageGlyphs, word_boxes: NDArray[np.float64]) -> list[Sign]:
    """The glyphs in these boxes: several characters in one box are one sign, and marks go with their letter."""
    signs: list[Sign] = []
    taken: set[int] = set()
    for word, place in enumerate(word_boxes):
        marks: list[Sign] = []
        first = len(signs)
        for index in glyphs.inside(place).tolist():
            if index in taken:
                continue
            taken.add(index)
            text, box = glyphs.characters[index], glyphs.boxes[index]
            if unicodedata.category(text) == "Mn":
                marks.append(Sign(text, box, word, word))
            elif len(signs) > first and np.array_equal(signs[-1].box, box):
                signs[-1] = replace(signs[-1], text=signs[-1].text + text)
            else:
                signs.append(Sign(text, box, word, word))
        _attach(marks, signs, first)
    return signs


def _attach(marks: Sequence[Sign], signs: list[Sign], first: int) -> None:
    """Each mark behind the letter that its middle is nearest to."""
    for mark in marks:
        if first < len(signs):
            nearest = min(range(first, len(signs)), key=lambda n: abs(_middle(signs[n]) - _middle(mark)))
            signs[nearest] = replace(signs[nearest], text=signs[nearest].text + mark.text)


def _middle(sign: Sign) -> float:
    return float(sign.box[0] + sign.box[2])


def _written(parsed: str, signs: Sequence[Sign]) -> list[tuple[str, NDArray[np.float64], int]]:
    """The words of the line in the order of writing, their boxes and the parser's words that they begin with; none
    where the signs are not the parser's characters.
    """
    if _characters(parsed) != _characters("".join(sign.text for sign in signs)):
        return []
    ordered = _turn_back(_in_words(sorted(signs, key=_middle, reverse=True)))
    turned = _mirror_needed("".join(sign.text for sign in ordered))
    words: list[tuple[str, list[Sign]]] = []
    for index, sign in enumerate(ordered):
        if not index or ordered[index - 1].word != sign.word:
            words.append(("", []))
        text, run = words[-1]
        words[-1] = (text + (sign.text.translate(MIRRORED) if turned else sign.text), [*run, sign])
    return [(text, hull(np.array([sign.box for sign in run])), run[0].parsed) for text, run in words]


def _in_words(leftward: Sequence[Sign]) -> list[Sign]:
    """Signs from right to left, their words counted anew: signs that touch are one word, which the parser cut at a mark
    or where the font or the direction changes. Where letters of two scripts meet, the parser's cut stays.
    """
    found: list[Sign] = []
    for sign in leftward:
        before = found[-1] if found else None
        cut = before is not None and leftward[len(found) - 1].word != sign.word
        apart = cut and before is not None and (_apart(before, sign) or _letters_of_two_scripts(before, sign))
        found.append(replace(sign, word=(before.word if before else 0) + apart))
    return found


def _letters_of_two_scripts(one: Sign, other: Sign) -> bool:
    return one.text[0].isalpha() and other.text[0].isalpha() and one.rightward != other.rightward


def _apart(right: Sign, left: Sign) -> bool:
    height = max(right.box[3] - right.box[1], left.box[3] - left.box[1])
    return bool(right.box[0] - left.box[2] > TOUCHING * height)


def _characters(text: str) -> Counter[str]:
    """The characters without regard to order, spaces, marks, and the side that brackets face."""
    plain = DIRECTION_MARKS.sub("", unicodedata.normalize("NFKC", text))
    marks = filter(lambda char: not (char.isspace() or unicodedata.category(char) == "Mn"), plain)
    return Counter(char.translate(MIRRORED) if char in CLOSING else char for char in marks)


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
