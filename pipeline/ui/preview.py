"""A page's Markdown as HTML for the reader: parsed once, with HTML off, and cut down to an allow-list.

The text of a PDF is data. Whatever it looks like, the reader shows no HTML of its making, fetches nothing for it and
links only to ``http``, ``https`` and ``mailto``. Two layers see to that: ``markdown-it-py`` takes ``<`` for a
character, but for the few tags that Folio's own Markdown contains (tables with spans, ``sup``, ``sub``, ``br``, ``b``,
``i`` and docling's comments for what it leaves out), and ``nh3`` lets pass what the tables below name and nothing else.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

import nh3
from latex2mathml.converter import convert as latex_to_mathml
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from pipeline.formats import MATHML_CHARACTERS
from pipeline.ui.catalogue import Names
from pipeline.ui.plain_text import plain
from pipeline.ui.templating import render, without_component_marks

# Comments that docling writes where it leaves something out, and how the reader names it.
PLACEHOLDERS = Names("reader", {"image": "left_picture", "formula-not-decoded": "left_formula"})

NO_PICTURES: Mapping[str, str] = MappingProxyType({})
MOST_SPAN = 1000  # columns or rows that a cell may span, the limit that browsers set for columns

TEXT_TAGS = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "em", "strong", "s", "b", "i", "sup", "sub", "br", "hr"),
    *("ul", "ol", "li", "blockquote", "code", "pre", "a", "span", "img"),
}
CELL_TAGS = {"br", "b", "i", "em", "strong", "sup", "sub", "code", "a"}
TABLE_TAGS = {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}
MATH_TAGS = {
    *("math", "mrow", "mi", "mo", "mn", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup"),
    *("munder", "mover", "munderover", "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom"),
}
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "loading"},
    "ol": {"start"},
    "th": {"colspan", "rowspan", "style"},
    "td": {"colspan", "rowspan", "style"},
    "math": {"display"},
    "mo": {"stretchy", "fence", "separator", "form", "movablelimits", "accent", "symmetric", "largeop"},
    "mi": {"mathvariant"},
    "mspace": {"width", "linebreak"},
    "mtable": {"columnalign"},
}
CLASSES = {"span": {"left-out", "formula"}}
STYLES = {"text-align"}

_TAG = re.compile(r"<(/?)(sup|sub|br|b|i) {0,3}/?>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--[ \t]{0,3}([\w -]{1,60}?)[ \t]{0,3}-->")
_LINK_TARGET = re.compile(r"(?:https?://|mailto:|#)", re.IGNORECASE)
_SPAN = re.compile(r"\d{1,4}")
_TABLE = re.compile(r"<table(?:\s[^<>\n]*)?>", re.IGNORECASE)
_TABLE_END = re.compile("</table>", re.IGNORECASE)


def preview_html(text: str, pictures: Mapping[str, str] = NO_PICTURES) -> Markup:
    """The Markdown ``text`` as balanced HTML of the allow-list alone.

    ``pictures`` are addresses on this server by the reference that the Markdown has (``pictures/NAME.png``). Any other
    picture is named and not shown.
    """
    html = _parser().render(plain(text), {"pictures": pictures})
    addresses = frozenset(pictures.values())

    def allowed(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "href":
            return value if _LINK_TARGET.match(value) else None
        if attribute == "src":
            return value if value in addresses else None
        if attribute in ("colspan", "rowspan"):
            return value if _SPAN.fullmatch(value) and int(value) <= MOST_SPAN else None
        return value

    return without_component_marks(
        nh3.clean(
            html,
            tags=TEXT_TAGS | TABLE_TAGS | MATH_TAGS,
            attributes=ATTRIBUTES,
            attribute_filter=allowed,
            allowed_classes=CLASSES,
            filter_style_properties=STYLES,
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer nofollow",
            set_tag_attribute_values={"a": {"target": "_blank"}},
        )
    )


@cache
def _parser() -> MarkdownIt:
    """Reads only, once it is made, so that threads share it."""
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.disable("reference")  # a definition would vanish from the page, and its address could come from anywhere
    parser.block.ruler.before("paragraph", "html_table", _html_table, {"alt": ["paragraph", "blockquote", "list"]})
    parser.inline.ruler.before("autolink", "tag", _tag)
    parser.inline.ruler.before("autolink", "placeholder", _placeholder)
    parser.inline.ruler.before("autolink", "formula", _formula)
    parser.add_render_rule("html_block", _render_table)
    parser.add_render_rule("placeholder", _render_placeholder)
    parser.add_render_rule("formula", _render_formula)
    parser.add_render_rule("image", _render_image)
    return parser


def _html_table(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A table in HTML, from a line that opens it to the line that closes it, or to the end of the text."""
    start = state.bMarks[first] + state.tShift[first]
    if state.is_code_block(first) or _TABLE.match(state.src, start) is None:
        return False
    if silent:
        return True
    line = first
    while line < last and _TABLE_END.search(state.src, state.bMarks[line], state.eMarks[line]) is None:
        line += 1
    after = min(line + 1, last)
    token = state.push("html_block", "", 0)
    token.content = state.getLines(first, after, state.blkIndent, True)
    token.map = [first, after]
    state.line = after
    return True


def _tag(state: StateInline, silent: bool) -> bool:
    found = _TAG.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("html_inline", "", 0).content = f"{found[0][0]}{found[1]}{found[2].lower()}>"
    state.pos = found.end()
    return True


def _placeholder(state: StateInline, silent: bool) -> bool:
    """A comment of docling; other comments vanish."""
    found = _COMMENT.match(state.src, state.pos)
    if found is None:
        return False
    if not silent and found[1] in PLACEHOLDERS:
        state.push("placeholder", "", 0).content = found[1]
    state.pos = found.end()
    return True


def _formula(state: StateInline, silent: bool) -> bool:
    start = state.pos + 2
    if not state.src.startswith("$$", state.pos):
        return False
    end = state.src.find("$$", start, start + 4 * MATHML_CHARACTERS)
    if end < 0 or not state.src[start:end].strip():
        return False
    if not silent:
        state.push("formula", "", 0).content = state.src[start:end].strip()
    state.pos = end + 2
    return True


def _render_table(_: RendererHTML, tokens: Sequence[Token], index: int, *__: object) -> str:
    """A table by itself, cut down to rows and cells: nothing in it reaches the text around it."""
    return nh3.clean(
        tokens[index].content,
        tags=TABLE_TAGS | CELL_TAGS,
        attributes={tag: ATTRIBUTES[tag] for tag in ("th", "td", "a")},
        filter_style_properties=STYLES,
    )


def _render_placeholder(_: RendererHTML, tokens: Sequence[Token], index: int, *__: object) -> str:
    return render("placeholder", name=PLACEHOLDERS[tokens[index].content])


def _render_formula(_: RendererHTML, tokens: Sequence[Token], index: int, *__: object) -> str:
    """The formula as MathML, which browsers draw by themselves; as code where it is no LaTeX."""
    source = tokens[index].content
    try:
        if len(source) > MATHML_CHARACTERS:
            raise ValueError("too long to be drawn")
        mathml = latex_to_mathml(source, display="block")
    except Exception:
        mathml = ""
    return render("formula", mathml=Markup(mathml), source=source)  # noqa: S704  nh3 sees it before any browser


def _render_image(_: RendererHTML, tokens: Sequence[Token], index: int, __: OptionsDict, environment: EnvType) -> str:
    reference = str(tokens[index].attrs.get("src", ""))
    return render("picture", address=environment["pictures"].get(reference, ""), alt=tokens[index].content)
