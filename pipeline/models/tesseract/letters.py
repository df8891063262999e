"""Letters that Tesseract writes in another way than people do."""

import re
from collections.abc import Set

MICRO_SIGN, MU = "\u00b5", "\u03bc"
WORD = re.compile(r"[^\W\d_]+")
# Latin letters that look like letters of another script, and those letters, in the same order.
LOOK_ALIKES = {
    "Greek": str.maketrans("ABEZHIKMNOPTYXo", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο"),
    "Cyrillic": str.maketrans("ABEKMHOPCTXaeopcyx", "АВЕКМНОРСТХаеорсух"),
}
THAI_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")  # nikhahit and sara aa, which people write as one: sara am


def usual_letters(text: str, scripts: Set[str]) -> str:
    """``text``, read as text of ``scripts``, with the letters that people would type."""
    if "Thai" in scripts:
        text = THAI_AM.sub("\\1\u0e33", text)
    if "Greek" in scripts:
        text = text.replace(MICRO_SIGN, MU)
    for script, table in LOOK_ALIKES.items():
        if script in scripts:
            text = WORD.sub(lambda word, table=table: _without_look_alikes(word[0], table), text)  # type: ignore[misc]
    return text


def _without_look_alikes(word: str, table: dict[int, int]) -> str:
    """The word in one script, where its Latin letters could all be letters of that script."""
    changed = word.translate(table)
    return changed if not any(letter.isascii() for letter in changed) else word
