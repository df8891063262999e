"""Looking after a results dataset: how large it is, what reaches it, keeping its newest runs, and clearing it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from pipeline.deployment.hub_answers import RetryPace, of_the_store
from pipeline.errors import HubBusy
from pipeline.store.hub import SEED, ResultsRepo
from pipeline.store.pruning import keep_newest, run_count
from pipeline.store.record_to_row import row_line, seed_row

Result = TypeVar("Result")

FILES_IN_COMMIT = 90
"""The Hub advises at most 100 files in a commit."""

ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class DatasetSize:
    """How large a dataset is, as of its newest commit."""

    runs: int
    files: int
    size_bytes: int
    months: tuple[str, ...]
    commits: int


@dataclass(frozen=True, slots=True)
class ResultsCare:
    """One dataset. Every method raises DeployError."""

    repo: ResultsRepo
    retry_pace: RetryPace = field(default_factory=RetryPace)

    def size(self) -> DatasetSize:
        """Read the whole dataset and count."""
        _, files = self._files()
        months = sorted({path.split("/")[1] for path in files if path.count("/") > 1})
        commits = self._call("count the commits", self.repo.commit_count)
        size = sum(map(len, files.values()))
        runs = run_count(body for path, body in files.items() if path != SEED)
        return DatasetSize(runs, len(files), size, tuple(months), commits)

    def file_names(self) -> frozenset[str]:
        """The data files that it has now."""
        return frozenset(self._call("list the dataset", self.repo.files)[1])

    def has_received(self, record_id: str, since: frozenset[str]) -> bool:
        """Whether a file that came after those of ``since`` holds the record."""
        _, files = self._files(without=since)
        return any(record_id.encode() in body for body in files.values())

    def keep(self, count: int) -> tuple[int, int]:
        """Leave the ``count`` newest runs; returns how many stay and how many went.

        History is joined into one commit, since earlier ones would still hold what went. Records that arrive meanwhile
        stay. Raises HubBusy where the dataset never rests.
        """
        gone = 0
        for _ in range(ATTEMPTS):
            head, files = self._files()
            pruning = keep_newest(files, count)
            gone = max(gone, pruning.going)
            if not pruning.delete and not pruning.add:
                self._call("join the commits", self.repo.squash)
                return pruning.staying, gone
            seed = {} if SEED in files else {SEED: row_line(seed_row())}
            with suppress(HubBusy):  # somebody wrote meanwhile: look again
                self._rewrite({**seed, **pruning.add}, list(pruning.delete), head)
        raise HubBusy("prune the dataset")

    def _rewrite(self, add: Mapping[str, bytes], delete: list[str], head: str) -> None:
        """Add what is new and delete what goes, at most ``FILES_IN_COMMIT`` deletions at once. A row that lies in two
        files for a moment is one run all the same.
        """
        message = "Keep the newest runs"
        for start in range(0, len(delete), FILES_IN_COMMIT):
            some, added = delete[start : start + FILES_IN_COMMIT], add if start == 0 else {}
            request = partial(self.repo.rewrite, added, some, head, message)
            self.retry_pace.call("prune the dataset", partial(of_the_store, request), when_busy=False)
            head, _ = self._call("list the dataset", self.repo.files)

    def _files(self, without: frozenset[str] = frozenset()) -> tuple[str, dict[str, bytes]]:
        head, paths = self._call("list the dataset", self.repo.files)
        jsonl = [path for path in paths if path.endswith(".jsonl") and path not in without]
        return head, {path: self._call("read the dataset", partial(self.repo.read, path, head)) for path in jsonl}

    def _call(self, doing: str, request: Callable[[], Result]) -> Result:
        return self.retry_pace.call(doing, partial(of_the_store, request))
