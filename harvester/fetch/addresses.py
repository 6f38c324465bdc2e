"""Where a URL leads, and whether we may go there: hosts, ports and network addresses."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit, urlunsplit

import idna

from harvester.fetch.problems import problem

Resolve = Callable[[str, int], list[str]]

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.(?!-)[a-z0-9_-]{1,63})*")
# The URL standard reads a host as an IPv4 address as soon as its last label is a number, and
# operating systems read 2130706433, 0x7f.1 and 127.1 as 127.0.0.1.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")

# From the IANA registries of special-purpose addresses. Written out, because what
# `ipaddress.is_global` says changes between Python versions. The first match counts.
_NETWORKS: tuple[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, str], ...] = tuple(
    (ipaddress.ip_network(network), kind)
    for network, kind in (
        ("127.0.0.0/8", "loopback"),
        ("::1/128", "loopback"),
        ("10.0.0.0/8", "private"),
        ("172.16.0.0/12", "private"),
        ("192.168.0.0/16", "private"),
        ("fd00:ec2::254/128", "cloud metadata"),
        ("fd20:ce::254/128", "cloud metadata"),
        ("fc00::/7", "private"),
        ("100.100.100.200/32", "cloud metadata"),
        ("100.64.0.0/10", "shared, RFC 6598"),
        ("168.63.129.16/32", "cloud metadata"),
        ("0.0.0.0/8", "unspecified"),
        ("::/128", "unspecified"),
        ("169.254.0.0/16", "link-local"),
        ("fe80::/10", "link-local"),
        ("224.0.0.0/4", "multicast"),
        ("ff00::/8", "multicast"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("2002::/16", "6to4"),
        ("192.88.99.0/24", "6to4"),
        ("2001::/32", "Teredo"),
        ("2001::/23", "reserved"),
        ("192.0.0.0/24", "reserved"),
        ("198.18.0.0/15", "benchmarking"),
        ("192.0.2.0/24", "documentation"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"),
        ("240.0.0.0/4", "reserved"),
    )
)
_PUBLIC_IPV6 = ipaddress.ip_network("2000::/3")
_ALLOWABLE = frozenset({"loopback", "private", "shared, RFC 6598"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where an http(s) URL leads, in one spelling: ASCII, lower case, one way to write an IP."""

    url: str  # without fragment
    scheme: str
    host: str  # a name, or an IP address without brackets
    port: int

    @property
    def host_header(self) -> str:
        """The value of `Host`: the default port is left out (RFC 9110, 7.2)."""
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{_bracketed(self.host)}{port}"

    @property
    def authority(self) -> str:
        """`host:port`, the spelling of `FetchPolicy.private_hosts`."""
        return f"{_bracketed(self.host)}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The addresses of a target, all of them checked; connect to these and to no others."""

    addresses: tuple[str, ...]
    private: bool  # at least one is not on the public internet


def parse_target(url: str) -> Target:
    """Read an absolute http(s) URL; raises SourceError for anything doubtful in it."""
    parts = split_url(url)
    if parts.scheme not in _DEFAULT_PORTS:
        raise problem("fetch.scheme", url=url)
    if "@" in parts.netloc:
        raise problem("fetch.userinfo", url=urlunsplit(parts._replace(netloc="…")))
    try:
        host, port = _ascii_host(parts.hostname or ""), parts.port
    except ValueError as error:  # idna's errors are ValueErrors too
        raise problem("fetch.url", url=url, reason=error) from error
    if port == 0:
        raise problem("fetch.url", url=url, reason="port 0")
    netloc = _bracketed(host) + (f":{port}" if port else "")
    return Target(
        url=urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, "")),
        scheme=parts.scheme,
        host=host,
        port=port or _DEFAULT_PORTS[parts.scheme],
    )


def split_url(url: str) -> SplitResult:
    """`urlsplit` for strangers' URLs; raises SourceError where programs would read differently."""
    if re.search(r"[\x00-\x1f\x7f]", url):
        raise problem("fetch.url", url=url, reason="control character")
    try:
        return urlsplit(url)
    except ValueError as error:
        raise problem("fetch.url", url=url, reason=error) from error


def system_resolve(host: str, port: int) -> list[str]:
    """All addresses of a name, as the operating system orders them; raises OSError.

    It cannot be interrupted: its patience is the one of /etc/resolv.conf.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def find_route(
    target: Target,
    resolve: Resolve,
    private_hosts: frozenset[str],
) -> Route:
    """Look the target up once and check every answer; raises SourceError.

    One answer that is neither public nor allowed refuses the whole target: a name that points
    both outward and inward is an attack or a mistake.
    """
    allowed = is_allowed(target, private_hosts)
    private = False
    addresses = _addresses(target, resolve)
    for address in addresses:
        network = special_network(address)
        if network is None:
            continue
        if not (allowed and network in _ALLOWABLE):
            raise problem(
                "fetch.address_refused",
                authority=target.authority,
                address=address,
                network=network,
            )
        private = True
    return Route(addresses=addresses, private=private)


def is_allowed(target: Target, private_hosts: frozenset[str]) -> bool:
    """Whether the operator names the target's host and port as one that may be private."""
    return target.authority in {entry.lower() for entry in private_hosts}


def special_network(address: str) -> str | None:
    """What kind of special network an address belongs to; None on the public internet.

    Raises ValueError if it is no IP address.
    """
    ip = ipaddress.ip_address(address)
    for network, kind in _NETWORKS:
        if ip in network:
            return kind
    if ip.version == 6 and ip not in _PUBLIC_IPV6:
        return "reserved"
    return None


def _addresses(target: Target, resolve: Resolve) -> tuple[str, ...]:
    if _is_ip(target.host):
        return (target.host,)
    try:
        # Through `ip_address` once, so that what is checked and what is dialled are one string.
        found = tuple(
            str(ipaddress.ip_address(answer)) for answer in resolve(target.host, target.port)
        )
    except (OSError, ValueError) as error:
        raise problem("fetch.dns", authority=target.authority, reason=error) from error
    if not found:
        raise problem("fetch.dns", authority=target.authority, reason="no address")
    return found


def _ascii_host(host: str) -> str:
    """The host in lower-case ASCII (UTS 46), or an IP address; raises ValueError."""
    if "%" in host:
        raise ValueError("no zone or percent-encoding in a host")
    if ":" in host:
        return str(ipaddress.IPv6Address(host))  # refuses what is no IPv6 address
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode("ascii")
    host = host.lower().removesuffix(".")
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        return str(ipaddress.IPv4Address(host))  # four decimal numbers, nothing shorter or octal
    if len(host) > 253 or not _HOST_NAME.fullmatch(host):
        raise ValueError("no valid host name")
    return host


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
