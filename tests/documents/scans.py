"""Pages as a scanner delivers them: images with noise, a slant and more faults, with or without a hidden text layer."""

import io
from dataclasses import dataclass

import numpy as np
import pypdfium2
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

POINTS = 72


@dataclass(frozen=True)
class Scan:
    """How pages are scanned.

    ``skew`` is in degrees counter-clockwise; ``turn`` counts quarter turns clockwise, and ``turns`` gives each page
    its own;
    ``contrast`` 1 is black on white, less is grey on grey; ``noise`` is the deviation of each pixel in levels of 255;
    ``quality`` is JPEG's; ``layer`` hides the text of the page behind its image, as programs for text recognition do.
    """

    dpi: int = 200
    skew: float = 0.0
    turns: tuple[int, ...] = (0,)
    contrast: float = 1.0
    noise: float = 4.0
    quality: int = 45
    grey: bool = True
    layer: bool = False


def scanned(pdf: bytes, scan: Scan, seed: int) -> bytes:
    """Every page of ``pdf`` as an image on a page of the same size, or of the turned size."""
    chance = np.random.default_rng(seed)
    made = io.BytesIO()
    canvas = Canvas(made, invariant=1)
    with pypdfium2.PdfDocument(pdf) as source:
        source.init_forms()  # what is filled in is on paper, too
        for number, page in enumerate(source):
            turn = scan.turns[number % len(scan.turns)]
            width, height = page.get_size()[:: 1 if turn % 2 == 0 else -1]
            canvas.setPageSize((width, height))
            if scan.layer and turn == 0:
                _hide_text(canvas, page)
            image = _photographed(page.render(scale=scan.dpi / POINTS).to_pil(), scan, turn, chance)
            canvas.drawImage(ImageReader(image), 0, 0, width, height)
            canvas.showPage()
    canvas.save()
    return made.getvalue()


def _photographed(image: Image.Image, scan: Scan, turn: int, chance: np.random.Generator) -> io.BytesIO:
    """The image after the scanner: a JPEG."""
    image = image.convert("L" if scan.grey else "RGB")
    if scan.skew:
        image = image.rotate(scan.skew, Image.Resampling.BICUBIC, fillcolor=255 if scan.grey else (255, 255, 255))
    levels = np.rot90(np.asarray(image, dtype=np.float32), -turn)
    faded = 255 - (255 - levels) * scan.contrast - 255 * 0.25 * (1 - scan.contrast)
    noisy = np.clip(faded + chance.normal(0, scan.noise, faded.shape), 0, 255).astype(np.uint8)
    made = io.BytesIO()
    Image.fromarray(noisy).save(made, "JPEG", quality=scan.quality)
    made.seek(0)
    return made


def _hide_text(canvas: Canvas, page: pypdfium2.PdfPage) -> None:
    """Write the page's Latin text, line for line, where it is printed, with the mode that draws nothing (ISO 32000-1,
    9.3.6).
    """
    text_page = page.get_textpage()
    text = canvas.beginText()
    text.setTextRenderMode(3)
    for index in range(text_page.count_rects()):
        left, bottom, right, top = text_page.get_rect(index)
        words = (
            text_page.get_text_bounded(left, bottom, right, top).strip().encode("latin-1", "ignore").decode("latin-1")
        )
        size = max(top - bottom, 1)
        natural = canvas.stringWidth(words, "Helvetica", size)
        if natural:
            text.setFont("Helvetica", size)
            text.setHorizScale(100 * (right - left) / natural)
            text.setTextOrigin(left, bottom)
            text.textOut(words)
    canvas.drawText(text)
