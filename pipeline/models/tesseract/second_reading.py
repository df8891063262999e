"""Pages that PP-OCR cannot read are read again by Tesseract, in the language that reads best.

PP-OCR knows Latin, Chinese and Japanese letters and scores its lines near 1 on them; on other scripts its scores fall,
so that its own doubt calls Tesseract, and a Latin page pays nothing. Which script it is, and which way up the page
lies, is asked of script detection and settled by reading a few lines: on lines of ten scripts the right language, the
right way up, scored 0.84 to 0.96, and every wrong one 0.78 or less.
"""

import logging
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.errors.page_notices import LANGUAGE_DATA_MISSING
from pipeline.languages import BY_CODE, LANGUAGES, READ_BY_PP_OCR, Language
from pipeline.models.images import Pixels
from pipeline.models.onnx_ocr import ReadText, cut, reading_order
from pipeline.models.tesseract.tesseract_process import TesseractFailed
from pipeline.models.tesseract.tesseract_reader import ScriptGuess, TesseractReader
from pipeline.models.turned_page import TurnedPage
from pipeline.pages import PageNotice, TextLine

log = logging.getLogger(__name__)

DOUBTFUL = 0.85  # a line that PP-OCR scores lower may be of a script it does not know
MOSTLY = 0.5  # share from which on the whole page is taken to be of another script, or upside down
READABLE = 0.7  # mean score of a poor scan in letters that PP-OCR knows
HARDLY_READABLE = 0.5  # the same of a ruined one; below it, detection is not believed that PP-OCR knows the letters
# Characters per line height: 2 to 3.5 in Latin letters, 1 in Chinese, less in letters set far apart.
LEAST_DENSITY = 0.4
DOUBTFUL_SHARE = 0.15  # of the length of a page's lines, from which on the page is looked at
SCRIPT_LINES = 8  # lines shown to script detection, the widest
SAMPLE_LINES = 3  # lines read to compare languages
SURE_SCRIPT = 1.5  # confidence of script detection from which on its word counts
LEAST_AGREED = 0.6  # score of sample lines in a language of the script that was detected
LEAST_GUESSED = 0.8  # score of sample lines in any other language
LEAST_RUINED = 0.65  # score of a ruined page's sample lines in its language, where no other script comes near
NEAR = 0.4  # share of the best script's score from which on another comes near
MOST_TRIES = 15  # readings of the sample lines: every language of `packages.txt` one way up; a ruined page has none
MOST_ALONE = 8  # lines of a page that are read by themselves, where a sheet of lines gave nothing
LEAST_SCORE = 0.3  # a line that Tesseract scores lower is left out
PP_OCR_LEAST_SCORE = 0.5  # the same for PP-OCR's lines
OFTEN_MISSED = ("Hebrew", "Korean")  # script detection takes Hebrew for Thai
RIGHT_SCORE = 0.94  # Tesseract's score of faultless lines; PP-OCR's is 0.99 and more
PP_OCR_SCRIPTS = ("LATIN", "CJK", "HIRAGANA", "KATAKANA", "FULLWIDTH", "HALFWIDTH")  # as Unicode names its letters
CLEARLY_BETTER = 0.1  # by which PP-OCR's score must be higher for its line to stay on a page of another script


@dataclass(frozen=True, slots=True)
class Reading:
    """The believed lines of a page in reading order, and its quarter turns.

    ``languages`` are those of Tesseract's data where it read the page; empty where PP-OCR did. ``score`` is the mean
    over the length of all lines that were found, in [0, 1]; a line that is not believed counts as 0.
    """

    lines: tuple[TextLine, ...]
    turn: int
    score: float = 1.0
    languages: tuple[str, ...] = ()
    notices: tuple[PageNotice, ...] = ()


@dataclass(frozen=True, slots=True)
class Upright:
    """In which languages the lines are to be read, and which way up; ``asked`` where the caller named the languages."""

    languages: tuple[str, ...]
    upside_down: bool
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Scored:
    """How well sample lines read, in [0, 1]."""

    score: float
    chosen: Upright


@dataclass(frozen=True, slots=True)
class FirstReading:
    """What PP-OCR made of a page: its ``image`` (height, width, 3) at ``scale`` pixels per point, every line with its
    score, also those without a text, in reading order, and the page's quarter turns.
    """

    page: int
    image: Pixels
    scale: float
    lines: tuple[TextLine, ...]
    turn: int

    @property
    def doubtful_share(self) -> float:
        """Share, by length, of the lines with a low score."""
        whole = sum(_length(line) for line in self.lines)
        low = sum(_length(line) for line in self.lines if _sureness(line) < DOUBTFUL)
        return low / whole if whole else 0.0

    @property
    def score(self) -> float:
        """Mean score of the lines, by length."""
        whole = sum(_length(line) for line in self.lines)
        return sum(_length(line) * _sureness(line) for line in self.lines) / whole if whole else 0.0

    def share_of(self, believed: Sequence[TextLine], right: float = 1.0) -> float:
        """Mean score, by length, of the ``believed`` lines among all that were found; ``right`` is the score of a line
        without a fault.
        """
        whole = sum(_length(line) for line in self.lines)
        return sum(_length(line) * min(line.score / right, 1.0) for line in believed) / whole if whole else 1.0

    def pixels(self, line: TextLine, upside_down: bool = False) -> Pixels:
        """The line, flat and upright."""
        corners = np.array(line.corners, dtype=np.float32) * self.scale
        return cut(self.image, np.roll(corners, -2, axis=0) if upside_down else corners, quarter=False).pixels

    def doubtful_lines(self, most: int) -> list[TextLine]:
        """The longest of the lines with a low score."""
        return sorted((line for line in self.lines if _sureness(line) < DOUBTFUL), key=_length, reverse=True)[:most]


class SecondReader:
    """Decides whether a page is read again, and reads it. ``wanted`` are languages that the caller named; empty leaves
    the choice to the page.
    """

    def __init__(self, reader: TesseractReader | None = None) -> None:
        self._reader = reader or TesseractReader()

    @property
    def version(self) -> str:
        """Tesseract's version; empty where it is not installed."""
        return self._reader.version

    def read(self, first: FirstReading, wanted: tuple[str, ...] = ()) -> Reading:
        """The page as it is believed to read."""
        asked = tuple(BY_CODE[code] for code in wanted if code in BY_CODE)
        if not first.lines or (wanted and not asked) or not (asked or first.doubtful_share >= DOUBTFUL_SHARE):
            return _as_it_is(first)
        missing = tuple(language for language in asked if language.code not in self._reader.languages)
        if missing:
            return replace(_as_it_is(first), notices=(_missing(first.page, missing),))
        try:
            return self._read(first, asked)
        except TesseractFailed as error:
            log.warning("Tesseract gave up on page %d: %s", first.page, error)
            return _as_it_is(first)

    def _read(self, first: FirstReading, asked: tuple[Language, ...]) -> Reading:
        samples = first.doubtful_lines(SCRIPT_LINES) or list(first.lines[:SCRIPT_LINES])
        guess = self._reader.script([first.pixels(line) for line in samples])
        if guess and not asked:
            least = HARDLY_READABLE if guess.confidence >= SURE_SCRIPT else READABLE
            if guess.script in READ_BY_PP_OCR and first.score >= least:
                return _as_it_is(first)
            of_script = tuple(language for language in LANGUAGES if language.script == guess.script)
            if of_script and guess.confidence >= SURE_SCRIPT and not self._installed(of_script):
                return replace(_as_it_is(first), notices=(_missing(first.page, of_script[:1]),))
        chosen = self._choose(first, samples[:SAMPLE_LINES], asked, guess)
        return self._read_in(first, chosen) if chosen else _as_it_is(first)

    def _read_in(self, first: FirstReading, chosen: Upright) -> Reading:
        mostly = chosen.asked or first.doubtful_share >= MOSTLY
        again = [index for index, line in enumerate(first.lines) if mostly or _sureness(line) < DOUBTFUL]
        pixels = [first.pixels(first.lines[index], chosen.upside_down) for index in again]
        texts = dict(zip(again, self._reader.read(pixels, chosen.languages), strict=True))
        lost = [number for number, index in enumerate(again) if not texts[index].text][:MOST_ALONE]
        texts |= {again[number]: self._reader.read_alone(pixels[number], chosen.languages) for number in lost}
        lines = [_better(line, texts.get(index), chosen.upside_down) for index, line in enumerate(first.lines)]
        turn = (first.turn + 2 * chosen.upside_down) % 4
        believed = _ordered([line for line in lines if line.text], first, turn)
        return Reading(believed, turn, first.share_of(believed, RIGHT_SCORE), chosen.languages)

    # -- the language and which way is up ------------------------------------------------------------------------------

    def _choose(
        self, first: FirstReading, samples: Sequence[TextLine], asked: tuple[Language, ...], guess: ScriptGuess | None
    ) -> Upright | None:
        """The language in which the sample lines read best, and the way up; None where they read well in none, and in
        none clearly better than in those of other scripts.
        """
        ways = _ways(first, guess)
        if asked:
            codes = tuple(language.code for language in asked)
            return max((self._tried(first, samples, Upright(codes, way, True)) for way in ways), key=_score).chosen
        tried: list[Scored] = []
        for script, way in _trials(ways, guess):
            sure = guess is not None and guess.script == script and guess.confidence >= SURE_SCRIPT
            found = [
                self._tried(first, samples, Upright((language.code,), way))
                for language in self._installed(language for language in LANGUAGES if language.script == script)
            ]
            best = max(found, key=_score, default=None)
            if best and best.score >= (LEAST_AGREED if sure else LEAST_GUESSED):
                return best.chosen
            tried += found
            if len(tried) >= MOST_TRIES:
                break
        return _clearly_best(tried)

    def _tried(self, first: FirstReading, samples: Sequence[TextLine], upright: Upright) -> Scored:
        """The sample lines' mean score over their characters."""
        texts = self._reader.read([first.pixels(line, upright.upside_down) for line in samples], upright.languages)
        characters = sum(len(read.text) for read in texts)
        score = sum(read.score * len(read.text) for read in texts) / characters if characters else 0.0
        return Scored(score, upright)

    def _installed(self, languages: Iterable[Language]) -> tuple[Language, ...]:
        return tuple(language for language in languages if language.code in self._reader.languages)


def _score(scored: Scored) -> float:
    return scored.score


def _clearly_best(tried: Sequence[Scored]) -> Upright | None:
    """The best of the readings where its score is fair, and no reading in another script comes near."""
    best = max(tried, key=_score, default=None)
    if best is None or best.score < LEAST_RUINED:
        return None
    script = BY_CODE[best.chosen.languages[0]].script
    others = (other.score for other in tried if BY_CODE[other.chosen.languages[0]].script != script)
    return best.chosen if max(others, default=0.0) < NEAR * best.score else None


def _ways(first: FirstReading, guess: ScriptGuess | None) -> tuple[bool, ...]:
    """Whether the lines may be upside down, the likelier way first. The lines that PP-OCR reads well settle it."""
    if first.doubtful_share < MOSTLY:
        return (False,)
    if guess is None:
        return (False, True)
    if guess.sure_of_way and guess.confidence >= SURE_SCRIPT:
        return (guess.upside_down,)
    return guess.upside_down, not guess.upside_down


def _trials(ways: Sequence[bool], guess: ScriptGuess | None) -> list[tuple[str, bool]]:
    """Scripts and ways up in the order in which they are tried. Script detection knows the way up better than the
    script: where it is sure of the way, every script is tried that way before any is tried the other way.
    """
    first, *others = _scripts(guess)
    if guess and guess.sure_of_way:
        return [*((first, way) for way in ways), *((script, way) for way in ways for script in others)]
    return [(script, way) for script in (first, *others) for way in ways]


def _scripts(guess: ScriptGuess | None) -> tuple[str, ...]:
    """Scripts in the order in which they are tried: the one that was detected, those that detection often misses, the
    others.
    """
    likely = (guess.script, *OFTEN_MISSED) if guess else OFTEN_MISSED
    return tuple(dict.fromkeys((*likely, *(language.script for language in LANGUAGES))))


def _as_it_is(first: FirstReading) -> Reading:
    """What PP-OCR read with some confidence."""
    believed = tuple(line for line in first.lines if line.text.strip() and line.score >= PP_OCR_LEAST_SCORE)
    return Reading(believed, first.turn, first.share_of(believed))


def _better(line: TextLine, again: ReadText | None, upside_down: bool) -> TextLine:
    """The line as the better of the two recognisers reads it; without a text where neither does.

    Of a line that was read twice, PP-OCR's text counts only where it is in letters that PP-OCR knows.
    """
    believed = _sureness(line) >= PP_OCR_LEAST_SCORE and not upside_down and (again is None or _is_known(line.text))
    first_score = _sureness(line) if believed else 0.0
    if again is None or first_score > again.score + CLEARLY_BETTER:
        return line if first_score else replace(line, text="")
    corners = (*line.corners[2:], *line.corners[:2]) if upside_down else line.corners
    return TextLine(again.text if again.score >= LEAST_SCORE else "", again.score, corners)


def _is_known(text: str) -> bool:
    """Whether the text has letters or digits, and all its letters are of a script that PP-OCR reads."""
    signs = [sign for sign in text if sign.isalnum()]
    return bool(signs) and all(
        unicodedata.name(sign, "").startswith(PP_OCR_SCRIPTS) for sign in signs if sign.isalpha()
    )


def _ordered(lines: Sequence[TextLine], first: FirstReading, turn: int) -> tuple[TextLine, ...]:
    height, width = first.image.shape[:2]
    corners = [np.array(line.corners, dtype=np.float32) * first.scale for line in lines]
    return tuple(lines[index] for index in reading_order(corners, TurnedPage(turn, width, height)))


def _sureness(line: TextLine) -> float:
    """PP-OCR's score of a line; 0 where it found less than the line has room for. Of letters that it does not know it
    leaves nothing, and may be sure of the full stop after them.
    """
    return line.score if len(line.text.strip()) >= LEAST_DENSITY * _length(line) else 0.0


def _length(line: TextLine) -> float:
    """How often the line is as long as it is high: a measure of its characters that needs no reading."""
    corners = np.array(line.corners)
    height = float(np.linalg.norm(corners[0] - corners[3]))
    return float(np.linalg.norm(corners[0] - corners[1])) / max(height, 1e-6)


def _missing(page: int, languages: Sequence[Language]) -> PageNotice:
    names = " and ".join(language.name for language in languages)
    return LANGUAGE_DATA_MISSING.on(
        page, languages=names, packages=" and ".join(language.package for language in languages)
    )
