"""Fonts whose names say that all their characters are of one width."""

import re
from functools import lru_cache

_FAMILIES = (
    "mono(?!type)|courier|consol|typewriter|menlo|monaco|inconsolata|sourcecode|firacode|cascadia|iosevka|lettergothic"
    "|ocrb|nimbusmon|libertinemo|fixed"
)
_OF_TEX = r"cm(?:i|sl)?tt|lmtt|(?:ectt|sf(?:tt|it|st))\d|t1?xtt"  # Computer Modern, its descendants, and txfonts
_NAME = re.compile(rf"{_FAMILIES}|{_OF_TEX}", re.IGNORECASE)


@lru_cache(4096)
def is_typewriter(font: str) -> bool:
    """Whether the PostScript name of a font says so."""
    return _NAME.search(font) is not None
