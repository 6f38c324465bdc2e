"""Whose IRIs a source may use as ids: its own, and not those of another hub or of ourselves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import Connection

from harvester.source import Source
from registry.iris import Iris
from registry.store import hubs


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """Beginnings of IRIs, spelt as by `_spelt`, as far as one source is concerned."""

    ours: str  # the registry's own
    own: tuple[str, ...]
    others: tuple[tuple[str, str], ...]  # (beginning, hub that it belongs to)

    def owner_of_foreign(self, local_id: str) -> str | None:
        """To whom an id belongs that this source may not use; None for one that it may.

        What only looks like an IRI is nobody's; whether it may be an id is for the rules to say.
        """
        if not local_id.startswith(_WEB):
            return None
        try:
            spelt = _spelt(local_id)
        except ValueError:
            return None
        if spelt.startswith(self.ours):
            return self.ours.rstrip("/")
        if spelt.startswith(self.own):
            return None
        return next((hub for start, hub in self.others if spelt.startswith(start)), None)


def ownership(conn: Connection, source: Source, iris: Iris) -> Ownership:
    """What the manifests of all hubs say about whose IRIs are whose.

    A source may always use the hosts of its own name, address and home page, and what its `own_ids`
    say; other hubs have the hosts of their sources' names, and their `own_ids`.
    """
    hub = hubs.hub(conn, source.hub_id)
    homepage = (hub.manifest.get("homepage") if hub else None) or ""
    others = {
        (start, other.hub_id)
        for other in hubs.sources(conn)
        if other.hub_id != source.hub_id and other.state not in ("removed", "refused")
        for start in (*_hosts([other.iri]), *_starts(other.manifest.get("own_ids", ())))
    }
    return Ownership(
        ours=f"{_spelt(iris.base).rstrip('/')}/",
        own=(*_hosts([source.iri, source.url, homepage]), *_starts(source.own_ids)),
        others=tuple(sorted(others)),
    )


_WEB = ("http://", "https://")


def _hosts(iris: Iterable[str]) -> Iterator[str]:
    for iri in iris:
        if iri.startswith(_WEB):
            yield f"{_spelt(iri).split('/')[0]}/"


def _starts(iris: Iterable[str]) -> Iterator[str]:
    return (_spelt(iri) for iri in iris if iri.startswith(_WEB))


def _spelt(iri: str) -> str:
    """Without what two spellings of one address differ in: scheme, case of the host, `www.`."""
    parts = urlsplit(iri)
    host = parts.netloc.rpartition("@")[2].lower().removeprefix("www.")
    rest = iri.partition("://")[2][len(parts.netloc) :]
    return f"{host}{rest}" if rest.startswith("/") else f"{host}/{rest}"
