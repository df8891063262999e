"""TeX's fonts, whose names say what they are in letters of their own.

They are named after their shapes (Knuth, "Computer Modern Typefaces"): cmbx is bold extended, cmti text italic, cmsl
slanted; sf, ec and tc stand for the same shapes with other letters. Medi is the bold of the Nimbus fonts, and TB and TZ
are those of Libertine and Biolinum as TeX names them.
"""

import re

_BOLD = re.compile(
    r"\b(cm|sf|ec|tc)(b|bx|bxti|bxsl|ssbx|ssdc|rb)\d|nimbus\w*-medi|lin(libertine|biolinum)t[bz]", re.IGNORECASE
)
_ITALIC = re.compile(r"\b(cm|sf|ec|tc)(ti|sl|bxti|bxsl|ssi|si)\d|lin(libertine|biolinum)t(i|z)", re.IGNORECASE)


def is_tex_bold(font: str) -> bool:
    """Whether a font's PostScript name is that of a bold one of TeX's."""
    return _BOLD.search(font) is not None


def is_tex_italic(font: str) -> bool:
    """Whether a font's PostScript name is that of an italic or slanted one of TeX's."""
    return _ITALIC.search(font) is not None
