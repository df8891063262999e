"""What ``deploy`` does to a Space that is there: tell how it stands, show its logs, pause, restart and delete it."""

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from pipeline.deployed_build import DEPLOYMENT_VARIABLE
from pipeline.deployment.account import Account, token_here
from pipeline.deployment.following import served_build
from pipeline.deployment.space_facts import SpaceFacts
from pipeline.deployment.spaces_hub import SpacesHub
from pipeline.deployment.staged_tree import stage
from pipeline.deployment.wishes import DeployOptions, space_id_of
from pipeline.errors import SpaceNotFound
from pipeline.space_roles import SpaceRole
from pipeline.store.scrub import without_tokens

ACTIONS = ("status", "logs", "pause", "restart", "delete")


def configure(group: Any) -> None:
    """Declare the actions, each of which is done in place of a deploy."""
    group.add_argument("--status", action="store_true", help="how the Space stands, and what differs from here")
    group.add_argument("--logs", choices=("build", "run"), help="show a log of the Space")
    group.add_argument("--pause", action="store_true", help="stop the Space until --restart")
    group.add_argument("--restart", action="store_true", help="start the Space again")
    group.add_argument("--delete", action="store_true", help="delete the Space; its bucket and dataset stay")


def wanted(chosen: argparse.Namespace) -> bool:
    """Whether one of the actions was asked for."""
    return any(getattr(chosen, name) for name in ACTIONS)


def run(chosen: argparse.Namespace, hub: SpacesHub, options: DeployOptions, account: Account) -> int:
    """Do the action to the Space of each chosen role; returns 0 where it was done. Raises DeployError."""
    done = 0
    for role in options.roles:
        space_id = space_id_of(options, role, account)
        if chosen.status:
            done |= _status(hub, space_id, role, options.sdk)
        elif chosen.logs:
            for line in hub.logs(space_id, build=chosen.logs == "build", follow=chosen.follow):
                print(without_tokens(line), flush=True)
        elif chosen.delete:
            done |= _delete(hub, space_id, chosen.yes)
        else:
            (hub.pause if chosen.pause else hub.restart)(space_id)
            print(f"{space_id} is {'paused' if chosen.pause else 'starting'}")
    return done


def _status(hub: SpacesHub, space_id: str, role: SpaceRole, sdk: str) -> int:
    space = hub.space(space_id)
    if space is None:
        raise SpaceNotFound(space_id)
    for line in status_lines(space, stage(role, sdk).build, token_here() if space.private else ""):
        print(line)
    return 0


def status_lines(space: SpaceFacts, build: str, token: str = "") -> Iterator[str]:
    """How the Space stands; ``build`` is that of the files here."""
    run, serving = space.run, served_build(space.host, token)
    yield f"{space.space_id}: {run.stage} on {run.hardware or 'no hardware'}"
    if run.requested != run.hardware:
        yield f"  waits for {run.requested or 'no hardware'}"
    yield f"  address    {space.host or 'none yet'}"
    yield f"  commit     {space.head[:12]}"
    if serving is None:
        yield "  serves     nothing that answers"
    else:
        same = "the files here" if serving.build == build else "other files than those here"
        current = serving.deployment == space.variables.get(DEPLOYMENT_VARIABLE, "")
        yield f"  serves     build {serving.build or 'none'}, {same}"
        yield f"  settings   {'in force' if current else 'not yet in force: it restarts'}"
    yield f"  variables  {', '.join(f'{name}={value}' for name, value in sorted(space.variables.items())) or 'none'}"
    yield f"  secrets    {', '.join(sorted(space.secrets)) or 'none'}"
    yield f"  volumes    {', '.join(f'{one.source} at {one.mount_path}' for one in space.volumes) or 'none'}"


def _delete(hub: SpacesHub, space_id: str, sure: bool) -> int:
    if not sure and _answer(f"Delete the Space {space_id}? Type its name: ") != space_id:
        print(f"{space_id} stays; to delete it, type its name or give --yes", file=sys.stderr)
        return 1
    hub.delete_space(space_id)
    print(f"{space_id} is deleted; its bucket and its datasets are still there")
    return 0


def _answer(question: str) -> str:
    """What the person at the terminal types; empty where there is none."""
    return input(question).strip() if sys.stdin.isatty() else ""
