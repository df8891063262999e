"""In which language and direction a text is written, as far as its letters and its commonest words tell.

HTML names both, so that screen readers choose their voice and browsers their line breaks.
"""

import re
import unicodedata
from collections import Counter

SAMPLE = 50_000  # characters that are looked at
LEAST_WORDS = 20  # of a language's commonest words, before it is named
LEAST_SHARE = 0.08  # of all words; running text has a quarter or more

# Name of a letter's script in Unicode's character names → language; a script of several languages names the one that
# most documents in it are in.
SCRIPTS = {
    "ARABIC": "ar",
    "HEBREW": "he",
    "CYRILLIC": "ru",
    "GREEK": "el",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
    "DEVANAGARI": "hi",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "THAI": "th",
}
# The commonest words of languages in Latin letters, without those that they share.
COMMON = {
    "en": "the of and to is that was for with are this by from which",
    "de": "der die und das ist nicht mit von den auch sich auf ein werden",
    "fr": "les des et est dans une pour pas que sur qui avec sont au",
    "es": "el los las del que una por con para como más pero sus al",
    "pt": "os uma não com para mais como dos das foi ao pelo são à",
    "it": "il che di della per una sono con non del alla gli nel più",
    "nl": "het een van en dat niet zijn voor met op aan ook door naar",
}
_WORDS = {language: frozenset(words.split()) for language, words in COMMON.items()}


def direction(text: str) -> str:
    """``rtl`` where most letters are of scripts that are written leftwards, else ``ltr``."""
    sides = Counter(unicodedata.bidirectional(letter) for letter in text[:SAMPLE])
    return "rtl" if sides["R"] + sides["AL"] > sides["L"] else "ltr"


def language(text: str) -> str:
    """The language's code (ISO 639-1); empty where it is not clear."""
    sample = text[:SAMPLE]
    letters = [letter for letter in sample if letter.isalpha()]
    scripts = Counter(unicodedata.name(letter, "").partition(" ")[0] for letter in letters)
    script = scripts.most_common(1)[0][0] if scripts else ""
    if script == "CJK" and scripts["HIRAGANA"] + scripts["KATAKANA"] > len(letters) / 20:
        return "ja"
    return SCRIPTS.get(script, "") or _latin(sample)


def _latin(text: str) -> str:
    words = re.findall(r"[^\W\d_]+", text.casefold())
    found = {name: sum(word in common for word in words) for name, common in _WORDS.items()}
    best = max(found, key=lambda name: found[name])
    clear = found[best] >= LEAST_WORDS and found[best] >= LEAST_SHARE * len(words)
    return best if clear else ""
