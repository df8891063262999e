"""Lines read by Tesseract, and what it makes of their script."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.languages import BY_CODE
from pipeline.models.images import Pixels
from pipeline.models.onnx_ocr import ReadText
from pipeline.models.tesseract.letters import usual_letters
from pipeline.models.tesseract.line_sheet import LineSheet, line_sheets
from pipeline.models.tesseract.tesseract_process import TesseractFailed, TesseractProcess

SHEET_DPI = "300"  # Tesseract warns and guesses where it is not told
ONE_BLOCK, ONE_LINE = "6", "7"  # page segmentation modes of tesseract(1)
SCRIPT_ONLY = "0"
WORD_LEVEL = "5"  # https://tesseract-ocr.github.io/tessdoc/Command-Line-Usage.html: columns of the TSV output
TSV_COLUMNS = 12
SLACK = 8  # characters by which the plain text may run ahead of the table
BIDI_CONTROLS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
SCRIPT_DATA = "osd"
SURE_OF_WAY = 3.0  # confidence of orientation; right ones were seen from 3.6 on, and 0.2 where it is a guess


@dataclass(frozen=True, slots=True)
class ScriptGuess:
    """What script detection makes of a page: the script, its confidence (above 1 it is mostly right, below it guesses),
    and whether the text is upside down, and whether that is sure.
    """

    script: str
    confidence: float
    upside_down: bool
    sure_of_way: bool


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a sheet: its text, its confidence in [0, 1], its middle height in pixels, and whether a space comes
    before it.
    """

    text: str
    score: float
    middle: float
    spaced: bool


class TesseractReader:
    """Reads upright lines with the data of given languages."""

    def __init__(self, process: TesseractProcess | None = None) -> None:
        self._process = process or TesseractProcess()

    @property
    def languages(self) -> frozenset[str]:
        """Codes of the languages whose data is installed."""
        return self._process.languages

    @property
    def version(self) -> str:
        """Tesseract's version; empty where it is not installed."""
        return self._process.version

    def read(self, lines: Sequence[Pixels], languages: tuple[str, ...]) -> list[ReadText]:
        """Text and confidence of each line (height, width, 3); empty with confidence 0 where nothing was read.

        Raises TesseractFailed.
        """
        scripts = frozenset(BY_CODE[code].script for code in languages if code in BY_CODE)
        return [
            replace(read, text=usual_letters(read.text, scripts))
            for sheet in line_sheets(lines)
            for read in self._read_sheet(sheet, languages)
        ]

    def read_alone(self, line: Pixels, languages: tuple[str, ...]) -> ReadText:
        """The same for one line by itself, which is slower, and finds short lines that are lost on a sheet.

        Raises TesseractFailed.
        """
        (sheet,) = line_sheets([line])
        (read,) = self._read_sheet(sheet, languages, ONE_LINE)
        scripts = frozenset(BY_CODE[code].script for code in languages if code in BY_CODE)
        return replace(read, text=usual_letters(read.text, scripts))

    def _read_sheet(self, sheet: LineSheet, languages: tuple[str, ...], mode: str = ONE_BLOCK) -> list[ReadText]:
        answer = self._process.read(sheet.image, languages, "--psm", mode, "--dpi", SHEET_DPI, "tsv", "txt")
        words: list[list[_Word]] = [[] for _ in sheet.tops]
        for word in _words(answer):
            words[sheet.line_at(word.middle)].append(word)
        return [_joined(line) for line in words]

    def script(self, lines: Sequence[Pixels]) -> ScriptGuess | None:
        """The script of lines that are upright or upside down; None where there is too little to tell, or no data for
        it.
        """
        if SCRIPT_DATA not in self.languages:
            return None
        for sheet in line_sheets(lines):
            try:
                answer = self._process.read(sheet.image, (SCRIPT_DATA,), "--psm", SCRIPT_ONLY, "--dpi", SHEET_DPI)
            except TesseractFailed:
                return None
            return _guess(answer)
        return None


def _guess(answer: str) -> ScriptGuess | None:
    fields = dict(line.split(": ", 1) for line in answer.splitlines() if ": " in line)
    try:
        turned = int(fields["Rotate"]) == 180
        sure = float(fields["Orientation confidence"]) >= SURE_OF_WAY
        return ScriptGuess(fields["Script"], float(fields["Script confidence"]), turned, sure)
    except (KeyError, ValueError):
        return None


def _words(answer: str) -> Iterator[_Word]:
    """The words of the table, in reading order. Where there are spaces between them only the plain text tells: in
    scripts without spaces, and in Korean, the table has a row for every few letters.
    """
    rows = [line.split("\t") for line in answer.splitlines()]
    plain = BIDI_CONTROLS.sub("", "\n".join(row[0] for row in rows if len(row) == 1))
    place = 0
    for row in rows:
        if len(row) == TSV_COLUMNS and row[0] == WORD_LEVEL and row[11].strip():
            text = row[11].strip()
            at = plain.find(text, place, place + len(text) + SLACK)
            spaced = at < 0 or plain[place:at].isspace()
            place = at + len(text) if at >= 0 else place
            top, height = float(row[7]), float(row[9])
            yield _Word(text, min(max(float(row[10]) / 100, 0.0), 1.0), top + height / 2, spaced)


def _joined(words: Sequence[_Word]) -> ReadText:
    """One line of its words; the score is the mean over characters."""
    if not words:
        return ReadText("", 0.0)
    text = "".join((" " if word.spaced else "") + word.text for word in words).strip()
    characters = sum(len(word.text) for word in words)
    return ReadText(text, sum(word.score * len(word.text) for word in words) / characters)
