"""Settings are read once and strictly: a malformed value stops the start with the variable's name and what is
allowed.
"""

from dataclasses import fields
from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.settings import SettingRow, Settings, read_settings, setting_rows

NUMBERS = [row for row in setting_rows() if row.low is not None]


def test_every_field_has_one_row_with_a_meaning() -> None:
    rows = setting_rows()
    assert [row.field for row in rows] == [field.name for field in fields(Settings)]
    assert [row.variable for row in rows] == [row.field.upper() for row in rows]
    assert all(row.meaning.endswith(".") and row.allowed and row.default for row in rows)


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = read_settings({})
    assert settings == Settings()
    assert read_settings({row.variable: " " for row in setting_rows()}) == settings
    assert (settings.max_pages, settings.space_role, settings.results_private, settings.weights_dir) == (
        300,
        "app",
        True,
        None,
    )


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: row.variable)
def test_numbers_are_taken_within_their_range_only(row: SettingRow) -> None:
    assert row.low is not None
    assert row.high is not None
    for value in (row.low, row.high):
        assert getattr(read_settings({row.variable: f" {value} "}), row.field) == value
    for bad in (str(row.low - 1), str(row.high + 1), "1.5", "many", "0x10"):
        with pytest.raises(SettingsError, match=f"^{row.variable} must be a whole number from"):
            read_settings({row.variable: bad})


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
