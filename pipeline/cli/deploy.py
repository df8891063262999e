"""``deploy``: make a Space of one's own or bring it up to date, look after it, or pack its files for another way."""

import argparse
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.cli import space_care
from pipeline.cli.secretless import SecretlessPrinter
from pipeline.cli.worker_schedule import schedule
from pipeline.deployed_build import DEPLOYMENT_VARIABLE, DeployedBuild
from pipeline.deployment.account import Account, token_here
from pipeline.deployment.deploy_plan import DeployPlan
from pipeline.deployment.deploying import Deployer
from pipeline.deployment.following import Follower, Watch
from pipeline.deployment.space_facts import WantedSpace
from pipeline.deployment.spaces_hub import SpacesHub
from pipeline.deployment.staged_tree import DOCKER, GRADIO, StagedTree, stage, write_bundle
from pipeline.deployment.wishes import ZERO_GPU, DeployOptions, parse_variables, secret_names, wanted_spaces
from pipeline.settings import Settings
from pipeline.space_roles import APP, ROLE_NAMES, SPACE_ROLES, WORKERS, role_named
from pipeline.worker_iterations import Role

MEGABYTE = 1_000_000


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    wish = parser.add_argument_group("what is wanted")
    wish.add_argument("--space", default="folio", metavar="NAME", help="name of the app's Space, or owner/name")
    wish.add_argument("--role", choices=ROLE_NAMES, default=APP.name, help="what the Space does")
    wish.add_argument("--all", action="store_true", help="one Space for each role")
    wish.add_argument("--private", action="store_true", help="create the Space private")
    wish.add_argument("--hardware", default=ZERO_GPU, metavar="FLAVOUR", help=f"default {ZERO_GPU}")
    wish.add_argument("--sdk", choices=(GRADIO, DOCKER), default=GRADIO, help="docker takes no ZeroGPU hardware")
    wish.add_argument("--bucket", default="", metavar="NAME", help="bucket at /data (default: the Space's name-data)")
    wish.add_argument("--no-bucket", action="store_true", help="mount nothing; results go when the Space restarts")
    wish.add_argument("--dataset", default="", metavar="NAME", help="results dataset (default: folio-results)")
    wish.add_argument("--public-dataset", action="store_true", help="create the results dataset public")
    wish.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting, as a variable")
    wish.add_argument("--unset", action="append", default=[], metavar="NAME", help="remove a variable")
    for option, meaning in (
        ("--secret", "also set this secret, to the value of that environment variable"),
        ("--rotate", "set this secret again although it is there"),
    ):
        wish.add_argument(option, action="append", default=[], choices=secret_names(), help=meaning)
    wish.add_argument(
        "--every",
        default="",
        metavar="CRON",
        help='let a Job on the Hub wake a worker\'s Space and do an iteration, such as "0 * * * *" (UTC)',
    )
    manner = parser.add_argument_group("how")
    manner.add_argument("--dry-run", action="store_true", help="show the changes and make none")
    manner.add_argument("--overwrite", action="store_true", help="replace another program in the Space")
    manner.add_argument("--no-wait", action="store_true", help="do not wait until the Space serves the new build")
    manner.add_argument("--minutes", type=float, default=60.0, help="how long to wait (default 60)")
    other = parser.add_argument_group("instead").add_mutually_exclusive_group()
    other.add_argument("--bundle", type=Path, metavar="FILE", help="write the Space's files as a ZIP archive")
    space_care.configure(other)
    parser.add_argument("--follow", action="store_true", help="with --logs: go on as lines come")
    parser.add_argument("--yes", action="store_true", help="with --delete: do not ask")


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked for; returns 0 where it was done. Raises DeployError and SettingsError."""
    options = _options(chosen)
    if chosen.bundle:
        return _bundle(options, chosen.bundle)
    token = token_here()
    hub = SpacesHub(token, os.environ.get("HF_ENDPOINT"))
    account = hub.account()
    if space_care.wanted(chosen):
        return space_care.run(chosen, hub, options, account)
    return Deployment(hub, account, token, options, Watch(minutes=chosen.minutes)).run(chosen)


def _options(chosen: argparse.Namespace) -> DeployOptions:
    if chosen.sdk == DOCKER and chosen.hardware == ZERO_GPU:
        raise SystemExit("ZeroGPU takes Gradio Spaces only; give --hardware, such as cpu-basic or t4-small.")
    roles = SPACE_ROLES if chosen.all else (role_named(chosen.role),)
    if chosen.every and not set(roles) & set(WORKERS):
        raise SystemExit(f"--every wakes a worker's Space, and the {chosen.role} is none; give --role inbox or --all.")
    return DeployOptions(
        space=chosen.space,
        roles=roles,
        sdk=chosen.sdk,
        private=chosen.private,
        hardware=chosen.hardware,
        bucket=chosen.bucket,
        with_bucket=not chosen.no_bucket,
        dataset=chosen.dataset,
        dataset_private=not chosen.public_dataset,
        variables=parse_variables(chosen.set),
        unset=tuple(chosen.unset),
        secrets=tuple(chosen.secret),
        rotate=tuple(chosen.rotate),
    )


def _bundle(options: DeployOptions, target: Path) -> int:
    tree = stage(options.roles[0], options.sdk)
    write_bundle(tree, target)
    for line in size_lines(tree):
        print(line)
    print(f"wrote {target}")
    return 0


def size_lines(tree: StagedTree) -> list[str]:
    """The tree's size, in all and by folder."""
    parts = [f"  {name:<16} {files:>4} files {size / 1000:>8,.0f} kB" for name, files, size in tree.sizes()]
    return [f"build {tree.build}: {len(tree.files)} files, {tree.size_bytes / MEGABYTE:.1f} MB", *parts]


@dataclass(frozen=True, slots=True)
class Deployment:
    """One run of the command: every wanted Space is planned, then changed, then followed."""

    hub: SpacesHub
    account: Account
    token: str = field(repr=False)
    options: DeployOptions
    watch: Watch
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    output: Callable[[str], None] = field(default=lambda line: print(line, flush=True))

    def run(self, chosen: argparse.Namespace) -> int:
        """Returns 0. Raises DeployError, and ScheduleRefused where a worker's Job is not scheduled."""
        spaces = wanted_spaces(self.options, self.account, self.token, self.environment)
        report = SecretlessPrinter(self.output, [value for space in spaces for value in space.secrets.values()])
        report(f"{self.account.sentence}")
        deployer = Deployer(self.hub, report)
        plans = [self._plan(deployer, report, space, chosen.overwrite) for space in spaces]
        if chosen.dry_run:
            report("nothing was changed")
            return 0
        for space, plan in zip(spaces, plans, strict=True):
            self._make(deployer, report, space, plan, not chosen.no_wait)
            if chosen.every and space.role in WORKERS:
                report(schedule(Role(space.role.name), space.space_id, chosen.every, self.token, space.variables))
        return 0

    def _plan(self, deployer: Deployer, report: SecretlessPrinter, space: WantedSpace, overwrite: bool) -> DeployPlan:
        report(f"{space.space_id}, {space.role.name}")
        for line in size_lines(space.tree):
            report(f"  {line}")
        return deployer.plan(space, overwrite)

    def _make(
        self, deployer: Deployer, report: SecretlessPrinter, space: WantedSpace, plan: DeployPlan, wait: bool
    ) -> None:
        before = self.hub.space(space.space_id)
        deployer.carry_out(plan, space)
        after = self.hub.space(space.space_id)
        if after is None or not wait:
            report(f"{space.space_id} is changed; deploy --status tells how it goes on")
            return
        serving = DeployedBuild(space.tree.build, after.variables.get(DEPLOYMENT_VARIABLE, ""))
        changed = before.run if before is not None and not plan.empty else None
        follower = Follower(self.hub, report, self.watch, self.token)
        address = follower.until_served(space.space_id, space.hardware, serving, changed)
        report(f"{space.space_id} runs build {space.tree.build} on {space.hardware}: {address}")
