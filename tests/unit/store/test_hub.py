"""The dataset on the Hub: loadable from its first commit on, every answer of the Hub understood. Runs on the real Hub
too.
"""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace

import httpx
import pytest
import yaml
from huggingface_hub import CommitOperationAdd, HfApi

from pipeline.records import CallEnd, GpuCall
from pipeline.store import hub as hub_module
from pipeline.store.hub import SEED, FaultCode, HubFault, ResultsRepo
from pipeline.store.record_to_row import row_line, seed_row, to_row
from pipeline.store.schema import features_yaml
from tests.standins.hub_repos import Fault, Then
from tests.unit.store.hubs import HubUnderTest
from tests.unit.store.records_for_tests import end_record, start_record

SHARD = "data/2026-08/2026-08-14-0123456789abcdef.jsonl"
OTHER = "data/2026-08/2026-08-15-fedcba9876543210.jsonl"


def line(record: object) -> bytes:
    return row_line(to_row(record))  # type: ignore[arg-type]


@contextmanager
def fault(code: FaultCode) -> Iterator["pytest.ExceptionInfo[HubFault]"]:
    with pytest.raises(HubFault) as caught:
        yield caught
    assert caught.value.code is code


def test_a_new_dataset_loads_before_the_first_record_and_has_every_column(any_hub: HubUnderTest) -> None:
    repo = any_hub.repo()
    repo.prepare()
    loaded = any_hub.load()
    assert [row["kind"] for row in loaded["rows"]] == ["seed"]
    assert loaded["features"] == yaml.safe_load("features:\n" + features_yaml())["features"]
    assert HfApi(endpoint=any_hub.url, token=any_hub.token).dataset_info(any_hub.repo_id).private is True


def test_committed_rows_load_with_their_values(any_hub: HubUnderTest) -> None:
    repo = any_hub.repo()
    repo.prepare()
    start, end = start_record(), end_record()
    repo.add({SHARD: line(start), OTHER: line(end)})
    rows = {row["iteration_id"]: row for row in any_hub.load()["rows"]}
    assert rows[start.iteration_id] == to_row(start) | {"started_at": "2026-08-14 09:30:15.250000+00:00"}
    assert rows[end.iteration_id] == to_row(end) | {"started_at": "2026-08-14 09:30:15.250000+00:00"}
    assert len(rows) == 3


def test_preparing_again_changes_nothing(any_hub: HubUnderTest) -> None:
    any_hub.repo().prepare()
    again = any_hub.repo()
    commits = again.commit_count()
    again.prepare()
    assert again.prepared
    assert again.commit_count() == commits


def test_the_same_shard_twice_is_one_shard(any_hub: HubUnderTest) -> None:
    repo = any_hub.repo()
    repo.prepare()
    repo.add({SHARD: line(end_record("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"))})
    commits = repo.commit_count()
    repo.add({SHARD: line(end_record("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"))})
    assert repo.commit_count() == commits
    assert repo.files()[1] == [SHARD, SEED]


def test_a_rewrite_replaces_files_in_one_commit_unless_the_head_has_moved(any_hub: HubUnderTest) -> None:
    repo = any_hub.repo()
    repo.prepare()
    repo.add({SHARD: line(start_record())})
    stale, _ = repo.files()
    repo.add({OTHER: b""})
    with fault(FaultCode.BUSY):
        repo.rewrite({}, [SHARD], stale, "Delete")
    head, files = repo.files()
    assert files == [SHARD, OTHER, SEED]
    new = "data/2026-08/day-14-0123456789abcdef.jsonl"
    repo.rewrite({new: b"new"}, [SHARD, OTHER], head, "Replace")
    head, files = repo.files()
    assert files == [new, SEED]
    assert repo.read(new, head) == b"new"
    repo.rewrite({}, ["data/2026-08/"], head, "Delete the month")
    assert repo.files()[1] == [SEED]


def test_squashing_keeps_every_file(any_hub: HubUnderTest) -> None:
    repo = any_hub.repo()
    repo.prepare()
    repo.add({SHARD: line(end_record())})
    before = repo.files()[1]
    repo.squash()
    assert repo.commit_count() == 1
    assert repo.files()[1] == before


def test_a_dataset_of_an_older_and_a_newer_schema_loads_after_preparing(any_hub: HubUnderTest) -> None:
    """Columns that the README lacks are added, columns that it alone knows stay, and its owner's text too."""
    declared = yaml.safe_load("features:\n" + features_yaml())["features"]
    older = [feature for feature in declared if feature["name"] not in ("tags", "gpu")]
    for feature in older:
        if feature["name"] == "pages":
            feature["list"] = [field for field in feature["list"] if field["name"] != "bundle"]
        if feature["name"] == "error":
            feature["struct"].append({"name": "hint", "dtype": "string"})
    older.append({"name": "colour", "dtype": "string"})
    front = yaml.safe_dump({"license": "mit", "dataset_info": {"features": older}}, sort_keys=False)
    row = json.loads(line(end_record()))
    del row["tags"], row["gpu"]
    row["pages"] = [{name: value for name, value in page.items() if name != "bundle"} for page in row["pages"]]
    row |= {"colour": "green", "error": row["error"] | {"hint": "none"}}
    api = HfApi(endpoint=any_hub.url, token=any_hub.token)
    api.create_repo(any_hub.repo_id, repo_type="dataset", private=True)
    files = {"README.md": f"---\n{front}---\n# Mine\n".encode(), SHARD: json.dumps(row).encode() + b"\n"}
    operations = [CommitOperationAdd(path, data) for path, data in files.items()]
    api.create_commit(
        any_hub.repo_id, operations, repo_type="dataset", commit_message="An older Folio, and a newer one"
    )

    repo = any_hub.repo()
    repo.prepare()
    call = GpuCall(4, 15.0, 2.5, CallEnd.DONE)
    newer = end_record()
    pages = tuple(replace(page, bundle="light") for page in newer.pages)
    newer = replace(newer, gpu=replace(newer.gpu, made=(call,), bundle="light"), pages=pages)
    repo.add({OTHER: line(newer)})
    loaded = any_hub.load()
    assert [row["gpu"] and row["gpu"]["calls"] for row in loaded["rows"]] == [None, [asdict(call) | {"ended": "done"}]]
    assert [{page["bundle"] for page in row["pages"]} for row in loaded["rows"]] == [{None}, {"light"}]
    assert [row["colour"] for row in loaded["rows"]] == ["green", None]
    assert [row["error"]["hint"] for row in loaded["rows"]] == ["none", None]
    assert [row["tags"] for row in loaded["rows"]] == [None, []]
    head, _ = repo.files()
    readme = repo.read("README.md", head).decode()
    assert readme.endswith("---\n# Mine\n")
    assert yaml.safe_load(readme.split("---\n")[1])["license"] == "mit"


def test_without_a_name_the_dataset_belongs_to_the_tokens_owner(hub: HubUnderTest) -> None:
    repo = ResultsRepo("", private=False, token=hub.token, endpoint=hub.url)
    repo.prepare()
    assert repo.repo_id == "tester/folio-results"
    assert hub.standin is not None
    assert hub.standin.repos["tester/folio-results"].private is False


def test_an_existing_dataset_is_not_created_again(hub: HubUnderTest) -> None:
    """A token for one dataset may not create any."""
    hub.repo().prepare()
    assert hub.standin is not None
    asked = hub.standin.asked("POST", "/api/repos/create")
    hub.repo().prepare()
    assert hub.standin.asked("POST", "/api/repos/create") == asked == 1


def test_a_wrong_token_is_not_allowed(hub: HubUnderTest) -> None:
    hub.repo().prepare()
    with fault(FaultCode.NOT_ALLOWED):
        hub.repo(token="hf_wrongwrongwrong").prepare()


@pytest.mark.parametrize(
    ("injected", "code", "wait"),
    [
        (Fault(Then.REFUSE, 429, (("RateLimit", '"api";r=0;t=55'),)), FaultCode.RATE_LIMITED, 55.0),
        (
            Fault(Then.REFUSE, 429, (("RateLimit", '"api";r=12;t=55'), ("Retry-After", "7"))),
            FaultCode.RATE_LIMITED,
            7.0,
        ),
        (Fault(Then.REFUSE, 429, (("Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT"),)), FaultCode.RATE_LIMITED, None),
        (Fault(Then.REFUSE, 503, (("Retry-After", "30"),)), FaultCode.FAILED, 30.0),
        (Fault(Then.REFUSE, 500), FaultCode.FAILED, None),
        (Fault(Then.REFUSE, 409), FaultCode.BUSY, None),
        (Fault(Then.REFUSE, 412), FaultCode.BUSY, None),
        (Fault(Then.REFUSE, 403), FaultCode.NOT_ALLOWED, None),
        (Fault(Then.REFUSE, 400), FaultCode.REFUSED, None),
        (Fault(Then.DROP), FaultCode.UNREACHABLE, None),
        (Fault(Then.APPLY_AND_DROP), FaultCode.UNREACHABLE, None),
    ],
)
def test_each_refusal_of_a_commit_has_its_code_and_its_wait(
    hub: HubUnderTest, injected: Fault, code: FaultCode, wait: float | None
) -> None:
    repo = hub.repo()
    repo.prepare()
    assert hub.standin is not None
    hub.standin.faults(injected)
    with fault(code) as caught:
        repo.add({SHARD: b"{}\n"})
    assert caught.value.retry_after == wait
    assert hub.standin.asked("POST", "/commit/") == 2
    repo.add({SHARD: b"{}\n"})
    assert hub.standin.repos[hub.repo_id].files[SHARD] == b"{}\n"


def test_a_refused_download_has_its_code_and_a_file_that_went_is_looked_for_again(hub: HubUnderTest) -> None:
    repo = hub.repo()
    repo.prepare()
    head, _ = repo.files()
    assert hub.standin is not None
    hub.standin.faults(Fault(Then.REFUSE, 429, (("Retry-After", "9"),)), method="GET", path="/resolve/")
    with fault(FaultCode.RATE_LIMITED) as caught:
        repo.read(SEED, head)
    assert caught.value.retry_after == 9.0
    assert repo.read(SEED, head) == row_line(seed_row())
    with fault(FaultCode.BUSY):
        repo.read(SHARD, head)


def test_a_hub_that_hangs_is_given_up(hub: HubUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "ANSWER_SECONDS", 0.3)
    repo = hub.repo()
    repo.prepare()
    assert hub.standin is not None
    hub.standin.faults(Fault(Then.HANG, seconds=2))
    with fault(FaultCode.UNREACHABLE) as caught:
        repo.add({SHARD: b"{}\n"})
    assert isinstance(caught.value.__cause__, httpx.ReadTimeout)


def test_a_hub_that_is_not_there_is_unreachable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        repo = ResultsRepo("tester/x", private=True, token="hf_x", endpoint=f"http://127.0.0.1:{free.getsockname()[1]}")
        with fault(FaultCode.UNREACHABLE):
            repo.files()


def test_a_deleted_dataset_is_made_again(hub: HubUnderTest) -> None:
    repo = hub.repo()
    repo.prepare()
    assert hub.standin is not None
    del hub.standin.repos[hub.repo_id]
    with fault(FaultCode.MISSING):
        repo.add({SHARD: b"{}\n"})
    assert not repo.prepared
    repo.prepare()
    assert hub.standin.repos[hub.repo_id].files[SEED] == row_line(seed_row())
