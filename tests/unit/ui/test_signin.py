"""Who is let in: a name with its own password, and nobody else."""

import asyncio

import pytest

from pipeline.settings import read_settings
from pipeline.ui import signin


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signin, "REFUSAL_SECONDS", 0)


@pytest.mark.parametrize(
    ("name", "password", "welcome"),
    [
        ("ada", "correct-horse", True),
        ("bob", "battery:staple", True),
        ("ada", "battery:staple", False),
        ("ada", "correct-hors", False),
        ("ada", "correct-horse ", False),
        ("Ada", "correct-horse", False),
        ("", "", False),
        ("bob:battery", "staple", False),
        ("\ud800", "correct-horse", False),
    ],
)
def test_only_a_pair_that_was_set_is_let_in(name: str, password: str, welcome: bool) -> None:
    check = signin.password_check(read_settings({"AUTH": "ada:correct-horse, bob:battery:staple"}))
    assert check is not None
    assert asyncio.run(check(name, password)) is welcome  # type: ignore[arg-type]


def test_without_accounts_nobody_has_to_sign_in() -> None:
    assert signin.password_check(read_settings({})) is None
