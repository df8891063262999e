"""Which bundle serves which lane on a machine without a GPU; ``tests/e2e/zerogpu`` opens the GPU lane."""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from pipeline.models.lanes import open_lanes
from pipeline.pages import Lane
from pipeline.settings import Settings, read_settings
from pipeline.store.tuned_settings import TunedSettings
from tests.support.checkpoints import LAYOUT_FOLDER, save_layout, save_tables


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    save_layout(folder)
    save_tables(folder, torch.zeros(1, 3, 448, 448), [["fcel", "nl"]])
    return folder


def settings(folder: Path, **variables: str) -> Settings:
    return read_settings({"DATA_DIR": str(folder / "data"), "WORK_DIR": str(folder / "work"), **variables})


@pytest.mark.parametrize("bundle", ["auto", "light"])
def test_a_machine_without_a_gpu_runs_the_light_models(tmp_path: Path, weights: Path, bundle: str) -> None:
    lanes = open_lanes(settings(tmp_path, BUNDLE=bundle, WEIGHTS_DIR=str(weights)), gpu=False)
    assert (lanes.cpu.name, lanes.cpu.lane, lanes.gpu) == ("light", Lane.CPU, None)


def test_an_owner_may_run_the_accurate_models_on_the_cpu(tmp_path: Path, weights: Path) -> None:
    lanes = open_lanes(settings(tmp_path, BUNDLE="accurate", WEIGHTS_DIR=str(weights)), gpu=False)
    assert (lanes.cpu.name, lanes.cpu.lane, lanes.gpu) == ("accurate", Lane.CPU, None)


def test_a_tuned_number_of_threads_counts_from_the_next_pages_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int | None] = []

    class RecordedPool(ThreadPoolExecutor):
        def __init__(self, max_workers: int | None, thread_name_prefix: str) -> None:
            sizes.append(max_workers)
            super().__init__(max_workers, thread_name_prefix)

    monkeypatch.setattr("pipeline.models.light_bundle.ThreadPoolExecutor", RecordedPool)
    owner = settings(tmp_path, BUNDLE="light", THREADS="2")
    tuned = TunedSettings(owner.data_dir)
    lanes = open_lanes(owner, gpu=False, tuned=tuned.apply)
    lanes.cpu.predict([], [])
    tuned.change(owner, {"threads": 1}, "one is enough", 6, "2026-03-02T12:00:00.000Z")
    lanes.cpu.predict([], [])
    assert sizes == [2, 1]


def test_missing_weights_are_told_and_the_light_models_serve(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        lanes = open_lanes(settings(tmp_path, BUNDLE="accurate", WEIGHTS_DIR=str(tmp_path)), gpu=False)
    assert lanes.cpu.name == "light"
    assert "The weights of docling-layout-heron are not on this machine" in caplog.text


def test_damaged_weights_are_told_and_the_light_models_serve(
    tmp_path: Path, weights: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for file in weights.rglob("*"):
        if file.is_file():
            copy = tmp_path / "copy" / file.relative_to(weights)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    damaged = tmp_path / "copy" / LAYOUT_FOLDER / "model.safetensors"
    damaged.write_bytes(damaged.read_bytes()[:1000])
    with caplog.at_level(logging.WARNING):
        lanes = open_lanes(settings(tmp_path, BUNDLE="accurate", WEIGHTS_DIR=str(tmp_path / "copy")), gpu=False)
    assert lanes.cpu.name == "light"
    assert "The weights of docling-layout-heron are damaged" in caplog.text
