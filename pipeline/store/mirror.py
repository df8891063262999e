"""The results datasets that a dashboard watches, copied blob by blob to local files.

    mirror/owner--name/<blob id>.jsonl      one file of the dataset, named by git's id of its bytes

A turn asks for a dataset's newest commit; if that is new, for its tree; and then for blobs that were never seen. So a
quiet dataset costs one small request, and compaction costs the one file that it made. New files are there before the
ones they replace go.

One process writes here (``watcher.py``, which may hold a token); the server only reads.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from huggingface_hub import HfApi
from huggingface_hub.hf_api import RepoFile

from pipeline.errors import StorageFailed
from pipeline.store.files import discard, remove_temporaries, write_new
from pipeline.store.hub import FaultCode, HubFault, ResultsRepo
from pipeline.store.watcher_process import DatasetStatus

log = logging.getLogger(__name__)


class WatchedRepo(ResultsRepo):
    """A dataset that is only read; without a token it has to be public."""

    def __init__(self, repo_id: str, *, token: str, endpoint: str | None = None) -> None:
        super().__init__(repo_id, private=True, token=token, endpoint=endpoint)
        if not token:
            self._api = HfApi(endpoint=endpoint, token=False)  # a public dataset, and no token from anywhere else

    def head(self) -> str:
        """The newest commit. Raises HubFault."""
        with self._faults_that_unsettle():
            return str(self._api.dataset_info(self.repo_id).sha)

    def blobs(self, revision: str) -> dict[str, str]:
        """Path by blob id of every record file in a commit. Raises HubFault."""
        with self._faults_that_unsettle():
            tree = self._api.list_repo_tree(
                self.repo_id, "data", recursive=True, revision=revision, repo_type="dataset"
            )
            return {
                entry.blob_id: entry.path
                for entry in tree
                if isinstance(entry, RepoFile) and entry.path.endswith(".jsonl")
            }


class Mirror:
    """The local copy of some datasets. Not thread-safe: its process has one thread that asks the Hub."""

    def __init__(self, folder: Path, repos: tuple[WatchedRepo, ...]) -> None:
        self._repos = repos
        self._folder = folder
        self._heads: dict[str, str] = {}
        self._status = {repo.repo_id: DatasetStatus(repo.repo_id) for repo in repos}

    def recover(self) -> None:
        """Remove what interrupted writes left, and datasets that are no longer watched. Call once, before the first
        turn.
        """
        if not self._folder.is_dir():
            return
        remove_temporaries(self._folder)
        for folder in self._folder.iterdir():
            if folder.name not in {_folder_name(repo.repo_id) for repo in self._repos}:
                for path in folder.glob("*.jsonl"):
                    discard(path)

    def turn(self, report: Callable[[tuple[DatasetStatus, ...]], None] = lambda statuses: None) -> None:
        """Bring every dataset up to date; ``report`` hears of each. Never raises for what the Hub or the disk does."""
        for repo in self._repos:
            now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            status = replace(self._status[repo.repo_id], checked_at=now)
            try:
                files = self._update(repo)
            except HubFault as fault:
                status = replace(status, error=fault.code.value)
            except (StorageFailed, OSError):
                status = replace(status, error=StorageFailed.code)
            except Exception:
                log.exception("reading %s failed", repo.repo_id)
                status = replace(status, error=FaultCode.UNEXPECTED.value)
            else:
                status = replace(status, read_at=now, error="", files=files)
            self._status[repo.repo_id] = status
            report(tuple(self._status.values()))

    def _update(self, repo: WatchedRepo) -> int:
        folder = self._folder / _folder_name(repo.repo_id)
        head = repo.head()
        here = {path.stem: path for path in folder.glob("*.jsonl")} if folder.is_dir() else {}
        if self._heads.get(repo.repo_id) == head:
            return len(here)
        blobs = repo.blobs(head)
        for blob_id, path in blobs.items():
            if blob_id not in here:
                with suppress(FileExistsError):
                    write_new(folder / f"{blob_id}.jsonl", repo.read(path, head))
        for blob_id in here.keys() - blobs.keys():
            discard(here[blob_id])
        self._heads[repo.repo_id] = head
        return len(blobs)


def _folder_name(repo_id: str) -> str:
    return repo_id.replace("/", "--")
