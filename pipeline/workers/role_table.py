"""Which role is which worker. A role's module is imported when it is asked for, so that each process holds its own
role's libraries only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from pipeline.settings import Settings
from pipeline.worker_iterations import Role
from pipeline.workers.frame.worker_protocol import RoleWork


@dataclass(frozen=True, slots=True)
class WorkerRole:
    """One worker: its role, what it does in a sentence, and the module whose ``build(settings, token)`` makes it."""

    role: Role
    meaning: str
    module: str

    def build(self, settings: Settings, token: str) -> RoleWork:
        """The worker's work. Raises FolioError where a setting that it needs is missing."""
        make: Callable[[Settings, str], RoleWork] = import_module(self.module).build
        return make(settings, token)


WORKERS: tuple[WorkerRole, ...] = (
    WorkerRole(Role.INBOX, "Converts what arrives in an inbox.", "pipeline.workers.inbox.inbox_work"),
    WorkerRole(
        Role.ANALYSIS,
        "Studies the records of runs from six perspectives in turn.",
        "pipeline.workers.analysis.analysis_work",
    ),
    WorkerRole(
        Role.TEST_PLANNING,
        "Turns what documents have taught into cases for tests, from fifteen perspectives in turn.",
        "pipeline.workers.test_planning.planning_work",
    ),
    WorkerRole(
        Role.TUNING,
        "Proposes changes of settings, tries them, and keeps what is proven better.",
        "pipeline.workers.tuning.tuning_work",
    ),
)


def worker_role(role: Role) -> WorkerRole:
    """The row of a role. Raises KeyError for a role that is no worker's."""
    return next(row for row in WORKERS if row.role is role)
