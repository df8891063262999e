"""Packages go to the Hub and come back byte for byte, from the one repository that is trusted."""

from pathlib import Path

import pytest

from pipeline.errors import PackagesRepoFailed, PackagesRepoNeeded
from pipeline.store.package_exchange import PackagesRepo
from tests.standins.hub_repos import Fault, Then
from tests.unit.store.hubs import HubUnderTest

REPO = "tester/folio-packages"


def repo(hub: HubUnderTest, token: str | None = None) -> PackagesRepo:
    return PackagesRepo(REPO, REPO, token or hub.token, hub.url)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    for name in ("layout-1a", "layout-2b", "reader-3c"):
        (tmp_path / "shelf" / name).mkdir(parents=True)
        (tmp_path / "shelf" / name / "package.pt2").write_bytes(bytes(range(256)) + name.encode())
        (tmp_path / "shelf" / name / "manifest.json").write_text(f'"{name}"')
    return tmp_path / "shelf"


def test_what_was_published_comes_back(hub: HubUnderTest, shelf: Path, tmp_path: Path) -> None:
    assert repo(hub).publish(shelf, ["layout-1a", "reader-3c"]) == ("layout-1a", "reader-3c")
    fetched = repo(hub).fetch(["reader-3c", "layout-2b"], tmp_path / "fetched")
    assert fetched == ("reader-3c",)
    for name in ("package.pt2", "manifest.json"):
        assert (tmp_path / "fetched" / "reader-3c" / name).read_bytes() == (shelf / "reader-3c" / name).read_bytes()
    assert not (tmp_path / "fetched" / "layout-1a").exists()


def test_only_what_is_new_is_sent_and_the_repository_is_private(hub: HubUnderTest, shelf: Path) -> None:
    assert hub.standin is not None
    repo(hub).publish(shelf, ["layout-1a"])
    assert repo(hub).publish(shelf, ["layout-1a", "layout-2b"]) == ("layout-2b",)
    assert repo(hub).publish(shelf, ["layout-1a", "layout-2b"]) == ()
    stored = hub.standin.repos[REPO]
    assert stored.private
    assert [commit.title for commit in stored.commits[1:]] == ["Add 1 package(s)", "Add 1 package(s)"]


@pytest.mark.parametrize(("named", "trusted"), [("someone/else", REPO), (REPO, ""), ("", ""), ("", REPO)])
def test_another_repository_than_the_settings_is_refused(named: str, trusted: str) -> None:
    with pytest.raises(PackagesRepoNeeded, match="set PACKAGES_REPO to your own repository"):
        PackagesRepo(named, trusted, "token")


def test_a_hub_that_refuses_is_one_sentence(hub: HubUnderTest, shelf: Path, tmp_path: Path) -> None:
    assert hub.standin is not None
    with pytest.raises(PackagesRepoFailed):
        repo(hub).fetch(["layout-1a"], tmp_path)
    with pytest.raises(PackagesRepoFailed):
        repo(hub, "hf_wrong").publish(shelf, ["layout-1a"])
    repo(hub).publish(shelf, ["layout-1a"])
    hub.standin.faults(Fault(Then.REFUSE, 500))
    with pytest.raises(PackagesRepoFailed, match="could not be exchanged with the Hub"):
        repo(hub).publish(shelf, ["layout-2b"])
    hub.standin.faults(*[Fault(Then.DROP)] * 20, method="GET", path="")
    with pytest.raises(PackagesRepoFailed):
        repo(hub).fetch(["layout-1a"], tmp_path)
