"""``work --role ROLE``: be a worker until told to end, or for one iteration; or tell the one that runs to pause."""

import argparse
import logging
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType

from pipeline.settings import Settings
from pipeline.store.heartbeats import read_heartbeat
from pipeline.store.iteration_log import IterationLog
from pipeline.store.scrub import TokenlessFormatter
from pipeline.worker_iterations import Role
from pipeline.workers.role_table import WORKERS
from pipeline.workers.worker_main import work


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    roles = [worker.role for worker in WORKERS]
    parser.add_argument("--role", type=Role, choices=roles, required=True, help="which worker")
    orders = parser.add_mutually_exclusive_group()
    orders.add_argument("--once", action="store_true", help="end after one iteration")
    orders.add_argument(
        "--every", default="", metavar="CRON", help='let a Job on the Hub do one iteration, such as "0 * * * *" (UTC)'
    )
    orders.add_argument("--never", action="store_true", help="take that Job off the schedule")
    orders.add_argument("--pause", action="store_true", help="let the worker that runs here pause")
    orders.add_argument("--resume", action="store_true", help="let it go on")
    orders.add_argument("--status", action="store_true", help="show how it stands")
    parser.add_argument("--space", default="", metavar="OWNER/NAME", help="the Space whose image the Job runs in")
    parser.add_argument("--wake", default="", metavar="OWNER/NAME", help="with --once: start this Space if it sleeps")
    parser.add_argument("--flavor", default="cpu-basic", help="the Job's kind of machine")


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Work, or give an order; returns the exit code."""
    iterations = IterationLog(settings.data_dir, chosen.role)
    if chosen.pause or chosen.resume:
        iterations.switch(paused=chosen.pause)
        return 0
    if chosen.status:
        print(status_line(settings, iterations))
        return 0
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(TokenlessFormatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    token = token_of(os.environ)
    if chosen.every or chosen.never:
        code: int = worker_schedule().order(chosen, token, os.environ)
        return code
    if not token:
        print("There is no HF_TOKEN: this worker reads and writes local records only.", file=sys.stderr)
    elif chosen.wake:
        worker_schedule().wake(chosen.wake, token)
    return work(settings, chosen.role, token, once=chosen.once, space=os.environ.get("SPACE_ID", ""))


def worker_schedule() -> ModuleType:
    """The module that speaks to the Hub about Jobs, with the Hub's client, only where it is used."""
    return import_module("pipeline.cli.worker_schedule")


def status_line(settings: Settings, iterations: IterationLog) -> str:
    """How the worker stands, in one line."""
    beat, last = read_heartbeat(settings, iterations.role), iterations.last()
    state = "paused" if iterations.paused else beat.state.value if beat else "never seen here"
    done = f"iteration {last.iteration}: {last.summary}" if last else "no iteration yet"
    return f"{iterations.role.value}: {state}; {done}"


def token_of(environment: Mapping[str, str]) -> str:
    """The Hub's token, as the command line takes it."""
    return environment.get("HF_TOKEN", "").strip()
