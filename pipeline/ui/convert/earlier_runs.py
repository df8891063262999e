"""The runs of one browser, as far as they are still there. The browser keeps their links, the server keeps no list."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from pipeline.errors import RunNotFound
from pipeline.records import ErrorFacts
from pipeline.runs.state import RunView
from pipeline.ui.catalogue import counted
from pipeline.ui.convert.actions import ConvertActions
from pipeline.ui.convert.present import kept_until, status_name
from pipeline.ui.plain_text import file_name
from pipeline.ui.templating import render
from pipeline.ui.text_comparison import run_id_in

MOST_LISTED = 50


@dataclass(frozen=True, slots=True)
class EarlierRuns:
    """The runs that are there, newest first, and the links that lead nowhere any more.

    ``asked`` is the record id of the run that is to be deleted, if its owner says so once more; ``error`` says why a
    run could not be deleted.
    """

    views: tuple[RunView, ...] = ()
    gone: tuple[str, ...] = ()
    asked: str = ""
    error: ErrorFacts | None = None

    def find(self, record_id: object) -> RunView | None:
        """The run of that record."""
        return next((view for view in self.views if view.record_id == record_id), None)


def look(actions: ConvertActions, links: object) -> EarlierRuns:
    """The runs of these links, as a browser sends them; anything else but links is left out.

    A run that another one continues is shown as that one.
    """
    views: dict[str, RunView] = {}
    gone = []
    for link in _links(links):
        try:
            view = actions.outline(link)
            views.setdefault(view.run_id, view)
        except RunNotFound:
            gone.append(link)
    return EarlierRuns(tuple(views.values()), tuple(gone))


def _links(links: object) -> list[str]:
    texts = [link for link in links[:MOST_LISTED] if isinstance(link, str)] if isinstance(links, list) else []
    return list(dict.fromkeys(link for link in texts if run_id_in(link) == link))


def delete(actions: ConvertActions, earlier: EarlierRuns, record_id: object) -> EarlierRuns:
    """What is left when the run of that record is deleted; all of it with the reason, where it cannot be."""
    view = earlier.find(record_id)
    if view is None:
        return earlier
    if error := actions.delete_run(view.run_id):
        return replace(earlier, error=error)
    rest = tuple(other for other in earlier.views if other is not view)
    return replace(earlier, views=rest, gone=(*earlier.gone, view.run_id))


def earlier_runs(earlier: EarlierRuns, days: int) -> Markup:
    """The list as HTML; nothing for a browser without runs. ``days`` is how long runs are kept."""
    return render(
        "earlier_runs",
        rows=[_row(view, days, view.record_id == earlier.asked) for view in earlier.views],
        gone=earlier.gone,
        left=_left(earlier.gone),
        error=earlier.error,
    )


def _row(view: RunView, days: int, asked: bool) -> dict[str, object]:
    return {
        "record_id": view.record_id,
        "name": file_name(view.name),
        "state": view.status.value,
        "state_name": status_name(view),
        "facts": f"{counted('count.page', len(view.pages))} · {kept_until(view, days)}",
        "asked": asked,
        "ended": view.status.ended,
    }


def _left(gone: Sequence[str]) -> str:
    return counted("earlier.left", len(gone)) if gone else ""
