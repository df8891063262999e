"""Who else is at work on this machine: visitors, for whom a worker stands back, and other workers, which may be silent.

A visitor's run writes the record of its start before it begins (``pipeline/runs``), so the ledger tells about runs of
every process that shares the data folder.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from pipeline.records import Origin
from pipeline.settings import Settings
from pipeline.store.heartbeats import is_silent, read_heartbeat
from pipeline.store.ledger import Ledger
from pipeline.worker_iterations import WORKER_ROLES, Role, WorkerState

VISITORS = (Origin.UI, Origin.API)


def visitor_at_work(settings: Settings) -> Callable[[datetime], bool]:
    """Tells whether a document of a visitor waits or is converted at a time. A run that began longer ago than any may
    last has been lost.
    """
    ledger, longest = Ledger(settings.data_dir), timedelta(seconds=2 * settings.run_seconds)

    def busy(now: datetime) -> bool:
        return any(
            record.input.origin in VISITORS and now - datetime.fromisoformat(record.started_at) < longest
            for record in ledger.unfinished()
        )

    return busy


def silent_workers(settings: Settings, now: datetime, besides: Role | None = None) -> tuple[Role, ...]:
    """The workers on this machine that should have been heard of by ``now``; a paused worker beats as any other."""
    silent = []
    for role in WORKER_ROLES:
        heartbeat = read_heartbeat(settings, role) if role is not besides else None
        if heartbeat is not None and heartbeat.state is not WorkerState.STOPPED and is_silent(heartbeat, now):
            silent.append(role)
    return tuple(silent)
