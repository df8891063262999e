"""Secrets reach the program, and no process of the same user can read them there."""

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
from pipeline.store.token import take_secrets
secrets = take_secrets()
readable = Path("/proc/self/environ").read_bytes().decode() + Path("/proc/self/cmdline").read_bytes().decode()
names = sorted(name for name in os.environ if "TOKEN" in name or name in ("AUTH", "OWNER_PASSWORD"))
found = {"token": secrets.token, **secrets.settings, "shown": repr(secrets).count("secret1")}
print(json.dumps(found | {"readable": "secret1" in readable, "names": names, "arguments": sys.argv[1:]}))
"""


@pytest.mark.parametrize(
    ("given", "token", "auth", "owner"),
    [
        ({"HF_TOKEN": "hf_secret1"}, "hf_secret1", "", ""),
        ({"HUGGING_FACE_HUB_TOKEN": "hf_secret1"}, "hf_secret1", "", ""),
        ({"HF_TOKEN": "hf_secret1", "HUGGING_FACE_HUB_TOKEN": "hf_secret2"}, "hf_secret1", "", ""),
        ({"HF_TOKEN": "hf_secret1", "AUTH": "ada:secret1,bob:secret1"}, "hf_secret1", "ada:secret1,bob:secret1", ""),
        ({"AUTH": "ada:secret1"}, "", "ada:secret1", ""),
        (
            {"OWNER_PASSWORD": "my-secret1", "AUTH": "ada:secret1,\nbob:secret1"},
            "",
            "ada:secret1,\nbob:secret1",
            "my-secret1",
        ),
        ({}, "", "", ""),
    ],
    ids=["usual", "old", "both", "with passwords", "passwords", "both passwords", "none"],
)
def test_the_program_has_its_secrets_and_its_environment_has_not(
    given: dict[str, str], token: str, auth: str, owner: str, tmp_path: Path
) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    clean = {name: value for name, value in os.environ.items() if "TOKEN" not in name} | {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, str(program), "one", "two words"],
        env=clean | given,
        capture_output=True,
        text=True,
        check=True,
    )
    found = {
        "token": token,
        "AUTH": auth,
        "OWNER_PASSWORD": owner,
        "shown": 0,
        "readable": False,
        "names": [],
        "arguments": ["one", "two words"],
    }
    assert json.loads(done.stdout) == found
