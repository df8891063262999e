"""A Space is made, found as it is, changed by differences only, and followed until it serves what was uploaded."""

import json

import pytest

from pipeline.deployment.following import FollowedLog
from pipeline.deployment.wishes import DeployOptions
from pipeline.errors import (
    BuildFailed,
    DeployTimedOut,
    SecretValueMissing,
    SettingsError,
    SpaceTaken,
    StartFailed,
    TokenRefused,
    TokenRightsMissing,
)
from tests.standins.hub_repos import Fault, Then
from tests.unit.deployment.conftest import SPACE_TOKEN_VALUE, Deploys

ADDRESS = "/hosts/tester/folio"


def changes(deploys: Deploys) -> list[str]:
    """Requests that change something, but for the client's questions before a commit."""
    reading = ("/preupload/", "validate-yaml", "paths-info")
    return [
        f"{request.method} {request.path}"
        for request in deploys.hub.requests
        if request.method not in ("GET", "HEAD") and not any(part in request.path for part in reading)
    ]


def test_one_command_makes_bucket_dataset_and_space_and_ends_when_it_serves(deploys: Deploys) -> None:
    address = deploys.deploy()
    assert address == deploys.hub.url + ADDRESS
    assert changes(deploys) == [
        "POST /api/buckets/tester/folio-data",
        "POST /api/repos/create",
        "POST /api/datasets/tester/folio-results/commit/main",
        "POST /api/repos/create",
        "POST /api/spaces/tester/folio/commit/main",
    ]
    space = deploys.space
    assert (space.private, space.hardware, space.sdk) == (False, "zero-a10g", "gradio")
    assert space.volumes == [{"type": "bucket", "source": "tester/folio-data", "mountPath": "/data"}]
    assert deploys.hub.spaces.buckets == {"tester/folio-data": True}
    assert deploys.hub.repos["tester/folio-results"].private
    assert space.variables["SPACE_ROLE"] == "app"
    assert space.variables["RESULTS_DATASET"] == "tester/folio-results"
    assert space.secrets == {"HF_TOKEN": SPACE_TOKEN_VALUE}
    assert set(space.files) == {".gitattributes", "build.json", *deploys.files}
    assert [commit.title for commit in space.commits][1:] == [
        f"Deploy Folio {space.serving and space.serving['build']}"
    ]


def test_a_second_deploy_changes_nothing(deploys: Deploys) -> None:
    deploys.deploy()
    before, starts = changes(deploys), deploys.space.starts
    deploys.deploy()
    assert changes(deploys) == before
    assert deploys.space.starts == starts
    assert any("is as wanted" in line for line in deploys.lines)


def test_one_changed_variable_is_one_change_and_the_new_configuration_is_waited_for(deploys: Deploys) -> None:
    deploys.deploy()
    before = len(changes(deploys))
    old = dict(deploys.space.serving or {})
    deploys.deploy(DeployOptions(variables={"MAX_PAGES": "50"}))
    assert changes(deploys)[before:] == ["POST /api/spaces/tester/folio/variables"] * 2  # it, and DEPLOYMENT
    assert deploys.space.variables["MAX_PAGES"] == "50"
    assert deploys.space.serving is not None
    assert deploys.space.serving["build"] == old["build"]
    assert deploys.space.serving["deployment"] != old["deployment"]


def test_variables_that_somebody_set_by_hand_stay_until_they_are_unset(deploys: Deploys) -> None:
    deploys.deploy()
    deploys.space.variables["THREADS"] = "4"
    deploys.deploy()
    assert deploys.space.variables["THREADS"] == "4"
    deploys.deploy(DeployOptions(unset=("THREADS",)))
    assert "THREADS" not in deploys.space.variables


def test_a_secret_is_rotated_only_when_asked_and_its_value_is_in_no_line(deploys: Deploys) -> None:
    deploys.environment["AUTH"] = "ada:correct-horse"
    deploys.deploy(DeployOptions(secrets=("AUTH",)))
    deploys.environment |= {"AUTH": "ada:battery-staple", "FOLIO_SPACE_TOKEN": "hf_another1234567890"}
    deploys.deploy(DeployOptions(secrets=("AUTH",)))
    assert deploys.space.secrets == {"HF_TOKEN": SPACE_TOKEN_VALUE, "AUTH": "ada:correct-horse"}
    first = deploys.space.variables["DEPLOYMENT"]
    deploys.deploy(DeployOptions(rotate=("AUTH",)))
    assert deploys.space.secrets == {"HF_TOKEN": SPACE_TOKEN_VALUE, "AUTH": "ada:battery-staple"}
    assert first.endswith(".0")
    assert deploys.space.variables["DEPLOYMENT"] == first.replace(".0", ".1")
    shown = "\n".join(deploys.lines)
    assert "set the secret AUTH" in shown
    assert not any(value in shown for value in ("correct-horse", "battery-staple", "hf_spaceonly", "hf_another"))


def test_a_secret_without_a_value_is_refused_before_anything_is_made(deploys: Deploys) -> None:
    with pytest.raises(SecretValueMissing, match="AUTH has no value"):
        deploys.deploy(DeployOptions(secrets=("AUTH",)))
    assert changes(deploys) == []


def test_a_malformed_setting_is_refused_before_anything_is_made(deploys: Deploys) -> None:
    with pytest.raises(SettingsError, match="MAX_PAGES must be a whole number"):
        deploys.deploy(DeployOptions(variables={"MAX_PAGES": "many"}))
    assert changes(deploys) == []


def test_changed_files_are_one_commit_and_files_that_left_are_deleted(deploys: Deploys) -> None:
    deploys.deploy()
    deploys.files = {"app.py": b"print(2)\n", "pipeline/new.py": b"", "pipeline/settings.py": b"# 1\n"}
    deploys.space.push(deploys.space.files | {"stray.txt": b"by hand"}, "by hand")
    commits = len(deploys.space.commits)
    deploys.deploy()
    assert len(deploys.space.commits) == commits + 1
    assert set(deploys.space.files) == {".gitattributes", "build.json", *deploys.files}
    assert deploys.space.files["app.py"] == b"print(2)\n"


def test_other_volumes_stay_and_another_bucket_at_data_is_replaced_only_by_name(deploys: Deploys) -> None:
    deploys.deploy()
    models = {"type": "model", "source": "tester/models", "mountPath": "/models", "readOnly": True}
    mine = {"type": "bucket", "source": "tester/mine", "mountPath": "/data"}
    deploys.space.volumes = [models, mine]
    deploys.deploy()
    assert deploys.space.volumes == [models, mine]
    deploys.deploy(DeployOptions(bucket="chosen"))
    chosen = {"type": "bucket", "source": "tester/chosen", "mountPath": "/data"}
    assert deploys.space.volumes == [models, chosen]
    deploys.space.volumes = [models]
    deploys.deploy()
    assert [volume["source"] for volume in deploys.space.volumes] == ["tester/models", "tester/folio-data"]


def test_another_program_is_overwritten_only_when_asked(deploys: Deploys) -> None:
    deploys.hub.spaces.create("tester/folio", {"sdk": "gradio", "hardware": "zero-a10g"})
    deploys.space.push({"app.py": b"another program", "secret_recipe.md": b"soup"}, "mine")
    with pytest.raises(SpaceTaken, match="holds another program"):
        deploys.deploy()
    assert deploys.space.files["secret_recipe.md"] == b"soup"
    deploys.deploy(overwrite=True)
    assert "secret_recipe.md" not in deploys.space.files


def test_a_running_stage_from_before_the_commit_is_not_taken_for_success(deploys: Deploys) -> None:
    deploys.deploy()
    deploys.files["app.py"] = b"print(2)\n"
    deploys.hub.spaces.scripts.append(("RUNNING", "RUNNING", "RUNNING_BUILDING", "RUNNING_APP_STARTING", "RUNNING"))
    deploys.deploy()
    assert any("still serves an earlier deploy" in line for line in deploys.lines)
    assert deploys.space.stages == ["RUNNING"]


def test_other_hardware_is_asked_for_and_waited_for(deploys: Deploys) -> None:
    deploys.deploy()
    deploys.hub.spaces.scripts.append(("RUNNING", "RUNNING_BUILDING", "RUNNING"))
    deploys.deploy(DeployOptions(hardware="t4-small"))
    assert deploys.space.hardware == "t4-small"
    assert any("runs on zero-a10g and waits for t4-small" in line for line in deploys.lines)


def test_a_paused_space_is_started_by_a_deploy(deploys: Deploys) -> None:
    deploys.deploy()
    deploys.spaces.pause("tester/folio")
    deploys.deploy()
    assert deploys.space.stages == ["RUNNING"]
    assert "  start the Space" in deploys.lines


@pytest.mark.parametrize(
    ("stages", "log", "error", "remedy"),
    [
        (
            ("BUILDING", "BUILD_ERROR"),
            ("build", ["Collecting torch==2.11.0", "ERROR: No matching distribution found for torch==2.11.0"]),
            BuildFailed,
            "not to be had for this Python version",
        ),
        (
            ("BUILDING", "APP_STARTING", "RUNTIME_ERROR"),
            ("run", ["Folio cannot start: MAX_PAGES must be a whole number", "===== ended ====="]),
            StartFailed,
            "--unset NAME",
        ),
        (
            ("BUILDING", "APP_STARTING", "RUNTIME_ERROR"),
            ("run", ["Launch timed out, workload was not healthy"]),
            StartFailed,
            "longer to start",
        ),
        (("CONFIG_ERROR",), ("build", ["nothing that anybody knows"]), BuildFailed, "troubleshooting"),
    ],
)
def test_a_failure_shows_the_logs_end_and_what_to_do_and_the_next_deploy_heals_it(
    deploys: Deploys, stages: tuple[str, ...], log: tuple[str, list[str]], error: type[BuildFailed], remedy: str
) -> None:
    deploys.hub.spaces.scripts.append(stages)
    deploys.deploy(follow=False)
    deploys.space.logs[log[0]] = [*log[1], "token hf_leaked1234567890"]
    deploys.hub.spaces.scripts.append(stages)
    with pytest.raises(error) as caught:
        deploys.deploy()
    assert remedy in caught.value.message
    shown = "\n".join(deploys.lines)
    assert log[1][0] in shown
    assert "hf_leaked" not in shown
    assert deploys.deploy() == deploys.hub.url + ADDRESS


def test_a_log_is_shown_as_it_comes_without_tokens(deploys: Deploys) -> None:
    deploys.deploy(follow=False)
    deploys.space.logs["build"] = ["Collecting torch", "", "token hf_leaked1234567890"]
    log = FollowedLog(deploys.spaces, "tester/folio", build=True, report=deploys.lines.append)
    deploys.lines.clear()
    log.read()
    assert deploys.lines == ["build | Collecting torch", "build | token [token]"]
    always = Fault(Then.REFUSE, 403)
    deploys.hub.fault = lambda request: always
    log.read()
    assert "the log cannot be followed: The token may not read the log" in deploys.lines[-1]


def test_an_error_from_before_the_change_is_not_taken_for_a_failure(deploys: Deploys) -> None:
    deploys.hub.spaces.scripts.append(("BUILD_ERROR",))
    deploys.deploy(follow=False)
    deploys.files["app.py"] = b"mended\n"
    deploys.hub.spaces.scripts.append(("BUILD_ERROR", "BUILD_ERROR", "BUILDING", "APP_STARTING", "RUNNING"))
    assert deploys.deploy() == deploys.hub.url + ADDRESS


def test_a_slow_start_ends_at_the_deadline_and_can_be_waited_for_again(deploys: Deploys) -> None:
    deploys.hub.spaces.scripts.append(("BUILDING",) * 40 + ("RUNNING",))
    with pytest.raises(DeployTimedOut, match="within 1 minutes: it is BUILDING"):
        deploys.deploy()
    assert deploys.deploy(minutes=5) == deploys.hub.url + ADDRESS
    assert deploys.space.starts == 1


def test_a_token_that_may_only_read_is_refused_before_anything_is_made(deploys: Deploys) -> None:
    deploys.hub.access = {"role": "read"}
    with pytest.raises(TokenRightsMissing, match="may not write to repositories of tester"):
        deploys.deploy()
    assert changes(deploys) == []


def test_a_fine_grained_token_writes_where_its_scopes_say(deploys: Deploys) -> None:
    scope = {"entity": {"type": "org", "name": "library"}, "permissions": ["repo.content.read", "repo.write"]}
    deploys.hub.access = {"role": "fineGrained", "fineGrained": {"scoped": [scope], "global": []}}
    with pytest.raises(TokenRightsMissing):
        deploys.deploy()
    deploys.deploy(DeployOptions(space="library/folio"), follow=False)
    assert "library/folio" in deploys.hub.spaces.repos
    assert json.dumps(deploys.hub.access) not in "".join(deploys.lines)


def test_a_wrong_token_is_one_sentence(deploys: Deploys) -> None:
    deploys.hub.token = "hf_changed0000000000"
    wrong = type(deploys.spaces)("hf_wrong0000000000", deploys.hub.url)
    with pytest.raises(TokenRefused, match="does not accept the token"):
        wrong.account()
