"""A run as everybody outside the runner sees it: immutable snapshots, each newer than the last.

The runner publishes a new ``RunView`` whenever something changed; the browser, the API and the command line only read
them. No docling type, no path outside the run's own exports, and no secret appears here.

A new field of a run costs at most four edits:

1. its declaration with a default in ``pipeline/records.py``: in ``RecordedFacts`` where the record is to have it, else
   in ``RunFacts``. From there the field travels on its own: into ``RunView``, into ``result.json`` and back, and into
   the ledger's record;
2. its value, where it is learnt: ``job.update(lambda view: replace(view, FIELD=…))``;
3. its place in the results dataset, if it goes there: a number is one row of ``METRICS``
   (``pipeline/store/metrics.py``);
4. its name in ``SHOWN`` (``pipeline/ui/api/run_summary.py``), if the API answers with it.

A field that only the snapshot has (such as ``cpu_bundle``) costs its declaration in ``RunView`` and its value. A
further column of the dashboard is a choice of its own: ``Brief`` and ``Records`` (``pipeline/store/columns.py``).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors.page_notices import LOSSY
from pipeline.pages import PageNotice, PageStatus, Preflight
from pipeline.records import CODES_JOINED, ConvertOptions, PageOutcome, Rereading, RunFacts, RunStatus, Stage
from pipeline.survey import Survey


@dataclass(frozen=True, slots=True)
class Source:
    """An upload on its way in: where it lies, the name its sender gave it (shown, never used as a path) and the
    password.

    The password lives here only, so that neither options nor records can hold it.
    """

    path: Path
    name: str
    password: str = ""

    def __repr__(self) -> str:
        return f"Source(name={self.name!r})"


@dataclass(frozen=True, slots=True)
class CheckedSource:
    """A source that was opened and hashed, and can be converted; what was learnt travels on with it.

    ``stamp`` is the file's inode, size and time of writing when it was hashed; ``seconds`` is how long that took.
    ``survey`` tells how many pages are scans; None where nobody asked, or nobody could tell.
    """

    source: Source
    preflight: Preflight
    stamp: tuple[int, int, int]
    seconds: float = 0.0
    survey: Survey | None = None

    @property
    def is_current(self) -> bool:
        """Whether the file is still the one that was hashed."""
        return self.stamp == stamp_of(self.source.path)


def stamp_of(path: Path) -> tuple[int, int, int]:
    """What changes when another file takes the place of this one; zeros where there is none."""
    try:
        status = path.stat()
    except OSError:
        return (0, 0, 0)
    return status.st_ino, status.st_size, status.st_mtime_ns


@dataclass(frozen=True, slots=True)
class Accepted:
    """A request that is answered by ``run_id``: an earlier run of the same work where ``reused``, else a new one."""

    run_id: str
    reused: bool


@dataclass(frozen=True, slots=True)
class ExportFile:
    """One finished export of a run: its format's name (``md``, ``json``, …), its file and its size in bytes."""

    format: str
    path: Path
    size_bytes: int


@dataclass(frozen=True, slots=True)
class PageText:
    """The Markdown of one finished page, for reading while later pages still run. Pictures are left out."""

    page: int
    markdown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView(RunFacts):
    """One snapshot of a run. ``version`` rises with every change.

    ``run_id`` is the secret link; ``reading_id`` the secret of a link that lets its holder read the run and change
    nothing, empty where there is none; ``record_id`` the public id of the run's iteration record. ``read_only`` says
    that the snapshot was asked for by the reading id, which then stands in the place of the run id.

    ``pages`` has one outcome per selected page, in page order. ``texts`` holds finished pages in page order.
    ``remaining_s`` is None until it can be estimated, ``queue_position`` is 0 once the run has started. ``expires_at``
    is when its files go, in UTC as ISO 8601; empty where that is unknown. ``cpu_bundle`` names the models that
    would go on where the run is continued on the CPU. ``pictures`` is the folder of the files to which the texts refer
    as ``pictures/NAME.png``. ``wait_s`` is about how long a queued run still waits, None where that is not known.
    ``rereadings`` are the pages whose second reading took the place of the first.
    """

    run_id: str
    record_id: str
    name: str
    options: ConvertOptions
    version: int = 0
    stage: Stage | None = None
    queue_position: int = 0
    texts: tuple[PageText, ...] = ()
    remaining_s: float | None = None
    exports: tuple[ExportFile, ...] = ()
    expires_at: str = ""
    cpu_bundle: str = ""
    pictures: Path | None = None
    wait_s: float | None = None
    rereadings: tuple[Rereading, ...] = ()
    reading_id: str = ""
    read_only: bool = False

    @property
    def for_reading(self) -> "RunView":
        """The snapshot as whoever has the read-only link sees it, without the run's own id."""
        return replace(self, run_id=self.reading_id, read_only=True)

    @property
    def pages_done(self) -> int:
        return sum(page.status is not PageStatus.NOT_STARTED for page in self.pages)

    @property
    def failures(self) -> tuple[PageOutcome, ...]:
        return tuple(page for page in self.pages if page.status in (PageStatus.FAILED, PageStatus.TIMED_OUT))

    @property
    def noted(self) -> tuple[PageOutcome, ...]:
        """The pages that are well, but whose reader should know something of them."""
        return tuple(page for page in self.finished if page.reason)

    @property
    def lossy(self) -> bool:
        """Whether something of a page that is well may be missing."""
        return any(LOSSY & set(page.code.split(CODES_JOINED)) for page in self.noted)

    @property
    def unstarted(self) -> tuple[PageOutcome, ...]:
        return tuple(page for page in self.pages if page.status is PageStatus.NOT_STARTED)

    @property
    def finished(self) -> tuple[PageOutcome, ...]:
        """The pages that are well, which a run that continues this one does not convert again."""
        return tuple(page for page in self.pages if page.status is PageStatus.OK)

    @property
    def pages_by_bundle(self) -> dict[str, tuple[int, ...]]:
        """The finished pages of each bundle."""
        return pages_by_bundle(self.bundle, self.pages)

    @property
    def resumable(self) -> bool:
        """Whether continuing can add something: the run ended with gaps, or failed for a reason that may have passed.
        Never for whoever has the read-only link.
        """
        if self.read_only or not self.status.ended or self.status is RunStatus.OK:
            return False
        if self.status is RunStatus.PARTIAL and not (self.failures or self.unstarted or self.error):
            return False  # only notices: the pages are as good as they get
        return (
            self.status is not RunStatus.ERROR or bool(self.texts) or (self.error is not None and self.error.retryable)
        )

    def export(self, format_name: str) -> ExportFile | None:
        """The export of this format, or None where it was not written."""
        return next((file for file in self.exports if file.format == format_name), None)


def pages_by_bundle(bundle: str, outcomes: Iterable[PageOutcome]) -> dict[str, tuple[int, ...]]:
    """The pages of a run that are well, by the bundle that read them; ``bundle`` is the run's, for pages that do not
    name theirs.
    """
    found: dict[str, list[int]] = {}
    for page in outcomes:
        if page.status is PageStatus.OK:
            found.setdefault(page.bundle or bundle, []).append(page.page)
    return {name: tuple(pages) for name, pages in found.items()}


def noted(notices: Iterable[PageNotice]) -> tuple[str, str]:
    """The code and the reason of a page that is well, made of its notices; both empty where there are none."""
    told = tuple(notices)
    return CODES_JOINED.join(notice.code for notice in told), " ".join(notice.message for notice in told)
