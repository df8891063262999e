"""The owner's tab: shut to everybody but the owner; without a password it shows what the Space lacks and no more."""

import asyncio
import time
from dataclasses import replace

import pytest

from pipeline.check_lines import CheckLine, fault, warning, well
from pipeline.settings import Settings
from pipeline.ui import owner_tab
from pipeline.ui.owner_tab import examined, lacking

LINES = (
    well("torch", "2.11.0."),
    warning("token", "None is set.", "add it", lack=True),
    fault("disk", "Full.", "tidy"),
)


def checks() -> tuple[CheckLine, ...]:
    return LINES


def test_without_a_password_only_what_lacks_is_shown() -> None:
    shown = str(lacking(checks))
    assert "None is set." in shown
    assert "2.11.0" not in shown
    assert "Full." not in shown


def test_the_owner_sees_every_line_the_worst_first(settings: Settings) -> None:
    html = str(asyncio.run(examined(replace(settings, owner_password="a-long-password"), checks, "a-long-password")))
    assert html.index("Full.") < html.index("None is set.") < html.index("2.11.0.")


@pytest.mark.parametrize("password", ["a-long-password", ""])
def test_nobody_else_sees_anything_and_waits(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    monkeypatch.setattr(owner_tab, "REFUSAL_SECONDS", 0.2)
    for given in ("", "wrong", "a-long-passwore"):
        before = time.monotonic()
        html = str(asyncio.run(examined(replace(settings, owner_password=password), checks, given)))
        assert time.monotonic() - before >= 0.2
        assert "is not the owner" in html
        assert "Full." not in html
