"""What happens when somebody repairs pages of a run: plain functions from one page state to the next, without gradio.

A repair has two runs: one that reads the pages again, and, once pages of it are taken over, one that writes the files
anew. Until that is complete, the page shows the first run as it was.
"""

from dataclasses import dataclass, replace

from pipeline.errors import RunNotFound
from pipeline.pages import format_page_range
from pipeline.records import ConvertOptions, Origin
from pipeline.runs.state import RunView
from pipeline.runs.visitors import NOBODY, Visitor
from pipeline.ui.convert.actions import error_facts
from pipeline.ui.convert.downloads import Uploads, delete_with_copies
from pipeline.ui.convert.page_state import PageState, Repair
from pipeline.ui.ports import Runs


@dataclass(frozen=True, slots=True)
class RepairUpdate:
    """What the repair of the chosen document shows now: the run itself, the one that reads pages again, and the one
    that takes them over; None where there is none.
    """

    state: PageState
    first: RunView | None = None
    second: RunView | None = None
    taking: RunView | None = None


class RepairActions:
    """Everything the page can ask of a repair. No method raises a FolioError: errors come back in the state."""

    def __init__(self, runs: Runs, uploads: Uploads) -> None:
        self._runs, self._uploads = runs, uploads

    def start(self, state: PageState, options: ConvertOptions, password: str, visitor: Visitor = NOBODY) -> PageState:
        """The state in which pages of the chosen run are read again; ``options.pages`` names them."""
        document = state.document
        if document is None or not document.run_id:
            return state
        try:
            second = self._runs.reread(document.run_id, options, password, Origin.UI, visitor)
        except Exception as error:
            return state.with_repair(replace(document.repair, error=error_facts(error)))
        return state.with_repair(Repair(second))

    def stop(self, state: PageState) -> None:
        """Stop the reading; pages that are read already can be taken over."""
        if state.document is not None and state.document.repair.run_id:
            try:
                self._runs.cancel(state.document.repair.run_id)
            except Exception as error:
                error_facts(error)

    def choose(self, state: PageState, page: int, new: bool) -> PageState:
        """The state in which a page is to be taken over, or to stay as it is."""
        if state.document is None:
            return state
        repair = state.document.repair
        declined = repair.declined - {page} if new else repair.declined | {page}
        return state.with_repair(replace(repair, declined=declined))

    def accept(self, state: PageState, password: str, visitor: Visitor = NOBODY) -> PageState:
        """The state in which the pages that are not declined are taken over."""
        if state.document is None or not state.document.repair.run_id:
            return state
        repair = state.document.repair
        try:
            pages = [page.page for page in self._runs.view(repair.run_id).finished if page.page not in repair.declined]
            chosen = format_page_range(pages)
            accepted = self._runs.accept(repair.run_id, chosen, password, Origin.UI, visitor) if pages else ""
        except Exception as error:
            return state.with_repair(replace(repair, error=error_facts(error)))
        return state.with_repair(replace(repair, accepted=accepted, error=None))

    def discard(self, state: PageState) -> PageState:
        """The state without the second reading, whose files are gone."""
        if state.document is None or not state.document.repair.run_id:
            return state
        repair = state.document.repair
        try:
            delete_with_copies(self._runs, self._uploads, repair.run_id)
        except RunNotFound:
            return state.with_repair(Repair())
        except Exception as error:
            return state.with_repair(replace(repair, error=error_facts(error)))
        return state.with_repair(Repair())

    def settle(self, state: PageState) -> PageState:
        """The state in which the run that took pages over stands for the first one, if it is complete."""
        document = state.document
        if document is None or not document.repair.accepted:
            return state
        taking = self._view(document.repair.accepted)
        if taking is None or not taking.status.ended:
            return state
        if not taking.exports:
            return state.with_repair(replace(document.repair, accepted="", error=taking.error))
        self._uploads.pass_on(document.run_id, taking.run_id)
        return state.with_chosen(replace(document, run_id=taking.run_id, repair=Repair(), error=None, reused=False))

    def update(self, state: PageState) -> RepairUpdate:
        """Everything to be shown now."""
        document = state.document
        first = self._view(document.run_id) if document else None
        if document is None or first is None:
            return RepairUpdate(state)
        second, taking = self._view(document.repair.run_id), self._view(document.repair.accepted)
        return RepairUpdate(state, first, second, taking)

    def _view(self, run_id: str) -> RunView | None:
        try:
            return self._runs.view(run_id) if run_id else None
        except RunNotFound:
            return None
