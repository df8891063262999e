"""What happens when somebody uses the page: plain functions of the desk, without gradio.

``follow`` only says *that* something changed; ``look`` then reads what is to be shown. So the text of a document
crosses the wire when its window of pages changed and not otherwise, and whoever turns pages while a run goes on stays
where they are.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import FolioError, InternalError, RunNotFound
from pipeline.pages import GpuEstimate, LaneChoice, OcrMode
from pipeline.records import ConvertOptions, ErrorFacts, Origin
from pipeline.runs.state import RunView, Source
from pipeline.runs.visitors import NOBODY, Visitor
from pipeline.ui.convert.downloads import Uploads, remove_copies
from pipeline.ui.convert.page_state import FILES_AT_ONCE, Document, PageState
from pipeline.ui.convert.present import window
from pipeline.ui.ports import Runs

_log = logging.getLogger(__name__)

SECONDS_BETWEEN_UPDATES = 0.4
RUN_ID_CHARS = 64  # no run id is longer; anything else in a link is not looked up


def told(error: Exception) -> ErrorFacts:
    """The sentence for ``error``. What is not of the error tree goes to the log and is told as a fault of Folio's
    own.
    """
    if not isinstance(error, FolioError):
        _log.error("unexpected error in the page", exc_info=error)
        error = InternalError()
    return ErrorFacts(error.code, error.message, error.retryable)


def too_many_files(limit: int) -> ErrorFacts:
    """What is said of a file beyond the first ``limit``."""
    return ErrorFacts("too_many_files", f"Only {limit} files are taken at once; convert this one afterwards.", True)


DELETED = ErrorFacts("deleted", "The run and its files are deleted; its link leads nowhere now.", False)

UPLOAD_EXPIRED = ErrorFacts("upload_expired", "The upload is no longer here; start over and add the file again.", False)


@dataclass(frozen=True, slots=True)
class FormValues:
    """The form as it was when Convert was pressed."""

    pages: str
    ocr: str
    tables: bool
    password: str
    lane: str = LaneChoice.GPU_THEN_CPU.value

    @property
    def options(self) -> ConvertOptions:
        return ConvertOptions((self.pages or "").strip(), OcrMode(self.ocr), bool(self.tables), LaneChoice(self.lane))


@dataclass(frozen=True, slots=True)
class PageUpdate:
    """The chosen document as of now. ``signature`` changes with what the reader shows, not with mere progress."""

    desk: PageState
    views: tuple[RunView | None, ...]
    view: RunView | None
    signature: str

    @property
    def busy(self) -> bool:
        return any(view is not None and not view.status.ended for view in self.views)


class ConvertActions:
    """Everything the page can ask of the runs. No method raises a FolioError: errors come back as values to be
    shown.
    """

    def __init__(self, runs: Runs, files: int = FILES_AT_ONCE, uploads: Uploads | None = None) -> None:
        """``files`` is how many are taken at once; ``uploads`` is shared with whoever else takes documents."""
        self._runs, self._files, self._uploads = runs, files, uploads or Uploads()

    def inspect(self, paths: list[str], password: str) -> PageState:
        """A desk with the uploads on it, each opened and counted, or refused with its sentence."""
        documents = [self._inspect(Path(path), password) for path in paths[: self._files]]
        surplus = [Document(None, Path(path).name, error=too_many_files(self._files)) for path in paths[self._files :]]
        return PageState((*documents, *surplus))

    def _inspect(self, path: Path, password: str) -> Document:
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            return Document(None, path.name, error=UPLOAD_EXPIRED)
        try:
            preflight = self._runs.preflight(Source(path, path.name, password))
        except Exception as error:
            return Document(path, path.name, size, error=told(error))
        return Document(path, path.name, size, preflight.page_count)

    def start(self, desk: PageState, choices: FormValues, visitor: Visitor = NOBODY) -> PageState:
        """The desk with a run for every document that can be converted; the others keep the reason why not."""
        documents = tuple(self._start(document, choices, visitor) for document in desk.documents)
        started = [position for position, document in enumerate(documents) if document.run_id]
        return PageState(documents, started[0] if started else 0)

    def _start(self, document: Document, choices: FormValues, visitor: Visitor, again: bool = False) -> Document:
        if document.path is None or not document.convertible:
            return document
        if not document.path.exists():
            return replace(document, run_id="", error=UPLOAD_EXPIRED)
        source = Source(document.path, document.name, choices.password or "")
        try:
            before = None if again else self._runs.reuse(source, choices.options, Origin.UI, visitor)
            run_id = before or self._runs.submit(source, choices.options, Origin.UI, visitor)
        except Exception as error:
            return replace(document, run_id="", error=told(error), reused=False)
        self._uploads.remember(run_id, document.path)
        return replace(document, run_id=run_id, error=None, reused=before is not None)

    def again(self, desk: PageState, choices: FormValues, visitor: Visitor = NOBODY) -> PageState:
        """The desk with a new run for the chosen document, which an earlier run answered."""
        document = desk.document
        if document is None or not document.reused:
            return desk
        return desk.with_chosen(self._start(document, choices, visitor, again=True))

    def follow(self, desk: PageState) -> Iterator[str]:
        """A new string whenever a run of the desk has news, at most every 0.4 s and always at the end of a run."""
        for run_id in desk.run_ids:
            last = 0.0
            for number, view in enumerate(self._watch(run_id)):
                now = time.monotonic()
                if view.status.ended or now - last >= SECONDS_BETWEEN_UPDATES:
                    last = now
                    yield f"{run_id[:8]}-{number}"

    def _watch(self, run_id: str) -> Iterator[RunView]:
        try:
            yield from self._runs.watch(run_id)
        except FolioError:
            return

    def stop(self, desk: PageState) -> None:
        """Stop every run of the desk that has not ended."""
        for run_id in desk.run_ids:
            try:
                self._runs.cancel(run_id)
            except FolioError:
                continue

    def estimate(self, desk: PageState, choices: FormValues) -> tuple[GpuEstimate, ...]:
        """What Convert would book on the GPU, for each document that can be converted; a page range that is wrong is
        told later.
        """
        if choices.options.lane is LaneChoice.CPU or desk.run_ids:
            return ()
        estimates = []
        for document in desk.documents:
            with suppress(FolioError):
                if document.page_count and document.convertible:
                    estimates.append(self._runs.estimate(document.page_count, choices.options))
        return tuple(estimates)

    def resume(
        self,
        desk: PageState,
        password: str,
        visitor: Visitor = NOBODY,
        lane: LaneChoice | None = None,
        *,
        fitting: bool = False,
    ) -> PageState:
        """The desk with the run that continues the chosen one; with the reason why not where it cannot be continued.

        ``lane`` replaces its choice; ``fitting`` takes no more pages than the GPU would have admitted.
        """
        document = desk.document
        if document is None or not document.run_id:
            return desk
        try:
            most = self._runs.view(document.run_id).fitting_pages if fitting else 0
            run_id = self._runs.resume(document.run_id, password, Origin.UI, visitor, lane, most)
        except Exception as error:
            return desk.with_chosen(replace(document, error=told(error)))
        self._uploads.pass_on(document.run_id, run_id)
        return desk.with_chosen(replace(document, run_id=run_id, error=None, reused=False))

    def delete(self, desk: PageState) -> PageState:
        """The desk without the chosen run, whose files are gone; with the reason why not where they could not be
        deleted.
        """
        document = desk.document
        if document is None or not document.run_id:
            return desk
        try:
            view = self._runs.view(document.run_id)
            self._runs.delete(document.run_id)
            remove_copies(view)
            self._uploads.remove(document.run_id)
        except Exception as error:
            return desk.with_chosen(replace(document, error=told(error)))
        return desk.with_chosen(replace(document, path=None, run_id="", error=DELETED, reused=False))

    def find(self, run_id: str) -> PageState:
        """The desk of somebody who comes back by a run's link; a document with a sentence where there is no such
        run.
        """
        try:
            if not 0 < len(run_id) <= RUN_ID_CHARS or not run_id.replace("-", "").replace("_", "").isalnum():
                raise RunNotFound
            view = self._runs.view(run_id)
        except Exception as error:
            return PageState((Document(None, "Run not found", error=told(error)),))
        return PageState((Document(None, view.name, page_count=view.page_count, run_id=run_id),))

    def look(self, desk: PageState) -> PageUpdate:
        """What is to be shown now. A run whose files have expired is shown as a document with that sentence."""
        pairs = [self._view(document) for document in desk.documents]
        fresh = replace(desk, documents=tuple(document for document, _ in pairs))
        views = tuple(view for _, view in pairs)
        view = views[fresh.chosen] if fresh.chosen < len(views) else None
        return PageUpdate(fresh, views, view, _signature(fresh, view))

    def _view(self, document: Document) -> tuple[Document, RunView | None]:
        if not document.run_id:
            return document, None
        try:
            return document, self._runs.view(document.run_id)
        except Exception as error:
            return replace(document, run_id="", error=told(error)), None


def _signature(desk: PageState, view: RunView | None) -> str:
    if view is None:
        return "empty"
    shown = window(view, desk.first)
    texts = {text.page for text in view.texts}
    states = "".join("t" if page.page in texts else page.status.value[0] for page in shown)
    return f"{view.run_id}:{desk.first}:{states}:{view.status.value if view.status.ended else ''}:{len(view.exports)}"
