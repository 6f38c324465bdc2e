"""Documents: their canonical form, and the published one, in which every node has its IRI."""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from vocab.canonical import (
    added_classes,
    canonical,
    canonical_bytes,
    kind_of,
    referred,
    sorted_set,
)
from vocab.iris import is_http_iri
from vocab.properties import ENTITY_TYPES, KINDS, NODE_TYPES, Kind, Property, Range, properties_of
from vocab.types import Document

__all__ = ["Resolve", "canonical", "canonical_bytes", "kind_of", "place", "sorted_set"]

Resolve = Callable[[str], str | None]
"""From the id in a reference to the IRI of the entity that it means, None where nobody knows it."""


def place(document: Document, *, subject: str, owner: str, resolve: Resolve) -> Document:
    """The document as it is published about the IRI `subject`, without blank nodes.

    Nested nodes get an IRI below `owner` (the record in its own graph, the entity in the merged
    one) that depends on nothing but their content, so equal nodes become one. A reference becomes
    the IRI that `resolve` gives; without one its name becomes an `Agent` node, an http(s) IRI
    without a name stays, and what is neither goes. The document should be canonical; a key that
    the property table does not hold goes. ValueError for a document that is of none of our kinds.
    """
    kind = kind_of(document)
    placed: Document = {"id": subject, "type": _all_types(kind, document)}
    placers = _PLACERS[kind]
    for name, value in document.items():
        placer = placers.get(name, _leave_out)
        put = placer(value, owner, resolve) if placer else (value, value)
        if put is not None:
            placed[name] = put[0]
    return placed


_Put = tuple[Any, Any]
"""A value as it is published, and the same without made-up ids, which is what ids are made from."""

_Placer = Callable[[Any, str, Resolve], _Put | None]
"""Places a value below an owner; None where nothing is left of it."""


def _leave_out(value: Any, owner: str, resolve: Resolve) -> None:
    """For a key that is not in the property table."""


def _all_types(kind: Kind, document: Document) -> list[str]:
    types, actor_types = document["type"], document.get("actorType", ())
    named = (types,) if isinstance(types, str) else tuple(types)
    return list(_types(kind, named, tuple(actor_types)))


@lru_cache(maxsize=1024)
def _types(kind: Kind, named: tuple[str, ...], actor_types: tuple[str, ...]) -> tuple[str, ...]:
    added = added_classes(kind, {"actorType": list(actor_types)})
    return tuple(dict.fromkeys((ENTITY_TYPES[kind].type, *added, *sorted(named))))


def _reference(prop: Property) -> _Placer:
    def place_reference(value: Any, owner: str, resolve: Resolve) -> _Put | None:
        named = isinstance(value, dict)
        given, name = (referred(value), value.get("name")) if named else (value, None)
        target = resolve(given) if given else None
        if target is None and given and not name and is_http_iri(given):
            target = given
        if target is not None:
            return target, target
        if not name:
            return None
        same = {"sameAs": [given]} if given and is_http_iri(given) else {}
        agent = {"type": "Agent", "name": name, **same}
        return {"id": _node_iri(owner, prop.name, agent), **agent}, agent

    return place_reference


def _node(prop: Property) -> _Placer:
    def place_node(value: Any, owner: str, resolve: Resolve) -> _Put | None:
        node_type = value["type"]
        content: Document = {"type": node_type}
        nested: Document = {}
        placers = _PLACERS[node_type]
        for name, said in value.items():
            placer = placers.get(name, _leave_out)
            put = placer(said, owner, resolve) if placer else (said, said)
            if put is not None:
                content[name] = put[1]
                if placer:
                    nested[name] = put[0]
        if len(content) == 1:
            return None
        return {"id": _node_iri(owner, prop.name, content), **content, **nested}, content

    return place_node


def _node_iri(owner: str, property_name: str, content: Document) -> str:
    return f"{owner}#{property_name}-{hashlib.sha256(canonical_bytes(content)).hexdigest()[:8]}"


def _many(place_one: _Placer) -> _Placer:
    """Each value once. IRIs before nodes, so that the order does not depend on the owner."""

    def place_all(value: Any, owner: str, resolve: Resolve) -> _Put | None:
        found: dict[tuple[bool, str], _Put] = {}
        for said in value:
            put = place_one(said, owner, resolve)
            if put is not None:
                is_node = isinstance(put[0], dict)
                found[is_node, put[0]["id"] if is_node else put[0]] = put
        ordered = [found[key] for key in sorted(found)]
        return ([put[0] for put in ordered], [put[1] for put in ordered]) if ordered else None

    return place_all


def _placer(prop: Property) -> _Placer | None:
    """None for a property whose values are published as they are."""
    if prop.range not in (Range.REFERENCE, Range.NODE):
        return None
    place_one = _reference(prop) if prop.range is Range.REFERENCE else _node(prop)
    return _many(place_one) if prop.many else place_one


_PLACERS: Final[dict[str, dict[str, _Placer | None]]] = {
    owner: {name: _placer(prop) for name, prop in properties_of(owner).items()}
    for owner in (*KINDS, *NODE_TYPES)
}
