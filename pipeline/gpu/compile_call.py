"""Compiling for a GPU that is only there inside a GPU call."""

from pathlib import Path

import spaces

from pipeline.errors import PackageError
from pipeline.gpu.platform_factor import booking_factor
from pipeline.models.aot.compiler import Effort, Outcome, compile_networks
from pipeline.models.aot.shelf import Package, PackageShelf
from pipeline.models.aot.spec import PageImages
from pipeline.models.catalog import gpu_job
from pipeline.weight_folders import AccurateWeights

# Blackwell multiplies a booking by 1.5, and a call while the Space starts may have 1,500 s. Both fit into the hour that
# README.md gives the start (``startup_duration_timeout``).
BOOKED_SECONDS = 1000


def is_complete(folder: Path, wanted: str, weights: AccurateWeights | None) -> bool:
    """Whether ``folder`` has every package of the GPU lane that can be made, so that no call need be booked.

    Raises WeightsDamaged.
    """
    shelf = PackageShelf(folder)
    keys = gpu_job(wanted, weights).package_keys()
    return all(isinstance(shelf.find(key), Package) or shelf.has_failed(key) for key in keys)


@spaces.GPU(duration=BOOKED_SECONDS)  # type: ignore[untyped-decorator]
def compile_in_gpu_call(
    folder: str, pages: PageImages, wanted: str, weights: AccurateWeights | None
) -> tuple[str, ...]:
    """Compile the GPU lane's missing packages into ``folder`` and return one line for the log about each.

    ``pages`` are (height, width, 3) uint8 RGB at 144 dpi, ``wanted`` is the setting ``BUNDLE``. The worker writes
    the packages itself: only text goes back to the server. Each is kept as soon as it is made, and none is begun that
    would outlast the booking. Raises WeightsDamaged.
    """
    job, effort = gpu_job(wanted, weights), Effort(failed=False, seconds=BOOKED_SECONDS * booking_factor())
    made = compile_networks(job.specs, job.target, PackageShelf(Path(folder)), pages, effort)
    return tuple(outcome_line(outcome) for outcome in made)


def outcome_line(outcome: Outcome) -> str:
    """One line for people about one package."""
    about = f"{outcome.spec.name} {outcome.signature}"
    if isinstance(outcome.package, PackageError):
        return f"{about}: {outcome.package.message}"
    checked = outcome.package.verification
    how = "kept" if outcome.kept else f"compiled in {checked.compile_seconds:.0f} s"
    return (
        f"{about}: {how}, at most {checked.largest_difference:.1e} off eager torch ({checked.tolerance:.0e} allowed), "
        f"{checked.eager_seconds / checked.seconds:.2f} times as fast"
    )
