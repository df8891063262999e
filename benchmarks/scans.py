"""How well scans are read, by language and quality, and whether the pages that are marked worst are the worst.

    python -m benchmarks.scans [--languages german,russian,…] [--scans clean,noisy,…] [--out FILE]

The first page of each committed test document is scanned (drawn, turned, blurred by JPEG, made noisy) and read by the
light bundle. Printed are, for each page: the similarity of its text to the printed page's (normalised indel
similarity, without white space), its confidence, its seconds; and for all: Spearman's rank correlation of ``1 -
confidence`` with ``1 - similarity``.
"""

import argparse
import io
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

from benchmarks.markdown import parsed
from pipeline.models.light_bundle import LightBundle
from pipeline.pages import POINTS_PER_INCH, PageFacts, PagePrediction, PageSize, PageTask, RenderedPage
from pipeline.runs.page_outcome import page_confidence
from tests.documents.scans import Scan, scanned

DOCUMENTS = Path(__file__).parent.parent / "tests" / "documents" / "pdf"
LANGUAGES = ("german", "letter", "russian", "greek", "arabic", "hindi", "thai", "chinese", "japanese")
SCANS = {
    "clean": Scan(dpi=300, noise=2, quality=85),
    "common": Scan(dpi=200),
    "turned": Scan(dpi=200, turns=(1,)),
    "over": Scan(dpi=200, turns=(2,)),
    "skewed": Scan(dpi=200, skew=4.0),
    "coarse": Scan(dpi=150, noise=12, quality=30),
    "faint": Scan(dpi=150, contrast=0.35, noise=8),
    "ruined": Scan(dpi=75, noise=30, quality=15),
}
SEED = 7


@dataclass(frozen=True)
class ScannedPage:
    """One scanned page: how near its text is to the truth, and how sure Folio is of it, both in [0, 1]."""

    language: str
    scan: str
    similarity: float
    confidence: float
    seconds: float
    read_in: str


def first_page(content: bytes) -> bytes:
    """The document's first page alone."""
    with pdfium.PdfDocument(content) as source, pdfium.PdfDocument.new() as target:
        target.import_pages(source, [0])
        buffer = io.BytesIO()
        target.save(buffer)
        return bytes(buffer.getvalue())


def image_of(content: bytes, dpi: int) -> NDArray[np.uint8]:
    """The page's image, (height, width, 3) RGB."""
    with pdfium.PdfDocument(content) as document:
        bitmap = document[0].render(scale=dpi / POINTS_PER_INCH, rev_byteorder=True)
        return np.ascontiguousarray(bitmap.to_numpy()[:, :, :3])


def letters(text: str) -> str:
    """The text without white space and signs of Markdown, as `benchmarks.scoring` compares it."""
    return "".join(
        character for character in parsed(text).text if not character.isspace() and character not in "#*|-_\\"
    )


def read(bundle: LightBundle, image: NDArray[np.uint8], dpi: int) -> tuple[PagePrediction, PageFacts]:
    """What the bundle reads on the image."""
    height, width = image.shape[:2]
    scale = dpi / POINTS_PER_INCH
    facts = PageFacts(1, PageSize(width / scale, height / scale), 0, 0, 0, 0.0, 1.0)
    (result,) = bundle.predict([PageTask(RenderedPage(1, width, height, 0, scale, "", facts), True, False)], [image])
    if not isinstance(result, PagePrediction):
        raise ValueError(result.reason)
    return result, facts


def scanned_pages(languages: Sequence[str], scans: Sequence[str]) -> Iterator[ScannedPage]:
    """Every page as it was read, as soon as it was."""
    bundle = LightBundle(threads=2)
    for language in languages:
        printed = first_page((DOCUMENTS / f"{language}.pdf").read_bytes())
        truth = letters((DOCUMENTS / f"{language}.md").read_text(encoding="utf-8"))
        for name in scans:
            scan = SCANS[name]
            image = image_of(scanned(printed, scan, SEED), scan.dpi)
            start = time.perf_counter()
            prediction, facts = read(bundle, image, scan.dpi)
            seconds = time.perf_counter() - start
            text = letters("\n".join(line.text for line in prediction.lines))
            yield ScannedPage(
                language,
                name,
                round(similarity(text, truth), 3),
                round(page_confidence(facts, prediction, False) or 0.0, 3),
                round(seconds, 2),
                "+".join(prediction.languages) or "PP-OCR",
            )


def similarity(text: str, truth: str) -> float:
    """Of the page's text to the beginning of the document that is as long."""
    ends = (len(text), len(truth)) if len(truth) <= 1.3 * len(text) else (len(text), len(text))
    return float(Indel.normalized_similarity(text, truth[: ends[1]]))


def rank_correlation(pages: Sequence[ScannedPage]) -> float:
    """Spearman's, of doubt and error; ties share their mean rank."""
    doubt, error = (_ranks([getattr(page, name) for page in pages]) for name in ("confidence", "similarity"))
    return float(np.corrcoef(doubt, error)[0, 1])


def _ranks(values: Sequence[float]) -> NDArray[np.float64]:
    numbers = np.array(values)
    return np.array([((numbers < value).sum() + (numbers <= value).sum() - 1) / 2 for value in numbers])


def main() -> None:
    """Print the table, and write it where it was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--languages", default=",".join(LANGUAGES))
    parser.add_argument("--scans", default=",".join(SCANS))
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    pages = []
    for page in scanned_pages(chosen.languages.split(","), chosen.scans.split(",")):
        pages.append(page)
        print(
            f"{page.language:10} {page.scan:8} similarity {page.similarity:.3f} confidence {page.confidence:.3f} "
            f"{page.seconds:6.2f} s {page.read_in}",
            flush=True,
        )
    print(f"rank correlation of doubt and error: {rank_correlation(pages):.2f} ({len(pages)} pages)")
    if chosen.out:
        chosen.out.write_text(json.dumps([asdict(page) for page in pages], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
