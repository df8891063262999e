"""The state of one visitor's page: the documents, which one is being read, and from which page on.

The state is immutable and gradio keeps it on the server, one per browser tab. A client never sends a run id back: it
sends the position of a row or of a page, which is checked against the state.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import PasswordNeeded, PasswordWrong, RunDeleted, RunNotFound, TooManyFiles
from pipeline.records import ErrorFacts
from pipeline.runs.state import CheckedSource
from pipeline.settings import Settings
from pipeline.survey import Survey

PAGES_AT_ONCE = 5
FILES_AT_ONCE = 10


def files_at_once(settings: Settings) -> int:
    """How many documents a visitor can add: no more than may wait for one visitor."""
    return min(FILES_AT_ONCE, settings.visitor_runs)


@dataclass(frozen=True, slots=True)
class Repair:
    """Pages of a run that are read again. ``run_id`` is of the run that does so, ``declined`` are the pages that stay
    as they are, and ``accepted`` is the run that takes the others over. ``error`` says what of it could not be done.
    """

    run_id: str = ""
    declined: frozenset[int] = frozenset()
    accepted: str = ""
    error: ErrorFacts | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One upload. ``run_id`` is empty until its run is queued; ``error`` says why it cannot be, or cannot be continued.

    ``path`` is None for a document that came by a run's link; ``page_count`` is 0 where nobody has counted. ``reused``
    is True when an earlier run, which had done the same work, answers. ``checked`` has what was learnt when the upload
    was opened; None where it could not be opened, or came by a link. ``most_pages`` is how many pages are converted at
    once, where the document has more; else 0. ``pages`` is a page range of this document's own, in place of none.
    ``read_only`` says that its run was opened by the link that changes nothing.
    """

    path: Path | None
    name: str
    size_bytes: int = 0
    page_count: int = 0
    run_id: str = ""
    error: ErrorFacts | None = None
    reused: bool = False
    checked: CheckedSource | None = None
    most_pages: int = 0
    pages: str = ""
    read_only: bool = False
    repair: Repair = Repair()

    @property
    def survey(self) -> Survey | None:
        """How many of its pages are scans; None where that is unknown."""
        return self.checked.survey if self.checked else None

    @property
    def scanned_share(self) -> float | None:
        """Share of its pages that are scans, in [0, 1]; None where that is unknown."""
        return self.survey.scanned_share if self.survey else None

    @property
    def first_pages(self) -> str:
        """The range of the first pages that are converted at once, where the document has more; else empty."""
        return f"1-{self.most_pages}" if self.most_pages else ""

    @property
    def left_out(self) -> bool:
        """True when more files were added than are taken at once, and this is one too many."""
        return self.error is not None and self.error.code == TooManyFiles.code

    @property
    def locked(self) -> bool:
        """True when the PDF could not be opened for want of a (correct) password."""
        return self.error is not None and self.error.code in (PasswordNeeded.code, PasswordWrong.code)

    @property
    def gone(self) -> bool:
        """True when the run of this document has been deleted, or its files have expired."""
        return self.error is not None and self.error.code in (RunNotFound.code, RunDeleted.code)

    @property
    def linked(self) -> bool:
        """True for a run that came by its private link: its PDF lies with it, and can be converted again."""
        return self.path is None and bool(self.run_id) and not self.read_only

    @property
    def convertible(self) -> bool:
        """True when Convert can try this document: the file opened, or may open with a password, or lies with a
        run.
        """
        return self.linked or (self.path is not None and (self.page_count > 0 or self.locked))


@dataclass(frozen=True, slots=True)
class PageState:
    """``chosen`` is an index into ``documents``; ``first`` is an index into the chosen run's pages, where the reader
    starts. ``deleting`` is True while the visitor is asked to confirm that the chosen run is to be deleted. ``pages``
    is the page range that is typed in the form.
    """

    documents: tuple[Document, ...] = ()
    chosen: int = 0
    first: int = 0
    deleting: bool = False
    pages: str = ""

    @property
    def document(self) -> Document | None:
        return self.documents[self.chosen] if self.chosen < len(self.documents) else None

    @property
    def run_ids(self) -> tuple[str, ...]:
        return tuple(document.run_id for document in self.documents if document.run_id)

    @property
    def read_only(self) -> bool:
        return any(document.read_only for document in self.documents)

    @property
    def followed(self) -> tuple[str, ...]:
        """Every run that may have news: the documents', and those of their repairs."""
        repairs = (document.repair for document in self.documents)
        return (*self.run_ids, *(run for repair in repairs for run in (repair.run_id, repair.accepted) if run))

    @property
    def locked(self) -> bool:
        return any(document.locked for document in self.documents)

    @property
    def convertible(self) -> bool:
        """Whether at least one upload can be converted, or could be with the password typed meanwhile."""
        return any(self.ready(document) for document in self.documents)

    @property
    def editable(self) -> bool:
        """Whether files can be added and removed: none has been converted."""
        return bool(self.documents) and all(document.path and not document.run_id for document in self.documents)

    def ready(self, document: Document) -> bool:
        """Whether Convert can try this document with the page range there is; one that is too long needs one."""
        return document.convertible and bool(not document.most_pages or document.pages or self.pages.strip())

    def with_chosen(self, document: Document) -> "PageState":
        """The same state with ``document`` in place of the chosen one."""
        others = self.documents
        return replace(self, documents=(*others[: self.chosen], document, *others[self.chosen + 1 :]), deleting=False)

    def with_repair(self, repair: Repair) -> "PageState":
        """The same state with this repair of the chosen document."""
        return self if self.document is None else self.with_chosen(replace(self.document, repair=repair))

    @property
    def next_first(self) -> int:
        return self.first + PAGES_AT_ONCE

    def choose(self, position: int) -> "PageState":
        """Read another document, from its first page; an impossible position changes nothing."""
        return replace(self, chosen=position, first=0, deleting=False) if 0 <= position < len(self.documents) else self

    def turn_to(self, index: int, pages: int) -> "PageState":
        """Show the window of pages that holds ``index``, of a run of ``pages`` pages."""
        inside = min(max(index, 0), max(pages - 1, 0))
        return replace(self, first=inside - inside % PAGES_AT_ONCE)
