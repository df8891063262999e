"""The roles that a Space can have. There is one code base; ``SPACE_ROLE`` says which part of it a Space runs.

This table is the only list of roles: the setting takes its names, and the deployment makes one Space for each row.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpaceRole:
    """One role.

    ``title`` heads the Space's page. ``dataset`` is the name of the dataset that its records go to, below the owner's
    name, and empty where it writes none. ``stores_files`` says whether it needs a bucket at ``/data``, ``converts``
    whether it runs the models, and ``watches`` whether it shows the datasets of the other roles.
    """

    name: str
    title: str
    dataset: str
    stores_files: bool
    converts: bool
    watches: bool = False

    def space_name(self, app_name: str) -> str:
        """The Space's name, from the name of the app's Space beside it."""
        return app_name if self.name == APP.name else f"{app_name}-{self.name}"


APP = SpaceRole("app", "Folio", dataset="folio-results", stores_files=True, converts=True)
DASHBOARD = SpaceRole("dashboard", "Folio dashboard", dataset="", stores_files=False, converts=False, watches=True)

SPACE_ROLES = (APP, DASHBOARD)
ROLE_NAMES = tuple(role.name for role in SPACE_ROLES)


def role_named(name: str) -> SpaceRole:
    """The role of that name. Raises KeyError."""
    return {role.name: role for role in SPACE_ROLES}[name]
