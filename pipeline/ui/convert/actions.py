"""What happens when somebody uses the page: plain functions from one page state to the next, without gradio.

``follow`` only reports *that* something changed; ``update`` then reads everything that the page shows. So the text of a
document crosses the wire when its window of pages changed and not otherwise, and a reader who turns pages while a run
goes on stays on their page.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import FolioError, InternalError, RunDeleted, RunNotFound, TooManyFiles, UploadExpired
from pipeline.formats import AS_USUAL, MarkdownForm
from pipeline.pages import MOST_PAGES, LaneChoice, OcrMode
from pipeline.records import ConvertOptions, ErrorFacts, Origin
from pipeline.run_price import GpuEstimate, TimeEstimate
from pipeline.runs.facsimiles import Facsimile
from pipeline.runs.state import RunView, Source
from pipeline.runs.visitors import NOBODY, Visitor
from pipeline.ui.catalogue import text
from pipeline.ui.convert.downloads import Uploads, delete_with_copies
from pipeline.ui.convert.page_state import FILES_AT_ONCE, Document, PageState, Repair
from pipeline.ui.convert.reader_pages import window
from pipeline.ui.ports import Runs

_log = logging.getLogger(__name__)

ENDED = ":ended"  # follows the signature of what a tab shows where every run has ended
SECONDS_BETWEEN_UPDATES = 0.4
RUN_ID_CHARS = 64  # no run id is longer; anything else in a link is not looked up


def error_facts(error: Exception) -> ErrorFacts:
    """The sentence and code of ``error``. An error outside the error tree is logged, and shown as a fault of Folio."""
    if not isinstance(error, FolioError):
        _log.error("unexpected error in the page", exc_info=error)
        error = InternalError()
    return ErrorFacts(error.code, error.message, error.retryable)


@dataclass(frozen=True, slots=True)
class FormValues:
    """The form as it was when Convert was pressed."""

    pages: str
    ocr: str
    tables: bool
    password: str
    lane: str = LaneChoice.GPU_THEN_CPU.value
    languages: tuple[str, ...] = ()
    markdown: MarkdownForm = AS_USUAL

    @property
    def options(self) -> ConvertOptions:
        pages, ocr, lane = (self.pages or "").strip(), OcrMode(self.ocr), LaneChoice(self.lane)
        return ConvertOptions(pages, ocr, bool(self.tables), lane, self.languages, self.markdown)

    def options_for(self, document: Document) -> ConvertOptions:
        """The options of one document, which may have a page range of its own."""
        return replace(self.options, pages=self.options.pages or document.pages)


@dataclass(frozen=True, slots=True)
class PriceTag:
    """What Convert would take, by document: ``times`` of all, and what is ``booked`` on the GPU, where it is used."""

    times: tuple[TimeEstimate, ...] = ()
    booked: tuple[GpuEstimate, ...] = ()


@dataclass(frozen=True, slots=True)
class PageUpdate:
    """Everything that the page shows now. ``views`` runs beside ``state.documents``; ``view`` is the chosen document's.
    ``signature`` changes with the pages that the reader shows, not with mere progress.
    """

    state: PageState
    views: tuple[RunView | None, ...]
    view: RunView | None
    signature: str

    @property
    def busy(self) -> bool:
        return any(view is not None and not view.status.ended for view in self.views)

    @property
    def drawn(self) -> str:
        """What a tab keeps of this update once it is drawn: the signature, marked where every run has ended."""
        return self.signature if self.busy else self.signature + ENDED

    def shown_by(self, drawn: str) -> bool:
        """Whether a tab that keeps ``drawn`` shows all of this: every run had ended then, too."""
        return not self.busy and self.drawn == drawn


class ConvertActions:
    """Everything the page can ask of the runs. No method raises a FolioError: errors come back as values to be
    shown.
    """

    def __init__(
        self, runs: Runs, files: int = FILES_AT_ONCE, uploads: Uploads | None = None, most_pages: int = MOST_PAGES
    ) -> None:
        """``files`` is how many documents are taken at once, ``most_pages`` how many pages of each; ``uploads`` is
        shared with the API.
        """
        self._runs, self._files, self._uploads = runs, files, uploads or Uploads()
        self._most_pages = most_pages

    def inspect(self, paths: list[str], password: str) -> PageState:
        """A state with the uploads, each opened and counted, or refused with its sentence."""
        return self.add(PageState(), paths, password)

    def add(self, state: PageState, paths: list[str], password: str) -> PageState:
        """The state with further uploads; a file that is there already is not added again. Files beyond the limit are
        named, and opened once there is room.
        """
        there = {document.path for document in state.documents}
        new = [Path(path) for path in dict.fromkeys(paths) if Path(path) not in there]
        left_out = error_facts(TooManyFiles(self._files))
        added = tuple(Document(path, path.name, error=left_out) for path in new)
        return self._opened(replace(state, documents=state.documents + added), password)

    def fetch(self, url: str, visitor: Visitor = NOBODY) -> Path | ErrorFacts:
        """The PDF at this address on the web as a file, or the reason why it is not fetched."""
        try:
            return self._uploads.fetch(self._runs, url, Origin.UI, visitor)
        except Exception as error:
            return error_facts(error)

    def remove(self, state: PageState, position: int, password: str) -> PageState:
        """The state without the document at ``position``; one that was left out takes its place."""
        if not state.editable or not 0 <= position < len(state.documents):
            return state
        rest = (*state.documents[:position], *state.documents[position + 1 :])
        return self._opened(replace(state, documents=rest, chosen=0), password)

    def unlock(self, state: PageState, password: str) -> PageState:
        """The state with its locked documents tried again."""
        return replace(
            state,
            documents=tuple(
                self._inspect(document.path, password) if document.locked and document.path else document
                for document in state.documents
            ),
        )

    def shorten(self, state: PageState, position: int) -> PageState:
        """The state in which a document that is too long is to be converted as far as possible; again, and it is not.

        An impossible position changes nothing.
        """
        if not 0 <= position < len(state.documents):
            return state
        document = state.documents[position]
        changed = replace(document, pages="" if document.pages else document.first_pages)
        return replace(state, documents=(*state.documents[:position], changed, *state.documents[position + 1 :]))

    def _opened(self, state: PageState, password: str) -> PageState:
        """The state in which every document for which there is room has been opened."""
        documents = tuple(
            self._inspect(document.path, password) if document.left_out and document.path else document
            for document in state.documents[: self._files]
        )
        return replace(state, documents=documents + state.documents[self._files :])

    def _inspect(self, path: Path, password: str) -> Document:
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            return Document(None, path.name, error=error_facts(UploadExpired()))
        try:
            checked = self._runs.check(Source(path, path.name, password), Origin.UI, survey=True)
        except Exception as error:
            return Document(path, path.name, size, error=error_facts(error))
        pages = checked.preflight.page_count
        most = self._most_pages if pages > self._most_pages else 0
        return Document(path, path.name, size, pages, checked=checked, most_pages=most)

    def start(self, state: PageState, choices: FormValues, visitor: Visitor = NOBODY) -> PageState:
        """The state with a run for every document that can be converted; the others keep the reason why not."""
        documents = tuple(self._start(document, choices, visitor) for document in state.documents)
        started = [position for position, document in enumerate(documents) if document.run_id]
        return PageState(documents, started[0] if started else 0, pages=choices.pages or "")

    def _start(self, document: Document, choices: FormValues, visitor: Visitor, again: bool = False) -> Document:
        if document.linked:
            return self._start_linked(document, choices, visitor, again)
        if document.path is None or not document.convertible:
            return document
        if not document.path.exists():
            return replace(document, run_id="", error=error_facts(UploadExpired()))
        source = Source(document.path, document.name, choices.password or "")
        try:
            checked = document.checked
            if checked is None or checked.source != source:  # another password than at the upload
                checked = self._runs.check(source, Origin.UI)
            options = choices.options_for(document)
            accepted = self._runs.convert(checked, options, Origin.UI, visitor, again=again)
        except Exception as error:
            return replace(document, run_id="", error=error_facts(error), reused=False)
        self._uploads.remember(accepted.run_id, document.path)
        fresh = replace(document, run_id=accepted.run_id, error=None, repair=Repair())
        return replace(fresh, reused=accepted.reused, checked=checked)

    def _start_linked(self, document: Document, choices: FormValues, visitor: Visitor, again: bool) -> Document:
        """A document that came by its run's link, with a run of the options chosen now; the run that there is stays
        where that cannot be.
        """
        try:
            accepted = self._runs.convert_again(
                document.run_id, choices.options, choices.password or "", Origin.UI, visitor, again=again
            )
        except Exception as error:
            return replace(document, error=error_facts(error))
        return replace(document, run_id=accepted.run_id, error=None, reused=accepted.reused)

    def again(self, state: PageState, choices: FormValues, visitor: Visitor = NOBODY) -> PageState:
        """The state with a new run for the chosen document, which an earlier run answered."""
        document = state.document
        if document is None or not document.reused:
            return state
        return state.with_chosen(self._start(document, choices, visitor, again=True))

    def follow(self, state: PageState) -> Iterator[str]:
        """A new string whenever a run of the state has news, at most every 0.4 s and always at the end of a run."""
        for run_id in state.followed:
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

    def stop(self, state: PageState) -> None:
        """Stop every run of the state that has not ended."""
        for run_id in state.run_ids:
            try:
                self._runs.cancel(run_id)
            except FolioError:
                continue

    def price(self, state: PageState, choices: FormValues) -> PriceTag:
        """What Convert would take and book, summed over the documents that can be converted. A document with a wrong
        page range is left out; Convert reports it.
        """
        if state.run_ids:
            return PriceTag()
        on_gpu = self._runs.books_gpu and choices.options.lane is not LaneChoice.CPU
        times, booked = [], []
        for document in state.documents:
            with suppress(FolioError):
                if document.page_count and state.ready(document):
                    options = choices.options_for(document)
                    what = (document.page_count, options, document.scanned_share)
                    times.append(self._runs.time_estimate(*what))
                    booked += [self._runs.estimate(*what)] if on_gpu else []
        return PriceTag(tuple(times), tuple(booked))

    def resume(
        self,
        state: PageState,
        password: str,
        visitor: Visitor = NOBODY,
        lane: LaneChoice | None = None,
        *,
        fitting: bool = False,
    ) -> PageState:
        """The state with the run that continues the chosen one, or with the reason why it cannot be continued.

        ``lane`` replaces the run's own; ``fitting`` takes no more pages than the GPU would have admitted.
        """
        document = state.document
        if document is None or not document.run_id:
            return state
        try:
            most_pages = self._runs.view(document.run_id).fitting_pages if fitting else 0
            run_id = self._runs.resume(document.run_id, password, Origin.UI, visitor, lane, most_pages)
        except Exception as error:
            return state.with_chosen(replace(document, error=error_facts(error)))
        self._uploads.pass_on(document.run_id, run_id)
        return state.with_chosen(replace(document, run_id=run_id, error=None, reused=False))

    def delete(self, state: PageState) -> PageState:
        """The state without the chosen run, whose files are gone, or with the reason why they could not be deleted."""
        document = state.document
        if document is None or not document.run_id:
            return state
        if error := self.delete_run(document.run_id):
            return state.with_chosen(replace(document, error=error))
        gone = replace(document, path=None, run_id="", error=error_facts(RunDeleted()), reused=False, repair=Repair())
        return state.with_chosen(gone)

    def delete_run(self, link: str) -> ErrorFacts | None:
        """Delete a run with every copy of its files; the reason why not, where that cannot be."""
        try:
            delete_with_copies(self._runs, self._uploads, link)
        except Exception as error:
            return error_facts(error)
        return None

    def outline(self, link: str) -> RunView:
        """The run that stands for this one now, perhaps without its texts. Raises RunNotFound."""
        return self._runs.view(self._runs.newest(link), texts=False)

    def find(self, run_id: str) -> PageState:
        """The state of a visitor who comes by a run's link, with the run that stands for it now.

        One document with a sentence where there is no such run.
        """
        try:
            if not 0 < len(run_id) <= RUN_ID_CHARS or not run_id.replace("-", "").replace("_", "").isalnum():
                raise RunNotFound
            run_id = self._runs.newest(run_id)
            view, repair = self._runs.view(run_id), Repair(self._runs.rereading(run_id))
        except Exception as error:
            return PageState((Document(None, text("documents.run_missing"), error=error_facts(error)),))
        found = Document(None, view.name, page_count=view.page_count, run_id=run_id, read_only=view.read_only)
        return PageState((replace(found, repair=repair),))

    def facsimile(self, run_id: str, page: int) -> Facsimile | None:
        """How a page of a run looks; None where that is not there. Raises RunNotFound."""
        return self._runs.facsimile(run_id, page)

    def update(self, state: PageState) -> PageUpdate:
        """Everything to be shown now. A run whose files have expired is shown as a document with that sentence."""
        pairs = [self._view(document) for document in state.documents]
        fresh = replace(state, documents=tuple(document for document, _ in pairs))
        views = tuple(view for _, view in pairs)
        view = views[fresh.chosen] if fresh.chosen < len(views) else None
        return PageUpdate(fresh, views, view, _signature(fresh, view))

    def _view(self, document: Document) -> tuple[Document, RunView | None]:
        if not document.run_id:
            return document, None
        try:
            return document, self._runs.view(document.run_id)
        except Exception as error:
            return replace(document, run_id="", error=error_facts(error)), None


def _signature(state: PageState, view: RunView | None) -> str:
    if view is None:
        return "empty"
    texts = {text.page for text in view.texts}
    pages = window(view, state.first)
    marks = "".join("t" if page.page in texts else page.status.value[0] for page in pages)
    return f"{view.run_id}:{state.first}:{marks}:{view.status.value if view.status.ended else ''}:{len(view.exports)}"
