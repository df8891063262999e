"""The numbers of the lines of printed code: taken off the code, which would not run with them.

They are a column of numbers that count up by one beside lines in typewriter type, and those lines look like code: they
are set in by different steps, or some are empty, and they have signs that prose has not.
"""

import re
from collections.abc import Sequence

import numpy as np
from docling_core.types.doc.page import PdfTextCell

from pipeline.intake.text_layer.geometry import Boxes, boxes_of, placed
from pipeline.typewriter_fonts import is_typewriter

LEAST = 4  # numbered lines of a listing
ALIGNED = 1.5  # points by which the edges of the numbers differ at most
MOST_RUNS = 20  # columns of numbers that wait for the same number
STEP = 4.0  # heights of the numbers from one line to the next at most: long lines are broken
PITCH_SPREAD = 0.03  # by which the widths of a typewriter's letters differ
TYPED = 0.9  # of the letters beside the numbers are typewritten
SIGNS = 0.03  # of them are signs that prose has not
INDENTED = 1.0  # heights of a letter by which some lines are set in at least
_NUMBER = re.compile(r"\d{1,4}")
_SIGN = re.compile(r"[=_{}\[\]<>+*/\\|&#@$%^~`]")


def code_numbers(words: Sequence[PdfTextCell]) -> list[int]:
    """The places of the words that number lines of code."""
    found = [place for place, word in enumerate(words) if _NUMBER.fullmatch(word.text)]
    if len(found) < LEAST:
        return []
    boxes = boxes_of(words)
    runs = [run for side in (2, 0) for run in _runs(words, boxes, found, side)]
    return sorted({place for run in runs if _numbers_code(run, words, boxes) for place in run})


def _runs(words: Sequence[PdfTextCell], boxes: Boxes, found: Sequence[int], side: int) -> list[list[int]]:
    """Numbers one below the other, each greater by one, whose edges on one side (2: right, 0: left) are aligned."""
    runs: list[list[int]] = []
    awaited: dict[int, list[list[int]]] = {}
    for place in sorted(found, key=lambda place: -boxes[place, 1]):
        value = int(words[place].text)
        home = next((run for run in awaited.get(value, [])[-MOST_RUNS:] if _follows(boxes, run[-1], place, side)), None)
        if home is None:
            home = []
            runs.append(home)
        else:
            awaited[value].remove(home)
        home.append(place)
        awaited.setdefault(value + 1, []).append(home)
    return [run for run in runs if len(run) >= LEAST]


def _follows(boxes: Boxes, upper: int, lower: int, side: int) -> bool:
    step, height = boxes[upper, 1] - boxes[lower, 1], boxes[lower, 3] - boxes[lower, 1]
    return bool(0 < step < STEP * height and abs(boxes[upper, side] - boxes[lower, side]) <= ALIGNED)


def _numbers_code(run: Sequence[int], words: Sequence[PdfTextCell], boxes: Boxes) -> bool:
    """Whether what stands beside the numbers is code; it is at their right or, from far away, at their left."""
    own = boxes[list(run)]
    level = (boxes[:, 3] > own[:, 1].min()) & (boxes[:, 1] < own[:, 3].max())
    right = np.flatnonzero(level & (boxes[:, 0] >= own[:, 2].max()))
    found = right if len(right) else np.flatnonzero(level & (boxes[:, 2] <= own[:, 0].min()))
    beside = [int(place) for place in found]
    text = "".join(words[place].text for place in beside)
    fonts: dict[str, list[int]] = {}
    for place in beside:
        fonts.setdefault(words[place].font_name, []).append(place)
    typed = sum(
        len(words[place].text) for font, own in fonts.items() if _typed(font, own, words, boxes) for place in own
    )
    if not text or typed < TYPED * len(text) or len(_SIGN.findall(text)) < SIGNS * len(text):
        return False
    places = boxes[beside]
    middles = (places[:, 1] + places[:, 3]) / 2
    starts = [places[near, 0].min() for box in own if (near := (middles > box[1]) & (middles < box[3])).any()]
    height = float(np.median(own[:, 3] - own[:, 1]))
    return len(starts) < len(run) or max(starts) - min(starts) > INDENTED * height


def _typed(font: str, own: Sequence[int], words: Sequence[PdfTextCell], boxes: Boxes) -> bool:
    """Whether all letters of a font, in its ``own`` words, are as wide as each other; a font of signs goes with the
    letters beside it.
    """
    if is_typewriter(font):
        return True
    lettered = [place for place in own if len(words[place].text) > 2 and any(map(str.isalpha, words[place].text))]
    if not lettered:
        return not any(char.isalpha() for place in own for char in words[place].text)
    pitches = sorted((boxes[place, 2] - boxes[place, 0]) / len(words[place].text) for place in lettered)
    return bool(pitches[-1] - pitches[0] <= PITCH_SPREAD * pitches[-1])


def without(
    lines: Sequence[PdfTextCell], numbers: Sequence[PdfTextCell], words: Sequence[PdfTextCell]
) -> list[PdfTextCell]:
    """The lines less the numbers that they begin or end with; ``words`` are the page's other words."""
    marks, others = boxes_of(numbers), boxes_of(words)
    found: list[PdfTextCell] = []
    for line, box in zip(lines, boxes_of(lines), strict=True):
        rest = line.text
        for number in _within(marks, box):
            text = numbers[number].text
            if rest.lstrip().startswith(text):
                rest = rest.lstrip()[len(text) :].lstrip()
            elif rest.rstrip().endswith(text):
                rest = rest.rstrip()[: -len(text)].rstrip()
        if rest == line.text:
            found.append(line)
        elif rest and len(left := others[_within(others, box)]):
            found.append(placed(line, rest, (left[:, 0].min(), box[1], left[:, 2].max(), box[3])))
    return found


def _within(boxes: Boxes, line: Boxes) -> list[int]:
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    return [int(place) for place in np.flatnonzero(((middles >= line[:2]) & (middles <= line[2:])).all(axis=1))]
