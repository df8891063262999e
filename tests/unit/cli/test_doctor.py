"""The doctor as it is typed, with a Hub, without a token, and with one that may not write."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.cli.__main__ import main
from tests.standins.hub import StandInHub


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StandInHub]:
    with StandInHub() as hub:
        for name, value in {
            "HF_ENDPOINT": hub.url,
            "HF_TOKEN": hub.token,
            "DATA_DIR": str(tmp_path / "data"),
            "WORK_DIR": str(tmp_path / "work"),
        }.items():
            monkeypatch.setenv(name, value)
        yield hub


def told(capsys: pytest.CaptureFixture[str]) -> str:
    shown = capsys.readouterr()
    assert shown.err == ""
    assert all(re.match(r"\[(ok|warning|fault) *\] [\w ]+: ", line) for line in shown.out.splitlines())
    return shown.out


def test_a_healthy_machine_ends_well_and_shows_no_token(hub: StandInHub, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    shown = told(capsys)
    assert "a write token of tester, writes below tester" in shown
    assert "tester/folio-results is not there yet" in shown
    assert hub.token not in shown


def test_a_token_that_may_not_write_is_a_fault(hub: StandInHub, capsys: pytest.CaptureFixture[str]) -> None:
    hub.access = {"role": "read"}
    assert main(["doctor"]) == 1
    assert "and not to tester. To do: give it write access to tester/folio-results" in told(capsys)


def test_a_token_that_the_hub_refuses_is_a_fault(
    hub: StandInHub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_wrong000000000")
    assert main(["doctor"]) == 1
    assert "The Hub does not accept the token" in told(capsys)


def test_offline_asks_nothing_of_the_hub(hub: StandInHub, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--offline"]) == 0
    assert "There is no HF_TOKEN" in told(capsys)
    assert hub.requests == []
