"""What Folio's own converter makes on this machine, told without docling and without loading the light models.

A batch job needs it before its first document, for the keys of its rows. Each worker is compared with it once it has
started (``supervisor``).
"""

from pipeline.gpu.device import has_gpu
from pipeline.gpu.platform_factor import on_zerogpu
from pipeline.models.lanes import open_lanes
from pipeline.runs.record import read_versions
from pipeline.runs.work_key import Producer, producer_of
from pipeline.scale.batch_setup import BatchSetup


def live_producer(setup: BatchSetup) -> Producer:
    """What ``BatchSetup.producer_function`` names in production."""
    lanes = open_lanes(setup.settings, has_gpu(), on_zerogpu())
    return producer_of(lanes.first(setup.options.lane), read_versions(""))
