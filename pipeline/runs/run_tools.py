"""What a worker lends to each of its runs."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.intake.reader import PdfReader
from pipeline.models.bundle import Lanes
from pipeline.pages import Rates
from pipeline.records import Versions
from pipeline.runs.turns import ModelTurns
from pipeline.settings import Settings, Tuned, as_they_are
from pipeline.stages.assemble import Pipeline
from pipeline.stages.export import FORMATS, ExportFormat


@dataclass(frozen=True, slots=True)
class Tools:
    """What a worker lends to its runs, one after another: no reader and no pipeline may be shared between workers.
    ``facsimiles`` says whether somebody reads along, so that each page's image is kept. ``tuned`` gives the settings
    that a run begins with.
    """

    settings: Settings
    lanes: Lanes
    rates: Callable[[], Rates]
    reader: PdfReader
    docling: Pipeline
    versions: Versions
    turns: ModelTurns
    formats: tuple[ExportFormat, ...] = FORMATS
    facsimiles: bool = True
    tuned: Tuned = as_they_are
