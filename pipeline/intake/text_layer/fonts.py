"""Fonts that lie: their glyphs look right, but the table that should say which letters they are is missing or wrong.

Nothing in the file proves it. What such fonts yield gives them away: characters without a meaning, one character for
all, or words that no language has. Cells in them get confidence 0; their text is then read from the image, too, and
the two are compared (``pipeline.stages.text_choice``).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import numpy as np
from docling_core.types.doc.page import PdfTextCell, SegmentedPdfPage
from spellchecker import SpellChecker

from pipeline.intake.cells import INKLESS, meaningless
from pipeline.intake.text_layer.geometry import boxes_of, joined
from pipeline.intake.text_layer.letter_pairs import rare_pairs
from pipeline.typewriter_fonts import is_typewriter

DOUBT = 0.0  # the confidence of a cell that is not to be believed
MEANINGLESS_SHARE = 0.2  # of a font's characters, from which it is doubted
DOMINANT_SHARE = 0.6  # of a font's letters that are one and the same, from which it is doubted
FEW = 10  # characters of a font below which its letters are not counted
FEW_WORDS = 3  # different ones that show whether a font of a doubted page can be read
LEAST_WORDS = 25  # different words of three letters and more that a font needs to be judged by its words
FUNCTION_SHARE = 0.03  # of the words of any text are articles, pronouns and the like; 0.15 is usual
LEAST_PAIRS = 15  # pairs of letters that a font with fewer words needs to be judged by them
ACCENTED_SHARE = 0.75  # of a font's letters are beyond ASCII; of four words of Vietnamese at most 0.64 were found
LEAST_RARE = 3  # pairs that no language writes often: a font with fewer of them is not doubted
RARE_SHARE = 0.12  # their share in a doubted font; four English words seldom have 0.08, shifted ones mostly over 0.25
MANY_RARE = 0.06  # the same of forty words, of which none in nine languages have more than 0.05, and shifted ones 0.13
FEW_RARE = 0.04  # their share at most in words that were shifted back
USUAL_SHARE = 0.05  # their share in the page's other text, from which on the page is in a language with such pairs
KNOWN_SHARE = 0.3  # of a text's words are in the dictionary, from which it is English
GLYPH_SHIFTS = range(27, 32)  # most fonts begin with three glyphs and a space: "A" is glyph 36, not 65; some are near
SHIFTED_SHARE = 0.2  # of a font's words that look shifted, from which they are looked up in the dictionary
PIERCED_LENGTH, LEAST_PIERCED, PIERCED_SHARE = 3, 4, 0.5  # letters, words, and share of a font's words
_PIERCED = re.compile("[A-Za-z][|;~^{}]+[A-Za-z]|[A-Za-z][^A-Za-z]{0,2}[\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]")
_SUBSET = re.compile("^/?(?:[A-Z]{6}\\+)?")
FILLERS = "\u0640xX"  # a stroke that stretches Arabic words, and the letter that stands in a word's place
MATHEMATICAL = range(0x1D400, 0x1D800)  # Unicode's letters for variables
_ADDRESS = re.compile(r"://|www\.|@|\w\.[a-z]{2,}(?:/|$)", re.IGNORECASE)  # of the web, of mail, and names of files
_LETTERS = re.compile("[A-Za-z]{2,}")
_LATIN_WORD = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]{3,}")
_FUNCTION_WORDS = re.compile(
    "the|and|for|that|with|was|are|from|this|not|you|his|her|have|which|has|were|but|all|its|can|will|any|may|each"
    "|der|die|und|das|den|von|mit|ist|nicht|ein|eine|dem|des|auf|für|sich|auch|wird|oder|sind|bei|nach|zur|zum"
    "|les|des|une|que|dans|pour|est|qui|pas|sur|par|aux|avec|sont|plus|cette|ses|nous|vous"
    "|los|las|del|por|con|una|para|como|más|sus|este|esta|son|está"
    "|che|per|della|non|del|nel|alla|sono|gli|delle|dei|più|questo"
    "|een|het|van|voor|niet|zijn|met|aan|door|worden|ook|naar|bij"
    "|och|att|som|det|för|inte|till|med|har|ett|till|ikke|til|blev|efter|kan|fra|ved|eller"
    "|não|uma|dos|das|mais|pelo|pela|são"
    "|się|jest|nie|oraz|jak|dla|przez|jego|które|jako|které|jsou|nebo|pro|byl|podle|ktorý|ktoré|pre|alebo"
    "|este|care|pentru|din|sau|prin|sunt|mai|hogy|nem|egy|meg|volt|mint|és|az"
    "|että|oli|mutta|joka|sekä|ovat|tai|kun|myös|hän|bir|için|ile|olarak|daha|olan|bu|ve"
    "|koji|kao|što|nije|ali|koje|yang|dan|dengan|untuk|dari|ini|pada|adalah"
    "|của|và|các|cho|một|trong|là|được"
    "|dolor|amet|sit|sed|qui|est|cum|non|nec|vel|nam|quam|ipsum|erat"
)


def doubt_fonts(page: SegmentedPdfPage) -> int:
    """Give the cells that are not to be believed confidence 0, in place. Returns the number of their characters."""
    words = [cell for cell in page.word_cells if isinstance(cell, PdfTextCell)]
    texts: dict[str, list[str]] = {}
    for word in words:
        if word.rendering_mode not in INKLESS and not word.widget:
            texts.setdefault(word.font_name, []).append(word.text)
    liars = _liars(texts)
    doubtful = [
        (word.font_name in liars or _without_meaning(word.text)) and word.rendering_mode not in INKLESS
        for word in words
    ]
    if any(doubtful):
        page.word_cells = [
            word.model_copy(update={"confidence": DOUBT}) if doubt else word
            for word, doubt in zip(words, doubtful, strict=True)
        ]
        _mark_lines(page, words, doubtful)
    return sum(len(word.text) for word, doubt in zip(words, doubtful, strict=True) if doubt)


def _liars(texts: Mapping[str, Sequence[str]]) -> set[str]:
    """The fonts of ``texts`` that are not believed. Those of one family were made alike by one program: what is too
    short to be judged goes with the others, and a few odd words prove nothing where the others read well.
    """
    plain = {font for font, said in texts.items() if font and _lies(said, code=is_typewriter(font))}
    read = {_family(font) for font, said in texts.items() if font not in plain and reads_well(said)}
    odd = {font for font in texts if font and _family(font) not in read and _stands_out(font, texts)}
    families = {_family(font) for font in plain | odd}
    liars = plain | odd | {font for font in texts if _family(font) in families and not reads_well(texts[font])}
    return liars | _others_like(liars, texts)


def _others_like(liars: set[str], texts: Mapping[str, Sequence[str]]) -> set[str]:
    """The other fonts of a page of which most is not believed, as far as their words are in no dictionary: a title in a
    font of its own has too few words to be judged alone.
    """
    lengths = {font: sum(map(len, said)) for font, said in texts.items()}
    if 2 * sum(lengths[font] for font in liars) <= sum(lengths.values()):
        return set()
    others = {font: _latin_words(said) for font, said in texts.items() if font and font not in liars}
    return {font for font, words in others.items() if len(words) >= FEW_WORDS and _known_share(words) < KNOWN_SHARE}


def reads_well(words: Sequence[str]) -> bool:
    """Whether there are many words in Latin letters, with as many articles and pronouns as any text has."""
    found = [word.casefold() for text in words for word in _LATIN_WORD.findall(text)]
    return len(found) >= LEAST_WORDS and _function_share(found) >= FUNCTION_SHARE


def _family(font: str) -> str:
    """The name of a font without the tag of its subset, its weight and its slope."""
    return _SUBSET.sub("", font).split("-")[0].split(",")[0]


def _without_meaning(word: str) -> bool:
    return len(word) > 2 and 2 * meaningless(word) > len(word)


def _lies(words: Sequence[str], *, code: bool) -> bool:
    """Whether the words prove it. Names and ``code`` are in no language, but have pairs of letters as others do."""
    long = [word for word in words if len(word) > 1]  # a lone sign may be a bullet of a font of signs
    text = "".join(long)
    if not text:
        return False
    if meaningless(text) >= max(MEANINGLESS_SHARE * len(text), 3):
        return True
    letters = [char for char in text if _is_telling(char)]
    if len(letters) >= FEW and Counter(letters).most_common(1)[0][1] >= DOMINANT_SHARE * len(letters):
        return True
    latin = "".join(part for word in long for part in _LATIN_WORD.findall(word))
    if len(latin) >= FEW and sum(not letter.isascii() for letter in latin) >= ACCENTED_SHARE * len(latin):
        return True
    if not code and _pierced(long):
        return True
    return _shifted(long) or (_no_language(long) and _odd(_latin_words(long), RARE_SHARE if code else MANY_RARE))


def _pierced(words: Sequence[str]) -> bool:
    """Whether most words have signs between their letters that no writing has there: bars, letters of another script,
    characters without a meaning.
    """
    lettered = {word for word in words if len(word) >= PIERCED_LENGTH and any(map(str.isalpha, word))}
    odd = sum(_PIERCED.search(word) is not None or 0 < meaningless(word) < len(word) for word in lettered)
    return odd >= max(LEAST_PIERCED, PIERCED_SHARE * len(lettered)) and _known_share(words) < KNOWN_SHARE


def _is_telling(char: str) -> bool:
    """Whether a character is a letter that nobody writes over and over on purpose: no variable of mathematics, no bar
    of letters, and no X in a word's place.
    """
    if not char.isalpha() or char in FILLERS or ord(char) in MATHEMATICAL:
        return False
    return unicodedata.category(char) != "Lm"


def _shifted(words: Sequence[str]) -> bool:
    """Whether the words are glyph numbers, and of a language when shifted back."""
    letters = [char for char in "".join(words) if char.isalpha()]
    if sum(map(str.islower, letters)) >= 0.2 * max(len(letters), 1):
        return False
    return any(_shifted_by(shift, words) for shift in GLYPH_SHIFTS)


def _shifted_by(shift: int, words: Sequence[str]) -> bool:
    last = ord("z") - shift
    back = ["".join(chr(ord(char) + shift) if ord(char) <= last else char for char in word) for word in words]
    functions = sum(_FUNCTION_WORDS.fullmatch(word) is not None for word in back)
    if functions >= max(FUNCTION_SHARE * len(back), 3) or _has_fewer_rare(back, words):
        return True
    odd = sum(_shifted_word(shift).search(word) is not None for word in words)
    return odd >= max(SHIFTED_SHARE * len(words), 2) and _known_share(back) > max(KNOWN_SHARE, _known_share(words))


def _has_fewer_rare(back: Sequence[str], words: Sequence[str]) -> bool:
    """Whether the words have pairs of letters that no language writes often, and next to none when shifted back. Codes
    of random letters have as many then.
    """
    (rare, pairs), (left, whole) = (rare_pairs(_letters(said)) for said in (words, back))
    return min(pairs, whole) >= LEAST_PAIRS and rare >= RARE_SHARE * pairs and left <= FEW_RARE * whole


def _letters(words: Sequence[str]) -> list[str]:
    return [part.casefold() for word in words for part in _LETTERS.findall(word)]


@cache
def _shifted_word(shift: int) -> re.Pattern[str]:
    """A word with a shifted capital, or with a shifted letter that is none: an opening bracket, say."""
    first, last = chr(ord("a") - shift), re.escape(chr(ord("z") - shift))
    capitals = f"{re.escape(chr(ord('A') - shift))}-{re.escape(chr(ord('Z') - shift))}"
    return re.compile(f"[{capitals}][{first}-{last}]{{2,}}|[{first}-Z]*[\\[-{last}][{first}-{last}]*")


def _no_language(words: Sequence[str]) -> bool:
    """Whether there are many words in Latin letters beside addresses, and none of them belongs to any language."""
    written = [word for text in words if not _ADDRESS.search(text) for word in _LATIN_WORD.findall(text)]
    found = [word.casefold() for word in written]
    small = [word for word in written if word.islower()]
    if len(set(found)) < LEAST_WORDS or 2 * len(small) < len(found):
        return False
    if _function_share(found) >= FUNCTION_SHARE:
        return False
    return _known_share(found) < KNOWN_SHARE


def _stands_out(font: str, texts: Mapping[str, Sequence[str]]) -> bool:
    """Whether the words of a font, though few, have pairs of letters that no language writes often, and the other text
    of the page has none. Code and the names of files, in typewriter type, are in no language.
    """
    own = [] if is_typewriter(font) else _latin_words(texts[font])
    if not _odd(own, RARE_SHARE) or _function_share(own) >= FUNCTION_SHARE:
        return False
    others = [word for other, said in texts.items() if other != font for word in _latin_words(said)]
    return not _odd(others, USUAL_SHARE) and _known_share(own) < KNOWN_SHARE


def _function_share(words: Sequence[str]) -> float:
    return sum(_FUNCTION_WORDS.fullmatch(word) is not None for word in words) / max(len(words), 1)


def _latin_words(texts: Iterable[str]) -> list[str]:
    """The different words of three Latin letters and more; no abbreviations and addresses, in which any pair of letters
    may stand.
    """
    plain = (text for text in texts if not _ADDRESS.search(text))
    words = (word.casefold() for text in plain for word in _LATIN_WORD.findall(text) if not word.isupper())
    return list(dict.fromkeys(words))


def _odd(words: Sequence[str], share: float) -> bool:
    rare, pairs = rare_pairs(words)
    return pairs >= LEAST_PAIRS and rare >= max(LEAST_RARE, share * pairs)


def _known_share(words: Sequence[str]) -> float:
    plain = {word.casefold().strip(".,;:()\"'") for word in words}
    plain = {word for word in plain if len(word) > 2 and word.isalpha()}
    return len(_dictionary().known(plain)) / len(plain) if plain else 0.0


@cache
def _dictionary() -> SpellChecker:
    """160,000 English words; loading them takes 0.2 s, and only pages that look odd need them."""
    return SpellChecker(language="en", distance=1)


def _mark_lines(page: SegmentedPdfPage, words: Sequence[PdfTextCell], doubtful: Sequence[bool]) -> None:
    """Lines of doubtful words are doubtful; one that is so in part is cut where the belief changes."""
    boxes = boxes_of(words)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    lines: list[PdfTextCell] = []
    for line, box in zip(page.textline_cells, boxes_of(page.textline_cells), strict=True):
        if not isinstance(line, PdfTextCell):
            continue
        own = np.flatnonzero(((middles >= box[:2]) & (middles <= box[2:])).all(axis=1)).tolist()
        if not any(doubtful[index] for index in own):
            lines.append(line)
            continue
        runs: list[list[int]] = []
        for index in own:
            if not runs or doubtful[runs[-1][-1]] != doubtful[index]:
                runs.append([])
            runs[-1].append(index)
        for run in runs:
            part = joined([words[index] for index in run], " ".join(words[index].text for index in run))
            lines.append(part.model_copy(update={"confidence": DOUBT}) if doubtful[run[0]] else part)
    page.textline_cells = list(lines)
