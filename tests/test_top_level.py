"""What the project holds: its top level is fixed, and no package or archive is in it."""

import subprocess
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parent.parent
TOP_LEVEL = {
    ".ci",
    ".dockerignore",
    ".gitignore",
    "ARCHITECTURE.md",
    "Dockerfile",
    "LICENSE",
    "Makefile",
    "README.md",
    "app.py",
    "benchmarks",
    "docs",
    "packages.txt",
    "pipeline",
    "pre-requirements.txt",
    "pyproject.toml",
    "requirements-dev.txt",
    "requirements-scale.txt",
    "requirements.txt",
    "tests",
}
FOREIGN = {".whl", ".gz", ".deb"}


def test_the_top_level_is_fixed_and_holds_no_packages() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    files = [PurePosixPath(name) for name in listed.stdout.splitlines()]
    assert {file.parts[0] for file in files} == TOP_LEVEL
    assert not [str(file) for file in files if file.suffix in FOREIGN]
