"""Published documents: each once, whatever became of a commit, and known again where the disk is new."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from pipeline.errors import InboxUnreachable
from pipeline.settings import Settings, read_settings
from pipeline.store.hub import ResultsRepo
from pipeline.store.hub_inbox import InboxRepo
from pipeline.workers.inbox.document_register import DocumentRegister, DocumentState, DoneDocument
from pipeline.workers.inbox.document_shards import DOCUMENTS, DocumentShards
from tests.standins.hub import StandInHub
from tests.standins.hub_repos import Fault, Then
from tests.support.inbox_stand import register_over
from tests.support.worker_stand import NOON
from tests.unit.store.hubs import HubUnderTest, standin_hub


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubUnderTest]:
    with standin_hub(tmp_path / "home") as found:
        yield found


def shards_over(settings: Settings, hub: HubUnderTest) -> tuple[DocumentRegister, DocumentShards]:
    register = register_over(settings)
    repo = ResultsRepo(hub.repo_id, private=True, token=hub.token, endpoint=hub.url, kind=DOCUMENTS)
    return register, DocumentShards(repo, register, settings.data_dir / "shards")


def finish(register: DocumentRegister, sha256: str) -> None:
    files = register.files(sha256)
    files.mkdir(parents=True)
    (files / "document.md").write_text(f"# {sha256}")
    (files / "document.json").write_text("{}")
    register.finish(sha256, DoneDocument(f"{sha256}.pdf", "ok", 2, 2, "r", "2026-03-02T12:00:00.000Z", 1.5))


def published(hub: HubUnderTest) -> list[str]:
    assert hub.standin is not None
    files = hub.standin.repos[hub.repo_id].files
    shards = [body for path, body in files.items() if path.endswith(".jsonl") and path != "data/seed.jsonl"]
    return sorted(str(orjson.loads(line)["sha256"]) for body in shards for line in body.splitlines())


def test_documents_are_published_once(settings: Settings, hub: HubUnderTest) -> None:
    register, shards = shards_over(settings, hub)
    finish(register, "aa")
    finish(register, "bb")
    assert [shards.publish(), shards.publish()] == ["", ""]
    finish(register, "cc")
    _, again = shards_over(settings, hub)
    assert again.publish() == ""
    assert published(hub) == ["aa", "bb", "cc"]


@pytest.mark.parametrize("then", [Then.REFUSE, Then.APPLY_AND_DROP])
def test_a_commit_that_went_wrong_is_sent_again(settings: Settings, hub: HubUnderTest, then: Then) -> None:
    register, shards = shards_over(settings, hub)
    shards.prepare()
    finish(register, "aa")
    assert hub.standin is not None
    hub.standin.faults(Fault(then, 503))
    assert shards.publish() != ""
    finish(register, "bb")
    _, again = shards_over(settings, hub)
    assert again.publish() == ""
    assert published(hub) == ["aa", "bb"]


def test_a_worker_with_a_new_disk_knows_what_was_converted(
    settings: Settings, hub: HubUnderTest, tmp_path: Path
) -> None:
    register, shards = shards_over(settings, hub)
    finish(register, "aa")
    shards.publish()
    new_disk = read_settings({"DATA_DIR": str(tmp_path / "new"), "WORK_DIR": str(tmp_path / "work")})
    other, elsewhere = shards_over(new_disk, hub)
    elsewhere.prepare()
    assert other.state("aa", NOON) is DocumentState.DONE
    finish(other, "bb")
    assert elsewhere.publish() == ""
    assert published(hub) == ["aa", "bb"]


def test_a_dataset_that_cannot_be_read_lets_nothing_be_converted(settings: Settings, hub: HubUnderTest) -> None:
    assert hub.standin is not None
    _, shards = shards_over(settings, hub)
    hub.standin.fault = lambda request: Fault(Then.REFUSE, 500)
    with pytest.raises(InboxUnreachable):
        shards.prepare()
    assert shards.publish() == "inbox_unreachable"


def test_the_inbox_on_the_hub_is_listed_and_fetched(hub: HubUnderTest) -> None:
    standin = hub.standin
    assert isinstance(standin, StandInHub)
    repo = ResultsRepo("tester/inbox", private=True, token=hub.token, endpoint=hub.url)
    repo.prepare()
    repo.add({"new/a.PDF": b"%PDF-1.7 a", "notes.txt": b"no"})
    inbox = InboxRepo("tester/inbox", hub.token, hub.url)
    ((path, (_, size)),) = inbox.pdfs().items()
    assert (path, size, inbox.fetch(path)) == ("new/a.PDF", 10, b"%PDF-1.7 a")
    with pytest.raises(InboxUnreachable):
        InboxRepo("tester/nothing", hub.token, hub.url).pdfs()
    with pytest.raises(InboxUnreachable):
        inbox.fetch("gone.pdf")
