"""What is there on the Hub, and what is wanted there: values that the plan compares."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from huggingface_hub import Volume

from pipeline.deployed_build import BUILD_FILE
from pipeline.deployment.staged_tree import StagedTree
from pipeline.space_roles import SpaceRole

DATA_MOUNT = "/data"
SHA256 = "sha256:"
"""Begins the identity of a file that the Hub stores apart (Git LFS, Xet); that of other files is git's blob id."""
FRESH_FILES = frozenset({".gitattributes", "README.md"})
FOLIO_FILE = "pipeline/settings.py"


def data_volume(bucket_id: str) -> Volume:
    """The bucket as the Space's persistent folder."""
    return Volume(type="bucket", source=bucket_id, mount_path=DATA_MOUNT)


class SpacePhase(StrEnum):
    """What a Space does, from the Hub's stages: ``huggingface_hub.SpaceStage``, and SLEEPING, which is not in it."""

    WORKING = "working"
    RUNNING = "running"
    BUILD_FAILED = "build failed"
    START_FAILED = "start failed"
    ASLEEP = "asleep"
    EMPTY = "empty"


PHASES: Mapping[str, SpacePhase] = {
    "RUNNING": SpacePhase.RUNNING,
    "BUILD_ERROR": SpacePhase.BUILD_FAILED,
    "CONFIG_ERROR": SpacePhase.BUILD_FAILED,
    "RUNTIME_ERROR": SpacePhase.START_FAILED,
    "STOPPED": SpacePhase.ASLEEP,
    "PAUSED": SpacePhase.ASLEEP,
    "SLEEPING": SpacePhase.ASLEEP,
    "DELETING": SpacePhase.EMPTY,
    "NO_APP_FILE": SpacePhase.EMPTY,
}


@dataclass(frozen=True, slots=True)
class SpaceRun:
    """How a Space runs now: the Hub's stage, the hardware it runs on and the one that was asked for, each empty where
    the Hub does not tell.
    """

    stage: str
    hardware: str = ""
    requested: str = ""

    @property
    def phase(self) -> SpacePhase:
        """Stages that are not listed, such as BUILDING and APP_STARTING, lead to another one."""
        return PHASES.get(self.stage, SpacePhase.WORKING)


@dataclass(frozen=True, slots=True)
class SpaceFacts:
    """A Space as the Hub has it. ``files`` are identities by path (see ``SHA256``), ``secrets`` names only."""

    space_id: str
    head: str
    host: str
    private: bool
    run: SpaceRun
    files: Mapping[str, str]
    variables: Mapping[str, str]
    secrets: frozenset[str]
    volumes: tuple[Volume, ...]

    @property
    def holds_folio(self) -> bool:
        """Whether it is new, or holds a Folio of any version."""
        return self.files.keys() <= FRESH_FILES or FOLIO_FILE in self.files or BUILD_FILE in self.files


@dataclass(frozen=True, slots=True)
class HubFacts:
    """What is there: the Space, None where there is none, and whether bucket and dataset are."""

    space: SpaceFacts | None
    bucket: bool
    dataset: bool


@dataclass(frozen=True, slots=True)
class WantedSpace:
    """What shall be there.

    ``bucket_id`` and ``dataset_id`` are empty where the role needs none. ``bucket_named`` says that the bucket was
    chosen by hand, and so replaces another one at ``/data``. ``secrets`` are values by name; those in ``rotate`` are
    set although they are there.
    """

    space_id: str
    role: SpaceRole
    sdk: str
    private: bool
    hardware: str
    bucket_id: str
    dataset_id: str
    tree: StagedTree
    variables: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)
    rotate: frozenset[str] = frozenset()
    unset: frozenset[str] = frozenset()
    bucket_named: bool = False
    dataset_private: bool = True
