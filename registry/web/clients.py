"""Who asks: the client's address as far as it may be believed, and whether it is one of ours."""

from collections.abc import Iterable, Mapping
from ipaddress import IPv6Address, ip_address
from typing import Any, Final

from registry.setting_values import Network

_FORWARDED: Final = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")
_LOOPBACK: Final = frozenset(("127.0.0.1", "::1"))


def client_of(environ: Mapping[str, Any]) -> str:
    """The key by which a client is counted: an IPv4 address, or the /64 of an IPv6 address.

    One IPv6 customer has at least a /64, so single addresses say nothing. Behind a proxy the
    address is that of the client only where the setting `trusted_proxies` says so (app.py).
    """
    address = str(environ.get("REMOTE_ADDR", ""))
    if ":" not in address:
        return address[:15]
    try:
        parsed = IPv6Address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return parsed.packed[:8].hex()


def is_this_machine(environ: Mapping[str, Any]) -> bool:
    """Whether a program of this machine asks for itself.

    A loopback peer that passes others' requests on says so in a header, and is none.
    """
    return environ.get("REMOTE_ADDR") in _LOOPBACK and _asks_for_itself(environ)


def is_within(environ: Mapping[str, Any], networks: Iterable[Network]) -> bool:
    """Whether the client lies in one of the networks, and asks for itself."""
    if not _asks_for_itself(environ):
        return False
    try:
        address = ip_address(str(environ.get("REMOTE_ADDR", "")))
    except ValueError:
        return False
    return any(address in network for network in networks)


def _asks_for_itself(environ: Mapping[str, Any]) -> bool:
    return not any(name in environ for name in _FORWARDED)
