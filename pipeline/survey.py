"""What a quick look at a document's pages says of its run beforehand: how many of them have to be read as images."""

from dataclasses import dataclass

from pipeline.pages import OcrMode


@dataclass(frozen=True, slots=True)
class Survey:
    """Of the ``looked`` pages, evenly spread over the document, ``scanned`` show no text of their own. At least one
    page was looked at.
    """

    looked: int
    scanned: int

    @property
    def scanned_share(self) -> float:
        """Share of the document's pages that are scans, in [0, 1]."""
        return self.scanned / self.looked

    def scanned_of(self, page_count: int) -> int:
        """How many of the document's ``page_count`` pages are scans; one at least where one was seen. An estimate
        where not every page was looked at.
        """
        return max(round(self.scanned_share * page_count), min(self.scanned, 1))


def ocr_shares(mode: OcrMode, scanned_share: float | None) -> tuple[float, float]:
    """The least and the largest share of a run's pages that are read from their images, in [0, 1]; the same where
    ``scanned_share`` is known, which is the document's.
    """
    if mode is not OcrMode.AUTO:
        return (1.0, 1.0) if mode is OcrMode.ALWAYS else (0.0, 0.0)
    return (0.0, 1.0) if scanned_share is None else (scanned_share, scanned_share)
