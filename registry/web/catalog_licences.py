"""What the catalog's page tells of licences: which holds for what, and which are open."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from registry.publish.catalog_licence import is_open
from registry.web.reading import PublishedHub
from vocab.licences import licence_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Under:
    """One licence ("" where nobody stated one) with the hubs whose sources are under it."""

    iri: str
    name: str
    is_open: bool
    hubs: tuple[tuple[PublishedHub, tuple[str, ...]], ...]  # hub, its sources (none: all of it)


def by_licence(hubs: Sequence[PublishedHub]) -> list[Under]:
    """Each licence that hubs state, the open ones first, at last what is under none."""
    stated: dict[str, dict[str, list[str]]] = {}
    for hub in hubs:
        for source in hub.document.get("sources", ()):
            under = stated.setdefault(source["licence"], {})
            under.setdefault(hub.id, []).append(source["id"].partition("/")[2])
    known = {hub.id: hub for hub in hubs}
    found = [
        Under(
            iri="" if licence == "unknown" else licence,
            name=licence_name(licence),
            is_open=is_open(licence),
            hubs=tuple((known[id_], _parts(known[id_], some)) for id_, some in under.items()),
        )
        for licence, under in stated.items()
    ]
    return sorted(found, key=lambda one: (not one.is_open, not one.iri, one.name))


def _parts(hub: PublishedHub, sources: list[str]) -> tuple[str, ...]:
    """The sources by name where others of the hub are under another licence."""
    every: list[Any] = hub.document["sources"]
    return tuple(sources) if len(sources) < len(every) else ()
