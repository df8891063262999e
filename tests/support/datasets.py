"""What lies in a results dataset."""

from tests.standins.hub_repos import Repo
from tests.unit.store.fuzz.harness import rows_of
from tests.unit.store.hubs import HubUnderTest


def ids_in(hub: HubUnderTest) -> list[tuple[str, str]]:
    return sorted((str(row["iteration_id"]), str(row["status"])) for row in rows_of(repo_of(hub).files))


def repo_of(hub: HubUnderTest) -> Repo:
    assert hub.standin is not None
    return hub.standin.repos[hub.repo_id]
