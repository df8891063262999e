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

KEPT = 16  # pages, each of 2 to 10 MB with its words and its image


class SeenPages:
    """The pages that were looked at and are not assembled yet. What was read of the first of them is not read again.

    One thread may look while another takes.
    """

    def __init__(self) -> None:
        self._pages: dict[int, ReplayPage] = {}

    def look(self, page: RenderedPage, pixels: Path) -> ReplayPage:
        """The page before its predictions; ``pixels`` is its pixel file, with its cells and tags beside it."""
        seen = self._pages.get(page.page)
        if seen is None or seen.pixels != pixels:
            seen = ReplayPage(FinishedPage(page, without_network(page.page), pixels))
            if len(self._pages) < KEPT:
                self._pages[page.page] = seen
        return seen

    def take(self, finished: FinishedPage) -> ReplayPage:
        """The page with its predictions."""
        seen = self._pages.pop(finished.rendered.page, None)
        return ReplayPage(finished) if seen is None else seen.answered(finished)

    def drop(self, page: int) -> None:
        """Keep nothing of a page that is not assembled."""
        self._pages.pop(page, None)


def is_clear(page: ReplayPage) -> bool:
    """Whether the page's tags or its lines say its regions, as long as nothing is read from its image."""
    return any(_says(page, part, way) for part, way in _WAYS)


def shows_formulas(page: ReplayPage) -> bool:
    """Whether a line of the page's text is a formula."""
    return _says(page, "formulas", _has_formulas)


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
