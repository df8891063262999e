"""One document being rendered through a parse child: what is asked for a page, what is asked again, and when a page is
lost.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline import errors
from pipeline.errors import PageError, page_notices
from pipeline.intake.process import ChildEnded, ChildEnding, alarm_seconds
from pipeline.intake.wire import (
    Answer,
    CellsRequest,
    Counts,
    DocumentRequest,
    Drawn,
    PageCondition,
    Parser,
    RenderRequest,
    Trouble,
)
from pipeline.pages import PageFacts, PageFailure, PageNotice, RenderedPage
from pipeline.pixels import BYTES_PER_PIXEL, PIXELS
from pipeline.settings import Settings

PARSER_PATIENCE = 2  # children docling-parse may cost a document before all its other pages are read by pdfium

CONDITION_NOTICES = {
    PageCondition.CONTENT_INCOMPLETE: page_notices.CONTENT_INCOMPLETE,
    PageCondition.FILE_REPAIRED: page_notices.FILE_REPAIRED,
    PageCondition.XFA_FORM: page_notices.XFA_FORM,
}

Ask = Callable[[DocumentRequest, float], Answer]


class Rendering:
    """Renders pages of one document into one folder. Owns the place of the next image in the pixel file."""

    def __init__(self, ask: Ask, settings: Settings, path: Path, password: str, out_dir: Path) -> None:
        self._ask = ask
        self._settings = settings
        self._path, self._password, self._out_dir = str(path), password, out_dir
        self._offset = 0
        self._children_lost = 0

    def page(self, page: int) -> RenderedPage | PageFailure:
        """Draw page ``page`` and read its text. Raises StorageFailed where the disk is full."""
        deadline = time.monotonic() + self._settings.page_seconds
        cells = f"cells-{page:05d}.json"
        try:
            drawn = self._draw(page)
            counts = self._read(page, cells, drawn, deadline)
        except PageError as failure:
            (self._out_dir / cells).unlink(missing_ok=True)
            return PageFailure(page, failure.code, failure.message)
        offset = self._offset
        self._offset += drawn.width * drawn.height * BYTES_PER_PIXEL
        return RenderedPage(page, drawn.width, drawn.height, offset, drawn.scale, cells, _facts(page, drawn, counts))

    def _draw(self, page: int) -> Drawn:
        seconds = self._settings.page_seconds
        pixels = str(self._out_dir / PIXELS)
        limit = self._settings.max_megapixels
        request = RenderRequest(self._path, self._password, page, pixels, self._offset, limit, alarm_seconds(seconds))
        try:
            answer = self._ask(request, seconds)
        except ChildEnded as ended:
            raise self._lost(page, ended.ending) from None
        if not isinstance(answer, Drawn):
            raise self._troubled(page, answer)
        return answer

    def _read(self, page: int, cells: str, drawn: Drawn, deadline: float) -> Counts:
        """Read with docling-parse; where that ends the child, with pdfium, which gets the time of a page again."""
        if self._children_lost < PARSER_PATIENCE:
            try:
                return self._parse(page, cells, drawn, Parser.DOCLING, max(deadline - time.monotonic(), 1.0))
            except (errors.PageCrashed, errors.PageTimedOut, errors.PageOutOfMemory):
                self._children_lost += 1
        return self._parse(page, cells, drawn, Parser.PDFIUM, self._settings.page_seconds)

    def _parse(self, page: int, cells: str, drawn: Drawn, parser: Parser, seconds: float) -> Counts:
        most, target = self._settings.page_cells, str(self._out_dir / cells)
        image = (str(self._out_dir / PIXELS), self._offset, drawn.width, drawn.height, drawn.scale)
        request = CellsRequest(self._path, self._password, page, target, parser, most, *image, alarm_seconds(seconds))
        try:
            answer = self._ask(request, seconds)
        except ChildEnded as ended:
            raise self._lost(page, ended.ending) from None
        if not isinstance(answer, Counts):
            raise self._troubled(page, answer)
        return answer

    def _lost(self, page: int, ending: ChildEnding) -> PageError:
        match ending:
            case ChildEnding.TIMED_OUT:
                return errors.PageTimedOut(page, self._settings.page_seconds)
            case ChildEnding.OUT_OF_MEMORY:
                return errors.PageOutOfMemory(page, self._settings.child_memory_mb)
            case ChildEnding.CRASHED:
                return errors.PageCrashed(page)

    def _troubled(self, page: int, answer: Answer) -> PageError:
        match answer:
            case Trouble.STORAGE:
                raise errors.StorageFailed()
            case Trouble.MEMORY:
                return errors.PageOutOfMemory(page, self._settings.child_memory_mb)
            case Trouble.TOO_LARGE:
                return errors.PageTooLarge(page, self._settings.max_megapixels)
            case Trouble.TOO_DENSE:
                return errors.PageTooDense(page, self._settings.page_cells)
            case _:
                return errors.PageUnreadable(page)


def _facts(page: int, drawn: Drawn, counts: Counts) -> PageFacts:
    return PageFacts(
        page=page,
        size=drawn.size,
        cells=counts.cells,
        characters=counts.characters,
        hidden_characters=counts.hidden_characters,
        garbled_share=counts.garbled_share,
        image_share=counts.image_share,
        doubtful_characters=counts.doubtful_characters,
        ink_share=counts.ink_share,
        unread_share=counts.unread_share,
        number_columns=counts.number_columns,
        watermarks=counts.watermarks,
        notices=tuple(_notices(page, counts)),
    )


def _notices(page: int, counts: Counts) -> Iterator[PageNotice]:
    for condition in counts.conditions:
        yield CONDITION_NOTICES[condition].on(page)
    if counts.attachments:
        yield page_notices.PORTFOLIO.on(page, names=", ".join(map(_plain, counts.attachments)))
    if counts.dropped_characters:
        yield page_notices.HIDDEN_TEXT.on(page, count=f"{counts.dropped_characters:,}")
    if counts.doubtful_characters:
        yield page_notices.DOUBTFUL_FONT.on(page)


def _plain(name: str) -> str:
    """A name from the file as a line of a report may hold it."""
    return "".join(char if char.isprintable() else "?" for char in name)
