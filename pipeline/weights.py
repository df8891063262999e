"""Which weights the accurate bundle is built from: where its networks' folders are, what tells one version from another, and what can be
wrong with them.
"""

from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import FolioError


class WeightsError(FolioError):
    """The accurate models cannot be used here."""

    code = "weights"


class WeightsMissing(WeightsError):
    """The weights of a network are neither in the Hub's cache nor in the folder of models."""

    code = "weights_missing"

    def __init__(self, model: str) -> None:
        super().__init__(f"The weights of {model} are not on this machine; let preload_from_hub name its repository and restart the Space.")


class WeightsDamaged(WeightsError):
    """The weights of a network cannot be read, or do not fit it."""

    code = "weights_damaged"

    def __init__(self, model: str) -> None:
        super().__init__(f"The weights of {model} are damaged or belong to another network; remove them and download them again.")


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A network's folder as on the Hub, with ``config.json`` and ``model.safetensors``.

    ``revision`` is the commit's hash of the repository, or ``sha256-`` and the start of the weights' hash for a folder of one's own.
    """

    path: Path
    revision: str


@dataclass(frozen=True, slots=True)
class AccurateWeights:
    """The folders of docling-layout-heron and TableFormerV2."""

    layout: ModelFolder
    tables: ModelFolder
