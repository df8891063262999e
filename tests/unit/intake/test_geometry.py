"""Cells and pixels share one page: the box of a word holds the word's ink, however the page is rotated and cropped."""

from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from docling_core.types.doc.page import SegmentedPdfPage
from numpy.typing import NDArray

from pipeline.intake.fallback import read_text
from pipeline.intake.reader import PdfReader
from pipeline.pages import RenderedPage
from pipeline.pixels import PIXELS, page_image
from tests.unit.intake.pdf_files import LETTER, Page, PdfFile, stream, text

BOXES = {
    "plain": (LETTER, None),
    "moved": ((-50.0, 100.0, 562.0, 892.0), None),
    "cropped": (LETTER, (40.0, 300.0, 512.0, 780.0)),
    "crop box beyond the media box": ((100.0, 100.0, 700.0, 900.0), (0.0, 0.0, 500.0, 850.0)),
}
WORDS = text("Above", 130, 720, 20) + text("below", 210, 420, 30)


def ink_inside(image: NDArray[np.uint8], segmented: SegmentedPdfPage, scale: float) -> dict[str, float]:
    """For each word, the share of the page's ink that its box holds."""
    dark = image.min(axis=2) < 128
    height = segmented.dimension.height
    shares = {}
    for cell in segmented.word_cells:
        box = cell.rect.to_bounding_box().to_top_left_origin(height).scaled(scale)
        inside = dark[max(round(box.t) - 1, 0) : round(box.b) + 1, max(round(box.l) - 1, 0) : round(box.r) + 1]
        shares[cell.text] = float(inside.sum() / dark.sum())
    return shares


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("boxes", BOXES)
def test_words_lie_on_their_ink(reader: PdfReader, tmp_path: Path, out_dir: Path, boxes: str, rotate: int) -> None:
    media_box, crop_box = BOXES[boxes]
    path = PdfFile([Page(WORDS, media_box, crop_box, rotate)]).write(tmp_path / "a.pdf")
    [page] = reader.render(path, "", [1], out_dir)
    assert isinstance(page, RenderedPage)
    image = page_image(out_dir / PIXELS, page)
    parsed = SegmentedPdfPage.model_validate_json((out_dir / page.cells).read_bytes())
    with pdfium.PdfDocument(path) as document:
        fallen_back = read_text(document[0])
    for segmented in (parsed, fallen_back):
        shares = ink_inside(image, segmented, page.scale)
        assert shares.keys() == {"Above", "below"}
        assert sum(shares.values()) == pytest.approx(1.0, abs=0.02)
        assert shares["Above"] == pytest.approx(0.3, abs=0.1)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_bitmaps_lie_on_their_ink_also_inside_a_form(
    reader: PdfReader, tmp_path: Path, out_dir: Path, rotate: int
) -> None:
    image = stream(
        b"\0" * 100, b"/Type /XObject /Subtype /Image /Width 10 /Height 10 /ColorSpace /DeviceGray /BitsPerComponent 8"
    )
    form = stream(
        b"q 0.5 0 0 0.5 0 0 cm /I Do Q",
        b"/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Matrix [1 0 0 1 0.25 0.25] /Resources <<"
        b" /XObject << /I 4 0 R >> >>",
    )
    page = Page(b"q 200 0 0 100 60 500 cm /X Do Q", rotate=rotate, resources=b"/XObject << /X 5 0 R >>")
    path = PdfFile([page], [image, form]).write(tmp_path / "a.pdf")
    [result] = reader.render(path, "", [1], out_dir)
    assert isinstance(result, RenderedPage)
    rows, columns = np.nonzero(page_image(out_dir / PIXELS, result)[:, :, 0] < 128)
    segmented = SegmentedPdfPage.model_validate_json((out_dir / result.cells).read_bytes())
    [bitmap] = segmented.bitmap_resources
    box = bitmap.rect.to_bounding_box().to_top_left_origin(segmented.dimension.height).scaled(result.scale)
    assert (box.l, box.t, box.r, box.b) == pytest.approx(
        (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1), abs=2
    )
    assert result.facts.image_share == pytest.approx(100 * 50 / (612 * 792), abs=0.003)
