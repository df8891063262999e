"""Settings are read once and strictly: a malformed value stops the start with the variable's name and what is
allowed.
"""

from dataclasses import fields
from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.settings import PATHS, SPECS, SWITCHES, TEXTS, Settings, read_settings


def test_every_field_has_one_row_and_every_row_a_field() -> None:
    rows = [spec.field for spec in (*SPECS, *TEXTS, *SWITCHES)] + [variable.lower() for variable, _, _ in PATHS]
    assert sorted(rows) == sorted(field.name for field in fields(Settings))


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = read_settings({})
    for spec in (*SPECS, *TEXTS, *SWITCHES):
        assert getattr(settings, spec.field) == spec.default
    assert read_settings({spec.variable: " " for spec in (*SPECS, *TEXTS, *SWITCHES)}) == settings


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.variable)
def test_numbers_are_taken_within_their_range_only(spec: object) -> None:
    for value in (spec.low, spec.high):  # type: ignore[attr-defined]
        assert getattr(read_settings({spec.variable: f" {value} "}), spec.field) == value  # type: ignore[attr-defined]
    for bad in (str(spec.low - 1), str(spec.high + 1), "1.5", "many", "0x10"):  # type: ignore[attr-defined]
        with pytest.raises(SettingsError, match=f"^{spec.variable} must be a whole number from"):  # type: ignore[attr-defined]
            read_settings({spec.variable: bad})  # type: ignore[attr-defined]


def test_a_dataset_is_named_with_its_owner() -> None:
    assert read_settings({"RESULTS_DATASET": " owner/my.results-1 "}).results_dataset == "owner/my.results-1"
    for bad in (
        "results",
        "owner/",
        "/results",
        "a/b/c",
        "owner/re sults",
        "https://hub.example/a/b",
        "../x/y",
        "owner/..x",
    ):
        with pytest.raises(SettingsError, match="RESULTS_DATASET must be a dataset's name such as"):
            read_settings({"RESULTS_DATASET": bad})


def test_a_switch_is_true_or_false() -> None:
    assert read_settings({"RESULTS_PRIVATE": "False"}).results_private is False
    assert read_settings({"RESULTS_PRIVATE": "TRUE"}).results_private is True
    for bad in ("yes", "0", "nope"):
        with pytest.raises(SettingsError, match=f'^RESULTS_PRIVATE must be true or false; it is "{bad}"'):
            read_settings({"RESULTS_PRIVATE": bad})


def test_folders_can_be_chosen(tmp_path: Path) -> None:
    settings = read_settings({"DATA_DIR": str(tmp_path / "d"), "WORK_DIR": "w"})
    assert settings.data_dir == tmp_path / "d"
    assert settings.work_dir == Path("w").absolute()


@pytest.mark.parametrize(
    "auth", ["ada", "ada:short", "ada:with space", "ada:correct-horse,", ":correct-horse", "ada:correct-horse bob:x"]
)
def test_a_malformed_account_is_refused_without_repeating_it(auth: str) -> None:
    with pytest.raises(SettingsError, match="AUTH must be pairs such as ada:password") as refused:
        read_settings({"AUTH": auth})
    assert "horse" not in str(refused.value)
    assert "short" not in str(refused.value)


def test_no_password_is_shown_with_the_settings() -> None:
    settings = read_settings({"AUTH": "ada:correct-horse, bob:battery:staple"})
    assert settings.auth == "ada:correct-horse, bob:battery:staple"
    assert "horse" not in repr(settings)
    assert "staple" not in repr(settings)
