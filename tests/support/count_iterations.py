"""A worker that counts, to be killed: ``python -m tests.support.count_iterations`` over DATA_DIR and WORK_DIR."""

import os
import time

from pipeline.settings import read_settings
from pipeline.store.goodbye import Goodbye
from pipeline.store.heartbeats import heartbeat_path, worker_lock_path
from pipeline.store.iteration_log import IterationLog
from pipeline.worker_iterations import Role
from pipeline.workers.frame.pulse import Pulse
from pipeline.workers.frame.worker_lock import only_worker
from pipeline.workers.frame.worker_loop import WorkerLoop
from tests.support.worker_stand import CountingWork

if __name__ == "__main__":
    settings = read_settings(os.environ)
    goodbye, iterations = Goodbye(), IterationLog(settings.data_dir, Role.ANALYSIS)
    slow = float(os.environ.get("SLOW", "0.002"))
    with only_worker(worker_lock_path(settings, Role.ANALYSIS)):
        iterations.recover()
        with Pulse(heartbeat_path(settings, Role.ANALYSIS), Role.ANALYSIS) as pulse:
            WorkerLoop(CountingWork(lambda turn: time.sleep(slow)), iterations, pulse, 0).run(goodbye)
