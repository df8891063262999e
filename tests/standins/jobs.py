"""Hugging Face Jobs on 127.0.0.1: the API that the real client starts and inspects them by; a Job is a process here.

    with StandInJobs(folder) as hub:
        HfApi(endpoint=hub.url, token=hub.token).run_job(...)

A Job's command runs in the project's folder, as in the image of its Space: there is a ``python`` that has Folio and
``shared://`` (``shared_files``), and a ``pip`` that notes what it was asked for and installs nothing. What it cannot
show: images, flavors, time limits, and how the Hub schedules.
"""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.standins.hub import StandInHub, _Handler
from tests.standins.hub_repos import Refusal

ROOT = Path(__file__).parents[2]


@dataclass
class StandInJob:
    """One Job: what was asked, and its process."""

    asked: dict[str, Any]
    process: "subprocess.Popen[bytes]"

    @property
    def stage(self) -> str:
        code = self.process.poll()
        return "RUNNING" if code is None else "COMPLETED" if code == 0 else "ERROR"


class StandInJobs(StandInHub):
    """The Hub with Jobs; ``folder`` is for what they need and for what they share (``shared://``)."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.jobs: dict[str, StandInJob] = {}
        self.shared = folder / "shared"
        self.shared.mkdir(parents=True)
        _write_programs(folder / "bin", folder / "installed.txt")
        self._server.RequestHandlerClass = type("JobsHandler", (JobsHandler,), {"hub": self})

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for job in self.jobs.values():
            job.process.kill()
            job.process.wait()
        super().__exit__(kind, error, trace)

    def start(self, asked: dict[str, Any]) -> str:
        """Begin a Job; its id."""
        job_id = f"{len(self.jobs):024x}"
        environment = {
            **os.environ,
            **asked["environment"],
            **asked.get("secrets", {}),
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "SHARED_ROOT": str(self.shared),
            "TMPDIR": str(self.folder / f"machine-{len(self.jobs)}"),
            "JOB_ID": job_id,
        }
        Path(environment["TMPDIR"]).mkdir()
        with (self.folder / f"{job_id}.log").open("wb") as said:
            process = subprocess.Popen(asked["command"], cwd=ROOT, env=environment, stdout=said, stderr=said)
        self.jobs[job_id] = StandInJob(asked, process)
        return job_id

    def facts(self, job_id: str) -> dict[str, Any]:
        """A Job as the API answers."""
        job = self.jobs[job_id]
        return {
            "id": job_id,
            "createdAt": "2026-01-01T00:00:00.000Z",
            "owner": {"id": "1", "name": self.user, "type": "user"},
            "status": {"stage": job.stage, "message": None},
            "flavor": job.asked["flavor"],
            "environment": job.asked["environment"],
            "command": job.asked["command"],
            "labels": job.asked.get("labels"),
        }


class JobsHandler(_Handler):
    """The routes below ``/api/jobs``; the others as in ``StandInHub``."""

    hub: StandInJobs

    def _route(self) -> None:
        match = re.fullmatch(r"/api/jobs/([^/]+)(?:/([^/]+))?", self.route_path)
        if match is None:
            super()._route()
            return
        self._must_write()
        if match[1] != self.hub.user:
            raise Refusal(404, "no such namespace")
        if match[2] is None and self.command == "POST":
            self._send(answer=self.hub.facts(self.hub.start(json.loads(self.body))))
        elif match[2] is None:
            self._send(answer=[self.hub.facts(job_id) for job_id in self.hub.jobs])
        elif match[2] in self.hub.jobs:
            self._send(answer=self.hub.facts(match[2]))
        else:
            raise Refusal(404, "no such job")


def _write_programs(folder: Path, installed: Path) -> None:
    folder.mkdir(parents=True)
    python, pip = folder / "python", folder / "pip"
    python.write_text(f'#!/bin/sh\nshift\nexec "{sys.executable}" -m tests.standins.shared_files "$@"\n')
    pip.write_text(f'#!/bin/sh\necho "$@" >> "{installed}"\n')
    for program in (python, pip):
        program.chmod(0o755)
