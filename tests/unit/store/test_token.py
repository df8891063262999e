"""The token reaches the program, and no process of the same user can read it there."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.store.hubs import PROJECT

PROGRAM = """
import json, os, sys
from pathlib import Path
from pipeline.store.token import take_token
token = take_token()
readable = Path("/proc/self/environ").read_bytes().decode() + Path("/proc/self/cmdline").read_bytes().decode()
names = sorted(name for name in os.environ if "TOKEN" in name)
print(json.dumps({"token": token, "readable": "hf_secret" in readable, "names": names, "arguments": sys.argv[1:]}))
"""


@pytest.mark.parametrize(
    ("given", "token"),
    [
        ({"HF_TOKEN": "hf_secret1"}, "hf_secret1"),
        ({"HUGGING_FACE_HUB_TOKEN": "hf_secret2"}, "hf_secret2"),
        ({"HF_TOKEN": "hf_secret1", "HUGGING_FACE_HUB_TOKEN": "hf_secret2"}, "hf_secret1"),
        ({}, ""),
    ],
    ids=["usual", "old", "both", "none"],
)
def test_the_program_has_the_token_and_its_environment_has_not(given: dict[str, str], token: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    clean = {name: value for name, value in os.environ.items() if "TOKEN" not in name} | {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run([sys.executable, str(program), "one", "two words"], env=clean | given, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"token": token, "readable": False, "names": [], "arguments": ["one", "two words"]}
