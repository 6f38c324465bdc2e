"""References from a record to other things: the hub's own ids before linking, entities after."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from registry.iris import ENTITY_PATH
from vocab.iris import is_http_iri
from vocab.properties import Property, Range, properties_of
from vocab.types import Document

Resolve = Callable[[str], str | None]
"""A hub's id of a thing -> id of the entity that holds its record, or None."""


def targets_of(document: Document, owner: str) -> Iterator[tuple[str, str]]:
    """(property, the hub's id) of all that a record document of the kind `owner` points at."""
    for prop, value in _stated(document, owner):
        if prop.range is Range.REFERENCE:
            for reference in value if isinstance(value, list) else [value]:
                target = reference if isinstance(reference, str) else reference.get("id")
                if target:
                    yield prop.name, target
        else:
            for node in value if isinstance(value, list) else [value]:
                yield from targets_of(node, node["type"])


def resolve_references(document: Document, owner: str, resolve: Resolve, itself: str) -> Document:
    """The document with every reference to a known thing replaced by our path to its entity.

    What nobody knows keeps its name, or else its web address; with neither it says nothing and
    goes. A reference of an entity to itself (`itself` is its id) goes as well: two merged records
    may yield one.
    """
    resolved = dict(document)
    for prop, value in _stated(document, owner):
        values = value if isinstance(value, list) else [value]
        if prop.range is Range.REFERENCE:
            kept = [_resolved(reference, resolve, itself) for reference in values]
            kept = [reference for reference in kept if reference]
        else:
            kept = [resolve_references(node, node["type"], resolve, itself) for node in values]
        if kept:
            resolved[prop.name] = kept if prop.many else kept[0]
        else:
            del resolved[prop.name]
    return resolved


def _stated(document: Document, owner: str) -> Iterator[tuple[Property, Any]]:
    for prop in _pointing(owner):
        if prop.name in document:
            yield prop, document[prop.name]


@cache
def _pointing(owner: str) -> tuple[Property, ...]:
    """The properties of a kind or node type that hold references, or nodes that may hold some."""
    props = properties_of(owner).values()
    return tuple(prop for prop in props if prop.range in (Range.REFERENCE, Range.NODE))


def _resolved(reference: Any, resolve: Resolve, itself: str) -> Any:
    named = isinstance(reference, dict)
    target = reference.get("id") if named else reference
    entity_id = resolve(target) if target else None
    if entity_id:
        return None if entity_id == itself else ENTITY_PATH + entity_id
    if named and "name" in reference:
        return {"type": "Agent", "name": reference["name"]}
    return target if target and is_http_iri(target) else None
