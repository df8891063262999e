"""A worker without a Space that is always awake: a scheduled Job on the Hub does one iteration at a time.

The Job runs in the image of the Space, gets the token as its secret and this environment's settings as its variables,
wakes the Space if it sleeps, sweeps the inbox or does whatever the role's next iteration is, and ends.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from pipeline.errors import ScheduleRefused
from pipeline.settings import setting_rows
from pipeline.store.hub_jobs import SPACE_IMAGE, JobOrder, schedule_job, unschedule_jobs, wake_space
from pipeline.worker_iterations import Role

TIMEOUT = "2h"
FLAVOR = "cpu-basic"
OWN_TO_A_MACHINE = {"DATA_DIR", "WORK_DIR", "WEIGHTS_DIR", "SPACE_ROLE", "SPACE_WORKERS"}


def order(chosen: argparse.Namespace, token: str, environment: Mapping[str, str]) -> int:
    """Put the worker's Job on the schedule, or take it off; returns the exit code. Raises ScheduleRefused."""
    if not token:
        raise ScheduleRefused("schedule a Job without a token")
    if chosen.never:
        with _refusals("take the Job off its schedule"):
            count = unschedule_jobs(labels_of(chosen.role, chosen.space), token)
        print(f"{count} scheduled Job{'' if count == 1 else 's'} deleted")
        return 0
    if not chosen.space:
        print("--every needs --space OWNER/NAME, the Space whose image the Job runs in.", file=sys.stderr)
        return 2
    print(schedule(chosen.role, chosen.space, chosen.every, token, environment, chosen.flavor))
    return 0


def schedule(
    role: Role, space: str, every: str, token: str, environment: Mapping[str, str], flavor: str = FLAVOR
) -> str:
    """Put the worker's Job on the schedule, in place of an earlier one; says so. Raises ScheduleRefused."""
    with _refusals("schedule the Job"):
        job_id = schedule_job(job_of(role, space, flavor, environment), every, token)
    return f"scheduled {role.value} at {every} as Job {job_id}"


def job_of(role: Role, space: str, flavor: str, environment: Mapping[str, str]) -> JobOrder:
    """The Job that does one iteration. Secrets are left out of its variables, which many can read."""
    variables = {
        row.variable: environment[row.variable]
        for row in setting_rows()
        if environment.get(row.variable) and not row.secret and row.variable not in OWN_TO_A_MACHINE
    }
    command = ("python", "-m", "pipeline.cli", "work", "--role", role.value, "--once", "--wake", space)
    return JobOrder(
        image=f"{SPACE_IMAGE}{space}",
        command=command,
        flavor=flavor,
        timeout=TIMEOUT,
        environment=variables,
        labels=labels_of(role, space),
    )


def labels_of(role: Role, space: str) -> dict[str, str]:
    """By which a worker's Job is found again."""
    labels = {"folio-worker": role.value}
    return labels | {"folio-space": space.replace("/", "--")} if space else labels


def wake(space: str, token: str) -> None:
    """Start the Space if it sleeps. Raises ScheduleRefused."""
    with _refusals("wake the Space"):
        if wake_space(space, token):
            print(f"woke {space}")


@contextmanager
def _refusals(doing: str) -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, OSError, ValueError) as error:  # the Hub client's errors are OSErrors or ValueErrors
        raise ScheduleRefused(doing) from error
