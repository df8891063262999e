"""What a server has to do and keeps at a moment, for its dashboard."""

from collections.abc import Sequence

from pipeline.records import RunStatus, ServerLoad
from pipeline.runs.disk_space import free_bytes
from pipeline.runs.state import RunView
from pipeline.settings import Settings
from pipeline.store.retention import KeptRuns


def server_load(unended: Sequence[RunView], kept: KeptRuns, settings: Settings) -> ServerLoad:
    """``unended`` are the runs that wait or go on, ``kept`` those on disk."""
    waiting = sum(view.status is RunStatus.QUEUED for view in unended)
    return ServerLoad(
        waiting, len(unended) - waiting, settings.queue_size, *kept.sizes(), free_bytes(settings.data_dir)
    )
