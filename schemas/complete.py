"""How complete a description is: what is missing, and the score that a hub sees."""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Final

from schemas.rules import finding
from vocab.properties import Kind, Property, Range, properties_of
from vocab.types import Document, Finding

_WEIGHTS: Final = {"M": 2, "R": 1, "O": 0}
LACKING: Final = ("property.missing", "place.missing")
"""The rules that tell of what is missing; the path is a property of the document."""
PLACE: Final = "place"
PLACING: Final = (PLACE, "address")
"""Either of these says where something is; the other one is not missed then."""
WHERE: Final = frozenset({*PLACING, "location"})
"""Properties that can say where something is."""


def completeness(document: Document, kind: Kind) -> float:
    """How complete a document is, from 0 to 1.

    That is the share of its mandatory (weight 2) and recommended properties (weight 1). A
    place and an address count as one property of weight 1, which either of them fulfils.
    """
    total, weights = _weights(kind)
    there = sum(weight for name, weight in weights.items() if name in document)
    return (there + is_located(document)) / total


@cache
def wanted(kind: Kind) -> frozenset[str]:
    """The properties that a complete description states; a place or an address is `place`."""
    return frozenset({*_weights(kind)[1], PLACE})


def absent(document: Document, kind: Kind) -> list[Mapping[str, str]]:
    """The names, German and English, of what `completeness` misses in a document."""
    found = [
        _label(prop)
        for name, prop in properties_of(kind).items()
        if name in _weights(kind)[1] and name not in document
    ]
    return found if is_located(document) else [*found, _PLACE]


def missing(document: Document, kind: Kind) -> list[Finding]:
    """A warning for every mandatory or recommended property that is not there, the name excepted.

    A missing name is an error of its own. Nested nodes are looked at for what is mandatory in them.
    """
    found = [_missing(kind, "", name) for name in _weights(kind)[1] if name not in document]
    if not is_located(document):
        found.append(_NOWHERE)
    holders = _holders(kind)
    for name, value in document.items():
        if name not in holders:
            continue
        nodes = value if isinstance(value, list) else [value]
        for index, node in enumerate(nodes):
            if isinstance(node, dict) and "type" in node:
                path = f"/{name}/{index}" if nodes is value else f"/{name}"
                found += _missing_in_node(node, path, properties_of(kind)[name])
    return found


def is_located(document: Document) -> bool:
    """Whether the document says where: place, address, a venue with an address, or online."""
    return not document.keys().isdisjoint(PLACING) or any(
        isinstance(venue, dict) and ("address" in venue or venue.get("type") == "VirtualLocation")
        for venue in document.get("location", ())
    )


def _missing_in_node(node: Mapping[str, Any], path: str, holder: Property) -> list[Finding]:
    owner = node["type"]
    names = _mandatory(owner) if isinstance(owner, str) else ()
    return [_missing(owner, path, name, holder) for name in names if name not in node]


@cache
def _holders(kind: Kind) -> frozenset[str]:
    """The properties of a kind whose values may be nested nodes; most are none."""
    ranges = (Range.NODE, Range.REFERENCE)
    return frozenset(p.name for p in properties_of(kind).values() if p.range in ranges)


@cache
def _mandatory(node_type: str) -> tuple[str, ...]:
    props = properties_of(node_type)
    return tuple(name for name, prop in props.items() if prop.level_for(node_type) == "M")


@cache
def _weights(kind: Kind) -> tuple[int, dict[str, int]]:
    """The highest score, and the weight of each property that counts (the place apart)."""
    weights = {
        prop.name: _WEIGHTS[prop.level_for(kind)]
        for prop in properties_of(kind).values()
        if prop.name not in PLACING and prop.level_for(kind) != "O"
    }
    return sum(weights.values()) + 1, weights


@lru_cache(10_000)  # most records miss something, and the same few things
def _missing(owner: str, path: str, name: str, holder: Property | None = None) -> Finding:
    label = _label(properties_of(owner)[name])
    if holder:  # or a venue without a name would read as if the event had none
        label = {tag: f"{words} ({_label(holder)[tag]})" for tag, words in label.items()}
    return finding("property.missing", path=f"{path}/{name}", property=label)


def _label(prop: Property) -> Mapping[str, str]:
    return {"de": prop.de, "en": prop.en}


_PLACE: Final[Mapping[str, str]] = {"de": "Ort oder Anschrift", "en": "place or address"}
_NOWHERE: Final = finding("place.missing", path=f"/{PLACE}")
