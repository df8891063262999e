"""What a supervisor and its converter process say to each other, beside the rows."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.runs.work_key import Producer
from pipeline.scale.batch_setup import BatchSetup, WorkItem


@dataclass(frozen=True, slots=True)
class ConverterStart:
    """What a converter process is to be. ``folder`` is its own, and goes with it. Without ``documents`` it only says
    what it would make, and loads nothing that converts.
    """

    setup: BatchSetup
    folder: Path
    documents: bool = True


@dataclass(frozen=True, slots=True)
class Ready:
    """The process takes documents, where it is to have any, and this is what it makes of them."""

    producer: Producer


@dataclass(frozen=True, slots=True)
class Task:
    """A document that lies on local disk, and the item that it is converted for."""

    path: Path
    item: WorkItem
