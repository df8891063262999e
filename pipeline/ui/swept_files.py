"""Which files gradio's sweep deletes, an hour after they were made, beside those that pass through its components.

gradio goes through its own sets of files in one thread while others add to them, and a sweep that fails for that is the
last. So these files have a set of their own.
"""

from collections.abc import Iterator
from pathlib import Path

import gradio as gr
from gradio.context import LocalContext


class SweptFiles(set[str]):
    """May be added to while it is gone through."""

    def __iter__(self) -> Iterator[str]:
        return iter(frozenset(self))


def swept_with(page: gr.Blocks) -> SweptFiles:
    """The set of this page, which has one from the first call on."""
    for files in page.temp_file_sets:
        if isinstance(files, SweptFiles):
            return files
    files = SweptFiles()
    page.temp_file_sets.append(files)
    return files


def sweep_later(path: Path) -> None:
    """Let the file be deleted by the sweep of the page whose listener or endpoint made it; there is none elsewhere."""
    page = LocalContext.blocks.get(None)
    if page is not None:
        swept_with(page).add(str(path))
