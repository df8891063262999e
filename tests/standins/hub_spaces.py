"""Spaces and buckets of the stand-in of the Hub: their configuration, their life from build to run, and their address.

A Space goes through a script of stages, one at each look at its runtime. At the end of a script that ends in RUNNING it
serves ``/version`` with the build and the variables of that moment; until then an older process answers. Buckets are
names only: their bytes go through another service on the real Hub.
"""

import json
import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tests.standins.hub_repos import Refusal, Repo, repo_info

SPACE_VERBS = frozenset(
    {"secrets", "variables", "runtime", "hardware", "volumes", "sleeptime", "restart", "pause", "logs"}
)
LIFE = ("BUILDING", "APP_STARTING", "RUNNING")
RESTART = ("APP_STARTING", "RUNNING")


@dataclass(frozen=True)
class Reply:
    """An answer: JSON, or bytes as they are."""

    status: int = 200
    answer: object = None
    raw: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class SpaceRepo(Repo):
    """A Space. ``stages`` is what is left of its script; ``serving`` is the answer of its ``/version``, None where
    nothing answers; ``starts`` counts builds and restarts, and one of them is ``due`` until it runs.
    """

    sdk: str = "gradio"
    hardware: str = ""
    requested: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    volumes: list[dict[str, Any]] = field(default_factory=list)
    stages: list[str] = field(default_factory=lambda: ["NO_APP_FILE"])
    logs: dict[str, list[str]] = field(default_factory=lambda: {"build": ["built"], "run": ["started"]})
    serving: dict[str, str] | None = None
    starts: int = 0
    due: bool = False

    def look(self) -> str:
        """The stage now; the script goes on."""
        stage = self.stages[0]
        if len(self.stages) > 1:
            self.stages.pop(0)
        elif stage == "RUNNING" and self.due:
            self.due = False
            self.hardware = self.requested
            build = json.loads(self.files.get("build.json", b"{}")).get("build", "")
            self.serving = {"build": build, "deployment": self.variables.get("DEPLOYMENT", "")}
        return stage

    def start(self, script: tuple[str, ...]) -> None:
        self.starts, self.due = self.starts + 1, True
        self.stages = list(script)


class HubSpaces:
    """All Spaces and buckets. ``scripts`` are what the next builds go through, one each, before the usual ones."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.repos: dict[str, SpaceRepo] = {}
        self.buckets: dict[str, bool] = {}
        self.scripts: deque[tuple[str, ...]] = deque()

    def create(self, repo_id: str, asked: dict[str, Any]) -> Reply:
        answer = {"url": f"{self.url}/spaces/{repo_id}", "name": repo_id, "id": repo_id}
        if repo_id in self.repos:
            return Reply(409, answer | {"error": "You already created this space repo"})
        space = SpaceRepo(repo_id, private=asked.get("visibility") == "private", sdk=asked["sdk"])
        space.push({".gitattributes": b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"}, "initial commit")
        space.requested = asked.get("hardware") or "cpu-basic"
        space.volumes = asked.get("volumes") or []
        space.variables = {entry["key"]: entry["value"] for entry in asked.get("variables") or ()}
        space.secrets = {entry["key"]: entry["value"] for entry in asked.get("secrets") or ()}
        self.repos[repo_id] = space
        return Reply(answer=answer)

    def changed(self, space: SpaceRepo, build: bool = False) -> None:
        """A change builds or restarts the Space, unless somebody has paused it or it has no files yet."""
        if space.stages[-1] == "PAUSED" or "app.py" not in space.files:
            return
        space.start(self.scripts.popleft() if self.scripts else LIFE if build else RESTART)

    def info(self, space: SpaceRepo) -> dict[str, object]:
        facts = {"sdk": space.sdk, "host": f"{self.url}/hosts/{space.repo_id}", "runtime": self._runtime(space)}
        return repo_info(space, space.head) | facts

    def route(self, space: SpaceRepo, verb: str, rest: str, method: str, asked: dict[str, Any], query: str) -> Reply:
        """One request below ``/api/spaces/owner/name/``."""
        if verb in ("secrets", "variables"):
            return self._entries(space, verb, method, asked)
        if verb == "logs":
            lines = [json.dumps({"data": f"{line}\n", "timestamp": ""}) for line in space.logs[rest]]
            stream = ": keep-alive\n\ndata:\n\n" + "".join(f"data: {line}\n\n" for line in lines)
            return Reply(raw=stream.encode(), headers=(("Content-Type", "text/event-stream"),))
        if verb == "runtime":
            space.look()
            return Reply(answer=self._runtime(space))
        if verb == "hardware":
            space.requested = asked["flavor"]
            self.changed(space)
        elif verb == "volumes":
            space.volumes = asked.get("volumes", [])
            self.changed(space)
        elif verb == "restart":
            space.start(self.scripts.popleft() if self.scripts else LIFE if "factory" in query else RESTART)
        elif verb == "pause":
            space.stages, space.serving = ["PAUSED"], None
        return Reply(answer=self._runtime(space))

    def _entries(self, space: SpaceRepo, verb: str, method: str, asked: dict[str, Any]) -> Reply:
        entries: dict[str, str] = getattr(space, verb)
        if method == "POST":
            entries[asked["key"]] = asked["value"]
            self.changed(space)
        elif method == "DELETE":
            entries.pop(asked["key"], None)
            self.changed(space)
        shown = {key: {"value": value} if verb == "variables" else {} for key, value in entries.items()}
        return Reply(answer=shown)

    def _runtime(self, space: SpaceRepo) -> dict[str, object]:
        hardware = {"current": space.hardware or None, "requested": space.requested}
        return {"stage": space.stages[0], "hardware": hardware, "gcTimeout": None, "volumes": space.volumes or None}

    def host(self, path: str, caller_may: bool) -> Reply:
        """A request to a Space's own address: ``/hosts/owner/name/version``."""
        match = re.fullmatch(r"/hosts/([^/]+/[^/]+)/version", path)
        space = self.repos.get(match[1]) if match else None
        if space is None or (space.private and not caller_may):
            raise Refusal(404, "no such page")
        return Reply(answer=space.serving) if space.serving else Reply(503, {"error": "starting"})

    def bucket(self, owner_and_name: str, method: str, asked: dict[str, Any], user: str) -> Reply:
        bucket_id = owner_and_name.replace("me/", f"{user}/", 1) if owner_and_name.startswith("me/") else owner_and_name
        url = f"{self.url}/buckets/{bucket_id}"
        if method == "POST":
            if bucket_id in self.buckets:
                return Reply(409, {"error": "exists", "url": url})
            self.buckets[bucket_id] = bool(asked.get("private"))
            return Reply(answer={"url": url})
        if bucket_id not in self.buckets:
            raise Refusal(404, "Bucket not found", "RepoNotFound")
        facts = {"private": self.buckets[bucket_id], "createdAt": "2026-01-01T00:00:00.000Z", "size": 0}
        return Reply(answer={"id": bucket_id, "totalFiles": 0} | facts)
