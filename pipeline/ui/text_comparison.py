"""Two runs' Markdown side by side, for whoever holds both links. The page and the API show what is worked out here."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from pipeline.errors import RunNotFound
from pipeline.history.difference import Change, DifferenceLine, PageChange, compare_lines, compare_pages
from pipeline.runs.state import RunView
from pipeline.ui.ports import Runs

CHANGES_AT_ONCE = 10
RUN_ID_CHARS = 64  # no run id is longer; anything else is not looked up
LINK_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class ComparedPage:
    """One page of which the text differs; ``lines`` is None where it is not compared line by line."""

    page: int
    change: Change
    lines: tuple[DifferenceLine, ...] | None = None

    def lines_of(self, mark: str) -> int:
        return sum(line.mark == mark for line in self.lines or ())


@dataclass(frozen=True, slots=True)
class TextComparison:
    """Every page of two runs, and some of the differing ones line by line: those from the ``first`` differing one
    on.
    """

    left: RunView
    right: RunView
    changes: tuple[PageChange, ...]
    first: int
    shown: tuple[ComparedPage, ...]

    @property
    def differing(self) -> int:
        return sum(page.change is not Change.EQUAL for page in self.changes)


def run_id_in(text: str) -> str:
    """The run id in what somebody pasted: a run's link, or the id alone. Empty where there is none."""
    pasted = text.strip()[:LINK_CHARS]
    try:
        found = parse_qs(urlsplit(pasted).query).get("run", [pasted])[0]
    except ValueError:  # an address that is none
        return ""
    fits = 0 < len(found) <= RUN_ID_CHARS and found.replace("-", "").replace("_", "").isalnum()
    return found if fits else ""


def open_run(runs: Runs, link: str) -> RunView:
    """The run of a link or id. Raises RunNotFound."""
    run_id = run_id_in(link)
    if not run_id:
        raise RunNotFound
    return runs.view(run_id)


def compare_texts(left: RunView, right: RunView, first: int = 0) -> TextComparison:
    """The difference of two runs, page by page."""
    old, new = ({text.page: text.markdown for text in view.texts} for view in (left, right))
    changes = compare_pages(old, new)
    differing = [page for page in changes if page.change is not Change.EQUAL]
    start = min(max(first, 0), max(len(differing) - 1, 0)) // CHANGES_AT_ONCE * CHANGES_AT_ONCE
    shown = [_page_lines(page, old, new) for page in differing[start : start + CHANGES_AT_ONCE]]
    return TextComparison(left, right, changes, start, tuple(shown))


def _page_lines(page: PageChange, old: dict[int, str], new: dict[int, str]) -> ComparedPage:
    lines = compare_lines(old.get(page.page, ""), new.get(page.page, "")) if page.change is Change.CHANGED else ()
    return ComparedPage(page.page, page.change, lines)
