"""Which build of Folio this is, and which configuration it was started with.

A deployed Space holds ``build.json`` with the hash of its files, and the variable ``DEPLOYMENT`` with the hash of its
configuration. The deployment compares both with what it uploaded, so that an older process that still answers is not
taken for the new one. A checkout has neither.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.process_start import PROJECT_DIR

BUILD_FILE = "build.json"
DEPLOYMENT_VARIABLE = "DEPLOYMENT"
VERSION_PATH = "/version"


@dataclass(frozen=True, slots=True)
class DeployedBuild:
    """``build`` is the hash of the files, ``deployment`` that of the configuration; each is empty where there is
    none.
    """

    build: str = ""
    deployment: str = ""


def build_file(build: str) -> bytes:
    """The content of ``build.json``."""
    return json.dumps({"build": build}).encode() + b"\n"


def read_build(content: bytes) -> str:
    """The hash that ``build.json`` holds; empty where it holds none."""
    try:
        facts = json.loads(content)
    except ValueError:
        return ""
    return str(facts.get("build", "")) if isinstance(facts, dict) else ""


def build_here(environment: Mapping[str, str], folder: Path = PROJECT_DIR) -> DeployedBuild:
    """What this process runs."""
    path = folder / BUILD_FILE
    content = path.read_bytes() if path.is_file() else b""
    return DeployedBuild(read_build(content), environment.get(DEPLOYMENT_VARIABLE, ""))
