"""Hostile text leaves nothing in the reader that runs or fetches, and hides no words; Folio's own Markdown is shown."""

import random
import time
from html.parser import HTMLParser

import pytest

from pipeline.formats import MATHML_CHARACTERS
from pipeline.ui.convert.reader_pages import MAX_PAGE_CHARS
from pipeline.ui.preview import preview_html
from tests.support.sample_pages import HOSTILE, PAGES

TAGS = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "em", "strong", "code", "pre", "a", "ul", "ol", "li"),
    *("blockquote", "hr", "br", "s", "b", "i", "sup", "sub", "span"),
    *("table", "thead", "tbody", "tr", "th", "td"),
    *("math", "mrow", "mi", "mn", "mo", "msub", "msup", "mfrac", "munderover", "mtext", "mstyle", "mspace"),
}
ATTRIBUTES = {
    *(("a", name) for name in ("href", "target", "rel")),
    ("span", "class"),
    *((cell, name) for cell in ("th", "td") for name in ("style", "rowspan", "colspan")),
    ("ol", "start"),
    ("math", "display"),
    ("mo", "stretchy"),
    ("mi", "mathvariant"),
    ("mspace", "width"),
}
TARGETS = ("https://", "http://", "mailto:", "#")


class Audit(HTMLParser):
    """Collects whatever is outside the allow-list."""

    def __init__(self) -> None:
        super().__init__()
        self.offences: list[str] = []
        self.words = ""
        self.open_tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.offences.append(f"<{tag}>")
        for name, value in attrs:
            if (tag, name) not in ATTRIBUTES:
                self.offences.append(f"{tag}[{name}]")
            if name == "href" and not (value or "").lower().startswith(TARGETS):
                self.offences.append(f"href {value}")
            if name == "class" and value not in ("left-out", "formula"):
                self.offences.append(f"class {value}")
            if name == "style" and value and not value.startswith("text-align:"):
                self.offences.append(f"style {value}")

        if tag not in ("br", "hr", "img"):
            self.open_tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open_tags or self.open_tags.pop() != tag:
            self.offences.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        self.offences.append(f"<!--{data}")


def audit(text: str) -> Audit:
    found = Audit()
    html = str(preview_html(text))
    found.feed(html)
    found.close()
    found.offences += [f"{tag} is left open" for tag in found.open_tags]
    found.offences += [mark for mark in "{}$`" if mark in html]  # gradio's component would read them
    return found


def offences(text: str) -> list[str]:
    return audit(text).offences


def shown(text: str) -> str:
    """The words that a reader sees, on one line."""
    return " ".join(audit(text).words.split())


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a <svg/onload=alert(1)> b",
        "<a href='javascript:alert(1)'>x</a>",
        "<!-- --><script>alert(1)</script>",
        "<!-- <!-- --> <img src=x> -->",
        "[x](javascript:alert(1))",
        "[x](JAVASCRIPT:alert(1))",
        "[x]( javascript:alert(1))",
        "[x](\njavascript:alert(1))",
        "[x](<javascript:alert(1)>)",
        "[x](&#106;avascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:msgbox)",
        "[x](//evil.example/a)",
        "[x](file:///etc/passwd)",
        "[x][y]\n\n[y]: javascript:alert(1)",
        "> [y]: javascript:alert(1)\n\n[y]",
        "- [y]: javascript:alert(1)\n\n[y]",
        "<javascript:alert(1)>",
        "![](https://tracker.example/p.png)",
        "![a][b]\n\n[b]: https://tracker.example/p.png",
        "\\\\![a](https://tracker.example/p.png)",
        "[![a](https://tracker.example/p.png)](https://ok.example)",
        "![a\n](https://tracker.example/p.png)",
        "![a](data:image/svg+xml;base64,AAAA)",
        "```mermaid\ngraph TD; A-->B\n```",
        "~~~ MerMaid\ngraph TD; A-->B\n~~~",
        "```html\n<img src=x>\n",
        "```\n<img src=x>\n``` \n<img src=x>",
        "````\n```\n<img src=x>\n````\n<img src=x>",
        "`code` <b>bold</b> `<i>`",
        "`<img src=x onerror=alert(1)>`` <img src=x>",
        "| a | b |\n|---|---|\n| <img src=x> | [x](javascript:1) |",
        "$$<img src=x>$$",
        "$$ \\href{javascript:alert(1)}{x} $$ <b>",
        "    <img src=x>\n\ntext",
        "<style>body{display:none}</style>",
        "</section><iframe src=https://evil.example>",
        "<td onclick=alert(1)>",
        '<td rowspan="2" onclick="alert(1)">',
        "<table style=position:fixed>",
        "<sup onmouseover=alert(1)>2</sup>",
        "<b<script>alert(1)</script>",
        "<sup style=position:fixed>x</sup>",
        "<table onclick=alert(1)>\n<tr><td onmouseover=alert(1)>x</td></tr>\n</table>",
        "<table>\n<tr><td><script>alert(1)</script><img src=x onerror=alert(1)></td></tr>\n</table>",
        "<table>\n<tr><td><svg><style><img src=x onerror=alert(1)></style></svg></td></tr>\n</table>",
        "<table>\n<tr><td><math><mtext><table><mglyph><style><img src=x onerror=alert(1)></table></td></tr>\n</table>",
        "<table>\n<tr><td><a href=javascript:alert(1)>x</a></td></tr>\n</table>",
        "<table>\n<tr><td><a href=&#106;avascript:alert(1) id=a name=b>x</a></td></tr>\n</table>",
        "<table>\n<tr><td><a href=https://ok.example onclick=alert(1) style=position:fixed>x</td></tr>\n</table>",
        "<table>\n<tr><td><a href=//evil.example>x</a></td></tr>\n</table>",
        '<table>\n<tr><td style="background:url(https://tracker.example)">x</td></tr>\n</table>',
        '<table>\n<tr><td colspan="99999">x</td></tr>\n</table>',
        "<table>\n</section><iframe src=https://evil.example>",
        "<table>\n<form action=https://evil.example><input name=a></table>",
        "<sup><table>\n<tr><td></sup>",
        "<b>",
        "</i></sub>",
        "$$\\mathchoice{a}{b}$$ $$\\style{x}{y}$$ $$</math><img src=x onerror=alert(1)>$$",
        "$$\\text{<img src=x onerror=alert(1)>}$$",
        HOSTILE,
    ],
)
def test_nothing_hostile_survives(text: str) -> None:
    assert offences(text) == []


def test_no_mixture_of_hostile_parts_survives() -> None:
    parts = (
        *(
            "`",
            "``",
            "```",
            "~~~",
            "\n",
            "\n\n",
            "    ",
            "> ",
            "- ",
            "\\",
            "$$",
            "|",
            "[",
            "]",
            "(",
            ")",
            "!",
            ":",
            "<",
            ">",
            " ",
            "a",
        ),
        *(
            "<img src=x>",
            "<script>",
            "<!--",
            "-->",
            "<table>",
            '<td colspan="2">',
            "<sup>",
            "</b>",
            "](javascript:1)",
            "![x](https://e.example/p)",
            "[r]: javascript:1",
            "[r]",
            "mermaid",
            "<tr><td>",
            "</table>",
            "<td onclick=x>",
            "<br>",
            "\\text{",
            "}",
            "<!-- image -->",
        ),
    )
    chance = random.Random(20240607)
    for _ in range(2500):
        text = "".join(chance.choice(parts) for _ in range(chance.randrange(2, 24)))
        assert offences(text) == [], text


@pytest.mark.parametrize(
    "opening", ["<!--", "![", "](", "`a``b", "$$", "$$a", "[a]:", "```\n", "<", "](a", "]( ", "```` "]
)
def test_text_of_nothing_but_openings_is_no_trap(opening: str) -> None:
    """The longest page that is shown costs seconds, more on a crowded processor; quadratic work would cost minutes."""
    started = time.process_time()
    preview_html(opening * (MAX_PAGE_CHARS // len(opening)))
    assert time.process_time() - started < 60


def test_words_that_look_like_html_are_shown() -> None:
    text = "The tag <script> and <!DOCTYPE html>, <custom-tag a=b> and </div>."
    assert shown(text) == text


def test_a_reference_definition_is_text() -> None:
    assert shown("[y]: https://example.org\n\n[y]") == "[y]: https://example.org [y]"


def test_ordinary_markdown_is_formatted() -> None:
    text = "# A heading\n\nSome *text*, 3 &lt; 4 and [a link](https://example.org/a_(b)).\n\n"
    text += "| a | b |\n|---|--:|\n| 1 | 2 |"
    html = preview_html(text)
    for part in (
        "<h1>A heading</h1>",
        "<em>text</em>, 3 &lt; 4",
        '<a href="https://example.org/a_(b)" target="_blank" rel="noopener noreferrer nofollow">a link</a>',
        "<th>a</th>",
        '<td style="text-align:right">2</td>',
    ):
        assert part in html


def test_tables_and_raised_characters_that_folio_writes_are_shown_as_such() -> None:
    table = '<table>\n<tr><th rowspan="2" colspan="3">a<br>b</th><td>H<sub>2</sub>O <b>x</b></td></tr>\n</table>'
    html = preview_html(f"{table}\n\n1<sup>st</sup> a<br>b")
    assert '<tr><th rowspan="2" colspan="3">a<br>b</th><td>H<sub>2</sub>O <b>x</b></td></tr>' in html
    assert html.endswith("<p>1<sup>st</sup> a<br>b</p>\n")


def test_text_after_a_table_is_text_again() -> None:
    html = preview_html("<table>\n<tr><td>*a*</td></tr>\n</table>\n*b*")
    assert "<td>*a*</td>" in html
    assert "<em>b</em>" in html


def test_code_still_reads_as_code() -> None:
    html = preview_html('```python\nif a < b:\n    print("x")\n```')
    assert html == '<pre><code>if a &lt; b:\n    print("x")\n</code></pre>\n'


def test_placeholders_are_named_and_other_comments_vanish() -> None:
    assert preview_html("<!-- image -->") == '<p><span class="left-out">picture</span></p>\n'
    assert preview_html("<!-- formula-not-decoded -->") == '<p><span class="left-out">formula</span></p>\n'
    assert preview_html("a<!-- page break -->b") == "<p>ab</p>\n"


def test_a_picture_that_the_text_asks_for_is_named_and_not_fetched() -> None:
    assert preview_html("![A map](pictures/1.png)") == "<p><em>[picture: A map]</em></p>\n"


def test_pictures_of_the_run_are_shown_and_no_others() -> None:
    text = "![A <b>map](pictures/1.png)\n\n![x](pictures/2.png) ![y](https://tracker.example/1.png) ![z](/p/1.png)"
    html = preview_html(text, {"pictures/1.png": "/p/1.png"})
    assert '<img src="/p/1.png" alt="A &lt;b&gt;map" loading="lazy">' in html
    assert html.count("<img") == 1
    assert [f"[picture: {name}]" in html for name in "xyz"] == [True] * 3


def test_a_table_shows_no_picture_of_the_run() -> None:
    html = preview_html("<table>\n<tr><td><img src=/p/1.png></td></tr>\n</table>", {"pictures/1.png": "/p/1.png"})
    assert "img" not in html


def test_formulas_are_drawn() -> None:
    html = preview_html(r"$$\frac{a}{b} < c$$")
    assert "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac><mo>&lt;</mo>" in html
    assert "math" not in preview_html("It costs $$5.")


@pytest.mark.parametrize("source", ["a" * (MATHML_CHARACTERS + 1), r"\frac{a", r"\begin{matrix} a"])
def test_a_formula_that_cannot_be_drawn_keeps_its_words(source: str) -> None:
    html = preview_html(f"$${source}$$")
    assert shown(f"$${source}$$").replace(" ", "") == source.replace(" ", "") or "<math" in html


@pytest.mark.parametrize("text", PAGES)
def test_sample_pages_render_without_offence(text: str) -> None:
    assert offences(text) == []


def test_links_in_the_cells_of_a_table_with_spans_can_be_followed() -> None:
    cell = '<tr><td colspan="2"><a href="https://ok.example/a?b=1&amp;c=2">Bolt</a>, 61.4<sup>3</sup></td></tr>'
    shown = preview_html(f"<table>\n{cell}\n</table>")
    link = '<a href="https://ok.example/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer nofollow">Bolt</a>'
    assert f'<td colspan="2">{link}, 61.4<sup>3</sup></td>' in shown
