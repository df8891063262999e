"""What a run would cost, told before it begins: seconds on the GPU, and a person's time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GpuEstimate:
    """What a run of ``pages`` pages would book on the GPU: its calls, and their seconds as the platform counts them.

    ``scanned_seconds`` is what it would be if every page had to be read from its image, where that is decided page by
    page and unknown; else the same.
    """

    pages: int
    calls: int
    seconds: int
    scanned_seconds: int


@dataclass(frozen=True, slots=True)
class TimeEstimate:
    """How long a run of ``pages`` pages takes, in seconds of a clock on the wall.

    ``seconds`` counts from its turn on, ``scanned_seconds`` if every page has to be read from its image, where that is
    unknown; else the same. ``wait_seconds`` are those before its turn, with the runs that wait or go on now.
    """

    pages: int
    seconds: float
    scanned_seconds: float
    wait_seconds: float
