"""Which pages need no network, because their tags say their regions; decided before any network is asked."""

import logging
from pathlib import Path

from pipeline.pages import RenderedPage
from pipeline.stages.replay import FinishedPage, ReplayPage, without_network
from pipeline.stages.tagged.tagged_page import believed_contents

_log = logging.getLogger(__name__)


def is_read_by_tags(page: RenderedPage, pixels: Path) -> bool:
    """Whether the page is assembled by its tags alone, as long as nothing is read from its image.

    ``pixels`` is the page's pixel file, with its cells and tags beside it.
    """
    backend = ReplayPage(FinishedPage(page, without_network(page.page), pixels))
    try:
        return believed_contents(backend) is not None
    except Exception:
        _log.exception("the tags of page %d could not be read", page.page)
        return False
