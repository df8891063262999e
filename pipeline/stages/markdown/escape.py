"""The characters of a document's text that Markdown would take for its own, written so that they stay text.

Only places where a character means something are touched, after CommonMark 0.31 and GitHub's extension of it (tables,
strikethrough): ``5 * 3``, ``snake_case``, ``R&D`` and ``p < 0.05`` stay as they are. Pure functions.
"""

import re

# Emphasis opens or closes where a run of * or _ has something other than white space on one side at least; inside a
# word that is true of * only (CommonMark, 6.2).
_STAR = re.compile(r"\*(?:(?<=\S\*)|(?=\S))")
_UNDERLINES = re.compile(r"_+")
_BACKSLASH = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_OPENS_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&(?=#?\w{1,32};)")
_LINK = re.compile(r"\[(?=[^\[\]]{0,300}\]\()|\[(?=\^)")
_STRUCK = re.compile(r"~(?=~)")

_HEADING = re.compile(r"(?m)^( {0,3})(#{1,6})(?=[ \t]|$)")
_BULLET = re.compile(r"(?m)^( {0,3})([-+*])(?=[ \t]|$)")
_NUMBER = re.compile(r"(?m)^( {0,3}\d{1,9})([.)])(?=[ \t]|$)")
_QUOTE = re.compile(r"(?m)^( {0,3})>")
_RULE = re.compile(r"(?m)^( {0,3})([-_=*~])(?=(?:[ \t]*\2)*[ \t]*$)")
_FENCE = re.compile(r"(?m)^( {0,3})~(?=~~)")
_REFERENCE = re.compile(r"(?m)^( {0,3})\[(?=[^\]]{0,300}\]:)")


def escape_inline(text: str) -> str:
    """``text`` without emphasis, code, links, tags or entities, wherever in a line it stands."""
    text = _BACKSLASH.sub(r"\\\\", text)
    text = text.replace("`", "\\`")
    text = _STAR.sub(r"\\*", text)
    text = _UNDERLINES.sub(_underlines, text)
    text = _LINK.sub(r"\\[", text)
    text = _STRUCK.sub(r"\\~", text)
    text = _ENTITY.sub("&amp;", text)
    return _OPENS_TAG.sub("&lt;", text)


def _underlines(run: re.Match[str]) -> str:
    before, after = run.string[: run.start()][-1:], run.string[run.end() :][:1]
    inside = before.isalnum() and after.isalnum()
    alone = not before.strip() and not after.strip()
    return run[0] if inside or alone else "\\_" * len(run[0])


def escape_block(text: str) -> str:
    """``text``, escaped within its lines, without headings, list items, quotations, rules or fences at their
    beginnings.
    """
    text = _RULE.sub(r"\1\\\2", text)
    text = _FENCE.sub(r"\1\\~", text)
    text = _HEADING.sub(r"\1\\\2", text)
    text = _BULLET.sub(r"\1\\\2", text)
    text = _NUMBER.sub(r"\1\\\2", text)
    text = _REFERENCE.sub(r"\1\\[", text)
    return _QUOTE.sub(r"\1\\>", text)


def escape_cell(text: str) -> str:
    """``text``, escaped within its lines, fit for a cell of a pipe table: one line, bars escaped."""
    return text.replace("|", "\\|").replace("\n", "<br>")


def fence_for(text: str, least: int = 3) -> str:
    """Backticks enough to stand around ``text``: one more than its longest run, and ``least`` of them at least."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    return "`" * max(least, longest + 1)
