"""A worker's connection to its dataset. Imported only where there is a token, since the Hub's client is large."""

import logging
from collections.abc import Callable

from pipeline.errors import StorageFailed
from pipeline.settings import Settings
from pipeline.store.hub import HubFault, ResultsRepo
from pipeline.store.iteration_dataset import IterationDataset, read_iterations
from pipeline.store.iteration_log import IterationLog
from pipeline.store.iteration_schema import iteration_kind
from pipeline.store.mirror import Mirror, WatchedRepo
from pipeline.worker_iterations import Role

log = logging.getLogger(__name__)


class OwnDataset(IterationDataset):
    """The dataset that this worker writes."""

    def try_to_restore(self) -> str:
        """Read what this disk lacks; returns the fault's code, empty where it went well."""
        try:
            self.restore()
        except HubFault as fault:
            return self.error or fault.code.value
        except StorageFailed:
            return StorageFailed.code
        return ""


def connect(settings: Settings, role: Role, token: str, iterations: IterationLog) -> OwnDataset:
    """The dataset of the worker with this role."""
    repo = ResultsRepo(
        dataset_name(settings, role), private=settings.results_private, token=token, kind=iteration_kind(role)
    )
    return OwnDataset(repo, iterations, settings.worker_iterations)


def reader(settings: Settings, role: Role, token: str, copy: IterationLog) -> Callable[[], None]:
    """What copies another worker's newest iterations to ``copy``. What the Hub or the disk refuses is tried again the
    next time.
    """
    repo = ResultsRepo(dataset_name(settings, role), private=True, token=token, kind=iteration_kind(role))

    def read() -> None:
        try:
            repo.find_name()
            read_iterations(repo, copy)
        except (HubFault, StorageFailed) as error:
            log.info("the dataset of the %s worker is not read (%s)", role.value, error)

    return read


def records_reader(
    settings: Settings, datasets: tuple[str, ...], token: str, endpoint: str | None = None
) -> Callable[[], None]:
    """What copies new records of results datasets to this disk, where a worker has no server beside it that does."""
    repos = tuple(WatchedRepo(repo_id, token=token, endpoint=endpoint) for repo_id in datasets)
    return Mirror(settings.data_dir / "mirror", repos).turn


def dataset_name(settings: Settings, role: Role) -> str:
    """The name that the settings give to a role's dataset; empty for that of the token's owner."""
    names = {
        Role.INBOX: settings.inbox_dataset,
        Role.ANALYSIS: settings.analysis_dataset,
        Role.TEST_PLANNING: settings.test_planning_dataset,
        Role.TUNING: settings.tuning_dataset,
    }
    return names[role]
