"""Hostile text, rendered by a Markdown parser that would let everything through, leaves nothing that runs or
fetches.
"""

import random
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from pipeline.ui.sanitise import escape, file_name, plain, safe_markdown
from tests.support.sample_pages import HOSTILE, PAGES

TAGS = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "em", "strong", "code", "pre", "a", "ul", "ol", "li"),
    *("blockquote", "hr", "br", "s"),
}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td", "span", "sup", "sub", "b", "i"}
ATTRIBUTES = {
    ("a", "href"),
    ("span", "class"),
    ("code", "class"),
    ("th", "style"),
    ("td", "style"),
    *((cell, span) for cell in ("th", "td") for span in ("rowspan", "colspan")),
    ("ol", "start"),
    ("a", "title"),
}
TARGETS = ("https://", "http://", "mailto:", "#")


class Audit(HTMLParser):
    """Collects whatever is outside the allow-list."""

    def __init__(self) -> None:
        super().__init__()
        self.offences: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.offences.append(f"<{tag}>")
        for name, value in attrs:
            if (tag, name) not in ATTRIBUTES:
                self.offences.append(f"{tag}[{name}]")
            if name == "href" and not (value or "").lower().startswith(TARGETS):
                self.offences.append(f"href {value}")
            if name == "class" and (value or "").lower() in ("mermaid", "language-mermaid"):
                self.offences.append("mermaid")

    def handle_comment(self, data: str) -> None:
        self.offences.append(f"<!--{data}")


def rendered(text: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(safe_markdown(text))


def offences(text: str) -> list[str]:
    audit = Audit()
    audit.feed(rendered(text))
    audit.close()
    return audit.offences


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
        ),
    )
    chance = random.Random(20240607)
    for _ in range(4000):
        text = "".join(chance.choice(parts) for _ in range(chance.randrange(2, 24)))
        assert offences(text) == [], text


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "opening", ["<!--", "![", "](", "`a``b", "$$", "$$a", "[a]:", "```\n", "<", "](a", "]( ", "```` "]
)
def test_text_of_nothing_but_openings_is_no_trap(opening: str) -> None:
    """Quadratic work on 200,000 characters would not end within the time limit."""
    text = opening * (200_000 // len(opening))
    assert "<!--" not in safe_markdown(text)


def test_ordinary_markdown_is_left_alone() -> None:
    text = (
        "# A heading\n\nSome *text*, `code`, 3 &lt; 4 and [a link](https://example.org/a_(b)).\n\n| a | b "
        "|\n|---|---|\n| 1 | 2 |"
    )
    assert safe_markdown(text) == text


def test_tables_and_raised_characters_that_folio_writes_are_left_alone() -> None:
    text = (
        '<table>\n<tr><th rowspan="2" colspan="3">a<br>b</th><td>H<sub>2</sub>O</td></tr>\n</table>\n\n1<sup>st</sup>'
    )
    assert safe_markdown(text) == text


def test_code_still_reads_as_code() -> None:
    html = rendered('```python\nif a < b:\n    print("x")\n```')
    assert (
        html.replace("\u2060", "")
        == '<pre><code class="language-python">if a &lt; b:\n    print(&quot;x&quot;)\n</code></pre>\n'
    )


def test_placeholders_are_named_and_other_comments_vanish() -> None:
    assert safe_markdown("<!-- image -->") == '<span class="left-out">picture</span>'
    assert safe_markdown("<!-- formula-not-decoded -->") == '<span class="left-out">formula</span>'
    assert safe_markdown("a<!-- page break -->b") == "ab"


def test_a_picture_is_named_and_not_fetched() -> None:
    assert safe_markdown("![A map](pictures/1.png)") == "*[picture: A map]*"


def test_formulas_stay_formulas() -> None:
    assert safe_markdown("$$a < b$$") == r"$$a \lt  b$$"
    assert safe_markdown("It costs $$5.") == "It costs &#36;&#36;5."


def test_an_open_fence_is_closed() -> None:
    assert safe_markdown("```\ncode") == "```\ncode\n```"


@pytest.mark.parametrize("text", PAGES)
def test_sample_pages_render_without_offence(text: str) -> None:
    assert offences(text) == []


def test_controls_and_lone_surrogates_go() -> None:
    assert plain("a\x00b\x1b[31mc\ud800d\u202ee\tf\n") == "ab[31mcde\tf\n"


def test_file_names_fit_one_line() -> None:
    assert file_name("a\nb\u202e\u2066.pdf") == "ab.pdf"
    assert file_name("") == "document.pdf"
    assert file_name("x" * 200 + ".pdf", limit=20) == "x" * 11 + "…" + "xxxx.pdf"


def test_escape_covers_html_and_templates() -> None:
    assert (
        escape('<b a="1">\'${x}`{{y}}')
        == "&lt;b a=&quot;1&quot;&gt;&#x27;&#36;&#123;x&#125;&#96;&#123;&#123;y&#125;&#125;"
    )
