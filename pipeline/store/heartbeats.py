"""The heartbeats of the workers beside this server: small files on local disk that each worker rewrites.

They lie in WORK_DIR, where a rename replaces a file in one step, under the hash of the data folder, so that two
servers on one machine do not take each other's workers for their own.
"""

import hashlib
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.settings import Settings
from pipeline.store.codec import Codec
from pipeline.worker_iterations import Heartbeat, Role, WorkerState

HEARTBEAT = Codec(TypeAdapter(Heartbeat))
BEAT_SECONDS = 5.0
SILENT_SECONDS = 120.0
"""A worker that wrote no heartbeat for this long, and did not say that it stopped, is silent."""


def heartbeat_path(settings: Settings, role: Role) -> Path:
    """The heartbeat of the worker with this role."""
    return _folder(settings) / f"{role.value}.json"


def worker_lock_path(settings: Settings, role: Role) -> Path:
    """The lock that only one worker of a role can hold over a data folder."""
    return _folder(settings) / f"{role.value}.lock"


def read_heartbeat(settings: Settings, role: Role) -> Heartbeat | None:
    """The newest heartbeat; None where this machine has seen no such worker."""
    return HEARTBEAT.read(heartbeat_path(settings, role))


def is_silent(heartbeat: Heartbeat, now: datetime) -> bool:
    """Whether the worker should have written a newer heartbeat by ``now``."""
    if heartbeat.state is WorkerState.STOPPED:
        return False
    return (now - datetime.fromisoformat(heartbeat.written_at)).total_seconds() > SILENT_SECONDS


def _folder(settings: Settings) -> Path:
    name = hashlib.sha256(str(settings.data_dir).encode()).hexdigest()[:16]
    return settings.work_dir / "workers" / name
