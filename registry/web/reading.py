"""What views read from the store, each in one transaction: a resource and what its page needs."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, cast

from sqlalchemy import Connection

from registry.project.search import Hit, ListQuery
from registry.store import entities, records, releases, runs
from registry.store.entities import Published
from registry.store.releases import Release, Step
from registry.web.shown import Named, referenced_ids
from registry.web.wiring import services
from vocab.properties import ENTITY_TYPES, KINDS, Kind

_CONTACTS: Final = ("contact", "homepage")
_SHOWN_CHANGES: Final = 20
_LOOKED_AT: Final = 200  # of those that offer or seek, for one that fits


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One resource with the names of what it refers to, and of the hubs."""

    resource: Published
    names: Mapping[str, Named]
    hub_names: Mapping[str, Any]
    hub_contacts: Mapping[str, tuple[str, ...]]  # where each hub can be reached, the best first
    history: Sequence[Step]  # newest first, no more than are shown
    spoken: Mapping[int, Sequence[str]]  # which hubs last said something new in which release
    absorbed: Sequence[tuple[str, int]]  # ids of old that lead here, and the release of that


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedHub:
    """A hub as the release shows it."""

    id: str
    name: Any
    document: dict[str, Any]


def live_records(connection: Connection) -> Counter[str]:
    """By hub, how many of its records are published: counted once a release."""

    def counted() -> Counter[str]:
        total: Counter[str] = Counter()
        for source_id, numbers in records.counts(connection).items():
            total[source_id.partition("/")[0]] += numbers["live"]
        return total

    seen = releases.latest_number(connection)
    return services().in_force.once("live records", counted, seen)


def read_record(record_id: str) -> tuple[Read, Mapping[str, Any] | None, datetime | None] | None:
    """The entity of a record, the record as it is published in it, or when it was removed.

    None: no record of that id was ever published.
    """
    with services().store.read() as connection:
        stored = next(iter(records.stored(connection, [record_id])), None)
        if stored is None or stored.entity_id is None or stored.first_release is None:
            return None
        found = entities.published(connection, stored.entity_id)
        if found is None:
            return None
        said = found.document.get("records", ()) if found.state == "live" else ()
        record = next((one for one in said if one["id"] == record_id), None)
        if record is None and stored.removed_at is None:
            return None
        return read_around(connection, found), record, stored.removed_at


def latest_release() -> Release | None:
    """The release in force."""
    with services().store.read() as connection:
        return releases.latest(connection)


def hub_names() -> dict[str, Any]:
    """The names of all published hubs by id, each a language map; read once a release."""
    return services().in_force.once("hub names", _hub_names)


def _hub_names() -> dict[str, Any]:
    with services().store.read() as connection:
        return {hub.id: hub.name for hub in hubs_in(connection)}


def hubs_in(connection: Connection) -> list[PublishedHub]:
    """All published hubs by id, as this transaction sees them."""
    return [
        PublishedHub(id=one.id, name=one.document["name"], document=one.document)
        for one in entities.iterate(connection, kinds=["hub"], states=["live"])
    ]


def newest_that(does: Literal["offers", "seeks"]) -> list[Hit]:
    """The newest entities that offer, or seek, something; read once a release."""
    have = services()
    query = ListQuery(
        kind=None,
        sort="newest",
        size=_LOOKED_AT,
        now=have.now(),
        offers=does == "offers",
        seeks=does == "seeks",
    )
    return have.in_force.once(
        f"newest {does}", lambda: have.search.search(query, facets=False).hits
    )


def page_path(kind: str, entity_id: str) -> str:
    """The page of an entity of that kind."""
    return f"/{ENTITY_TYPES[cast(Kind, kind)].path}/{entity_id}"


def named(connection: Connection, ids: Iterable[str]) -> dict[str, Named]:
    """Path and name of each of these entities that is live; a merged id leads to its successor."""
    found = entities.resources(connection, ids)
    return {
        entity_id: Named(page_path(one.kind, entity_id), one.document["merged"]["name"])
        for entity_id, one in found.items()
        if one.state == "live" and one.kind in KINDS
    }


def names_of(ids: Iterable[str]) -> dict[str, Named]:
    """Path and name of each of these entities that is live."""
    with services().store.read() as connection:
        return named(connection, sorted(set(ids)))


def read_around(connection: Connection, found: Published) -> Read:
    """The resource with what its page needs."""
    wanted = set(referenced_ids(found.document)) if found.state == "live" else set()
    known = hubs_in(connection)
    return Read(
        resource=found,
        names=named(connection, sorted(wanted)),
        hub_names={hub.id: hub.name for hub in known},
        hub_contacts={
            hub.id: tuple(hub.document[key] for key in _CONTACTS if key in hub.document)
            for hub in known
        },
        history=releases.history(connection, found.id, _SHOWN_CHANGES),
        spoken=_spoken(connection, found) if found.state == "live" else {},
        absorbed=entities.absorbed(connection, found.id),
    )


def _spoken(connection: Connection, found: Published) -> dict[int, list[str]]:
    """By release, the hubs of whose records the content in force came with it."""
    said = {(one["hub"], int(one["run"].rsplit("/", 1)[1])) for one in found.document["records"]}
    hubs: dict[int, list[str]] = {}
    for (hub_id, _), release in sorted(runs.releases_of(connection, said).items()):
        if hub_id not in hubs.setdefault(release, []):
            hubs[release].append(hub_id)
    return hubs
