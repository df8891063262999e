"""The deploy command as it is typed, against the stand-in: every one that a page tells one to type among them."""

import re
import shlex
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.cli.__main__ import main
from pipeline.deployed_build import read_build
from tests.standins.hub import StandInHub

DOCS = Path(__file__).parents[3] / "docs"
COMMAND = re.compile(r"((?:[A-Z_]+=\S+ )?)python -m pipeline\.cli (deploy[^`\n]*)")
PAGES = [DOCS.parent / "README.md", *sorted(DOCS.glob("*.md"))]
TYPED = sorted({typed for page in PAGES for typed in COMMAND.findall(page.read_text(encoding="utf-8"))})
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
    assert len(TYPED) >= 22


@pytest.mark.parametrize(("variables", "command"), TYPED)
def test_each_command_of_the_pages_does_what_it_says(
    hub: StandInHub, monkeypatch: pytest.MonkeyPatch, variables: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = shlex.split(command)
    hub.access = {"role": "write"} if "folio-team" not in command else {"role": "unheard-of"}
    if variables:
        name, _, value = variables.strip().partition("=")
        monkeypatch.setenv(name, value)
    if any(word in words for word in NEEDS_A_SPACE):
        hub.spaces.create("tester/folio", {"sdk": "gradio", "hardware": "zero-a10g"})
    code = main(words)
    shown = capsys.readouterr()
    if "--delete" in words:  # nobody is at the terminal to type the name
        assert (code, "tester/folio" in hub.spaces.repos) == (1, True)
        return
    assert (code, shown.err) == (0, "")
    assert shown.out
    assert hub.token not in shown.out
    assert "correct-horse" not in shown.out


def test_all_roles_are_spaces_of_their_own_and_the_dashboard_sees_the_datasets(hub: StandInHub) -> None:
    assert folio("--all", "--dataset", "mine") == 0
    app, dashboard = hub.spaces.repos["tester/folio"], hub.spaces.repos["tester/folio-dashboard"]
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


def test_the_bundle_is_what_the_deploy_uploads_and_git_takes_it_as_it_is(hub: StandInHub, tmp_path: Path) -> None:
    assert folio("--bundle", str(tmp_path / "folio.zip")) == 0
    assert folio() == 0
    uploaded = dict(hub.spaces.repos["tester/folio"].files)
    del uploaded[".gitattributes"]
    with zipfile.ZipFile(tmp_path / "folio.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == uploaded
        archive.extractall(tmp_path / "space")
    assert read_build(uploaded["build.json"])
    pushed = push(tmp_path)
    assert pushed == set(uploaded)
    assert folio("--bundle", str(tmp_path / "folio.zip")) == 1  # a file that is there stays


def push(folder: Path) -> set[str]:
    """What arrives in a repository when the unpacked bundle is pushed with git."""
    remote, space = folder / "remote.git", folder / "space"
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main")
    for where, arguments in (
        (folder, ("init", "--bare", str(remote))),
        (space, ("init",)),
        (space, ("add", "--all")),
        (space, (*identity, "commit", "--quiet", "-m", "Folio")),
        (space, ("push", "--quiet", str(remote), "HEAD:main")),
    ):
        subprocess.run(["git", *identity, *arguments], cwd=where, check=True, capture_output=True)
    listed = ["git", "ls-tree", "-r", "--name-only", "main"]
    return set(subprocess.run(listed, cwd=remote, capture_output=True, text=True, check=True).stdout.split())
