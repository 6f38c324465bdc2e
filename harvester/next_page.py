"""Where a link to the next page may lead: on within the same source, and nowhere else."""

from pathlib import PurePosixPath
from posixpath import normpath
from urllib.parse import unquote

from harvester.errors import SourceError
from harvester.fetch import Page
from harvester.fetch.addresses import Target, parse_target, split_url
from harvester.source import Source


def checked_next(url: str | None, page: Page, source: Source) -> str | None:
    """The link to the next page, if it stays where the source or the page that names it stands.

    A hub says where its next page is, the operator where a source is: what private hosts and
    folders are open for one source are not open for the links of another.

    Raises:
        SourceError: it leads to another host, port or folder, or from https to http.
    """
    if url is None or any(_stays(url, from_url) for from_url in (source.url, page.url)):
        return url
    raise SourceError(
        "page.elsewhere",
        de=f"Die Seite {page.url} nennt als nächste Seite {url}; das liegt nicht auf demselben "
        "Server (Schema, Name, Port) oder im selben Ordner wie die Quelle. Bitte den Verweis im "
        "Hub berichtigen oder im Manifest die Adresse eintragen, unter der alle Seiten liegen. "
        "Veröffentlicht bleibt der letzte gute Stand.",
        en=f"The page {page.url} names {url} as its next page; that is not on the same server "
        "(scheme, name, port) or in the same folder as the source. Please correct the link in the "
        "hub, or enter in the manifest the address below which all pages are. The last good state "
        "stays published.",
    )


def same_folder(url: str, from_url: str) -> bool:
    """Whether a file is named by one of the same folder, or of one above it."""
    schemes = split_url(url).scheme, split_url(from_url).scheme
    return schemes == ("file", "file") and _file(url).is_relative_to(_file(from_url).parent)


def _stays(url: str, from_url: str) -> bool:
    if "file" in (split_url(url).scheme, split_url(from_url).scheme):
        return same_folder(url, from_url)
    to, where = parse_target(url), parse_target(from_url)
    same = (to.scheme, to.authority) == (where.scheme, where.authority)
    return same or _secured(to, where)


def _secured(to: Target, where: Target) -> bool:
    """The same host by https, which is how many hubs name their pages."""
    ports = (where.scheme, where.port, to.scheme, to.port)
    return to.host == where.host and ports == ("http", 80, "https", 443)


def _file(url: str) -> PurePosixPath:
    return PurePosixPath(normpath(unquote(split_url(url).path)))
