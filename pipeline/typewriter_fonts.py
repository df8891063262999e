"""Fonts whose names say that all their characters are of one width."""

import re

_NAME = re.compile(r"mono|courier|consol|typewriter|menlo|cmtt|lmtt|fixed", re.IGNORECASE)


def is_typewriter(font: str) -> bool:
    """Whether the PostScript name of a font says so: "cmtt" and "lmtt" are TeX's."""
    return _NAME.search(font) is not None
