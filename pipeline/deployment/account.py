"""Whose token it is and what it may do, from the Hub's answer to ``whoami``.

The answer's keys are those of ``GET /api/whoami-v2``: ``name``, ``orgs``, ``isPro``, and ``auth.accessToken.role``,
which is ``read``, ``write`` or ``fineGrained``; a fine-grained token lists its permissions per owner in
``auth.accessToken.fineGrained.scoped``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from huggingface_hub import get_token

WRITE_PERMISSION = "repo.write"
ORGANISATION_ROLES = frozenset({"admin", "write", "contributor"})


class Access(StrEnum):
    """What the token may do. ``UNKNOWN`` where the Hub tells of a kind that this version does not understand."""

    READ = "read"
    WRITE = "write"
    FINE_GRAINED = "fine-grained"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Account:
    """The token's owner. ``writable`` are the names below which it may create and change repositories; None where the
    Hub does not tell, and an attempt will show.
    """

    name: str
    access: Access
    pays: bool
    writable: frozenset[str] | None

    def may_write(self, owner: str) -> bool:
        """Whether the token may change repositories of ``owner``, as far as the Hub tells."""
        return self.writable is None or owner in self.writable

    @property
    def sentence(self) -> str:
        """The token in words, without anything of it."""
        below = "" if self.writable is None else f", writes below {', '.join(sorted(self.writable)) or 'nothing'}"
        return f"a {self.access.value} token of {self.name}{below}"


ACCESS = {"read": Access.READ, "write": Access.WRITE, "fineGrained": Access.FINE_GRAINED}


def account_of(answer: Mapping[str, Any]) -> Account:
    """The account that ``whoami`` describes."""
    name = str(answer.get("name", ""))
    token = (answer.get("auth") or {}).get("accessToken") or {}
    access = ACCESS.get(str(token.get("role")), Access.UNKNOWN)
    return Account(name, access, bool(answer.get("isPro") or answer.get("canPay")), _writable(name, access, answer))


def _writable(name: str, access: Access, answer: Mapping[str, Any]) -> frozenset[str] | None:
    if access is Access.READ:
        return frozenset()
    if access is Access.UNKNOWN:
        return None
    if access is Access.WRITE:
        teams = [team for team in answer.get("orgs") or () if team.get("roleInOrg", "write") in ORGANISATION_ROLES]
        return frozenset({name, *(str(team.get("name")) for team in teams)})
    fine = answer["auth"]["accessToken"].get("fineGrained") or {}
    scopes = fine.get("scoped") or ()
    # A scope of one repository names it in full, which says nothing of its owner's other repositories.
    return frozenset(
        str((scope.get("entity") or {}).get("name"))
        for scope in scopes
        if WRITE_PERMISSION in (scope.get("permissions") or ())
    )


def token_here() -> str:
    """The token of whoever runs the command: HF_TOKEN, or that of ``hf auth login``; empty where there is none."""
    return get_token() or ""
