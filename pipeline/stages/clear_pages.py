"""Which pages need no network, because they say themselves what they hold, and which have formulas; decided before any
network is asked.
"""

import logging
from collections.abc import Callable
from pathlib import Path

from pipeline.pages import RenderedPage
from pipeline.stages.light_layout.formula_lines import is_formula
from pipeline.stages.light_layout.lines import page_lines
from pipeline.stages.light_layout.text_pages import is_read_by_lines
from pipeline.stages.replay import FinishedPage, ReplayPage, without_network
from pipeline.stages.tagged.tagged_page import believed_contents

_log = logging.getLogger(__name__)


def is_clear(page: RenderedPage, pixels: Path) -> bool:
    """Whether the page's tags or its lines say its regions, as long as nothing is read from its image.

    ``pixels`` is the page's pixel file, with its cells and tags beside it. Both ways share what is read of them.
    """
    backend = ReplayPage(FinishedPage(page, without_network(page.page), pixels))
    return any(_says(backend, part, way) for part, way in _WAYS)


def shows_formulas(page: RenderedPage, pixels: Path) -> bool:
    """Whether a line of the page's text is a formula."""
    return _says(ReplayPage(FinishedPage(page, without_network(page.page), pixels)), "formulas", _has_formulas)


def _has_formulas(backend: ReplayPage) -> bool:
    return any(is_formula(line.text) for line in page_lines(backend))


def _is_read_by_tags(backend: ReplayPage) -> bool:
    return believed_contents(backend) is not None


_WAYS: tuple[tuple[str, Callable[[ReplayPage], bool]], ...] = (("tags", _is_read_by_tags), ("lines", is_read_by_lines))


def _says(backend: ReplayPage, part: str, way: Callable[[ReplayPage], bool]) -> bool:
    try:
        return way(backend)
    except Exception:
        _log.exception("the %s of page %d could not be read", part, backend.page_no)
        return False
