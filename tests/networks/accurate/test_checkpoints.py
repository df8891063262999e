"""Checkpoints are taken whole or refused with one sentence; those that are not there are missed with one."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from pipeline.errors import WeightsDamaged, WeightsMissing
from pipeline.models.accurate.checkpoints import load_layout, load_tables
from pipeline.pages import LayoutLabel
from pipeline.store.weight_cache import LAYOUT_REPO, TABLE_REPO, find_weights
from tests.support.checkpoints import LABELS, LAYOUT_FOLDER, TABLE_FOLDER

Damage = Callable[[Path], None]


def cut_short(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])


def without_a_tensor(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors.pop(sorted(tensors)[0])
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def not_a_number(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    name = next(name for name, tensor in sorted(tensors.items()) if tensor.is_floating_point())
    tensors[name].view(-1)[0] = float("nan")
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def other_shape(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    config["decoder_ffn_dim" if "decoder_ffn_dim" in config else "ff_dim"] = 52
    (folder / "config.json").write_text(json.dumps(config))


def no_json(folder: Path) -> None:
    (folder / "config.json").write_text("{")


@pytest.fixture
def copied(weights_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(weights_dir, tmp_path / "weights"))


def test_whole_checkpoints_load(weights_dir: Path) -> None:
    layout, tables = load_layout(weights_dir / LAYOUT_FOLDER), load_tables(weights_dir / TABLE_FOLDER)
    assert layout.labels == tuple(LayoutLabel(label) for label in LABELS)
    assert tables.vocabulary.names[tables.vocabulary.start] == "start"
    assert {tables.vocabulary.names[index] for index in tables.vocabulary.boxed} == {
        "fcel",
        "ecel",
        "ched",
        "rhed",
        "srow",
    }
    assert layout.model.dtype == tables.model.dtype == torch.float32


@pytest.mark.parametrize("damage", [cut_short, without_a_tensor, not_a_number, other_shape, no_json])
def test_a_damaged_layout_checkpoint_is_refused(copied: Path, damage: Damage) -> None:
    damage(copied / LAYOUT_FOLDER)
    with pytest.raises(
        WeightsDamaged,
        match=r"^The weights of docling-layout-heron are damaged or belong to another network; remove them",
    ):
        load_layout(copied / LAYOUT_FOLDER)


@pytest.mark.parametrize("damage", [cut_short, without_a_tensor, other_shape])
def test_a_damaged_table_checkpoint_is_refused(copied: Path, damage: Damage) -> None:
    damage(copied / TABLE_FOLDER)
    with pytest.raises(WeightsDamaged, match=r"^The weights of TableFormerV2 are damaged"):
        load_tables(copied / TABLE_FOLDER)


def test_a_checkpoint_of_another_network_is_refused(weights_dir: Path) -> None:
    with pytest.raises(WeightsDamaged):
        load_layout(weights_dir / TABLE_FOLDER)


def test_weights_are_found_in_a_folder_of_models(weights_dir: Path) -> None:
    found = find_weights(weights_dir)
    assert found.layout.path == weights_dir / LAYOUT_FOLDER
    assert found.tables.path == weights_dir / TABLE_FOLDER
    assert found.layout.revision.startswith("sha256-")
    assert found.layout.revision != found.tables.revision
    assert find_weights(weights_dir) == found


def test_weights_are_found_in_the_hubs_cache(
    weights_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(
        WeightsMissing, match=r"^The weights of docling-layout-heron are not on this machine; let preload_from_hub name"
    ):
        find_weights(None)
    for repo, folder in ((LAYOUT_REPO, LAYOUT_FOLDER), (TABLE_REPO, TABLE_FOLDER)):
        cached = tmp_path / f"models--{repo.replace('/', '--')}"
        shutil.copytree(weights_dir / folder, cached / "snapshots" / ("a" * 40))
        (cached / "refs").mkdir()
        (cached / "refs" / "main").write_text("a" * 40)
    found = find_weights(tmp_path / "nowhere")
    assert (found.layout.revision, found.tables.revision, found.formulas) == ("a" * 40, "a" * 40, None)
    assert load_layout(found.layout.path).labels[8] is LayoutLabel.TABLE
