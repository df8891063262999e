"""The table of perspectives: functions that look at records and name what differs.

    @perspective("speed", "How long runs take.")
    def speed(look: Look) -> Iterator[Candidate | None]:
        yield compare_numbers(...)

A function is in the table once its file is in ``pipeline/workers/analysis/perspectives``.
"""

import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module

from pipeline.workers.analysis import perspectives
from pipeline.workers.analysis.comparisons import Candidate, once_each
from pipeline.workers.analysis.studied_run import StudiedRun

FEW = 0.1
"""Share of the baseline up to which a version counts as new."""


@dataclass(frozen=True, slots=True)
class ComparedGroup:
    """Recent runs with those that they are compared with; ``subject`` says what they have in common."""

    subject: str
    recent: tuple[StudiedRun, ...]
    baseline: tuple[StudiedRun, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What one look compares: runs since the last look of this perspective, and the runs before."""

    recent: tuple[StudiedRun, ...]
    baseline: tuple[StudiedRun, ...]

    def by_version(self) -> Iterator[ComparedGroup]:
        """The recent runs of each version. A new version is compared with the versions before it, one that was there
        with itself.
        """
        for app in sorted({run.app for run in self.recent}):
            own = tuple(run for run in self.recent if run.app == app)
            before = tuple(run for run in self.baseline if run.app == app)
            others = tuple(run for run in self.baseline if run.app != app)
            if len(once_each(before)) <= FEW * len(once_each(self.baseline)):
                yield ComparedGroup(f"version {app}", own, others)
            else:
                yield ComparedGroup(f"version {app}, over time", own, before)


Ask = Callable[[Look], Iterable[Candidate | None]]


@dataclass(frozen=True, slots=True)
class Perspective:
    """One perspective: its name, what it looks at, and the function that looks."""

    name: str
    meaning: str
    ask: Ask


def perspective(name: str, meaning: str) -> Callable[[Ask], Perspective]:
    """Make a perspective of a function."""
    return lambda ask: Perspective(name, meaning, ask)


def all_perspectives() -> tuple[Perspective, ...]:
    """The table, in the order of the names of its files."""
    names = sorted(item.name for item in pkgutil.iter_modules(perspectives.__path__))
    modules = (import_module(f"{perspectives.__name__}.{name}") for name in names)
    return tuple(item for module in modules for item in vars(module).values() if isinstance(item, Perspective))
