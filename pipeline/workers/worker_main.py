"""One worker's process: its settings, its lock, its loop, and its dataset where there is a token."""

import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module

from pipeline.errors import FolioError
from pipeline.settings import Settings
from pipeline.store.goodbye import Goodbye
from pipeline.store.heartbeats import heartbeat_path, worker_lock_path
from pipeline.store.iteration_log import IterationLog
from pipeline.store.webhook import Notifier
from pipeline.worker_iterations import Role, WorkerIteration, WorkerState
from pipeline.workers.frame.company import silent_workers, visitor_at_work
from pipeline.workers.frame.pulse import Pulse
from pipeline.workers.frame.worker_lock import only_worker
from pipeline.workers.frame.worker_loop import Surround, WorkerLoop
from pipeline.workers.frame.worker_protocol import RoleWork, Stop
from pipeline.workers.role_table import worker_role

log = logging.getLogger(__name__)

NICENESS = 10  # a visitor's document comes first on a machine that both share
RESTORE_SECONDS = 30.0
MESSAGE_SECONDS = 5.0


def work(settings: Settings, role: Role, token: str, *, once: bool = False, space: str = "") -> int:
    """Be the worker of ``role`` until asked to end, or for one iteration; returns the process's exit code.

    Raises WorkerRunsAlready, and FolioError where a setting that the role needs is missing.
    """
    goodbye, notifier = Goodbye(), Notifier(settings.webhook_url, space)
    os.nice(NICENESS)
    with only_worker(worker_lock_path(settings, role)):
        iterations = IterationLog(settings.data_dir, role)
        iterations.recover()
        beat, ending = heartbeat_path(settings, role), lambda: goodbye.asked
        with Pulse(beat, role, ending=ending) as pulse:
            publish = _publishing(settings, role, token, iterations, pulse, goodbye)
            if publish is None:
                return 1
            around = Surround(busy=visitor_at_work(settings), publish=publish, ended=_teller(settings, role, notifier))
            made = _built(settings, role, token, pulse, goodbye, patient=not once)
            loop = WorkerLoop(made, iterations, pulse, settings.worker_seconds, around)
            code = _once(loop, publish, goodbye) if once else _for_good(loop, goodbye)
            notifier.wait(MESSAGE_SECONDS)
            return code


def _built(settings: Settings, role: Role, token: str, pulse: Pulse, stop: Stop, *, patient: bool) -> RoleWork:
    """The role's work. A worker that cannot begin says why on its page for a while, before its server starts it anew.

    Raises FolioError where a setting that the role needs is missing.
    """
    try:
        return worker_role(role).build(settings, token)
    except FolioError as error:
        pulse.show(state=WorkerState.BACKING_OFF, error=error.code)
        if patient:
            stop.wait(RESTORE_SECONDS)
        raise


def _for_good(loop: WorkerLoop, goodbye: Goodbye) -> int:
    loop.run(goodbye)
    return 0


def _once(loop: WorkerLoop, publish: Callable[[bool], str], goodbye: Goodbye) -> int:
    """One iteration, whoever else is at work: a job is started for it. Exit code 1 where it failed."""
    iteration = loop.turn(goodbye)
    publish(True)
    if iteration is None:
        return 1
    print(f"{iteration.role.value} {iteration.iteration}: {iteration.summary}")
    return 1 if iteration.error else 0


def _publishing(
    settings: Settings, role: Role, token: str, iterations: IterationLog, pulse: Pulse, stop: Stop
) -> Callable[[bool], str] | None:
    """What sends iterations to the dataset; without a token nothing is sent. None where asked to end before the dataset
    was read.

    A worker with an empty disk waits until it has read its dataset: it would number from 1 again otherwise.
    """
    if not token:
        return lambda at_once: ""
    connect = import_module("pipeline.workers.frame.hub_connection").connect  # the Hub's client, only where it is used
    dataset = connect(settings, role, token, iterations)
    while error := dataset.try_to_restore():
        if iterations.last() is not None:
            break
        pulse.show(state=WorkerState.BACKING_OFF, error=error)
        stop.wait(RESTORE_SECONDS)
        if stop.asked:
            return None

    def publish(at_once: bool) -> str:
        dataset.publish(at_once=at_once)
        return str(dataset.error)

    return publish


def _teller(settings: Settings, role: Role, notifier: Notifier) -> Callable[[WorkerIteration], None]:
    def tell(iteration: WorkerIteration) -> None:
        notifier.iteration_ended(iteration)
        for silent in silent_workers(settings, datetime.now(UTC), besides=role):
            notifier.worker_silent(silent)

    return tell
