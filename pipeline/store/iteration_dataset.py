"""A worker's iterations on the Hub: what is new goes there, and a worker without its own disk finds itself again.

    data/iterations-00000001-00000050.jsonl     a block: the iterations with these numbers, one a line

A block is written anew when iterations of it were added, so nothing has to be sealed, joined or remembered: the same
iterations are the same bytes, and a commit whose answer was lost can be sent again. A commit is refused unless it is
made on the newest one, since two workers that number on their own would overwrite each other.
"""

import logging
import re
import time
from collections.abc import Callable

from pipeline.errors import StorageFailed
from pipeline.store.hub import FaultCode, HubFault, ResultsRepo
from pipeline.store.iteration_log import ITERATION, IterationLog

log = logging.getLogger(__name__)

BLOCK = 50
BLOCK_NAME = re.compile(r"data/iterations-(\d{8})-(\d{8})\.jsonl")
BLOCKS_READ = 3
SECONDS_BETWEEN_COMMITS = 300.0
LONGEST_WAIT = 1800.0
ANOTHER_WORKER = "another_worker"
SQUASH_ABOVE_COMMITS = 1000


class IterationDataset:
    """The dataset of one worker. Not thread-safe. No method but ``restore`` raises for what the Hub does."""

    def __init__(
        self,
        repo: ResultsRepo,
        iterations: IterationLog,
        keep: int,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``keep`` is how many of the newest iterations the dataset holds at least."""
        self._repo, self._log, self._keep, self._monotonic = repo, iterations, keep, monotonic
        self._published = 0
        self._ask_again = float("-inf")
        self._failures = self._commits = 0
        self.error = ""

    @property
    def repo_id(self) -> str:
        return self._repo.repo_id

    def restore(self) -> None:
        """Take in the newest iterations that the dataset has and this disk has not.

        Raises HubFault where the Hub cannot be asked, and StorageFailed.
        """
        if not self._repo.prepared:
            self._repo.prepare()
        head, paths = self._repo.files()
        for path in _blocks(paths)[-BLOCKS_READ:]:
            lines = self._repo.read(path, head).splitlines()
            self._refuse_another_worker(lines)
            self._log.adopt(lines)
            self._published = max([self._published, *(_number(line) for line in lines)])

    def publish(self, *, at_once: bool = False) -> None:
        """Send what is new: every few minutes, or ``at_once``. A refusal is remembered in ``error`` and tried again."""
        if not at_once and self._monotonic() < self._ask_again:
            return
        try:
            self._publish()
        except HubFault as fault:
            self._wait(fault.code.value, fault.retry_after)
        except (StorageFailed, OSError):
            self._wait(StorageFailed.code)
        else:
            self._failures, self.error = 0, ""
            self._ask_again = self._monotonic() + SECONDS_BETWEEN_COMMITS

    def _publish(self) -> None:
        numbers = self._log.numbers()
        if not numbers or numbers[-1] <= self._published:
            return
        self.restore()
        first = self._published + 1
        blocks = {(number - 1) // BLOCK for number in numbers if number >= first}
        files = {_path(block): self._body(block) for block in sorted(blocks)}
        head, paths = self._repo.files()
        self._repo.rewrite(files, self._expired(paths, numbers[-1]), head, f"Iterations {first} to {numbers[-1]}")
        self._published = numbers[-1]
        self._log.forget(self._keep)
        self._join_commits()

    def _body(self, block: int) -> bytes:
        numbers = range(block * BLOCK + 1, (block + 1) * BLOCK + 1)
        return b"".join(line for number in numbers if (line := self._log.line(number)))

    def _expired(self, paths: list[str], newest: int) -> list[str]:
        """Blocks of which no iteration is among the newest that are kept."""
        return [path for path in _blocks(paths) if _last_of(path) <= newest - self._keep]

    def _join_commits(self) -> None:
        self._commits += 1
        if self._commits % 50 == 1 and self._repo.commit_count() > SQUASH_ABOVE_COMMITS:
            self._repo.squash()

    def _refuse_another_worker(self, lines: list[bytes]) -> None:
        """Two workers have used a number for two iterations: only a person can say which one may go on."""
        for line in lines:
            number = _number(line)
            here = self._log.line(number) if number else None
            if here is not None and ITERATION.encode(ITERATION.decode(line)) + b"\n" != here:
                log.error("iteration %d of %s is another worker's", number, self._repo.repo_id)
                self.error = ANOTHER_WORKER
                raise HubFault(FaultCode.REFUSED)

    def _wait(self, code: str, asked_to_wait: float | None = None) -> None:
        self._failures += 1
        wait = min(15.0 * 2 ** min(self._failures - 1, 20), LONGEST_WAIT)
        self._ask_again = self._monotonic() + max(wait, asked_to_wait or 0.0)
        self.error = self.error if self.error == ANOTHER_WORKER else code
        log.warning("the iterations wait %.0f s after %s", wait, code)


def _blocks(paths: list[str]) -> list[str]:
    return sorted(path for path in paths if BLOCK_NAME.fullmatch(path))


def _path(block: int) -> str:
    return f"data/iterations-{block * BLOCK + 1:08d}-{(block + 1) * BLOCK:08d}.jsonl"


def _last_of(path: str) -> int:
    match = BLOCK_NAME.fullmatch(path)
    return int(match[2]) if match else 0


def _number(line: bytes) -> int:
    try:
        return ITERATION.decode(line).iteration
    except ValueError:
        return 0


def read_iterations(repo: ResultsRepo, iterations: IterationLog) -> int:
    """Copy what is new in another worker's dataset to ``iterations``; returns how many iterations that were.

    Raises HubFault and StorageFailed.
    """
    head, paths = repo.files()
    return sum(iterations.adopt(repo.read(path, head).splitlines()) for path in _blocks(paths)[-BLOCKS_READ:])
