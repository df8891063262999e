"""Document text made harmless for the browser: an allow-list on Markdown, ahead of gradio's own HTML sanitiser.

The text of a PDF is data. Whatever it looks like, the reader shows no HTML of its making, fetches nothing for it and
links only to ``http``, ``https`` and ``mailto``. The rules hold in code and out of it, since the browser's Markdown
parser may see code elsewhere than this module does: outside code a dangerous character becomes an entity, inside code
and formulas, where entities would be shown as such, an invisible word joiner is put beside it (or, in a formula, a TeX
equivalent).
"""

import html
import re
from collections.abc import Callable, Iterator

WORD_JOINER = "\u2060"

# C0 and C1 controls but tab and newline, lone surrogates, and the bidirectional overrides that reorder text visually.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e]")
_NAME_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*([^\s`~]*)[^\n]*$")

# Repetitions are bounded, so that text made of nothing but openings costs linear time; what a bound cuts off is
# escaped.
_SPAN = re.compile(
    r"(?P<formula>\$\$.{1,4000}?\$\$)|(?P<code>(?<!`)(?P<ticks>`{1,8})(?!`).{1,2000}?(?<!`)(?P=ticks)(?!`))", re.DOTALL
)
_DRAWING = re.compile(r"([`~]{3})(?=\s*mermaid)", re.IGNORECASE)
_COMMENT = re.compile(r"<!--[ \t]{0,3}([\w -]{1,60}?)[ \t]{0,3}-->")
_IMAGE = re.compile(r"!\[([^\]\n]{0,300})\]\([^)\n]{0,2000}\)")
_LINK = re.compile(r"\]\((?=(\s{0,20}<?\s{0,20})([^\s)]{0,16}))")
_ALLOWED_TARGET = re.compile(r"(?:https?://|mailto:|#)", re.IGNORECASE)
# The tags that Folio's own Markdown has, exactly as it writes them. A document's text never is one: its "<" is escaped.
_WRITTEN_TAG = re.compile(
    r"</?(?:table|tr|td|th|sup|sub|b|i)>|<br>|<t[dh](?: rowspan=\"\d{1,4}\")?(?: colspan=\"\d{1,4}\")?>"
)
_TEX_FETCHES = re.compile(r"\\(?=(?:href|url|includegraphics|html\w+)\b)")

_TEMPLATE_MARKS = {ord(mark): f"&#{ord(mark)};" for mark in "{}$`"}

# What docling writes where it leaves something out, and how the reader names it.
PLACEHOLDERS = {"image": "picture", "formula-not-decoded": "formula"}


def plain(text: str) -> str:
    """``text`` without control characters and lone surrogates; tabs and newlines stay."""
    return _CONTROLS.sub("", text)


def file_name(name: str, limit: int = 120) -> str:
    """A sender's file name, fit to be shown on one line: no controls, no direction marks, at most ``limit``
    characters.
    """
    clean = _NAME_CONTROLS.sub("", name).strip() or "document.pdf"
    return clean if len(clean) <= limit else f"{clean[: limit - 9]}…{clean[-8:]}"


def safe_markdown(text: str) -> str:
    """Markdown that renders without raw HTML, images, reference definitions or links outside the allow-list."""
    lines = plain(text).split("\n")
    blocks = [
        _defuse_fence(block) if fenced else _safe_prose("\n".join(block)) for fenced, block in _split_fences(lines)
    ]
    # A fence inside a quotation or a list is prose to this module; a drawing language is spoiled wherever it stands.
    return _DRAWING.sub(f"\\1{WORD_JOINER}", "\n".join(blocks))


def _split_fences(lines: list[str]) -> Iterator[tuple[bool, list[str]]]:
    """Whole fenced code blocks (True) and what lies between them (False). A fence left open is closed."""
    block: list[str] = []
    fence = ""
    for line in lines:
        mark = _FENCE.match(line)
        if fence:
            block.append(line)
            if mark and mark[1].startswith(fence) and line.strip() == mark[1]:
                yield True, block
                block, fence = [], ""
        elif mark:
            if block:
                yield False, block
            block, fence = [line], mark[1]
        else:
            block.append(line)
    if fence:
        yield True, [*block, fence]
    elif block:
        yield False, block


def _defuse_fence(block: list[str]) -> str:
    first = _FENCE.match(block[0])
    opening = f"{first[1]}{_fence_language(first[2])}" if first else ""
    return "\n".join((opening, *(_defuse_code(line) for line in block[1:])))


def _fence_language(name: str) -> str:
    """The language a fence may name: mermaid would be drawn, anything but letters and digits could end the
    attribute.
    """
    return name if name.isalnum() and name.lower() != "mermaid" else ""


def _safe_prose(text: str) -> str:
    parts: list[str] = []
    end = 0
    for span in _SPAN.finditer(text):
        parts.append(_defuse_prose(text[end : span.start()]))
        parts.append(_defuse_formula(span[0]) if span["formula"] else _defuse_code(span[0]))
        end = span.end()
    parts.append(_defuse_prose(text[end:]))
    return "".join(parts)


def _defuse_prose(text: str) -> str:
    parts: list[str] = []
    end = 0
    for comment in _COMMENT.finditer(text):
        parts.extend((_defuse_text(text[end : comment.start()]), _left_out(comment[1])))
        end = comment.end()
    return "".join((*parts, _defuse_text(text[end:])))


def _left_out(comment: str) -> str:
    """The only HTML this module adds: docling's placeholder for what the text leaves out. Other comments vanish."""
    name = PLACEHOLDERS.get(comment)
    return f'<span class="left-out">{name}</span>' if name else ""


def _defuse_text(text: str) -> str:
    parts: list[str] = []
    end = 0
    for tag in _WRITTEN_TAG.finditer(text):
        parts.extend((_defuse_marks(text[end : tag.start()]), tag[0]))
        end = tag.end()
    return "".join((*parts, _defuse_marks(text[end:])))


def _defuse_marks(text: str) -> str:
    text = _IMAGE.sub(lambda image: f"*{_named(image[1])}*", text)
    text = text.replace("<", "&lt;").replace("![", "!&#91;").replace("]:", "]&#58;").replace("$$", "&#36;&#36;")
    return _LINK.sub(_keep_link("]&#40;"), text)


def _defuse_code(text: str) -> str:
    text = text.replace("<", f"<{WORD_JOINER}").replace("![", f"!{WORD_JOINER}[").replace("]:", f"]{WORD_JOINER}:")
    text = text.replace("$$", f"${WORD_JOINER}$")
    return _LINK.sub(_keep_link(f"]{WORD_JOINER}("), text)


def _defuse_formula(text: str) -> str:
    text = _TEX_FETCHES.sub("", text)
    return text.replace("<", r"\lt ").replace("](", "]{}(").replace("]:", "]{}:").replace("![", "!{}[")


def _keep_link(otherwise: str) -> Callable[[re.Match[str]], str]:
    return lambda link: "](" if not link[1].strip() and _ALLOWED_TARGET.match(link[2]) else otherwise


def _named(alt: str) -> str:
    words = re.sub(r"[*_`\\<>\[\]]", " ", alt).strip()
    return f"[picture: {words}]" if words else "[picture]"


def escape(text: str) -> str:
    """``text`` as HTML text or attribute value, without control characters.

    Braces, dollars and backticks become entities too, since gradio's HTML component treats its content as a template.
    """
    return html.escape(plain(text), quote=True).translate(_TEMPLATE_MARKS)
