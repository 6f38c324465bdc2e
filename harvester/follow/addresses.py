"""Where an entry of a directory may lead: to documents of its members, and nowhere inside."""

from functools import lru_cache
from urllib.parse import urlsplit

from harvester.errors import SourceError
from harvester.fetch.addresses import Target, is_allowed, parse_target, split_url
from harvester.follow.reasons import DIRECTORY, FILE, INSIDE, REGISTRY, Reason, reason_of
from harvester.next_page import same_folder
from harvester.source import Source


def leads_astray(
    url: str, *, page_url: str, source: Source, private_hosts: frozenset[str], own_base: str
) -> Reason | None:
    """Why the address that an entry on a page names is not to be asked, or None where it may be.

    What the operator opened inside is open for entries of a directory that lies there itself, not
    for what a directory on the public internet writes. Files lead to files of their folder alone.
    """
    try:
        if split_url(url).scheme == "file":
            if url in (source.url, page_url):
                return DIRECTORY
            named_by = (source.url, page_url)
            return None if any(same_folder(url, where) for where in named_by) else FILE
        target = parse_target(url)
    except SourceError as error:
        return reason_of(error)
    if target.url in (spelling(source.url), spelling(page_url)):
        return DIRECTORY
    if _below(target, own_base):
        return REGISTRY
    inside = all(_lies_inside(where, private_hosts) for where in (source.url, page_url))
    return INSIDE if is_allowed(target, private_hosts) and not inside else None


def host_of(url: str) -> str:
    """The host of an address that may be asked; empty for files."""
    return "" if split_url(url).scheme == "file" else parse_target(url).host


@lru_cache(maxsize=100)  # each entry is compared with the same few
def spelling(url: str) -> str:
    """One spelling of an address, so that those of several entries can be compared."""
    try:
        return url if split_url(url).scheme == "file" else parse_target(url).url
    except SourceError:
        return url


@lru_cache(maxsize=100)
def _lies_inside(url: str, private_hosts: frozenset[str]) -> bool:
    return split_url(url).scheme != "file" and is_allowed(parse_target(url), private_hosts)


def _below(target: Target, base: str) -> bool:
    """Whether an address is this registry's own, by whichever scheme."""
    own = _target(base)
    if own is None or target.host != own.host:
        return False
    same_port = target.port == own.port or {target.port, own.port} == {80, 443}
    path, below = urlsplit(target.url).path.rstrip("/"), urlsplit(own.url).path.rstrip("/")
    return same_port and f"{path}/".startswith(f"{below}/")


@lru_cache(maxsize=100)
def _target(url: str) -> Target | None:
    try:
        return parse_target(url)
    except SourceError:
        return None
