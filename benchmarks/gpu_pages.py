"""The pages that benchmarks/gpu.py measures on: those of the test documents, and where their tables are.

A random layout network finds nothing of use, so where the tables are is settled here, by the light bundle's layout
network, and every contender's table network is given the same places.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image

from benchmarks.throughput import FOLDER, SOURCES
from pipeline.models.light_bundle import LightBundle
from pipeline.models.slanet_tables import table_boxes
from pipeline.pages import RENDER_DPI, LayoutLabel, LayoutRegion, PagePrediction, PageResult, PageTask
from tests.support.render import render, task_for

CERTAIN = 1.0  # a score that every later stage takes


class Kind(StrEnum):
    """``PLAIN`` pages bring their text along; of ``SCANNED`` ones there is nothing but an image, from which all text is
    read.
    """

    PLAIN = "plain"
    SCANNED = "scanned"


@dataclass(frozen=True, slots=True)
class Place:
    """A page (from 1) of a test document."""

    document: str
    page: int


@dataclass(frozen=True, slots=True)
class Corpus:
    """The pages of one measurement: for each its place, its image at 144 dpi, (height, width, 3) uint8 RGB, and the
    regions on it, of which tables do not lie on top of each other.
    """

    kind: Kind
    places: tuple[Place, ...]
    images: tuple[NDArray[np.uint8], ...]
    regions: tuple[tuple[LayoutRegion, ...], ...]

    def __len__(self) -> int:
        return len(self.places)

    @property
    def tables(self) -> int:
        return sum(region.label is LayoutLabel.TABLE for own in self.regions for region in own)

    def first(self, count: int) -> "Corpus":
        """Its first ``count`` pages."""
        return Corpus(self.kind, self.places[:count], self.images[:count], self.regions[:count])

    def tasks(self) -> list[PageTask]:
        """What Folio's bundles shall do with the pages; they are numbered from 1."""
        scanned = self.kind is Kind.SCANNED
        return [task_for(image, number, ocr=scanned, tables=True) for number, image in enumerate(self.images, 1)]

    def save(self, path: Path) -> Path:
        """The pages as a PDF: the documents' own, or nothing but their images."""
        made = pypdfium2.PdfDocument.new()
        if self.kind is Kind.SCANNED:
            scans = {
                place: pypdfium2.PdfDocument(_scan(image))
                for place, image in zip(self.places, self.images, strict=True)
            }
            for place in self.places:
                made.import_pages(scans[place])
        else:
            sources = {name: pypdfium2.PdfDocument(FOLDER / name) for name in SOURCES}
            for place in self.places:
                made.import_pages(sources[place.document], [place.page - 1])
        made.save(path)
        return path


def all_places() -> list[Place]:
    """Every page of the documents; on the first one is a table, so that it warms up every network."""
    return [
        Place(name, page)
        for name in reversed(SOURCES)
        for page in range(1, len(pypdfium2.PdfDocument(FOLDER / name)) + 1)
    ]


def choose(places: Sequence[Place], count: int) -> list[Place]:
    """``count`` of ``places``: evenly spread where they are fewer, else all of them again and again."""
    if count < len(places):
        return [places[number * len(places) // count] for number in range(count)]
    return [places[number % len(places)] for number in range(count)]


@lru_cache(maxsize=4)
def corpus(kind: Kind, count: int) -> Corpus:
    """``count`` pages; a page that comes again is the same object."""
    places = choose(all_places(), count)
    images = {place: render(FOLDER / place.document, place.page) for place in dict.fromkeys(places)}
    found = dict(zip(images, look_at(list(images.values())), strict=True))
    return Corpus(
        kind, tuple(places), tuple(images[place] for place in places), tuple(found[place] for place in places)
    )


def look_at(images: Sequence[NDArray[np.uint8]]) -> list[tuple[LayoutRegion, ...]]:
    """The regions of each page, as the light bundle finds them on the CPU."""
    tasks = [task_for(image, number, tables=False) for number, image in enumerate(images, 1)]
    return [settled(result) for result in LightBundle(1).predict(tasks, images)]


def settled(result: PageResult) -> tuple[LayoutRegion, ...]:
    """The regions of a page beyond doubt, with the tables that a table network should look at and no others."""
    assert isinstance(result, PagePrediction), result
    others = [replace(region, score=CERTAIN) for region in result.regions if region.label is not LayoutLabel.TABLE]
    return *others, *(LayoutRegion(LayoutLabel.TABLE, CERTAIN, box) for box in table_boxes(result.regions))


def _scan(image: NDArray[np.uint8]) -> bytes:
    """A PDF of one page that shows ``image`` in its size."""
    made = io.BytesIO()
    Image.fromarray(image).save(made, "PDF", resolution=RENDER_DPI)
    return made.getvalue()
