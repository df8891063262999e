"""Compiled models on the Hub: folders of files, each folder under its own name, in one repository.

A package is native code, which whoever can write to the repository decides. So only the repository of the setting
PACKAGES_REPO is used, which must be one's own, and a fetched package is checked by its key and SHA-256 before it is
loaded, which proves that it is whole and made for this machine, not that its author meant well.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
from huggingface_hub import CommitOperationAdd, HfApi, set_client_factory
from huggingface_hub.errors import HfHubHTTPError

from pipeline.errors import PackagesRepoFailed, PackagesRepoNeeded
from pipeline.store.hub import client_with_timeouts

log = logging.getLogger(__name__)


class PackagesRepo:
    """The model repository ``repo_id``, which is ``trusted``, the value of PACKAGES_REPO, or nothing happens.

    Raises PackagesRepoNeeded where the two differ or are empty.
    """

    def __init__(self, repo_id: str, trusted: str, token: str | None, endpoint: str | None = None) -> None:
        if not repo_id or repo_id != trusted:
            raise PackagesRepoNeeded
        set_client_factory(client_with_timeouts)
        self._api = HfApi(endpoint=endpoint, token=token)
        self.repo_id = repo_id

    def publish(self, folder: Path, names: Sequence[str]) -> tuple[str, ...]:
        """Add the folders ``names`` below ``folder`` in one commit; returns those that were not there before.

        The repository is created private if it is missing. Raises PackagesRepoFailed where the Hub refuses or is away.
        """
        with _failures():
            self._api.create_repo(self.repo_id, private=True, exist_ok=True)
            present = self._folders()
            new = tuple(name for name in names if name not in present)
            files = [path for name in new for path in sorted((folder / name).iterdir()) if path.is_file()]
            operations = [CommitOperationAdd(path.relative_to(folder).as_posix(), str(path)) for path in files]
            if operations:
                self._api.create_commit(self.repo_id, operations, commit_message=f"Add {len(new)} package(s)")
            return new

    def fetch(self, names: Sequence[str], folder: Path) -> tuple[str, ...]:
        """Download the folders ``names`` that the repository has into ``folder`` and return which these are.

        Raises PackagesRepoFailed where the Hub refuses or is away.
        """
        with _failures():
            present = self._folders()
            found = tuple(name for name in names if name in present)
            if found:
                self._api.snapshot_download(
                    self.repo_id, allow_patterns=[f"{name}/*" for name in found], local_dir=folder
                )
            return found

    def _folders(self) -> set[str]:
        return {path.partition("/")[0] for path in self._api.list_repo_files(self.repo_id) if "/" in path}


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except (HfHubHTTPError, httpx.TransportError, OSError, ValueError) as error:
        log.warning("the packages repository failed with %s", type(error).__name__)
        raise PackagesRepoFailed from error
