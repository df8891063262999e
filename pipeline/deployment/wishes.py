"""From the options of the command to the Spaces that are wanted: names, variables and secrets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.deployment.account import Account
from pipeline.deployment.space_facts import WantedSpace
from pipeline.deployment.staged_tree import GRADIO, StagedTree, stage
from pipeline.errors import SecretValueMissing, SettingsError, TokenRightsMissing
from pipeline.settings import read_settings, setting_rows
from pipeline.space_roles import APP, SPACE_ROLES, SpaceRole

ZERO_GPU = "zero-a10g"
TOKEN_SECRET = "HF_TOKEN"  # noqa: S105  a name
SPACE_TOKEN = "FOLIO_SPACE_TOKEN"  # noqa: S105  a name


@dataclass(frozen=True, slots=True)
class DeployOptions:
    """What the command was asked for. ``space`` and ``bucket`` may lack their owner, which then is the token's."""

    space: str = "folio"
    roles: tuple[SpaceRole, ...] = (APP,)
    sdk: str = GRADIO
    private: bool = False
    hardware: str = ZERO_GPU
    bucket: str = ""
    with_bucket: bool = True
    dataset: str = ""
    dataset_private: bool = True
    variables: Mapping[str, str] = field(default_factory=dict)
    unset: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    rotate: tuple[str, ...] = ()


def wanted_spaces(
    options: DeployOptions,
    account: Account,
    token: str,
    environment: Mapping[str, str],
    staged: Callable[[SpaceRole, str], StagedTree] = stage,
) -> tuple[WantedSpace, ...]:
    """One Space for each role, the ones that others watch first; ``staged`` gives the files of a role and an SDK.

    Secrets' values come from ``environment``; the Space's own token is ``FOLIO_SPACE_TOKEN`` there, else ``token``.
    Raises TokenRightsMissing, SecretValueMissing and SettingsError.
    """
    owner, _, name = _below(account.name, options.space).partition("/")
    if not account.may_write(owner):
        raise TokenRightsMissing(f"write to repositories of {owner}")
    secrets = _secrets(options, token, environment)
    roles = sorted(options.roles, key=lambda role: role.watches)
    wanted = tuple(_wanted(options, role, owner, name, secrets, staged(role, options.sdk)) for role in roles)
    for space in wanted:
        read_settings({**space.variables, **space.secrets})
    return wanted


def space_id_of(options: DeployOptions, role: SpaceRole, account: Account) -> str:
    """The Space of a role, as owner/name."""
    owner, _, name = _below(account.name, options.space).partition("/")
    return f"{owner}/{role.space_name(name)}"


def _wanted(
    options: DeployOptions,
    role: SpaceRole,
    owner: str,
    app_name: str,
    secrets: Mapping[str, str],
    tree: StagedTree,
) -> WantedSpace:
    name = role.space_name(app_name)
    named = bool(options.bucket) and role is APP
    bucket = _below(owner, options.bucket if named else f"{name}-data")
    dataset = dataset_of(options, role, owner)
    return WantedSpace(
        space_id=f"{owner}/{name}",
        role=role,
        sdk=options.sdk,
        private=options.private,
        hardware=options.hardware,
        bucket_id=bucket if role.stores_files and options.with_bucket else "",
        dataset_id=dataset,
        tree=tree,
        variables=_variables(options, role, owner, dataset),
        secrets=secrets,
        rotate=frozenset(options.rotate),
        unset=frozenset(options.unset),
        bucket_named=named,
        dataset_private=options.dataset_private,
    )


def dataset_of(options: DeployOptions, role: SpaceRole, owner: str) -> str:
    """The dataset that a role's records go to; empty where it writes none. A name of one's own is that of the app."""
    name = options.dataset if role is APP and options.dataset else role.dataset
    return _below(owner, name) if name else ""


def _below(owner: str, name: str) -> str:
    return name if "/" in name else f"{owner}/{name}"


def _variables(options: DeployOptions, role: SpaceRole, owner: str, dataset: str) -> dict[str, str]:
    """The variables of the role, and on top of them those that were asked for."""
    values = {"SPACE_ROLE": role.name}
    if dataset:
        values[role.dataset_variable] = dataset
        values["RESULTS_PRIVATE"] = str(options.dataset_private).lower()
    if role.watches:
        watched = (dataset_of(options, other, owner) for other in SPACE_ROLES)
        values["DASHBOARD_DATASETS"] = ",".join(name for name in watched if name)
    return {name: value for name, value in {**values, **options.variables}.items() if name not in options.unset}


def _secrets(options: DeployOptions, token: str, environment: Mapping[str, str]) -> dict[str, str]:
    values = {TOKEN_SECRET: environment.get(SPACE_TOKEN) or token}
    for name in dict.fromkeys((*options.secrets, *options.rotate)):
        if name != TOKEN_SECRET:
            values[name] = environment.get(name, "")
        if not values[name]:
            raise SecretValueMissing(name)
    return values


def parse_variables(pairs: Sequence[str]) -> dict[str, str]:
    """``NAME=VALUE`` pairs as a mapping. Raises SettingsError for what is no setting, or is a secret."""
    rows = {row.variable: row for row in setting_rows()}
    values = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or name not in rows:
            raise SettingsError(f"--set takes NAME=VALUE with a setting of docs/settings.md; {name[:40]} is none.")
        if rows[name].secret:
            raise SettingsError(f"{name} is a secret, and variables are public; give it with --secret {name}.")
        values[name] = value
    return values


def secret_names() -> tuple[str, ...]:
    """What may be set as a secret: the token, and every setting that is one."""
    return (TOKEN_SECRET, *(row.variable for row in setting_rows() if row.secret))
