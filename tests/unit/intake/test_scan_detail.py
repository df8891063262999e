"""The resolution at which pages are drawn."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipeline.intake.raster import DrawingMemory, draw_page
from pipeline.intake.scan_detail import ScanDetail, scan_detail
from pipeline.pages import PageSize

INCH = 72


@dataclass(frozen=True)
class Scan:
    """A page of ``width`` × ``height`` points under one bitmap of ``pixels``, with text before and after it."""

    width: float
    height: float
    pixels: tuple[int, int]
    text: str = ""
    before: str = ""
    mode: int = 0

    def content(self) -> bytes:
        made = io.BytesIO()
        canvas = Canvas(made, pagesize=(self.width, self.height))
        _write(canvas, self.before, 0)
        grey = Image.fromarray(np.full((self.pixels[1], self.pixels[0]), 200, dtype=np.uint8))
        canvas.drawImage(ImageReader(grey), 0, 0, self.width, self.height)
        _write(canvas, self.text, self.mode)
        canvas.save()
        return made.getvalue()


def _write(canvas: Canvas, text: str, mode: int) -> None:
    lines = canvas.beginText(20, canvas._pagesize[1] - 30)
    lines.setTextRenderMode(mode)
    lines.setFont("Helvetica", 10)
    lines.textLines(text)
    canvas.drawText(lines)


def detail_of(content: bytes) -> ScanDetail:
    with pdfium.PdfDocument(content) as document:
        page = document[0]
        return scan_detail(page, PageSize(*page.get_size()))


def scale_of(content: bytes) -> float:
    return detail_of(content).scale


PAGE = "\n".join(["A line of text that goes on for most of the width of this page, as lines do."] * 60)


@pytest.mark.parametrize(
    ("scan", "dpi"),
    [
        (Scan(INCH, INCH, (2400, 2400)), 2400),
        (Scan(2.5 * INCH, 4.2 * INCH, (1500, 2520)), 600),
        (Scan(595, 842, (1240, 1754)), 150),
        (Scan(595, 842, (4960, 7016)), 305),  # 600 dpi: nine million pixels are enough
        (Scan(595, 842, (1654, 2339), text="Downloaded by a reader on 4 May from the library"), 200),
        (Scan(595, 842, (1654, 2339), text=PAGE, mode=3), 200),  # a hidden text layer
        (Scan(595, 842, (1654, 2339), before=PAGE), 200),  # a text layer behind the image
        (Scan(595, 842, (1654, 2339), text=PAGE), 0),  # a page of text on a background
    ],
)
def test_a_scan_is_drawn_at_its_own_detail(scan: Scan, dpi: float) -> None:
    assert scale_of(scan.content()) * INCH == pytest.approx(dpi, rel=0.02)


def halves(colours: str, dpi: int) -> bytes:
    """A page whose left half is black, 2.5 inches wide; in the colours "1", a pixel has one bit."""
    image = Image.new("L", (round(2.5 * dpi), 2 * dpi), 255)
    image.paste(0, (0, 0, image.width // 2, image.height))
    made = io.BytesIO()
    image.convert(colours).save(made, "PDF", resolution=dpi)
    return made.getvalue()


@pytest.mark.parametrize(("colours", "dpi", "hard"), [("1", 600, True), ("L", 600, False), ("1", 2400, False)])
def test_black_and_white_pages_are_drawn_with_soft_edges(tmp_path: Path, colours: str, dpi: int, hard: bool) -> None:
    content = halves(colours, dpi)
    assert detail_of(content).hard_edged is hard  # of 2400 dpi, half are drawn, and averaged so
    with pdfium.PdfDocument(content) as document:
        drawn = draw_page(document[0], 24, str(tmp_path / "pixels"), 0, DrawingMemory())
    middle = drawn.width // 2
    row = np.fromfile(tmp_path / "pixels", np.uint8).reshape(drawn.height, drawn.width, 3)[500, middle - 9 : middle + 9]
    between = ((row > 40) & (row < 215)).sum(axis=0).max()
    assert between >= 2 if hard else between <= 1


def test_a_page_with_a_figure_is_no_scan() -> None:
    document = Path(__file__).parents[2] / "documents" / "pdf" / "gallery.pdf"
    assert scale_of(document.read_bytes()) == 0


def test_a_page_shows_nothing_of_the_page_drawn_before(tmp_path: Path) -> None:
    memory, pixels = DrawingMemory(), tmp_path / "pixels"
    with pdfium.PdfDocument(halves("L", 100)) as document:
        drawn = draw_page(document[0], 24, str(pixels), 0, memory)
    before = pixels.read_bytes()
    with pdfium.PdfDocument.new() as document:
        blank = draw_page(document.new_page(100, 100), 24, str(pixels), len(before), memory)
    assert before.count(0) >= drawn.width * drawn.height
    assert pixels.read_bytes() == before + b"\xff" * (blank.width * blank.height * 3)
