"""Who asks for runs, known by hashes only: enough to count a visitor's runs and to find their own work again, not to
name them.

A browser is known by a token of 128 random bits that the server made and the browser keeps; a signed-in user by name;
any other caller by network address, which is hashed with a key that lives as long as this process and is never written
down.
"""

import hashlib
import ipaddress
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.errors import VisitorMalformed

TOKEN = re.compile(r"[0-9a-f]{32}")
ADDRESS_KEY = secrets.token_bytes(32)
IPV6_SITE_BITS = 64  # one household or machine has at least this prefix to itself (RFC 6177)


@dataclass(frozen=True, slots=True)
class Visitor:
    """``owner`` is whose finished work may answer again, ``address`` where the caller sits; both hashes, empty where
    unknown.
    """

    owner: str = ""
    address: str = ""

    @property
    def key(self) -> str:
        """Whose runs count together, and take turns with everybody else's; empty for the owner's own programs."""
        return self.owner or self.address


NOBODY = Visitor()
"""Whoever works on this machine itself, such as the command line: no limit on runs, no work found again."""


def new_token() -> str:
    """What a browser is to keep and to show again: 128 random bits in hexadecimal."""
    return secrets.token_hex(16)


def identify(user: str = "", token: str = "", address: str = "") -> Visitor:
    """The visitor who is signed in as ``user``, else shows ``token``, else calls from ``address``.

    A user counts by name wherever they are, everybody else by address too. Raises VisitorMalformed for a token of
    another form, which somebody could guess.
    """
    if user:
        return Visitor(owner=_hash("user", user))
    if token and not TOKEN.fullmatch(token):
        raise VisitorMalformed
    return Visitor(_hash("browser", token) if token else "", _hash_address(address))


def client_address(peer: str, forwarded: Sequence[str]) -> str:
    """Where a request comes from. ``peer`` is the other end of the connection, ``forwarded`` what X-Forwarded-For
    lists.

    Behind a proxy, whose address is private, the last public entry counts: each proxy appends what it saw, and what
    stands before it is the caller's own word. A public peer is taken as it is.
    """
    if _public(peer):
        return peer
    return next((entry.strip() for entry in reversed(forwarded) if _public(entry.strip())), peer)


def _public(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).is_global
    except ValueError:
        return False


def _hash(kind: str, text: str) -> str:
    return hashlib.sha256(f"folio visitor {kind}\0{text}".encode("utf-8", errors="replace")).hexdigest()


def _hash_address(address: str) -> str:
    if not address:
        return ""
    return hashlib.blake2b(_site(address).encode(), key=ADDRESS_KEY, digest_size=16).hexdigest()


def _site(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, IPV6_SITE_BITS), strict=False))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
