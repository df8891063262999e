"""datatrove on Hugging Face Jobs: no cluster, and no machine of one's own but the one that waits.

datatrove's executor launches the Jobs, a few at a time, starts one again that was lost, and keeps what is done as marks
in the output. Its own Jobs are bare ``uv`` environments, which lack Folio and Debian's packages. So here a Job runs in
the image of the owner's Space, which has both; ``_submit_array_index`` is datatrove's private name for that one step.
"""

import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from datatrove.executor.jobs import ARRAY_INDEX_ENV_VAR, JobsPipelineExecutor

from pipeline.errors import JobsNotPossible
from pipeline.runs.work_key import Producer
from pipeline.scale.batch_folder import BatchFolder
from pipeline.scale.batch_plan import workers_of
from pipeline.scale.batch_setup import BatchSetup, Block, ItemEnd, Workers
from pipeline.scale.datatrove_engine import BlockWatch
from pipeline.scale.datatrove_step import ConvertBlocks
from pipeline.scale.plain_engine import with_threads
from pipeline.scale.supervisor import producer_here
from pipeline.store.hub_jobs import SPACE_IMAGE, JobOrder, start_job

COMMAND = 'pip install --quiet -r requirements-scale.txt && exec python -m datatrove.tools.launch_pickled_pipeline "$0"'
"""What a Job does, in the folder of the Space: ``$0`` is the address of the pickled pipeline."""
TASKS_A_JOB = 2
"""Jobs in all for each Job at once: a lost Job does less again, and the last ones end at about the same time."""


@dataclass(frozen=True, slots=True)
class JobsChoice:
    """Which Jobs: the kind of machine, the Space whose image they run (``OWNER/NAME``), how long one may take, who pays
    (empty for the token's owner), and how often they are looked at.
    """

    flavor: str
    space: str
    timeout: str = "12h"
    namespace: str = ""
    look_seconds: float = 15.0


class SpaceJobsExecutor(JobsPipelineExecutor):  # type: ignore[misc]  # datatrove has no annotations
    """datatrove's executor, with Jobs in the image of a Space."""

    def __init__(self, choice: JobsChoice, **options: Any) -> None:
        super().__init__(
            flavor=choice.flavor,
            timeout=choice.timeout,
            namespace=choice.namespace or None,
            image=f"{SPACE_IMAGE}{choice.space}",
            poll_interval=choice.look_seconds,
            job_name="folio-batch",
            **options,
        )

    def _submit_array_index(self, array_index: int, pik_path: str, token: str) -> str:
        order = JobOrder(
            image=str(self.image),
            command=("bash", "-c", COMMAND, pik_path),
            flavor=self.flavor,
            timeout=str(self.timeout),
            namespace=self.namespace or "",
            environment={ARRAY_INDEX_ENV_VAR: str(array_index), "HF_HUB_DISABLE_PROGRESS_BARS": "1"},
            labels={"folio-batch": os.path.basename(os.path.dirname(pik_path)), "share": str(array_index)},
        )
        return start_job(order, token)


@dataclass(frozen=True, slots=True)
class JobsEngine:
    """Workers as Hugging Face Jobs. ``token`` may start Jobs and write to the output."""

    choice: JobsChoice
    token: str

    def probe(self, setup: BatchSetup, workers: Workers) -> Producer:
        """Asked here: a Job in the same Folio's image makes the same, unless it has a GPU and BUNDLE says ``auto``."""
        return producer_here(with_threads(setup, workers))

    def run(self, blocks: Sequence[Block], setup: BatchSetup, workers: Workers) -> Iterator[list[ItemEnd]]:
        """Raises JobsNotPossible where the Jobs cannot share the output or the Hub refuses to start one, and
        BatchStopped where they differ from what was planned.
        """
        folder = BatchFolder(setup.output)
        if folder.local_path is not None:
            raise JobsNotPossible(
                "Jobs need an OUTPUT that all of them reach; give a bucket, such as hf://buckets/….",
            )
        written, wave = folder.block_names(), folder.write_wave(blocks)
        watch = BlockWatch(folder, wave, written)
        per_job = Workers(workers_of(self.choice.flavor), workers.threads, workers.gpu_share)
        at_once = ceil(workers.count / per_job.count)
        executor = SpaceJobsExecutor(
            self.choice,
            pipeline=[ConvertBlocks(setup, wave, per_job)],
            tasks=min(len(blocks), at_once * TASKS_A_JOB),
            workers=at_once,
            logging_dir=folder.address(f"datatrove/{wave}"),
            token=self.token,
        )
        yield from _while_running(executor, watch, self.choice.look_seconds)


def _while_running(executor: SpaceJobsExecutor, watch: BlockWatch, seconds: float) -> Iterator[list[ItemEnd]]:
    """New ends, again and again until the Jobs have ended."""
    failed: list[Exception] = []

    def run() -> None:
        try:
            executor.run()
        except Exception as error:  # of the Hub's client, or datatrove's own
            failed.append(error)

    running = threading.Thread(target=run, name="hugging face jobs", daemon=True)
    running.start()
    while running.is_alive():
        running.join(seconds)
        yield watch.new_ends()
    yield watch.new_ends()
    if failed:
        kind = type(failed[0]).__name__
        raise JobsNotPossible(f"The Hub did not run the Jobs ({kind}); check HF_TOKEN, credit and the flavor's name.")
