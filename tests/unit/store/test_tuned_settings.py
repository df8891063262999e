"""Tuned settings: the newest version counts, only what may be tuned is, and one can be taken back."""

from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.settings import Settings
from pipeline.store.tuned_settings import TUNABLE, TunedSettings

NOW = "2026-03-02T12:00:00.000Z"


@pytest.fixture
def tuned(settings: Settings) -> TunedSettings:
    return TunedSettings(settings.data_dir)


def folder_of(settings: Settings) -> Path:
    return settings.data_dir / "workers" / "tuning" / "settings"


def test_a_change_is_in_effect_at_once_for_whoever_reads(settings: Settings, tuned: TunedSettings) -> None:
    reader = TunedSettings(settings.data_dir)
    assert reader.apply(settings) == settings
    tuned.change(settings, {"batch_pages": 32}, "faster", 6, NOW)
    assert reader.apply(settings).batch_pages == 32
    tuned.change(settings, {"booking_margin_percent": 110}, "less", 12, NOW)
    assert (reader.apply(settings).batch_pages, reader.apply(settings).booking_margin_percent) == (32, 110)
    assert reader.apply(settings).auth == settings.auth


def test_an_iteration_that_is_done_again_changes_nothing_twice(settings: Settings, tuned: TunedSettings) -> None:
    first = tuned.change(settings, {"batch_pages": 32}, "faster", 6, NOW)
    again = TunedSettings(settings.data_dir).change(settings, {"batch_pages": 32}, "faster", 6, NOW)
    assert (again, len(tuned.versions(9))) == (first, 1)


def test_the_newest_change_can_be_taken_back_and_that_too(settings: Settings, tuned: TunedSettings) -> None:
    assert tuned.take_back(NOW) is None
    tuned.change(settings, {"batch_pages": 32}, "faster", 6, NOW)
    tuned.change(settings, {"batch_pages": 48}, "faster", 12, NOW)
    tuned.take_back(NOW)
    assert tuned.apply(settings).batch_pages == 32
    tuned.take_back(NOW)
    assert tuned.apply(settings).batch_pages == 48
    assert [version.number for version in tuned.versions(2)] == [4, 3]


@pytest.mark.parametrize("values", [{"auth": 1}, {"max_pages": 10}, {"batch_pages": 0}, {"batch_pages": 513}])
def test_what_may_not_be_tuned_is_refused(settings: Settings, tuned: TunedSettings, values: dict[str, int]) -> None:
    with pytest.raises(SettingsError):
        tuned.change(settings, values, "no", 6, NOW)
    assert tuned.versions(1) == ()


def test_a_version_that_is_damaged_or_out_of_range_changes_nothing(settings: Settings, tuned: TunedSettings) -> None:
    tuned.change(settings, {"batch_pages": 32}, "faster", 6, NOW)
    path = folder_of(settings) / "00000001.json"
    path.write_text(path.read_text().replace('"batch_pages":32', '"webhook_url":32'))
    assert TunedSettings(settings.data_dir).apply(settings) == settings
    path.write_text("{")
    assert TunedSettings(settings.data_dir).apply(settings) == settings


def test_no_limit_and_nothing_about_security_can_be_tuned() -> None:
    forbidden = ("max_", "auth", "visitor", "address", "memory", "_seconds", "queue", "private", "webhook", "token")
    assert [name for name in TUNABLE if any(word in name for word in forbidden)] == []
