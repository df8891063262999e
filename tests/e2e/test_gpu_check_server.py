"""The step of ``make gpu-check`` that sends documents to a whole server, rehearsed on the real app without a card."""

from pathlib import Path

import pytest

from benchmarks.gpu_check.server import TOGETHER, converted, similarity, variables
from benchmarks.gpu_check.setting import Setting
from benchmarks.gpu_pages import Kind
from pipeline.settings import read_settings
from tests.e2e.conftest import Site


def test_documents_come_back_whole_from_both_lanes(app: Site, tmp_path: Path) -> None:
    setting = Setting("cpu", TOGETHER, TOGETHER, True, tmp_path, tmp_path)
    found = {name: fact for part in converted(setting, Kind.PLAIN, app.url, tmp_path) for name, fact in part.items()}
    turns = ("fresh", "warm", "cpu")
    assert [f"plain {turn}" in found and f"plain pages per second, {turn}" in found for turn in turns] == [True] * 3
    assert found["plain alike"] == 1.0
    warm = found["plain warm"]
    assert (warm["documents"], warm["pages"], warm["lanes"], warm["gpu_calls"]) == (TOGETHER, TOGETHER, ["cpu"], 0)
    speed = found["plain pages per second, warm"]  # to the hundredth
    assert speed == pytest.approx(TOGETHER / warm["seconds"], rel=0.01, abs=0.006)


def test_the_servers_settings_are_such(tmp_path: Path) -> None:
    settings = read_settings(variables(Setting("cpu", 2, 2, True, tmp_path, tmp_path)))
    assert (settings.concurrency, settings.bundle) == (TOGETHER, "light")


def test_likeness_is_the_share_of_common_words() -> None:
    assert similarity("one two three four", "one two three four") == 1.0
    assert similarity("one two three four", "one two") == pytest.approx(2 / 3)
