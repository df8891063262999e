"""Text of strangers, fit to be shown: without control characters, and file names that fit on one line."""

import re

# C0 and C1 controls but tab and newline, lone surrogates, and the bidirectional overrides that reorder text visually.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e]")
_NAME_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """``text`` without control characters and lone surrogates; tabs and newlines stay."""
    return _CONTROLS.sub("", text)


def file_name(name: str, limit: int = 120) -> str:
    """A visitor's file name on one line: no controls, no direction marks, at most ``limit`` characters."""
    clean = _NAME_CONTROLS.sub("", name).strip() or "document.pdf"
    return clean if len(clean) <= limit else f"{clean[: limit - 9]}…{clean[-8:]}"
