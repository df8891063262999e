"""Whether calls go through ZeroGPU, and how the platform multiplies the seconds of a booking."""

from spaces.config import Config
from spaces.zero.config import get_config


def on_zerogpu() -> bool:
    """Whether calls go through ZeroGPU's client."""
    return bool(Config.zero_gpu)


def booking_factor() -> float:
    """By how much the platform multiplies a booking on this hardware: 1.5 on Blackwell, 1 elsewhere."""
    if not on_zerogpu():
        return 1.0
    return float(get_config()["duration_factor"])
