"""Runs by either of their two links.

The private one is the run's own id: whoever has it has the run. The read-only one shows the run to others. Its secret
is a second random number, from which the run's id cannot be worked out, and the id is in nothing that this module gives
to whoever has the read-only link alone.
"""

from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import RunReadOnly
from pipeline.pages import LaneChoice
from pipeline.records import ConvertOptions, Origin
from pipeline.run_price import GpuEstimate, TimeEstimate
from pipeline.runs.facsimiles import Facsimile
from pipeline.runs.runner import Runner
from pipeline.runs.state import Accepted, CheckedSource, RunView, Source
from pipeline.runs.stored_runs import stored_source
from pipeline.runs.visitors import NOBODY, Visitor
from pipeline.store.artifacts import READING_ID, ArtifactStore, RunFolder


class RunLinks:
    """What strangers ask of the runner. A ``link`` is a run id or a reading id; with the latter nothing is changed.

    Every method that changes a run raises RunReadOnly for a reading id, and all raise RunNotFound alike for a link that
    leads nowhere.
    """

    def __init__(self, runner: Runner) -> None:
        self._runner, self._store = runner, ArtifactStore(runner.settings.data_dir)

    # -- whoever asks --------------------------------------------------------------------------------------------------

    @property
    def has_gpu(self) -> bool:
        return self._runner.has_gpu

    @property
    def books_gpu(self) -> bool:
        return self._runner.books_gpu

    def estimate(self, pages: int, options: ConvertOptions, scanned_share: float | None = None) -> GpuEstimate:
        return self._runner.estimate(pages, options, scanned_share)

    def time_estimate(self, pages: int, options: ConvertOptions, scanned_share: float | None = None) -> TimeEstimate:
        return self._runner.time_estimate(pages, options, scanned_share)

    def fetch(self, url: str, folder: Path, origin: Origin, visitor: Visitor) -> Path:
        return self._runner.fetched.fetch(url, folder, origin, visitor)

    def check(self, source: Source, origin: Origin, *, survey: bool = False) -> CheckedSource:
        return self._runner.check(source, origin, survey=survey)

    def convert(
        self,
        checked: CheckedSource,
        options: ConvertOptions,
        origin: Origin,
        visitor: Visitor = NOBODY,
        *,
        again: bool = False,
    ) -> Accepted:
        return self._runner.convert(checked, options, origin, visitor, again=again)

    # -- whoever has one of the links ----------------------------------------------------------------------------------

    def view(self, link: str, texts: bool = True) -> RunView:
        """The run's newest snapshot. Without ``texts`` it may lack them, and costs little."""
        folder = self._open(link)
        return _shown(self._runner.view(folder.run_id, texts), link)

    def watch(self, link: str) -> Iterator[RunView]:
        """Snapshots of the run until it has ended."""
        views = self._runner.watch(self._open(link).run_id)
        return (_shown(view, link) for view in views)

    def newest(self, link: str) -> str:
        """The link, of the same kind, to the run that stands for this one now."""
        newest = self._runner.newest(self._open(link).run_id)
        return self._store.open(newest).start().reading_id or link if _reads(link) else newest

    def facsimile(self, link: str, page: int) -> Facsimile | None:
        """How a finished page looks; None where that is not there."""
        return self._runner.facsimile(self._open(link).run_id, page)

    # -- whoever has the private link ----------------------------------------------------------------------------------

    def cancel(self, link: str) -> None:
        """Stop the run at its next micro-batch; finished pages are kept and exported."""
        self._runner.cancel(self._private(link).run_id)

    def delete(self, link: str) -> None:
        """Delete everything of the run but its record. Raises RunStillGoing for a run under way."""
        self._runner.delete(self._private(link).run_id)

    def resume(
        self,
        link: str,
        password: str = "",
        origin: Origin = Origin.UI,
        visitor: Visitor = NOBODY,
        lane: LaneChoice | None = None,
        most_pages: int = 0,
    ) -> str:
        """Continue a run that ended with gaps; see ``Runner.resume``."""
        return self._runner.resume(self._private(link).run_id, password, origin, visitor, lane, most_pages)

    def reread(self, link: str, options: ConvertOptions, password: str, origin: Origin, visitor: Visitor) -> str:
        """Read pages of an ended run again, aside from it; see ``Runner.reread``."""
        return self._runner.reread(self._private(link).run_id, options, password, origin, visitor)

    def accept(self, link: str, pages: str, password: str, origin: Origin, visitor: Visitor) -> str:
        """Take pages that the run read again into the run that it read them of; see ``Runner.accept``."""
        return self._runner.accept(self._private(link).run_id, pages, password, origin, visitor)

    def rereading(self, link: str) -> str:
        """The newest run that reads pages of this one again; empty where there is none, or for a reading id."""
        return "" if _reads(link) else self._runner.rereading(self._private(link).run_id)

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
        """Convert the run's PDF with other options, from the copy that lies with the run.

        Raises SourceExpired, and what ``check`` and ``convert`` raise.
        """
        source = stored_source(self._private(link), password)
        return self.convert(self.check(source, origin), options, origin, by, again=again)

    def _open(self, link: str) -> RunFolder:
        return self._store.open_for_reading(link) if _reads(link) else self._store.open(link)

    def _private(self, link: str) -> RunFolder:
        folder = self._open(link)
        if _reads(link):
            raise RunReadOnly
        return folder


def _reads(link: str) -> bool:
    return READING_ID.fullmatch(link) is not None


def _shown(view: RunView, link: str) -> RunView:
    return view.for_reading if _reads(link) else view
