"""Following a Space from a change until it serves it: logs as they come, stages, and the build that answers.

RUNNING alone proves nothing: right after a commit the Hub still tells the old stage, and the old process still answers.
So the end is RUNNING on the hardware that was asked for, with this build and this configuration in the answer of
``/version``. An error stage is believed once the Space has done something since the change, or after a grace time.

Threads: one daemon for each log while it is followed, since the Hub's client has no way to end a stream.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx
from huggingface_hub import get_session

from pipeline.deployed_build import VERSION_PATH, DeployedBuild
from pipeline.deployment.remedies import LOOK_AT_LINES, likely_remedy, log_tail
from pipeline.deployment.space_facts import SpacePhase, SpaceRun
from pipeline.deployment.spaces_hub import SpacesHub
from pipeline.errors import BuildFailed, DeployError, DeployTimedOut, StartFailed

PROBE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Watch:
    """How long and how often is looked: ``minutes`` in all, every ``poll`` seconds; an error stage that was there
    before the change is believed after ``grace`` seconds.
    """

    minutes: float = 60.0
    poll: float = 5.0
    grace: float = 60.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(slots=True)
class FollowedLog:
    """One log of a Space, read in a thread of its own and shown as it comes."""

    hub: SpacesHub
    space_id: str
    build: bool
    report: Callable[[str], None]
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=LOOK_AT_LINES))

    def start(self) -> None:
        """Begin to read; the thread ends with the stream or with the program."""
        threading.Thread(target=self.read, name=f"follow-{self._name}-log", daemon=True).start()

    @property
    def _name(self) -> str:
        return "build" if self.build else "run"

    def read(self) -> None:
        """Show every line until the stream ends."""
        try:
            for line in self.hub.logs(self.space_id, build=self.build, follow=True):
                self.lines.append(line)
                for shown in log_tail([line]):
                    self.report(f"{self._name} | {shown}")
        except DeployError as error:
            self.report(f"{self._name} | the log cannot be followed: {error.message}")


@dataclass(frozen=True, slots=True)
class Follower:
    """Waits for a Space. ``token`` is sent to the Space's own address where it is private, and nowhere else."""

    hub: SpacesHub
    report: Callable[[str], None]
    watch: Watch = Watch()
    token: str = field(default="", repr=False)

    def until_served(self, space_id: str, hardware: str, wanted: DeployedBuild, before: SpaceRun | None) -> str:
        """Wait until the Space serves ``wanted`` on ``hardware``; returns its address.

        ``before`` is how it ran before the change, None where nothing was changed. Raises BuildFailed, StartFailed,
        DeployTimedOut and DeployError.
        """
        start, seen, reported, followed = self.watch.clock(), "", "", set[bool]()
        moved = before is None
        while True:
            run = self.hub.run(space_id)
            moved = moved or (before is not None and run.stage != before.stage)
            waited = self.watch.clock() - start
            if run.stage != seen:
                seen = run.stage
                self._follow_logs(space_id, run, followed)
            if run.phase in (SpacePhase.BUILD_FAILED, SpacePhase.START_FAILED) and (moved or waited > self.watch.grace):
                raise self._failure(space_id, run)
            state, address = self._state(space_id, run, hardware, wanted)
            if not state:
                return address
            if state != reported:
                reported = state
                self.report(f"{space_id}: {state}")
            if waited > self.watch.minutes * 60:
                raise DeployTimedOut(self.watch.minutes, state)
            self.watch.sleep(self.watch.poll)

    def _follow_logs(self, space_id: str, run: SpaceRun, followed: set[bool]) -> None:
        """Show the log of what the Space does now, each once. Earlier it would be the log of the last build."""
        for build, mark in ((True, "BUILDING"), (False, "APP_STARTING")):
            if mark in run.stage and build not in followed:
                followed.add(build)
                FollowedLog(self.hub, space_id, build, self.report).start()

    def _state(self, space_id: str, run: SpaceRun, hardware: str, wanted: DeployedBuild) -> tuple[str, str]:
        """Why it is not there yet, empty once it is, and the Space's address."""
        if run.phase is not SpacePhase.RUNNING:
            return f"it is {run.stage}", ""
        if run.hardware != hardware:
            return f"it runs on {run.hardware or 'unknown hardware'} and waits for {hardware}", ""
        host, private = self.hub.address(space_id)
        serving = served_build(host, self.token if private else "")
        if serving is None:
            return "it runs and does not answer yet", host
        if serving != wanted:
            return "it still serves an earlier deploy", host
        return "", host

    def _failure(self, space_id: str, run: SpaceRun) -> DeployError:
        build = run.phase is SpacePhase.BUILD_FAILED
        lines = self.read_log(space_id, build=build)
        self.report(f"{'build' if build else 'run'} log, its last lines:")
        for line in log_tail(lines):
            self.report(f"  {line}")
        remedy = likely_remedy(lines)
        return BuildFailed(remedy) if build else StartFailed(remedy)

    def read_log(self, space_id: str, *, build: bool) -> list[str]:
        """The newest lines of a log; none where it cannot be read."""
        try:
            return list(deque(self.hub.logs(space_id, build=build), maxlen=LOOK_AT_LINES))
        except DeployError:
            return []


def served_build(host: str, token: str = "") -> DeployedBuild | None:
    """What the Space at that address says that it is; None where no Folio answers."""
    headers: Mapping[str, str] = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        answer = get_session().get(host + VERSION_PATH, headers=headers, timeout=PROBE_SECONDS, follow_redirects=False)
        facts = answer.json() if answer.is_success else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return None
    if not isinstance(facts, dict):
        return None
    return DeployedBuild(str(facts.get("build", "")), str(facts.get("deployment", "")))
