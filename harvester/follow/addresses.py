"""Where an entry of a directory may lead: to documents of its members, and nowhere inside."""

from urllib.parse import urlsplit

from harvester.errors import SourceError
from harvester.fetch.addresses import Target, parse_target, split_url
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
            if _spelt(url) in (_spelt(source.url), _spelt(page_url)):
                return DIRECTORY
            named_by = (source.url, page_url)
            return None if any(same_folder(url, where) for where in named_by) else FILE
        target = parse_target(url)
    except SourceError as error:
        return reason_of(error)
    if target.url in (_spelt(source.url), _spelt(page_url)):
        return DIRECTORY
    if _below(target, own_base):
        return REGISTRY
    opened = {host.lower() for host in private_hosts}
    inside = all(_authority(where) in opened for where in (source.url, page_url))
    return INSIDE if target.authority in opened and not inside else None


def host_of(url: str) -> str:
    """The host of an address that may be asked; empty for files."""
    return "" if split_url(url).scheme == "file" else parse_target(url).host


def spelling(url: str) -> str:
    """One spelling of an address, so that those of several entries can be compared."""
    return _spelt(url)


def _spelt(url: str) -> str:
    try:
        return url if split_url(url).scheme == "file" else parse_target(url).url
    except SourceError:
        return url


def _authority(url: str) -> str:
    return "" if split_url(url).scheme == "file" else parse_target(url).authority


def _below(target: Target, base: str) -> bool:
    """Whether an address is this registry's own, by whichever scheme."""
    try:
        own = parse_target(base)
    except SourceError:
        return False
    paths = urlsplit(target.url).path, urlsplit(own.url).path.rstrip("/")
    same_host = (target.host, target.port) == (own.host, own.port) or (
        target.host == own.host and {target.port, own.port} == {80, 443}
    )
    return same_host and f"{paths[0].rstrip('/')}/".startswith(f"{paths[1]}/")
