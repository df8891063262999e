"""The Hubs that tests of the dataset run on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.store.hubs import HubUnderTest, live_hub, standin_hub


@pytest.fixture(params=["standin", pytest.param("live", marks=pytest.mark.live_hub)])
def any_hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[HubUnderTest]:
    """The stand-in, and with ``-m live_hub`` the real Hub: tests that must hold on both."""
    with (live_hub if request.param == "live" else standin_hub)(tmp_path / "home") as hub:
        yield hub


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubUnderTest]:
    """The stand-in alone: tests that need its faults or look into it."""
    with standin_hub(tmp_path / "home") as hub:
        yield hub
