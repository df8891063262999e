"""What a supervisor and its converter process say to each other, beside the rows."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.runs.work_key import Producer
from pipeline.scale.batch_setup import BatchSetup, WorkItem


@dataclass(frozen=True, slots=True)
class ConverterStart:
    """What a converter process is to be. ``folder`` is its own, and goes with it."""

    setup: BatchSetup
    folder: Path


@dataclass(frozen=True, slots=True)
class Ready:
    """The models are loaded, and this is what they make."""

    producer: Producer


@dataclass(frozen=True, slots=True)
class Task:
    """A document that lies on local disk, and the item that it is converted for."""

    path: Path
    item: WorkItem
