"""Indic text in the order of drawing, brought into the order of writing.

Unicode wants a vowel sign behind its consonants, also where it is drawn left of them (The Unicode Standard, chapter
12). A font whose table gives one value per glyph yields the order of the eye instead. Such text betrays itself: a sign
at the start of a word, or behind another vowel sign, cannot be written.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

ODD_SHARE = 0.15  # of a script's left signs in impossible places, from which its text counts as drawn order


@dataclass(frozen=True, slots=True)
class Script:
    """The signs of one script. Each field is the inside of a character class of a regular expression.

    ``left`` are signs drawn left of their consonants, ``split`` those with a part on either side, whose left part looks
    like ``half``; ``ra`` is the consonant that is drawn above the next ones where ``virama`` follows it.
    """

    consonants: str
    left: str
    virama: str
    nukta: str
    vowels: str
    split: str = ""
    half: str = ""
    ra: str = ""

    @property
    def cluster(self) -> str:
        """Consonants that are read as one, as a regular expression."""
        nukta = f"[{self.nukta}]?" if self.nukta else ""
        consonant = f"[{self.consonants}]{nukta}"
        return f"{consonant}(?:[{self.virama}]{consonant})*"


SCRIPTS = (
    Script("\u0915-\u0939\u0958-\u095f", "\u093f", "\u094d", "\u093c", "\u093e-\u094c", ra="\u0930"),
    Script(
        "\u0995-\u09b9\u09ce\u09dc-\u09df\u09f0\u09f1",
        "\u09bf\u09c7\u09c8",
        "\u09cd",
        "\u09bc",
        "\u09be-\u09cc\u09d7",
        split="\u09cb\u09cc",
        half="\u09c7",
        ra="\u09b0",
    ),
    Script("\u0a15-\u0a39\u0a59-\u0a5e", "\u0a3f", "\u0a4d", "\u0a3c", "\u0a3e-\u0a4c"),
    Script("\u0a95-\u0ab9", "\u0abf", "\u0acd", "\u0abc", "\u0abe-\u0acc", ra="\u0ab0"),
    Script(
        "\u0b15-\u0b39\u0b5c-\u0b5f",
        "\u0b47\u0b48",
        "\u0b4d",
        "\u0b3c",
        "\u0b3e-\u0b4c\u0b56\u0b57",
        split="\u0b4b\u0b4c",
        half="\u0b47",
        ra="\u0b30",
    ),
    Script(
        "\u0b95-\u0bb9",
        "\u0bc6\u0bc7\u0bc8",
        "\u0bcd",
        "",
        "\u0bbe-\u0bcc\u0bd7",
        split="\u0bca-\u0bcc",
        half="\u0bc6",
    ),
    Script(
        "\u0d15-\u0d3a",
        "\u0d46\u0d47\u0d48",
        "\u0d4d",
        "",
        "\u0d3e-\u0d4c\u0d57",
        split="\u0d4a-\u0d4c",
        half="\u0d46",
    ),
)
INDIC = re.compile("[\u0900-\u0d7f]")
_WHOLE = {
    "\u093e\u0947": "\u094b",
    "\u093e\u0948": "\u094c",
    "\u0abe\u0ac7": "\u0acb",
    "\u0abe\u0ac8": "\u0acc",
}
_STROKES = re.compile("|".join(_WHOLE))


def whole_signs(text: str) -> str:
    """``text`` with the two strokes of the signs for o and au as one sign, in Devanagari and Gujarati: no word has an
    aa before an e.
    """
    return _STROKES.sub(lambda match: _WHOLE[match[0]], text)


def drawn_order(texts: Iterable[str]) -> tuple[Script, ...]:
    """The scripts that these texts have in the order of drawing."""
    joined = " ".join(text for text in texts if not text.isascii() and INDIC.search(text))
    return tuple(script for script in SCRIPTS if _is_drawn(joined, script)) if joined else ()


def _is_drawn(text: str, script: Script) -> bool:
    left = f"[{script.left}{script.split}]"
    signs = len(re.findall(f"[{script.left}]", text))
    odd = len(
        re.findall(f"(?:(?<=[{script.vowels}])|(?<![{script.consonants}{script.nukta}{script.vowels}])){left}", text)
    )
    return odd > 0 and odd >= ODD_SHARE * signs


def written_order(text: str, scripts: tuple[Script, ...]) -> str:
    """``text`` with each left sign of ``scripts`` behind the consonants that it is drawn before."""
    if not INDIC.search(text):
        return text
    for script in scripts:
        text = _written(text, script)
    return text


def _written(text: str, script: Script) -> str:
    if script.split:
        whole_as_half = re.compile(f"(?<![{script.consonants}{script.nukta}])[{script.split}](?=[{script.consonants}])")
        text = whole_as_half.sub(script.half, text)
    text = re.sub(f"([{script.left}])({script.cluster})", r"\2\1", text)
    if script.ra:
        above = f"({script.cluster}[{script.vowels}]*)({script.ra}{script.virama})(?![{script.consonants}])"
        text = re.sub(above, r"\2\1", text)
    text = re.sub(f"([{script.vowels}])\\1+", r"\1", text)
    return unicodedata.normalize("NFC", text)
