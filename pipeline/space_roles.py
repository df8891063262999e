"""The roles that a Space can have. There is one code base; ``SPACE_ROLE`` says which part of it a Space runs.

The settings take the names of roles from this table, and the deployment makes one Space for each row.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpaceRole:
    """One role.

    ``title`` heads the Space's page. ``dataset`` is the name of the dataset that its records go to, below the owner's
    name, and empty where it writes none; ``dataset_variable`` is the setting that names it. ``stores_files`` says
    whether it needs a bucket at ``/data``, ``converts`` whether it runs the models, and ``watches`` whether it shows
    the datasets of the other roles.
    """

    name: str
    title: str
    dataset: str
    stores_files: bool
    converts: bool
    watches: bool = False
    dataset_variable: str = "RESULTS_DATASET"

    def space_name(self, app_name: str) -> str:
        """The Space's name, from the name of the app's Space beside it."""
        return app_name if self.name == APP.name else f"{app_name}-{self.name}"


APP = SpaceRole("app", "Folio", dataset="folio-results", stores_files=True, converts=True)
DASHBOARD = SpaceRole("dashboard", "Folio dashboard", dataset="", stores_files=False, converts=False, watches=True)


def _worker(name: str, title: str, *, files: bool) -> SpaceRole:
    """A worker's role: those that convert documents also keep files."""
    variable = f"{name.upper().replace('-', '_')}_DATASET"
    dataset = f"folio-{name}-results"
    return SpaceRole(name, title, dataset, stores_files=files, converts=files, watches=True, dataset_variable=variable)


INBOX = _worker("inbox", "Folio inbox", files=True)
ANALYSIS = _worker("analysis", "Folio analysis", files=False)
TEST_PLANNING = _worker("test-planning", "Folio test planning", files=False)
TUNING = _worker("tuning", "Folio tuning", files=True)

WORKERS = (INBOX, ANALYSIS, TEST_PLANNING, TUNING)
SPACE_ROLES = (APP, DASHBOARD, *WORKERS)
ROLE_NAMES = tuple(role.name for role in SPACE_ROLES)
WORKER_NAMES = tuple(role.name for role in WORKERS)


def role_named(name: str) -> SpaceRole:
    """The role of that name. Raises KeyError."""
    return {role.name: role for role in SPACE_ROLES}[name]
