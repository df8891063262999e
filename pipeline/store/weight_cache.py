"""Where the weights of docling's networks are on this machine. Nothing is downloaded: the Space preloads them from the
Hub.

Two places are looked at: a folder of models as ``docling-tools models download`` writes it (``owner--name`` each), and
the Hub's cache (https://huggingface.co/docs/huggingface_hub/guides/manage-cache), which ``preload_from_hub`` fills.
"""

import hashlib
from pathlib import Path

from huggingface_hub import snapshot_download
from huggingface_hub.errors import LocalEntryNotFoundError

from pipeline.errors import WeightsMissing
from pipeline.weight_folders import AccurateWeights, ModelFolder

LAYOUT_REPO = "docling-project/docling-layout-heron"
TABLE_REPO = "docling-project/TableFormerV2"
FORMULA_REPO = "docling-project/CodeFormulaV2"
WEIGHTS = "model.safetensors"


def find_weights(weights_dir: Path | None) -> AccurateWeights:
    """The folders of the networks, from ``weights_dir`` where it is given and has them, else from the Hub's cache.

    The one for formulas may be in neither. Raises WeightsMissing where another is.
    """
    layout, tables = model_folder(LAYOUT_REPO, weights_dir), model_folder(TABLE_REPO, weights_dir)
    try:
        return AccurateWeights(layout, tables, model_folder(FORMULA_REPO, weights_dir))
    except WeightsMissing:
        return AccurateWeights(layout, tables)


def model_folder(repo: str, weights_dir: Path | None) -> ModelFolder:
    """The folder of ``repo``. Raises WeightsMissing."""
    if weights_dir is not None and (weights_dir / repo.replace("/", "--") / WEIGHTS).is_file():
        folder = weights_dir / repo.replace("/", "--")
        return ModelFolder(folder, _content_revision(folder))
    try:
        cached = Path(snapshot_download(repo, local_files_only=True))
    except LocalEntryNotFoundError:
        raise WeightsMissing(repo.split("/")[1]) from None
    if not (cached / WEIGHTS).is_file():
        raise WeightsMissing(repo.split("/")[1])
    return ModelFolder(cached, cached.name)


def _content_revision(folder: Path) -> str:
    """One for the weights and for the settings beside them, such as how many regions a network proposes."""
    content = hashlib.sha256()
    for path in (*sorted(folder.glob("*.json")), folder / WEIGHTS):
        with path.open("rb") as file:
            content.update(hashlib.file_digest(file, "sha256").digest())
    return f"sha256-{content.hexdigest()[:16]}"
