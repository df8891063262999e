"""Pages of test documents as docling's own stages get them, and checkpoints of docling's networks."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from docling.datamodel.base_models import Page
from numpy.typing import NDArray
from torchvision.transforms import functional as images

from pipeline.intake.reader import PdfReader
from pipeline.pages import Box, PagePrediction, RenderedPage
from pipeline.pixels import PIXELS, page_image
from pipeline.settings import read_settings
from pipeline.stages.replay import FinishedPage, ReplayPage
from tests.support.checkpoints import SOME_TABLES, save_layout, save_tables

SOURCES = (("report.pdf", (2,)), ("report_untagged.pdf", (2,)), ("paper_page.pdf", (1,)), ("german.pdf", (1,)))
# Places on the pages above, as if tables were there, and the tables that the small network learns to see in them.
PLACES = (
    (0, Box(60.2, 72.7, 548.9, 401.1)),
    (1, Box(58.5, 90.0, 551.4, 240.6)),
    (1, Box(60.0, 300.3, 300.8, 700.0)),
    (2, Box(120.4, 128.6, 489.7, 262.2)),
    (3, Box(40.9, 60.1, 500.2, 700.8)),
)
TABLES = (
    ["ched", "lcel", "nl", "fcel", "ecel", "nl"],
    ["ched", "ched", "lcel", "lcel", "nl", "ucel", "ched", "ched", "ched", "nl"]
    + ["rhed", "fcel", "ecel", "fcel", "nl"] * 3,
    ["fcel", "nl"],
    [
        "ched",
        "ched",
        "ched",
        "nl",
        "srow",
        "lcel",
        "lcel",
        "nl",
        "rhed",
        "fcel",
        "fcel",
        "nl",
        "ucel",
        "xcel",
        "fcel",
        "nl",
    ],
    ["ched", "ched", "nl", "rhed", "fcel", "nl", "nl", "ucel", "ucel", "nl", "fcel"],
)


@dataclass(frozen=True)
class TestPage:
    """A rendered page and the file with its pixels."""

    __test__ = False

    rendered: RenderedPage
    pixels: Path

    @property
    def image(self) -> NDArray[np.uint8]:
        return page_image(self.pixels, self.rendered)

    def for_docling(self) -> Page:
        """The page as docling's stages take it, its images and cells from disk."""
        empty = PagePrediction(self.rendered.page, (), (), (), ocr=False, layout_ms=0, ocr_ms=0, table_ms=0)
        backend = ReplayPage(FinishedPage(self.rendered, empty, self.pixels))
        page = Page(page_no=self.rendered.page, size=backend.get_size())
        page._backend = backend
        return page


def accurate_pages(documents: Path, folder: Path) -> list[TestPage]:
    """Four pages of four documents, in two sizes, their pixels below ``folder``."""
    found = []
    with PdfReader(read_settings({})) as reader:
        for name, numbers in SOURCES:
            below = folder / name
            below.mkdir()
            rendered = reader.render(documents / name, "", numbers, below)
            found += [TestPage(page, below / PIXELS) for page in rendered if isinstance(page, RenderedPage)]
    return found


def save_small_networks(folder: Path, pages: list[TestPage]) -> Path:
    """Both networks, small, below ``folder``, which is returned."""
    save_layout(folder, biases=SOME_TABLES)
    save_tables(folder, prepared(pages), TABLES)
    return folder


def prepared(pages: list[TestPage]) -> torch.Tensor:
    """The crops at ``PLACES``, roughly as the table network gets them."""
    crops = []
    for page, box in PLACES:
        left, top, right, bottom = (round(side * 2) for side in (box.left, box.top, box.right, box.bottom))
        pixels = torch.tensor(pages[page].image[top:bottom, left:right]).permute(2, 0, 1)
        crops.append(images.resize(pixels, [448, 448], antialias=True).to(torch.float32) / 255)
    normal: torch.Tensor = images.normalize(torch.stack(crops), mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])
    return normal
