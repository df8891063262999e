"""The renderers, as one table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from tests.documents import canvas_print, typst_print, writer_print
from tests.documents.html_print import Chromium, chromium
from tests.documents.model import Document

SHAPED = {"ar", "he", "hi", "th", "zh", "ja", "ko"}


@dataclass(frozen=True)
class Renderer:
    """``print`` makes a PDF of a document; languages in ``without`` are beyond it."""

    print: Callable[[Document], bytes]
    without: frozenset[str] = frozenset()

    def serves(self, document: Document) -> bool:
        """Whether it has the letters of the document's language."""
        return document.language not in self.without


def table(browser: Chromium) -> dict[str, Renderer]:
    """Every renderer by name."""
    return {
        "chromium": Renderer(partial(browser.pdf, tagged=True)),
        "untagged": Renderer(partial(browser.pdf, tagged=False)),
        "reportlab": Renderer(canvas_print.pdf, frozenset(SHAPED)),
        "typst": Renderer(typst_print.pdf),
        "writer": Renderer(partial(writer_print.pdf, tagged=True)),
        "writer_untagged": Renderer(partial(writer_print.pdf, tagged=False)),
    }


NAMES = ("chromium", "untagged", "reportlab", "typst")
WRITER = ("writer", "writer_untagged")  # they need LibreOffice, which the tests do not


@contextmanager
def renderers() -> Iterator[dict[str, Renderer]]:
    """The table, with a browser that runs as long as the context does."""
    with chromium() as browser:
        yield table(browser)
