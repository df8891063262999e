"""Whether calls go through ZeroGPU, and how the platform multiplies the seconds of a booking."""

from spaces.config import Config
from spaces.zero.config import get_config

from pipeline.gpu.booking import duration_from_pages
from pipeline.pages import PageBatch


def on_zerogpu() -> bool:
    """Whether calls go through ZeroGPU's client."""
    return bool(Config.zero_gpu)


def booking_factor() -> float:
    """By how much the platform multiplies a booking on this hardware: 1.5 on Blackwell, 1 elsewhere."""
    if not on_zerogpu():
        return 1.0
    return float(get_config()["duration_factor"])


def booked_seconds(batch: PageBatch) -> float:
    """The seconds of a booking for ``batch`` as the platform counts them against the visitor's quota."""
    return round(duration_from_pages(batch) * booking_factor())
