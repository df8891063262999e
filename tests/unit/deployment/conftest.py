"""A Hub that is a stand-in, and a deployment of a few small files to it, without waiting."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import pytest
from huggingface_hub.utils import _http as client_http

from pipeline.deployed_build import DEPLOYMENT_VARIABLE, DeployedBuild, build_file
from pipeline.deployment.deploying import Deployer
from pipeline.deployment.following import Follower, Watch
from pipeline.deployment.hub_answers import RetryPace
from pipeline.deployment.space_facts import WantedSpace
from pipeline.deployment.spaces_hub import SpacesHub
from pipeline.deployment.staged_tree import StagedTree
from pipeline.deployment.wishes import DeployOptions, wanted_spaces
from pipeline.space_roles import APP, SpaceRole
from tests.standins.hub import StandInHub
from tests.standins.hub_spaces import SpaceRepo

SPACE_ID = "tester/folio"
SPACE_TOKEN_VALUE = "hf_spaceonly9876543210"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandInHub]:
    """The stand-in; the client's own waits between tries take no time."""
    monkeypatch.setattr(client_http.time, "sleep", lambda seconds: None)
    with StandInHub() as hub:
        yield hub


@dataclass
class Deploys:
    """Deploys to the stand-in as the command does, and notes what it would print."""

    hub: StandInHub
    lines: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=lambda: {"FOLIO_SPACE_TOKEN": SPACE_TOKEN_VALUE})
    files: dict[str, bytes] = field(default_factory=lambda: {"app.py": b"print(1)\n", "pipeline/settings.py": b"# 1\n"})

    @cached_property
    def spaces(self) -> SpacesHub:
        return SpacesHub(self.hub.token, self.hub.url, RetryPace(sleep=self.waits.append))

    @property
    def space(self) -> SpaceRepo:
        return self.hub.spaces.repos[SPACE_ID]

    def wanted(self, options: DeployOptions) -> WantedSpace:
        spaces = wanted_spaces(options, self.spaces.account(), self.hub.token, self.environment, self._staged)
        return spaces[0]

    def _staged(self, role: SpaceRole, sdk: str) -> StagedTree:
        """A few files instead of the whole project."""
        build = f"build-of-{len(self.files)}-{hash(tuple(self.files.items())) & 0xFFFF:x}"
        return StagedTree({**self.files, "build.json": build_file(build)}, build)

    def deploy(
        self,
        options: DeployOptions | None = None,
        *,
        minutes: float = 1.0,
        overwrite: bool = False,
        follow: bool = True,
    ) -> str:
        """Plan, change and follow; returns the Space's address. The clock moves with the waits alone."""
        spaces, wanted = self.spaces, self.wanted(options or DeployOptions(roles=(APP,)))
        deployer = Deployer(spaces, self.lines.append)
        plan = deployer.plan(wanted, overwrite)
        before = spaces.space(wanted.space_id)
        deployer.carry_out(plan, wanted)
        after = spaces.space(wanted.space_id)
        assert after is not None
        if not follow:
            return ""
        build = DeployedBuild(wanted.tree.build, after.variables[DEPLOYMENT_VARIABLE])
        watch = Watch(minutes=minutes, clock=lambda: sum(self.waits), sleep=self.waits.append)
        follower = Follower(spaces, self.lines.append, watch, self.hub.token)
        changed = before.run if before and not plan.empty else None
        return follower.until_served(wanted.space_id, wanted.hardware, build, changed)


@pytest.fixture
def deploys(hub: StandInHub) -> Deploys:
    return Deploys(hub)
