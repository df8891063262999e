"""The iterations of one worker on disk: numbered from 1, one file each, written once.

    workers/analysis/iterations/00000042.json     a finished iteration
    workers/analysis/attempts/00000043-1          iteration 43 was begun once and has not ended
    workers/analysis/switch/00000002-pause        the second order to pause or to go on; the newest counts

An iteration's number is taken by the one write that publishes its file, and that write refuses a name that is there
(``files.py``). So no number is used twice; and since the next number is the one after the last file, none is lost: an
iteration that was killed left no file, and is done under the same number again. Its attempts are counted beforehand,
so that an iteration which kills its process every time is given up.
"""

import logging
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.store.codec import Codec
from pipeline.store.files import discard, is_temporary, remove_temporaries, write_new
from pipeline.worker_iterations import Role, WorkerIteration

log = logging.getLogger(__name__)

ITERATION = Codec(TypeAdapter(WorkerIteration))
PAUSE, RESUME = "pause", "resume"


def worker_folder(data_dir: Path, role: Role) -> Path:
    """Where a worker keeps what outlives it."""
    return data_dir / "workers" / role.value


class IterationLog:
    """One worker's iterations. One process appends (it holds the worker's lock), any number read."""

    def __init__(self, data_dir: Path, role: Role) -> None:
        self.role = role
        self._root = worker_folder(data_dir, role)
        self._iterations, self._attempts = self._root / "iterations", self._root / "attempts"

    def recover(self) -> None:
        """Remove what interrupted writes left: nothing of it was acknowledged. Call before the first append."""
        for folder in (self._iterations, self._attempts):
            if folder.is_dir():
                remove_temporaries(folder)
        numbers = self.numbers()
        if numbers and self.read(numbers[-1]) is None:
            log.warning("iteration %d was cut short and is done again", numbers[-1])
            discard(self._path(numbers[-1]))

    def numbers(self) -> list[int]:
        """The numbers of the iterations here, in order."""
        return _numbers(self._iterations, ".json")

    def last(self) -> WorkerIteration | None:
        """The newest iteration; None before the first."""
        numbers = self.numbers()
        return self.read(numbers[-1]) if numbers else None

    def next_number(self) -> int:
        """The number that the next iteration takes."""
        numbers = self.numbers()
        return numbers[-1] + 1 if numbers else 1

    def read(self, number: int) -> WorkerIteration | None:
        """One iteration; None, with a line in the log, where its file is missing or damaged."""
        return ITERATION.read(self._path(number))

    def line(self, number: int) -> bytes | None:
        """One iteration as a line of its dataset, newline included; None where it is not here."""
        iteration = self.read(number)
        return None if iteration is None else ITERATION.encode(iteration) + b"\n"

    def recent(self, count: int) -> tuple[WorkerIteration, ...]:
        """The newest ``count`` iterations, newest first."""
        read = (self.read(number) for number in reversed(self.numbers()[-count:]))
        return tuple(iteration for iteration in read if iteration is not None)

    def begin(self, number: int) -> int:
        """Note that iteration ``number`` begins; returns how often it has begun by now. Raises StorageFailed."""
        before = self._attempts_of(number)
        write_new(self._attempts / f"{number:08d}-{before + 1}", b"")
        return before + 1

    def append(self, iteration: WorkerIteration) -> None:
        """Publish an iteration under its number; once this returns it is durable.

        Raises FileExistsError where the number is taken, ValueError where it is not the next one, and StorageFailed.
        """
        if iteration.iteration != self.next_number():
            raise ValueError(f"iteration {iteration.iteration} is not the next one")
        write_new(self._path(iteration.iteration), ITERATION.encode(iteration))
        for path in self._attempts.glob(f"{iteration.iteration:08d}-*"):
            discard(path)

    def adopt(self, lines: Iterable[bytes]) -> int:
        """Take in iterations of the worker's dataset that are not here; returns how many. Raises StorageFailed."""
        taken = 0
        for line in lines:
            with suppress(ValueError, FileExistsError):
                iteration = ITERATION.decode(line)
                if iteration.role is self.role and iteration.iteration > 0:
                    write_new(self._path(iteration.iteration), ITERATION.encode(iteration))
                    taken += 1
        return taken

    def forget(self, keep: int) -> None:
        """Remove all but the newest ``keep`` iterations; the newest carries every insight. Raises StorageFailed."""
        for number in self.numbers()[: -max(keep, 1)]:
            discard(self._path(number))

    # -- the switch --------------------------------------------------------------------------------------------------

    @property
    def paused(self) -> bool:
        """Whether the newest order is to pause."""
        orders = self._orders()
        return bool(orders) and orders[-1].endswith(f"-{PAUSE}")

    def switch(self, *, paused: bool) -> None:
        """Order a pause, or its end. Safe from any process. Raises StorageFailed."""
        while self.paused is not paused:
            orders = self._orders()
            number = int(orders[-1].partition("-")[0]) + 1 if orders else 1
            with suppress(FileExistsError):  # somebody else gave an order at this moment: look again
                write_new(self._root / "switch" / f"{number:08d}-{PAUSE if paused else RESUME}", b"")

    def _orders(self) -> list[str]:
        folder = self._root / "switch"
        return sorted(path.name for path in folder.glob("????????-*")) if folder.is_dir() else []

    def _attempts_of(self, number: int) -> int:
        return len(list(self._attempts.glob(f"{number:08d}-*"))) if self._attempts.is_dir() else 0

    def _path(self, number: int) -> Path:
        return self._iterations / f"{number:08d}.json"


def _numbers(folder: Path, suffix: str) -> list[int]:
    if not folder.is_dir():
        return []
    stems = (path.name.removesuffix(suffix) for path in folder.iterdir() if not is_temporary(path))
    return sorted(int(stem) for stem in stems if stem.isdecimal())
