"""A finished page as it looks, to be laid beside its text: its image, small, and where its elements stand."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.pages import PageRegion
from pipeline.store.artifacts import RunFolder


@dataclass(frozen=True, slots=True)
class Facsimile:
    """A page's image file, and the page's elements in reading order."""

    page: int
    image: Path
    regions: tuple[PageRegion, ...]


def facsimile(folder: RunFolder, page: int) -> Facsimile | None:
    """The page as it looks; None for one that is not finished, or was by an older Folio."""
    image, checkpoint = folder.facsimile(page), folder.checkpoint(page)
    there = image.is_file() and image.stat().st_size > 0  # a loss of power leaves an empty file
    return Facsimile(page, image, checkpoint.regions) if checkpoint and there else None
