"""Ray Data as the engine: an embedded Ray on this machine, or a cluster that is there.

Ray keeps the actors warm, restarts those that are lost and gives their block to another. Rows do not travel through
it: each actor writes its blocks to the output itself, and Ray carries a few numbers of each document. Ray Data's own
checkpoints are not used: they cost a further actor in a resumed job, which stood still for want of a free core, and
what is written is known from the output.
"""

import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import numpy as np
import ray
import ray.data
from numpy.typing import NDArray

from pipeline.errors import BatchStopped
from pipeline.process_start import PROJECT_DIR
from pipeline.runs.work_key import Producer
from pipeline.scale.batch_setup import BatchSetup, Block, ItemEnd, Workers, decoded_block, encoded_block
from pipeline.scale.block_worker import BlockWorker
from pipeline.scale.converter_process import end_with_parent
from pipeline.scale.plain_engine import HOPELESS, with_threads
from pipeline.scale.supervisor import producer_here

log = logging.getLogger(__name__)

SPARE_CORES = 2  # logical ones, for Ray's own tasks beside the actors; without any the job stands still
OBJECT_STORE_BYTES = 200_000_000  # it carries lists of documents and how they ended, never their content
MOST_TRIES_AGAIN = 2  # of a block whose actor was lost; Ray's own default is without end
NO_RAY = "Ray does not start here, or there is no cluster at --address; try again, or use --engine plain."
COLUMNS = tuple(ItemEnd.__dataclass_fields__)


class RayWorker:
    """A worker as Ray Data calls it: a batch of one block in, the ends of its items out."""

    def __init__(self, setup: BatchSetup) -> None:
        _end_with_ray()
        self._worker = BlockWorker(setup)

    def __call__(self, batch: dict[str, NDArray[Any]]) -> dict[str, list[Any]]:
        try:
            ends = [end for text in batch["block"] for end in self._worker.convert(decoded_block(str(text)))]
        except HOPELESS as error:
            ends = [ItemEnd("", "error", error.code, 0, 0, 0.0, 0, error.message)]
        return {name: [getattr(end, name) for end in ends] for name in COLUMNS}


@dataclass(slots=True)
class RayEngine:
    """Use it as a context manager: it starts a Ray here, or joins the cluster at ``address``, and leaves it again."""

    workers: Workers
    address: str = ""

    def __enter__(self) -> Self:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        try:
            self._start()
        except Exception as error:  # Ray raises RuntimeError, TimeoutError, ConnectionError and errors of its own
            log.error("Ray does not start: %s", error)
            raise BatchStopped(NO_RAY) from error
        return self

    def _start(self) -> None:
        if self.address:
            here = {"env_vars": {"PYTHONPATH": str(PROJECT_DIR)}}  # where every node's image has Folio too
            ray.init(address=self.address, runtime_env=here, logging_level=logging.WARNING)
            return
        cores = max(os.cpu_count() or 1, self.workers.count * self.workers.threads) + SPARE_CORES
        ray.init(
            num_cpus=cores,
            include_dashboard=False,
            object_store_memory=OBJECT_STORE_BYTES,
            logging_level=logging.WARNING,
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        ray.shutdown()

    def probe(self, setup: BatchSetup, workers: Workers) -> Producer:
        """Asked on a machine of the cluster, with a worker's share of its resources."""
        resources: dict[str, Any] = {"num_cpus": workers.threads, "max_retries": 1}
        if workers.gpu_share:
            resources["num_gpus"] = workers.gpu_share
        producer: Producer = ray.get(ray.remote(**resources)(_producer).remote(with_threads(setup, workers)))
        return producer

    def run(self, blocks: Sequence[Block], setup: BatchSetup, workers: Workers) -> Iterator[list[ItemEnd]]:
        _set_context()
        rows = [{"block": encoded_block(block)} for block in blocks]
        dataset = ray.data.from_items(rows, override_num_blocks=len(rows))
        ends = dataset.map_batches(
            RayWorker,
            batch_size=1,
            fn_constructor_args=(with_threads(setup, workers),),
            compute=ray.data.ActorPoolStrategy(size=min(workers.count, len(rows)), max_tasks_in_flight_per_actor=1),
            num_cpus=workers.threads,
            num_gpus=workers.gpu_share or None,
            max_restarts=-1,
            max_task_retries=MOST_TRIES_AGAIN,
        )
        for batch in ends.iter_batches(batch_size=None, prefetch_batches=0, batch_format="numpy"):
            yield list(_ends(batch))


def gpu_share(workers: int) -> float:
    """What of a GPU each worker may have; 0 where the cluster that this process is in has none."""
    return min(float(ray.cluster_resources().get("GPU", 0.0)) / workers, 1.0)


def _producer(setup: BatchSetup) -> Producer:
    """What a worker on the machine of this Ray process makes."""
    _end_with_ray()
    return producer_here(setup)


def _end_with_ray() -> None:
    """End this process of Ray's once the Ray that started it is gone.

    Ray itself takes a parent of number 1 for that sign alone, and so not where orphans go to somebody else, as under
    ``systemd --user``: its process, and with it a converter process and a parse child, would then stay.
    """
    end_with_parent(os.getppid(), group=False)


def _set_context() -> None:
    context = ray.data.DataContext.get_current()
    context.max_errored_blocks = -1  # a block that is lost for good is found missing in the output
    context.enable_progress_bars = False
    context.print_on_execution_start = False


def _ends(batch: dict[str, NDArray[Any]]) -> Iterator[ItemEnd]:
    for values in zip(*(np.asarray(batch[name]).tolist() for name in COLUMNS), strict=True):
        end = ItemEnd(*values)
        if not end.key:
            raise BatchStopped(end.worker)
        yield end
