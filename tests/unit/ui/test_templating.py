"""Every value of a template is escaped, for HTML and for gradio's component, and none may be missing."""

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from pipeline.records import ErrorFacts
from pipeline.ui.templating import TEMPLATES, render, safe_value


def test_a_value_is_escaped_for_html_and_for_the_component() -> None:
    assert (
        safe_value('<b a="1">\'${x}`{{y}}\x1b')
        == "&lt;b a=&#34;1&#34;&gt;&#39;&#36;&#123;x&#125;&#96;&#123;&#123;y&#125;&#125;"
    )


def test_html_of_another_template_stays() -> None:
    assert safe_value(Markup("<b>{x}</b>")) == "<b>{x}</b>"


def test_a_macro_escapes_too() -> None:
    html = render("notice", error=ErrorFacts("<i>", "<b>&", False))
    assert "<p>&lt;b&gt;&amp;</p><code>&lt;i&gt;</code>" in html


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="text"):
        render("expiry")


def test_no_template_switches_the_escaping_off() -> None:
    templates = sorted(TEMPLATES.rglob("*.jinja"))
    assert len(templates) > 20
    for template in templates:
        source = template.read_text(encoding="utf-8")
        assert template.name.endswith(".html.jinja")
        assert "|safe" not in source.replace(" ", "")
        assert "autoescape" not in source
