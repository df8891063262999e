"""A scheduled Job for a worker, against a stand-in of the Hub that speaks the API of scheduled Jobs."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi

from pipeline.cli.__main__ import main
from pipeline.store import hub_jobs
from tests.standins.hub import StandInHub, _Handler

SPACE = "tester/folio"
PAGE = (Path(__file__).parents[3] / "docs" / "workers.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"python -m pipeline\.cli (work [^`\n]*--(?:every|never)[^`\n]*)", PAGE)


class ScheduleHandler(_Handler):
    """The routes below ``/api/scheduled-jobs``, and how a Space runs."""

    hub: "ScheduleHub"

    def _route(self) -> None:
        if match := re.fullmatch(r"/api/scheduled-jobs/tester(?:/(\w+))?", self.route_path):
            self._must_write()
            if self.command == "POST":
                asked = json.loads(self.body)
                self.hub.scheduled[f"s{len(self.hub.scheduled)}"] = asked
                self._send(answer=facts(f"s{len(self.hub.scheduled) - 1}", asked))
            elif self.command == "DELETE":
                del self.hub.scheduled[match[1]]
                self._send(answer={})
            else:
                self._send(answer=[facts(key, asked) for key, asked in self.hub.scheduled.items()])
        elif self.route_path == f"/api/spaces/{SPACE}/runtime" and SPACE not in self.hub.spaces.repos:
            self._send(answer={"stage": self.hub.stage, "hardware": {}})
        elif self.route_path == f"/api/spaces/{SPACE}/restart":
            self.hub.stage = "RUNNING"
            self._send(answer={"stage": "RUNNING", "hardware": {}})
        else:
            super()._route()


def facts(job_id: str, asked: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": job_id,
        "createdAt": "2026-01-01T00:00:00.000Z",
        "owner": {"id": "1", "name": "tester", "type": "user"},
        "schedule": asked["schedule"],
        "jobSpec": asked["jobSpec"],
        "status": {},
    }


class ScheduleHub(StandInHub):
    """The Hub with scheduled Jobs and one Space that sleeps."""

    def __init__(self) -> None:
        super().__init__()
        self.scheduled: dict[str, dict[str, Any]] = {}
        self.stage = "SLEEPING"
        self._server.RequestHandlerClass = type("BoundSchedule", (ScheduleHandler,), {"hub": self})


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScheduleHub]:
    made = ScheduleHub()
    with made:
        monkeypatch.setenv("HF_TOKEN", made.token)
        monkeypatch.setenv("HF_ENDPOINT", made.url)
        monkeypatch.setattr(hub_jobs, "HfApi", lambda token: HfApi(endpoint=made.url, token=token))
        yield made


def test_one_command_schedules_an_iteration_and_the_same_again_replaces_it(
    hub: ScheduleHub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INBOX", "hf://datasets/tester/inbox")
    monkeypatch.setenv("AUTH", "ada:password123")
    order = ["work", "--role", "inbox", "--space", SPACE, "--every"]
    assert main([*order, "0 * * * *"]) == 0
    assert main([*order, "30 * * * *"]) == 0
    (asked,) = hub.scheduled.values()
    assert (asked["schedule"], asked["concurrency"]) == ("30 * * * *", False)
    spec = asked["jobSpec"]
    assert " ".join(spec["command"]).endswith(f"work --role inbox --once --wake {SPACE}")
    assert spec["environment"]["INBOX"] == "hf://datasets/tester/inbox"
    assert "AUTH" not in spec["environment"]
    assert spec["secrets"] == {"HF_TOKEN": hub.token}
    assert spec["spaceId"] == SPACE
    assert main(["work", "--role", "inbox", "--never"]) == 0
    assert hub.scheduled == {}
    assert "1 scheduled Job deleted" in capsys.readouterr().out


def test_each_command_of_the_page_is_done(hub: ScheduleHub) -> None:
    first, second = (shlex.split(command.replace("OWNER/NAME", SPACE)) for command in COMMANDS)
    assert main(first) == 0
    assert [asked["jobSpec"]["spaceId"] for asked in hub.scheduled.values()] == [SPACE]
    assert main(second) == 0
    assert hub.scheduled == {}


def test_a_deploy_schedules_the_jobs_of_workers_with_what_their_spaces_are_set_to(hub: ScheduleHub) -> None:
    hub.spaces.scripts.extend([("RUNNING",)] * 4)
    (order,) = re.findall(r"python -m pipeline\.cli (deploy [^`\n]*--every[^`\n]*)", PAGE)
    for _ in range(2):
        assert main([*shlex.split(order.replace("OWNER", "tester")), "--no-wait"]) == 0
    (asked,) = hub.scheduled.values()
    spec = asked["jobSpec"]
    assert (asked["schedule"], spec["spaceId"]) == ("0 * * * *", "tester/folio-inbox")
    assert " ".join(spec["command"]).endswith("work --role inbox --once --wake tester/folio-inbox")
    assert spec["environment"]["INBOX"] == "hf://datasets/tester/inbox"


def test_a_schedule_for_what_is_no_worker_is_refused_before_anything_is_made(hub: ScheduleHub) -> None:
    with pytest.raises(SystemExit, match="the app is none; give --role inbox or --all"):
        main(["deploy", "--every", "0 * * * *", "--no-wait"])
    assert (hub.scheduled, hub.asked("POST", "/api/repos/create")) == ({}, 0)


def test_a_space_that_sleeps_is_woken_once(hub: ScheduleHub) -> None:
    assert hub_jobs.wake_space(SPACE, hub.token)
    assert not hub_jobs.wake_space(SPACE, hub.token)
    assert hub.asked("POST", "/restart") == 1


def test_what_the_hub_refuses_is_one_sentence(
    hub: ScheduleHub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    assert main(["work", "--role", "inbox", "--space", SPACE, "--every", "0 * * * *"]) == 1
    monkeypatch.setenv("HF_TOKEN", "")
    assert main(["work", "--role", "inbox", "--never"]) == 1
    errors = capsys.readouterr().err
    assert errors.count("[schedule_refused]") == 2
    assert main(["work", "--role", "inbox", "--every", "0 * * * *"]) == 1
