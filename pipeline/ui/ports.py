"""What the page needs of whoever runs conversions. ``pipeline.runs.runner.Runner`` fits it; so does the tests' scripted one."""

from collections.abc import Iterator
from typing import Protocol

from pipeline.pages import Preflight
from pipeline.records import ConvertOptions, Origin
from pipeline.runs.state import RunView, Source


class Runs(Protocol):
    """Submits, follows and stops runs. A run outlives whoever asked for it."""

    def preflight(self, source: Source) -> Preflight:
        """Open the source and count its pages. Raises IntakeError."""
        ...

    def submit(self, source: Source, options: ConvertOptions, origin: Origin) -> str:
        """Queue a run and return its secret id. Raises IntakeError, QueueFull or StorageFailed; nothing is queued then."""
        ...

    def watch(self, run_id: str) -> Iterator[RunView]:
        """Snapshots until the run has ended. Closing the iterator does not stop the run. Raises RunNotFound."""
        ...

    def view(self, run_id: str) -> RunView:
        """The run's newest snapshot. Raises RunNotFound."""
        ...

    def cancel(self, run_id: str) -> None:
        """Stop the run; finished pages are kept and exported. Raises RunNotFound."""
        ...
