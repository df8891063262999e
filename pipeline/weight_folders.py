"""Which weights the accurate bundle is built from: where its networks' folders are, what tells one version from
another, and what can be wrong with them.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A network's folder as on the Hub, with ``config.json`` and ``model.safetensors``.

    ``revision`` is the commit's hash of the repository, or ``sha256-`` and the start of a hash of the weights and of
    all JSON files for a folder of one's own.
    """

    path: Path
    revision: str


@dataclass(frozen=True, slots=True)
class AccurateWeights:
    """The folders of docling-layout-heron and TableFormerV2, and that of CodeFormulaV2 where it is there."""

    layout: ModelFolder
    tables: ModelFolder
    formulas: ModelFolder | None = None
