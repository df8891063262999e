"""How the workers stand: those beside this server by their heartbeats, those elsewhere by their datasets.

workers/<role>/…                 iterations of this machine
mirror/<dataset>/*.jsonl         rows of watched datasets; a row of a worker's dataset is an iteration
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.settings import Settings
from pipeline.store.heartbeats import is_silent, read_heartbeat
from pipeline.store.iteration_log import ITERATION, IterationLog
from pipeline.store.tuned_settings import TunedSettings
from pipeline.worker_iterations import WORKER_ROLES, Heartbeat, Role, WorkerIteration, WorkerState

ITERATION_MARK = b'"cumulative_insights"'
ELSEWHERE_SILENT_SECONDS = 3600
RECENT_ITERATIONS = 12


@dataclass(frozen=True, slots=True)
class WorkerStanding:
    """One worker. ``here`` says that it works beside this server; only then it can be paused from here.

    ``state`` is what it does, None where only its dataset is known; ``silent`` that it should have been heard of;
    ``heard_ms`` when it last was, in milliseconds since 1970. ``recent`` are its newest iterations, newest first.
    """

    role: Role
    here: bool
    state: WorkerState | None
    paused: bool
    silent: bool
    heard_ms: int | None
    source: str
    error: str
    recent: tuple[WorkerIteration, ...] = ()
    next_at: str = ""

    @property
    def last(self) -> WorkerIteration | None:
        """The newest iteration."""
        return self.recent[0] if self.recent else None

    @property
    def iterations(self) -> int:
        """How many iterations it has done."""
        return self.last.iteration if self.last else 0

    @property
    def online(self) -> bool:
        """Whether it is at work, or would be if it were not paused."""
        return not self.silent and self.state is not WorkerState.STOPPED


@dataclass(frozen=True, slots=True)
class TunedChange:
    """A version of the tuned settings, for people: what is changed, why, and when."""

    number: int
    values: tuple[tuple[str, int], ...]
    why: str
    decided_at: str


def worker_standings(settings: Settings, now: datetime) -> tuple[WorkerStanding, ...]:
    """Every worker that was ever seen from here, in the order of the roles."""
    elsewhere = _mirrored(settings.data_dir / "mirror")
    found = (_standing(settings, role, elsewhere.get(role, ()), now) for role in WORKER_ROLES)
    return tuple(standing for standing in found if standing is not None)


def switch_worker(settings: Settings, role: Role, *, paused: bool) -> None:
    """Let the worker beside this server pause, or go on. Raises StorageFailed."""
    IterationLog(settings.data_dir, role).switch(paused=paused)


def tuned_changes(settings: Settings, count: int = 5) -> tuple[TunedChange, ...]:
    """The newest versions of the tuned settings, newest first."""
    return tuple(
        TunedChange(version.number, tuple(sorted(version.values.items())), version.why, version.decided_at)
        for version in TunedSettings(settings.data_dir).versions(count)
    )


def take_back_tuning(settings: Settings, now: str) -> bool:
    """Undo the newest version of the tuned settings; False where there is none. Raises StorageFailed."""
    return TunedSettings(settings.data_dir).take_back(now) is not None


def _standing(settings: Settings, role: Role, rows: Iterable[WorkerIteration], now: datetime) -> WorkerStanding | None:
    beat, log = read_heartbeat(settings, role), IterationLog(settings.data_dir, role)
    recent = log.recent(RECENT_ITERATIONS)
    if beat is not None or recent:
        return _here(role, beat, recent, log.paused, now)
    known = sorted(rows, key=lambda item: item.iteration, reverse=True)[:RECENT_ITERATIONS]
    if not known:
        return None
    heard = _ms(known[0].started_at) + known[0].duration_ms
    silent = now.timestamp() * 1000 - heard > ELSEWHERE_SILENT_SECONDS * 1000
    return WorkerStanding(role, False, None, False, silent, heard, known[0].source, known[0].error, tuple(known))


def _here(
    role: Role, beat: Heartbeat | None, recent: tuple[WorkerIteration, ...], paused: bool, now: datetime
) -> WorkerStanding:
    last = recent[0] if recent else None
    if beat is None:  # it worked on another machine that shares the data folder, or before a restart
        heard = _ms(last.started_at) + last.duration_ms if last else None
        source, error = (last.source, last.error) if last else ("", "")
        return WorkerStanding(role, True, WorkerState.STOPPED, paused, False, heard, source, error, recent)
    error = beat.error or (last.error if last else "")
    source = beat.source or (last.source if last else "")
    heard = _ms(beat.written_at)
    return WorkerStanding(
        role, True, beat.state, paused, is_silent(beat, now), heard, source, error, recent, beat.next_at
    )


def _mirrored(folder: Path) -> dict[Role, list[WorkerIteration]]:
    found: dict[Role, list[WorkerIteration]] = {}
    for iteration in _rows(folder):
        if iteration.iteration > 0:
            found.setdefault(iteration.role, []).append(iteration)
    return found


def _rows(folder: Path) -> Iterator[WorkerIteration]:
    """The iterations in the newest files of the watched datasets."""
    for dataset in sorted(folder.iterdir()) if folder.is_dir() else ():
        paths = sorted(dataset.glob("*.jsonl"), key=lambda path: path.stat().st_mtime)
        for path in paths[-2:]:
            for line in path.read_bytes().splitlines():
                if ITERATION_MARK in line:
                    try:
                        yield ITERATION.decode(line)
                    except ValueError:
                        continue  # the first row of a new dataset, or a newer Folio's


def _ms(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1000)
