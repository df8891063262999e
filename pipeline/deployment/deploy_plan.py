"""What a deployment changes: the difference between what is wanted and what is there. Pure functions."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from huggingface_hub import Volume

from pipeline.deployed_build import DEPLOYMENT_VARIABLE
from pipeline.deployment.space_facts import (
    DATA_MOUNT,
    SHA256,
    HubFacts,
    SpaceFacts,
    SpacePhase,
    WantedSpace,
    data_volume,
)

LEFT_IN_PLACE = frozenset({".gitattributes"})
"""Files of the repository that the Hub writes itself."""


@dataclass(frozen=True, slots=True)
class DeployPlan:
    """The changes, in the order in which they are made. ``volumes`` is the whole new list, None where it stays;
    ``hardware`` is empty where it stays; ``wake`` says that nothing else starts the Space.
    """

    create_bucket: bool
    create_dataset: bool
    create_space: bool
    variables: Mapping[str, str]
    unset: tuple[str, ...]
    secrets: tuple[str, ...]
    volumes: tuple[Volume, ...] | None
    hardware: str
    add: tuple[str, ...]
    delete: tuple[str, ...]
    wake: bool

    @property
    def empty(self) -> bool:
        """Whether all is as wanted."""
        return not any(
            (
                self.create_bucket,
                self.create_dataset,
                self.create_space,
                self.variables,
                self.unset,
                self.secrets,
                self.volumes is not None,
                self.hardware,
                self.add,
                self.delete,
                self.wake,
            )
        )


def make_plan(wanted: WantedSpace, found: HubFacts) -> DeployPlan:
    """The changes that lead from ``found`` to ``wanted``."""
    space = found.space
    secrets = _secrets(wanted, space)
    variables = wanted_variables(wanted, space, bool(secrets and space))
    there = space.variables if space else {}
    files = space.files if space else {}
    changed = {name: value for name, value in variables.items() if there.get(name) != value}
    add = tuple(path for path, data in wanted.tree.files.items() if not _same(files.get(path, ""), data))
    delete = tuple(path for path in files if path not in wanted.tree.files and path not in LEFT_IN_PLACE)
    unset = tuple(sorted(name for name in wanted.unset if name in there))
    volumes = _volumes(wanted, space)
    hardware = wanted.hardware if space and space.run.requested != wanted.hardware else ""
    stirred = bool(changed or unset or secrets or hardware or add or delete or volumes is not None)
    return DeployPlan(
        create_bucket=bool(wanted.bucket_id) and not found.bucket,
        create_dataset=bool(wanted.dataset_id) and not found.dataset,
        create_space=space is None,
        variables=changed,
        unset=unset,
        secrets=secrets,
        volumes=volumes,
        hardware=hardware,
        add=add,
        delete=delete,
        wake=_must_wake(space, stirred),
    )


def wanted_variables(wanted: WantedSpace, space: SpaceFacts | None, secrets_change: bool = False) -> dict[str, str]:
    """The variables with the hash of the configuration among them, which the running app shows again.

    Its second part counts changes of secrets, whose values cannot be hashed without telling about them.
    """
    values = dict(sorted(wanted.variables.items()))
    before = (space.variables.get(DEPLOYMENT_VARIABLE, "") if space else "").partition(".")[2]
    count = int(before) if before.isdecimal() else 0
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:12]
    return values | {DEPLOYMENT_VARIABLE: f"{digest}.{count + secrets_change}"}


def blob_id(data: bytes) -> str:
    """The id that git gives these bytes (gitformat-pack: SHA-1 of ``blob``, length and content)."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _same(identity: str, data: bytes) -> bool:
    """Whether the Hub's file is these bytes. A large or binary file is stored apart, under the SHA-256 of its bytes."""
    if identity.startswith(SHA256):
        return identity == SHA256 + hashlib.sha256(data).hexdigest()
    return identity == blob_id(data)


def _secrets(wanted: WantedSpace, space: SpaceFacts | None) -> tuple[str, ...]:
    there = space.secrets if space else frozenset()
    return tuple(sorted(name for name in wanted.secrets if name not in there or name in wanted.rotate))


def _volumes(wanted: WantedSpace, space: SpaceFacts | None) -> tuple[Volume, ...] | None:
    """The list with the bucket at ``/data``; every other volume stays, and so does another bucket that somebody mounted
    there, unless this one was chosen by hand.
    """
    if not wanted.bucket_id:
        return None
    there = space.volumes if space else ()
    at_data = next((volume for volume in there if volume.mount_path == DATA_MOUNT), None)
    if at_data is not None and (at_data.source == wanted.bucket_id or not wanted.bucket_named):
        return None
    others = tuple(volume for volume in there if volume.mount_path != DATA_MOUNT)
    return (*others, data_volume(wanted.bucket_id))


def _must_wake(space: SpaceFacts | None, stirred: bool) -> bool:
    """A paused Space stays paused whatever is changed in it; a failed or sleeping one is started by any change."""
    if space is None:
        return False
    return space.run.phase is SpacePhase.ASLEEP or (
        space.run.phase in (SpacePhase.BUILD_FAILED, SpacePhase.START_FAILED) and not stirred
    )


def plan_lines(plan: DeployPlan, wanted: WantedSpace, found: HubFacts) -> Iterator[str]:
    """The plan for people: one change a line, no value of any secret."""
    files = wanted.tree.files
    if plan.create_bucket:
        yield f"create the private bucket {wanted.bucket_id}"
    if plan.create_dataset:
        kind = "private" if wanted.dataset_private else "public"
        yield f"create the {kind} dataset {wanted.dataset_id}"
    if plan.create_space:
        kind = "private" if wanted.private else "public"
        yield f"create the {kind} {wanted.sdk} Space {wanted.space_id} on {wanted.hardware}"
    elif plan.hardware:
        before = found.space.run.requested if found.space else ""
        yield f"change the hardware from {before or 'none'} to {plan.hardware}"
    for name, value in plan.variables.items():
        yield f"set the variable {name} to {value}"
    for name in plan.unset:
        yield f"remove the variable {name}"
    for name in plan.secrets:
        yield f"set the secret {name}"
    if plan.volumes is not None:
        mounts = ", ".join(f"{volume.source} at {volume.mount_path}" for volume in plan.volumes)
        yield f"mount {mounts}"
    if plan.add or plan.delete:
        size = sum(len(files[path]) for path in plan.add)
        yield f"commit {len(plan.add)} new or changed files ({size / 1000:,.0f} kB) and delete {len(plan.delete)}"
    if plan.wake:
        yield "start the Space"
