"""The doctor's visit: this machine, the publisher, and from the command line the Hub as well."""

import logging
import os
from collections.abc import Iterator

from pipeline.check_lines import CheckLine, CheckOutcome, fault, well
from pipeline.deployment.spaces_hub import SpacesHub
from pipeline.doctor.checks import machine_lines, no_token_line, publishing_line
from pipeline.doctor.machine import examine_machine
from pipeline.errors import DeployError
from pipeline.settings import Settings
from pipeline.space_roles import APP
from pipeline.store.publisher_process import status_path
from pipeline.store.status import PublisherStatus, read_status

log = logging.getLogger(__name__)


def examine_server(settings: Settings, status: PublisherStatus) -> tuple[CheckLine, ...]:
    """The lines as the server knows them, which holds no token and asks no network."""
    return (*machine_lines(examine_machine(settings), settings), publishing_line(status))


def examine(settings: Settings, token: str, endpoint: str | None = None) -> Iterator[CheckLine]:
    """The lines for the command line: this machine first, then the Hub with ``token``."""
    yield from machine_lines(examine_machine(settings, packages=True), settings)
    if not token:
        yield no_token_line()
        return
    yield from _hub_lines(settings, SpacesHub(token, endpoint))
    status = read_status(status_path(settings))
    if status is not None:
        yield publishing_line(status)


def _hub_lines(settings: Settings, hub: SpacesHub) -> Iterator[CheckLine]:
    try:
        account = hub.account()
    except DeployError as error:
        yield fault("token", error.message, "set HF_TOKEN to a token that works")
        return
    dataset = settings.results_dataset or f"{os.environ.get('SPACE_AUTHOR_NAME') or account.name}/{APP.dataset}"
    owner = dataset.partition("/")[0]
    if account.may_write(owner):
        yield well("token", f"{account.sentence}.")
    else:
        yield fault("token", f"{account.sentence}, and not to {owner}.", f"give it write access to {dataset}")
    try:
        there = hub.has_dataset(dataset)
    except DeployError as error:
        yield fault("results dataset", error.message, "run the doctor again later")
        return
    if there:
        yield well("results dataset", f"{dataset} can be reached.")
    else:
        yield well("results dataset", f"{dataset} is not there yet; the first record makes it.")


def log_what_lacks(lines: tuple[CheckLine, ...]) -> None:
    """Every line that is not well, in the program's log."""
    for line in lines:
        if line.outcome is not CheckOutcome.OK:
            log.warning("%s", line.text())
