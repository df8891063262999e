"""Which addresses of the web are fetched: their form, and the networks in which their hosts may lie."""

import ipaddress
import socket
from collections.abc import Callable, Sequence

import httpx

from pipeline.errors import UrlMalformed, UrlNotPublic, UrlUnreachable

PORTS = {"http": 80, "https": 443}
"""Documents for everybody lie behind these two ports. Others belong to services that are no web servers, such as mail
and databases, and nobody shall make this server talk to them.
"""
URL_CHARS = 8000  # as many as RFC 9110, section 4.1, asks every server to take

Resolve = Callable[[str], Sequence[str]]
"""The network addresses of a host's name, as text. Raises OSError where there are none."""

# The IANA registries of special-purpose addresses (RFC 6890 and later), multicast, and Azure's address for its own
# machines, which looks public. Addresses that carry one of IPv4 inside (mapped, compatible, NAT64) lie outside the one
# network of IPv6 that is public; those of 6to4 and Teredo lie within and are named.
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
SPECIAL_NETWORKS: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = tuple(
    ipaddress.ip_network(name)
    for name in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        "168.63.129.16/32",
        *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
    )
)


def read_url(text: str) -> httpx.URL:
    """The address without its fragment. Raises UrlMalformed for one that is not fetched, wherever it leads."""
    try:
        url = httpx.URL(text.strip())
    except httpx.InvalidURL:
        raise UrlMalformed from None
    usual = PORTS.get(url.scheme)
    if len(text) > URL_CHARS or usual is None or not url.raw_host or url.userinfo:
        raise UrlMalformed
    if (usual if url.port is None else url.port) not in PORTS.values() or b"%" in url.raw_host:
        raise UrlMalformed
    return url.copy_with(fragment=None)


def system_addresses(host: str) -> tuple[str, ...]:
    """What this machine's resolver knows of the host, in the order in which to try."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(row[4][0]) for row in found))


def public_addresses(host: str, resolve: Resolve) -> tuple[str, ...]:
    """The host's network addresses, all of which are public. Raises UrlUnreachable where there are none, and
    UrlNotPublic where one is not public: such a host is not asked by its others either.
    """
    try:
        found = tuple(resolve(host))
    except (OSError, UnicodeError):  # the resolver encodes names by itself, and some cannot be
        raise UrlUnreachable from None
    if not found:
        raise UrlUnreachable
    if not all(is_public(address) for address in found):
        raise UrlNotPublic
    return found


def is_public(text: str) -> bool:
    """Whether anybody on the internet reaches this network address."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and (address not in GLOBAL_UNICAST or address.scope_id):
        return False
    special = any(address in network for network in SPECIAL_NETWORKS if network.version == address.version)
    return address.is_global and not address.is_multicast and not special
