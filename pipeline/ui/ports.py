"""What the page needs of whoever runs conversions. ``pipeline.runs.run_links.RunLinks`` fits it; so do the tests'
scripted runs.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from pipeline.pages import LaneChoice
from pipeline.records import ConvertOptions, Origin
from pipeline.run_price import GpuEstimate, TimeEstimate
from pipeline.runs.facsimiles import Facsimile
from pipeline.runs.state import Accepted, CheckedSource, RunView, Source
from pipeline.runs.visitors import NOBODY, Visitor


class Runs(Protocol):
    """Checks, queues, follows, stops, continues and deletes runs. A run outlives whoever asked for it.

    A ``link`` is a run's own id, or its reading id, with which nothing is changed: what changes a run raises
    RunReadOnly for that, and snapshots have it in place of the run's id. A link that leads nowhere raises RunNotFound
    everywhere.
    """

    @property
    def has_gpu(self) -> bool:
        """Whether there is a GPU lane to choose."""
        ...

    def fetch(self, url: str, folder: Path, origin: Origin, visitor: Visitor) -> Path:
        """The PDF at this address on the web as a file in ``folder``, which is made for it.

        Raises FetchError, IntakeError, VisitorBusy, AddressBusy, DiskNearlyFull or StorageFailed; nothing is kept then.
        """
        ...

    def check(self, source: Source, origin: Origin, *, survey: bool = False) -> CheckedSource:
        """Open and hash the source, once; with ``survey`` also look which of its pages are scans.

        Raises IntakeError, and InternalError where no parse child starts.
        """
        ...

    def convert(
        self,
        checked: CheckedSource,
        options: ConvertOptions,
        origin: Origin,
        visitor: Visitor = NOBODY,
        *,
        again: bool = False,
    ) -> Accepted:
        """The run that did this very work for this visitor before, else a new one in the queue; with ``again`` always a
        new one.

        Raises IntakeError, NoGpuHere, QueueFull, VisitorBusy, AddressBusy, DiskNearlyFull, StorageFailed or
        InternalError; nothing is queued then.
        """
        ...

    def watch(self, link: str) -> Iterator[RunView]:
        """Snapshots until the run has ended. Closing the iterator does not stop the run."""
        ...

    def newest(self, link: str) -> str:
        """The link, of the same kind, to the run that stands for this one now: the last of those that continue it, else
        itself.
        """
        ...

    def view(self, link: str, texts: bool = True) -> RunView:
        """The run's newest snapshot. Without ``texts`` it may lack them, and costs little."""
        ...

    def facsimile(self, link: str, page: int) -> Facsimile | None:
        """How a finished page looks; None where that is not there."""
        ...

    def cancel(self, link: str) -> None:
        """Stop the run; finished pages are kept and exported. Raises RunReadOnly."""
        ...

    @property
    def books_gpu(self) -> bool:
        """Whether GPU seconds are booked for a visitor."""
        ...

    def estimate(self, pages: int, options: ConvertOptions, scanned_share: float | None = None) -> GpuEstimate:
        """What a document of so many pages would book on the GPU, where ``scanned_share`` of them are scans, in [0, 1];
        None where that is unknown. Raises IntakeError.
        """
        ...

    def time_estimate(self, pages: int, options: ConvertOptions, scanned_share: float | None = None) -> TimeEstimate:
        """How long such a document would wait and take. Raises IntakeError."""
        ...

    def resume(
        self,
        link: str,
        password: str = "",
        origin: Origin = Origin.UI,
        visitor: Visitor = NOBODY,
        lane: LaneChoice | None = None,
        most_pages: int = 0,
    ) -> str:
        """Continue a run that ended with gaps and return the id of the run that stands for it now.

        ``lane`` replaces the run's own choice; ``most_pages`` is how many further pages may be converted, 0 for all.
        Raises RunReadOnly, SourceExpired, and what ``check`` and ``convert`` raise.
        """
        ...

    def convert_again(
        self,
        link: str,
        options: ConvertOptions,
        password: str = "",
        origin: Origin = Origin.UI,
        by: Visitor = NOBODY,
        *,
        again: bool = False,
    ) -> Accepted:
        """Convert the run's PDF with other options, from the copy that lies with the run; ``again`` as in ``convert``.
        Raises RunReadOnly, SourceExpired, and what ``check`` and ``convert`` raise.
        """
        ...

    def reread(self, link: str, options: ConvertOptions, password: str, origin: Origin, visitor: Visitor) -> str:
        """Read pages of an ended run again, aside from it, and return the id of the run that does so.

        Raises RunReadOnly, RunNotEnded, NoPageToReread, PageNotSelected, and what ``resume`` raises.
        """
        ...

    def accept(self, link: str, pages: str, password: str, origin: Origin, visitor: Visitor) -> str:
        """Take ``pages`` (a range; empty for all) that the run read again into the run that it read them of.

        Returns the id of the run that has them. Raises RunReadOnly, NoRereading, PageNotReread, RunNotEnded, and
        what ``resume`` raises.
        """
        ...

    def rereading(self, link: str) -> str:
        """The newest run that reads pages of this one again; empty where there is none, or for a reading id."""
        ...

    def delete(self, link: str) -> None:
        """Delete the run's source, pages and files. Raises RunReadOnly, and RunStillGoing for a run under way."""
        ...
