"""First pages of files, as the reader renders them."""

from pathlib import Path

from pipeline.intake.reader import PdfReader
from pipeline.pages import RenderedPage
from pipeline.pixels import PIXELS
from pipeline.settings import read_settings


def first_page(path: Path, folder: Path) -> tuple[RenderedPage, Path]:
    """The first page of the file at ``path`` and its pixel file, which lies in ``folder``."""
    with PdfReader(read_settings({})) as reader:
        reader.preflight(path)
        (page,) = reader.render(path, "", (1,), folder)
    assert isinstance(page, RenderedPage)
    return page, folder / PIXELS
