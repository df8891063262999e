"""Which words are raised or lowered against their line, and which are bold or italic. Pure functions."""

import re
from collections.abc import Container, Iterable
from itertools import chain
from statistics import median

from docling.utils.font_style import parse_font_style

from pipeline.signed_scripts import SIGNED
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.match import LayoutWord, reads_right_to_left
from pipeline.stages.tex_fonts import is_tex_bold, is_tex_italic

BOLD = 600  # CSS weight from which a font stands out of a text set in the regular weight
SMALLER = 0.85  # of the line's height: what is raised or lowered is smaller too
SMALLER_BESIDE = 0.7  # the same beside letters of Hebrew, Arabic, Chinese, Japanese or Korean: Latin ones are lower
RAISED, LOWERED = 0.15, -0.06  # of the line's height: how far the base line moves
_LOW = re.compile("[acemnorsuvwxz]{2,}")
_LOW_WORD = re.compile("[acemnorsuvwxz]{3,}[.,;:]?")  # lower than other words anyway; what is raised is mostly shorter
_TALL = re.compile("[A-Zbdfhkl][a-z]+")
_STANDING = re.compile("(?=.*[A-Zbdfhkl])[A-IK-PR-Za-fhik-orstu-xz]{2,}")  # with a high letter, and none that hangs
_BOTH = re.compile("(?=.*[A-Zbdfhkl])(?=.*[gpqy])[A-Za-z]{2,}")
_CONTRASTS = ((_LOW, _TALL), (_STANDING, _BOTH))  # words that are lower than others where boxes hug the ink
_HANGING = re.compile("[gjpqyJQ,;()\\[\\]{}|@/$]")  # characters that reach below the base line
_RAISABLE = re.compile(r"[\w*†‡§¶]")  # the ink of dashes, dots and bullets stands above the base line anyway
# Kana, ideographs and Hangul: letters that fill a square.
_SQUARE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]")
DESCENT = 0.2  # of a font's height lies below its base line, within a few hundredths for text fonts


def is_emphatic(font: str) -> bool:
    """Whether the font of this name stands out by its weight."""
    return parse_font_style(font).weight >= BOLD or is_tex_bold(font)


def is_slanted(font: str) -> bool:
    """Whether the font of this name is italic or slanted."""
    return parse_font_style(font).italic or is_tex_italic(font)


def tight_fonts(words: Iterable[LayoutWord]) -> frozenset[str]:
    """The fonts whose boxes hug the ink of each word, since the file tells their ascent and descent wrongly: words of
    small letters alone are lower than others, and so are words that stand on the base line than words that reach below.
    Fonts with too few words to show it are like the others of the page, where those are all alike.
    """
    heights: dict[tuple[str, re.Pattern[str]], list[float]] = {}
    fonts: set[str] = set()
    for word in words:
        fonts.add(word.font)
        for kind in chain.from_iterable(_CONTRASTS):
            if kind.fullmatch(word.text):
                heights.setdefault((word.font, kind), []).append(word.box.height)
    shown = [
        (font, median(lower) < SMALLER * median(heights[font, high]))
        for (font, kind), lower in heights.items()
        for low, high in _CONTRASTS
        if kind is low and (font, high) in heights
    ]
    tight = frozenset(font for font, hugs in shown if hugs)
    loose = {font for font, _ in shown} - tight
    return tight if loose else frozenset(fonts if tight else ())


def script_of(word: LayoutWord, line: LayoutLine, tight: frozenset[str]) -> int:
    """Whether a word is raised or lowered against the line it stands in; beside letters with signs above and below,
    all others are lower.
    """
    least = SMALLER_BESIDE if _SQUARE.search(line.text) or reads_right_to_left(line.text) else SMALLER
    if SIGNED.search(line.text) or not line.upright or word.box.height > least * line.height:
        return 0
    full = [other for other in line.words if other.box.height > SMALLER * line.height]
    if not full:
        return 0
    hugged = word.font in tight or any(other.font in tight for other in full)
    if hugged:
        if not _RAISABLE.search(word.text) or _LOW_WORD.fullmatch(word.text):
            return 0
        loose = {other.font for other in full} - tight  # of another font in the line, which says its descent rightly
        bottoms = [_foot(other, loose) for other in full if other.font in loose or not _hangs(other)]
        if not bottoms or (_hangs(word) and _foot(word, loose) > median(bottoms)):
            return 0
        rise = (median(bottoms) - _foot(word, loose)) / line.height
    else:
        base = median(other.box.bottom - DESCENT * other.box.height for other in full)
        rise = (base - (word.box.bottom - DESCENT * word.box.height)) / line.height
    if rise >= RAISED:
        return 1
    return -1 if rise <= LOWERED else 0


def _hangs(word: LayoutWord) -> bool:
    """Whether a letter of the word reaches below its base line, as an italic f does, too."""
    return _HANGING.search(word.text) is not None or ("f" in word.text and is_slanted(word.font))


def _foot(word: LayoutWord, loose: Container[str]) -> float:
    """Where a word stands: its base line in a font that says its descent, else the foot of its ink."""
    return word.box.bottom - (DESCENT * word.box.height if word.font in loose else 0.0)
