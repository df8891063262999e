"""The conversion as a step of a datatrove pipeline, and datatrove's own executor around it in a process of ours.

``python -m pipeline.scale.datatrove_step`` reads a pickled ``DatatroveTask`` from its standard input, which only
``datatrove_engine`` writes.
"""

import pickle
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from datatrove.data import DocumentsPipeline
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep

from pipeline.errors import StorageFailed
from pipeline.scale.batch_folder import BatchFolder
from pipeline.scale.batch_setup import BatchSetup, Workers
from pipeline.scale.converter_process import end_with_parent
from pipeline.scale.plain_engine import HOPELESS, PlainEngine


@dataclass(frozen=True, slots=True)
class DatatroveTask:
    """One of ``world_size`` shares of a wave, where datatrove keeps what it remembers of it, and the process that
    waits for it.
    """

    setup: BatchSetup
    wave: str
    workers: Workers
    rank: int
    world_size: int
    logging_dir: str
    parent: int


class ConvertBlocks(PipelineStep):  # type: ignore[misc]  # datatrove has no annotations
    """Takes every ``world_size``-th block of a wave, from the ``rank``-th on, and converts it with some workers."""

    type = "⚙ CONVERT"
    name = "Folio"

    def __init__(self, setup: BatchSetup, wave: str, workers: Workers) -> None:
        super().__init__()
        self.setup, self.wave, self.workers = setup, wave, workers

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> Iterator[None]:
        """Yields nothing: the rows are in the output. Raises StorageFailed where a block could not be written, so that
        datatrove does not take the task for done.
        """
        folder = BatchFolder(self.setup.output)
        blocks = folder.wave(self.wave)[rank::world_size]
        wanted = sum(map(len, blocks))
        try:
            for ends in PlainEngine().run(blocks, self.setup, self.workers):
                for end in ends:
                    wanted -= 1
                    self.stat_update(end.status)
                    self.stat_update("pages", value=end.pages_ok)
        except HOPELESS as error:
            folder.stop_wave(self.wave, error.message)
            raise
        if wanted:
            raise StorageFailed
        yield from ()


def main() -> None:
    """Do one task in this process. With one worker datatrove starts no pool, whose loss of a process it would wait for
    without end.
    """
    task: DatatroveTask = pickle.load(sys.stdin.buffer)  # noqa: S301  our own parent wrote it
    end_with_parent(task.parent)
    LocalPipelineExecutor(
        [ConvertBlocks(task.setup, task.wave, task.workers)],
        tasks=task.world_size,
        workers=1,
        local_tasks=1,
        local_rank_offset=task.rank,
        logging_dir=task.logging_dir,
    ).run()


if __name__ == "__main__":
    main()
