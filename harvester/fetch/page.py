"""What a fetch is given and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """What one page may cost; redirects included, since they belong to the same fetch."""

    connect_timeout_s: float = 10.0  # for one address, TLS handshake included
    read_timeout_s: float = 30.0  # of silence
    total_timeout_s: float = 300.0  # whatever the server does; looking up names comes on top
    max_page_bytes: int = 100 * 2**20  # on the wire, headers included
    max_decoded_bytes: int = 500 * 2**20  # after decompression
    max_redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchPolicy:
    """What the operator allows; comes from the settings, never from a manifest."""

    user_agent: str  # product/version (+contact)
    private_hosts: frozenset[str] = frozenset()  # "host:port" that may be private or loopback
    file_roots: tuple[Path, ...] = ()  # file: URLs only below these folders
    ca_bundle: Path | None = None  # certificates to trust in place of certifi's
    offline: bool = False  # nothing is fetched but files and what private_hosts names


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a hub gave with a page so that we can ask whether it has changed (RFC 9110, 8.8)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One response: complete and decoded, or `body` None when the hub said "not modified"."""

    url: str  # after redirects
    status: int
    media_type: str | None  # lower case, without parameters
    charset: str | None
    validators: Validators
    links: Mapping[str, str]  # RFC 8288 relation -> absolute http(s) URL
    body: bytes | None
    sha256: str  # of the body, hex; empty without one
    # False when the end of the page was only the end of the connection: a break in between
    # would have looked the same, so such a page does not prove that it is whole.
    end_proven: bool = True
    # What a format has made of the body, by source: parsing is dear, and lives as long as the page.
    made: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
