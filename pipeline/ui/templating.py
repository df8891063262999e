"""The only door to HTML: templates under ``templates/``, in which every value is escaped.

gradio's HTML component reads its content as a template of its own (``${…}`` and ``{{…}}``). So braces, dollars and
backticks of a value become entities as well, and not only the five characters that HTML needs.
"""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from pipeline.ui import catalogue, words
from pipeline.ui.plain_text import file_name, plain

NOTHING = Markup()
TEMPLATES = Path(__file__).parent / "templates"
_COMPONENT_MARKS = {ord(mark): f"&#{ord(mark)};" for mark in "{}$`"}


def without_component_marks(html: str) -> Markup:
    """``html``, which must be safe already, with entities for the characters that gradio's component would read."""
    return Markup(html.translate(_COMPONENT_MARKS))  # noqa: S704  the caller has escaped or sanitised it


def safe_value(value: object) -> Markup:
    """``value`` as HTML text or attribute value; HTML of another template (``Markup``) stays as it is."""
    if isinstance(value, Markup):
        return value
    return without_component_marks(str(escape(plain(str(value)))))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=safe_value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(t=catalogue.text, counted=catalogue.counted, language=catalogue.language)
    environment.filters.update(
        count=words.count,
        number=catalogue.number,
        size=words.size,
        clock=words.clock,
        span=words.span,
        gpu_seconds=words.gpu_seconds,
        percent=words.percent,
        short=words.short,
        pages_named=words.pages_named,
        file_name=file_name,
    )
    return environment


def render(name: str, /, **values: object) -> Markup:
    """The template ``templates/NAME.html.jinja`` with ``values``, each escaped where it stands.

    Raises ``jinja2.UndefinedError`` for a value that the template needs and nobody gave.
    """
    return Markup(_environment().get_template(f"{name}.html.jinja").render(values).strip())  # noqa: S704  autoescaped
