"""The deploy command as it is typed, against the stand-in: every one that a page tells one to type among them."""

import os
import re
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.cli.__main__ import main
from pipeline.deployed_build import read_build
from pipeline.space_roles import ROLE_NAMES
from tests.standins.hub import StandInHub

DOCS = Path(__file__).parents[3] / "docs"
COMMAND = re.compile(r"((?:[A-Z_]+=\S+ )?)(?:python -m pipeline\.cli|folio) (deploy\b[^`\n]*)")
PAGES = [DOCS.parent / "README.md", *sorted(DOCS.glob("*.md"))]
FOUND = {typed for page in PAGES for typed in COMMAND.findall(page.read_text(encoding="utf-8"))}
TYPED = sorted(typed for typed in FOUND if "--every" not in typed[1])  # test_worker_schedule.py has the other
NEEDS_A_SPACE = ("--status", "--logs", "--pause", "--restart", "--delete")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StandInHub]:
    """The stand-in as the only Hub; every Space runs at the first look."""
    monkeypatch.chdir(tmp_path)
    with StandInHub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("HF_TOKEN", hub.token)
        hub.spaces.scripts.extend([("RUNNING",)] * 20)
        yield hub


def folio(*arguments: str) -> int:
    return main(["deploy", *arguments])


def test_every_command_of_the_pages_is_found() -> None:
    assert len(TYPED) >= 26


@pytest.mark.parametrize(("variables", "command"), TYPED)
def test_each_command_of_the_pages_does_what_it_says(
    hub: StandInHub, monkeypatch: pytest.MonkeyPatch, variables: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = shlex.split(command.replace("NAME", "dashboard"))
    hub.access = {"role": "write"} if "folio-team" not in command else {"role": "unheard-of"}
    if variables:
        name, _, value = variables.strip().partition("=")
        monkeypatch.setenv(name, value)
    if any(word in words for word in NEEDS_A_SPACE):
        for name in ("tester/folio", "tester/folio-dashboard"):
            hub.spaces.create(name, {"sdk": "gradio", "hardware": "zero-a10g"})
    code = main(words)
    shown = capsys.readouterr()
    if "--delete" in words:  # nobody is at the terminal to type the name
        assert (code, "tester/folio" in hub.spaces.repos) == (1, True)
        return
    assert (code, shown.err) == (0, "")
    assert shown.out
    assert hub.token not in shown.out
    assert "correct-horse" not in shown.out
    assert "a-long-password" not in shown.out


def test_all_roles_are_spaces_of_their_own_and_the_dashboard_sees_the_datasets(hub: StandInHub) -> None:
    assert folio("--all", "--dataset", "mine") == 0
    app, dashboard = hub.spaces.repos["tester/folio"], hub.spaces.repos["tester/folio-dashboard"]
    roles = {name.partition("folio")[2]: space.variables["SPACE_ROLE"] for name, space in hub.spaces.repos.items()}
    assert roles == {"": "app", **{f"-{role}": role for role in ROLE_NAMES if role != "app"}}
    assert (app.variables["SPACE_ROLE"], dashboard.variables["SPACE_ROLE"]) == ("app", "dashboard")
    assert app.variables["RESULTS_DATASET"] == "tester/mine"
    assert "tester/mine" in dashboard.variables["DASHBOARD_DATASETS"].split(",")
    assert dashboard.volumes == []
    assert b"preload_from_hub" in app.files["README.md"]
    assert b"preload_from_hub" not in dashboard.files["README.md"]
    assert b"title: Folio dashboard" in dashboard.files["README.md"]


def test_a_dry_run_changes_nothing_and_shows_what_would_be(hub: StandInHub, capsys: pytest.CaptureFixture[str]) -> None:
    assert folio("--dry-run", "--private") == 0
    assert {request.method for request in hub.requests} == {"GET"}
    shown = capsys.readouterr().out
    for line in ("create the private bucket tester/folio-data", "create the private dataset tester/folio-results"):
        assert line in shown
    assert "create the private gradio Space tester/folio on zero-a10g" in shown
    assert re.search(r"commit \d+ new or changed files \([\d,]+ kB\)", shown)
    assert re.search(r"pipeline/ +\d+ files +[\d,]+ kB", shown)


def test_only_listed_files_go_to_the_space(hub: StandInHub) -> None:
    assert folio() == 0
    files = hub.spaces.repos["tester/folio"].files
    assert {path.split("/")[0] for path in files} == {
        *(".gitattributes", "ARCHITECTURE.md", "LICENSE", "README.md", "app.py", "build.json", "docs", "packages.txt"),
        *("pipeline", "pre-requirements.txt", "requirements.txt"),
    }
    assert not any("__pycache__" in path or path.endswith((".pyc", ".zip")) for path in files)
    shipped = {path for path in files if path.startswith("pipeline/")}
    listed = subprocess.run(
        ["git", "ls-files", "pipeline"], cwd=DOCS.parent, capture_output=True, text=True, check=True
    )
    assert set(listed.stdout.split()) <= shipped


def test_status_tells_what_differs(hub: StandInHub, capsys: pytest.CaptureFixture[str]) -> None:
    assert folio("--status") == 1
    assert "There is no Space tester/folio" in capsys.readouterr().err
    assert folio() == 0
    capsys.readouterr()
    assert folio("--status") == 0
    shown = capsys.readouterr().out
    assert "tester/folio: RUNNING on zero-a10g" in shown
    assert ", the files here" in shown
    assert "settings   in force" in shown
    assert "secrets    HF_TOKEN" in shown
    assert "tester/folio-data at /data" in shown
    hub.spaces.repos["tester/folio"].serving = {"build": "older", "deployment": ""}
    assert folio("--status") == 0
    shown = capsys.readouterr().out
    assert "build older, other files than those here" in shown
    assert "not yet in force" in shown


def test_pause_restart_and_delete(hub: StandInHub, capsys: pytest.CaptureFixture[str]) -> None:
    assert folio() == 0
    space = hub.spaces.repos["tester/folio"]
    assert folio("--pause") == 0
    assert space.stages == ["PAUSED"]
    assert folio("--restart") == 0
    assert space.stages == ["RUNNING"]
    assert folio("--delete", "--yes") == 0
    assert "tester/folio" not in hub.spaces.repos
    assert "tester/folio-data" in hub.spaces.buckets
    assert "tester/folio-results" in hub.repos
    assert folio("--delete", "--yes") == 1
    assert "[space_not_found]" in capsys.readouterr().err


def test_logs_show_no_token(hub: StandInHub, capsys: pytest.CaptureFixture[str]) -> None:
    hub.spaces.create("tester/folio", {"sdk": "gradio"})
    hub.spaces.repos["tester/folio"].logs["run"] = ["first line", "token hf_leaked1234567890"]
    assert folio("--logs", "run") == 0
    assert capsys.readouterr().out.splitlines() == ["first line", "token [token]"]


def test_without_a_token_one_sentence(
    hub: StandInHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pipeline.cli.deploy.token_here", lambda: "")
    assert folio() == 1
    assert "There is no Hugging Face token" in capsys.readouterr().err
    assert hub.requests == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--set", "NONSENSE=1"), "NONSENSE is none"),
        (("--set", "AUTH=ada:correct-horse"), "give it with --secret AUTH"),
        (("--set", "MAX_PAGES=many"), "MAX_PAGES must be a whole number"),
        (("--secret", "AUTH"), "The secret AUTH has no value"),
    ],
)
def test_what_cannot_be_wanted_is_refused_before_any_change(
    hub: StandInHub, arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert folio(*arguments) == 1
    assert words in capsys.readouterr().err
    assert {request.method for request in hub.requests} <= {"GET"}


def test_zerogpu_takes_no_docker_space(hub: StandInHub) -> None:
    with pytest.raises(SystemExit, match="ZeroGPU takes Gradio Spaces only"):
        folio("--sdk", "docker")


def test_the_bundle_is_what_the_deploy_uploads(hub: StandInHub, tmp_path: Path) -> None:
    assert folio("--bundle", str(tmp_path / "folio.zip")) == 0
    assert folio() == 0
    uploaded = dict(hub.spaces.repos["tester/folio"].files)
    del uploaded[".gitattributes"]
    with zipfile.ZipFile(tmp_path / "folio.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == uploaded
    assert read_build(uploaded["build.json"])
    assert folio("--bundle", str(tmp_path / "folio.zip")) == 1  # a file that is there stays


def test_the_lines_for_git_push_bring_the_same_files(tmp_path: Path) -> None:
    """As they stand, with a repository on this disk as the Space's and a stand-in for Git's extension."""
    page = (DOCS / "deploying.md").read_text(encoding="utf-8").split("## git push")[1]
    lines = re.findall(r"^    (\S.*)$", page.split("\n## ")[0], flags=re.MULTILINE)
    assert lines[0].startswith("git clone ")
    assert lines[-1] == "git push"
    remote = space_repository(tmp_path / "remote.git")
    for name in ("bin", "here"):
        (tmp_path / name).mkdir()
    tool = tmp_path / "bin" / "git-lfs"
    tool.write_text(LFS_TRACK)
    tool.chmod(0o755)
    address = lines[0].split()[2]
    environment = {
        "PATH": f"{tmp_path / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "PYTHONPATH": str(DOCS.parent),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{remote}.insteadOf",
        "GIT_CONFIG_VALUE_0": address,
        **IDENTITY,
    }
    here = tmp_path / "here"
    command = ["sh", "-e", "-c", "\n".join(lines)]
    done = subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-1000:]
    git = ["git", "--git-dir", str(remote)]
    listed = subprocess.run([*git, "ls-tree", "-r", "--name-only", "main"], capture_output=True, text=True, check=True)
    with zipfile.ZipFile(here / "folio-space.zip") as archive:
        assert set(listed.stdout.split()) == {".gitattributes", *archive.namelist()}
    rules = subprocess.run([*git, "show", "main:.gitattributes"], capture_output=True, text=True, check=True).stdout
    assert [rule.split()[:2] for rule in rules.splitlines()] == [["*.png", "filter=lfs"], ["*.pdf", "filter=lfs"]]


IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ada"), ("EMAIL", "ada@example.org"))
}
LFS_TRACK = """#!/bin/sh
test "$1" = track || exit 1
shift
for pattern in "$@"; do echo "$pattern filter=lfs diff=lfs merge=lfs -text" >> .gitattributes; done
"""


def space_repository(remote: Path) -> Path:
    """A bare repository with one commit on main, as a new Space has."""
    for arguments in (
        ("init", "--quiet", "--bare", "--initial-branch=main", str(remote)),
        ("clone", "--quiet", str(remote), f"{remote}.first"),
        ("-C", f"{remote}.first", "commit", "--quiet", "--allow-empty", "-m", "initial commit"),
        ("-C", f"{remote}.first", "push", "--quiet", "origin", "HEAD:main"),
    ):
        subprocess.run(["git", *arguments], env={**os.environ, **IDENTITY}, check=True, capture_output=True)
    return remote
