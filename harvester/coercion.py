"""Values from a hub made into a document by the property table."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import orjson

from harvester.languages import read_language
from harvester.notes import Notes
from harvester.personal import MASK
from harvester.place_names import with_districts
from harvester.place_values import read_place
from harvester.places import country_code, read_postcode
from harvester.scalars import Read, read_id, read_text, scalar_reader
from harvester.texts import one_line
from harvester.values import Fields, Value
from schemas.limits import longest, most
from vocab.properties import Property, Range, properties_of
from vocab.types import Document

_PLAIN: Final[dict[str, str]] = {
    "Address": "fullAddress",
    "Agent": "name",
    "Audience": "name",
    "Demand": "name",
    "EventSeries": "name",
    "Geometry": "asWKT",
    "MonetaryGrant": "name",
    "Offer": "name",
    "Place": "name",
    "VirtualLocation": "url",
}
"""What a bare text means where a nested node is expected."""

_MOST_SHOWN: Final = 100
"""Values that are read where one would do, to say how many more there are."""

_LONGEST_PLACE: Final = 100
"""Characters of what is looked up as a key or name of a place."""

_SORTED: Final = orjson.OPT_SORT_KEYS
_ReadAll = Callable[[list[Value], Notes], Any]
"""From all values of a property to what stands in a document; None or empty where nothing is."""


def coerce(owner: str, fields: Fields, notes: Notes) -> Document:
    """The document of a kind or node type from values by property; the unreadable is reported."""
    document: Document = {}
    outer = notes.path
    readers = _readers(owner)
    for name, values in fields.items():
        read = readers.get(name)
        if read is None or not values:
            continue  # of another kind: one mapping may serve several
        notes.path = f"{outer}/{name}"
        if name == "postCode":
            values = _postcodes(values, _country_of(fields), notes)
        elif name == "place":
            values = [read for value in values for read in _place(value, notes)]
        result = read(values, notes)
        if result or result is False:
            document[name] = result
    notes.path = outer
    return document


@cache
def _readers(owner: str) -> Mapping[str, _ReadAll]:
    """The reading of each property of a kind or node type, made once from the property table."""
    return {
        name: _texts(prop) if prop.range is Range.TEXT else _others(prop, _reader(prop))
        for name, prop in properties_of(owner).items()
    }


def _texts(prop: Property) -> _ReadAll:
    limit, is_name = longest(prop), "name" in prop.name.lower()

    def read_texts(values: list[Value], notes: Notes) -> dict[str, Any]:
        by_language: dict[str, dict[str, None]] = {}  # an ordered set for each
        for value in values:
            text = read_text(value.raw, limit, notes)
            if not text:
                continue
            if is_name and "\n" in text:
                text = one_line(text)
            by_language.setdefault(_language(value.lang, notes), {})[text] = None
        if prop.many:
            return {language: list(texts) for language, texts in by_language.items()}
        extra = [text for texts in by_language.values() for text in [*texts][1:]]
        if extra:
            notes.add("value.extra", "; ".join(extra), count=len(extra))
        return {language: next(iter(texts)) for language, texts in by_language.items()}

    return read_texts


def _language(said: str | None, notes: Notes) -> str:
    if not said:
        notes.untagged += 1
        return notes.language or "und"
    tag = read_language(said)
    if tag is None:
        notes.add("value.bad-language", said)
    return tag or "und"


def _others(prop: Property, read: Read) -> _ReadAll:
    enough = max(most(prop), _MOST_SHOWN)

    def read_others(values: list[Value], notes: Notes) -> Any:
        different: dict[Any, Any] = {}
        for value in values:
            result = read(value.raw, notes)
            if result or result is False:
                different.setdefault(_key(result) if len(values) > 1 else None, result)
            # One too many is enough for the schema to refuse them all.
            if len(different) > enough:
                break
        results = list(different.values())
        if prop.many:
            return results
        if len(results) > 1:
            notes.add("value.extra", "; ".join(map(str, results[1:])), count=len(results) - 1)
        return results[0] if results else None

    return read_others


def _key(result: Any) -> Any:
    """What equal values have in common; nodes cannot be keys themselves."""
    return result if isinstance(result, str | bool) else orjson.dumps(result, option=_SORTED)


def _reader(prop: Property) -> Read:
    if prop.range is Range.REFERENCE:
        return _reference
    return _node(prop) if prop.range is Range.NODE else scalar_reader(prop)


def _reference(raw: Any, notes: Notes) -> Any:
    if not isinstance(raw, Fields):
        return read_id(raw)
    said = {key: raw[key] for key in ("id", "name") if raw.get(key)}
    target = read_id(said["id"][0].raw) if "id" in said else None
    named = coerce("Agent", Fields(name=said["name"]), notes) if "name" in said else {}
    if target and not named:
        return target
    return ({"id": target} if target else {}) | named


def _node(prop: Property) -> Read:
    def read_node(raw: Any, notes: Notes) -> Document | None:
        said = [str(value.raw) for value in raw.get("type", ())] if isinstance(raw, Fields) else []
        node_type = next((word for word in said if word in prop.nodes), prop.nodes[0])
        if not isinstance(raw, Fields):
            plain = _PLAIN.get(node_type)
            if plain is None:
                notes.add("value.form", raw, expected=node_type)
                return None
            raw = Fields({plain: [Value(raw)]})
        node = coerce(node_type, raw, notes)
        if not node:
            return None
        missing = [name for name in _needed(node_type) if name not in node]
        if missing:
            # What was taken out of the stored form as personal was told of when that was done.
            if any(MASK in str(value.raw) for name in missing for value in raw.get(name, ())):
                return None
            notes.add("value.form", node, expected=f"{node_type}.{', '.join(missing)}")
            return None
        return {"type": node_type, **node}

    return read_node


@cache
def _needed(node_type: str) -> tuple[str, ...]:
    """What a node says nothing without; but a venue may be given by its address alone."""
    props = properties_of(node_type).items()
    needed = (name for name, prop in props if prop.level_for(node_type) == "M")
    return tuple(name for name in needed if (name, node_type) != ("name", "Place"))


def _country_of(fields: Fields) -> str | None:
    said = fields.get("adminUnitL1")
    return country_code(str(said[0].raw)) if said else None


def _place(value: Value, notes: Notes) -> list[Value]:
    """An address as it is; a key, a code or a name as the address of what it names."""
    text = value.raw
    if not isinstance(text, str | int) or "://" in str(text) or len(str(text)) > _LONGEST_PLACE:
        return [value]
    read = read_place(str(text))
    if read.several:
        notes.add("place.ambiguous", text, candidates=with_districts(read.several))
        return []
    return [Value(read.iri)] if read.iri else [value]


def _postcodes(values: list[Value], country: str | None, notes: Notes) -> list[Value]:
    read = []
    for value in values:
        text, mended = read_postcode(value.raw, country)
        if text is None:
            notes.add("postcode.bad", value.raw)
            continue
        if mended:
            notes.add("postcode.mended", value.raw, mended=text)
        read.append(Value(text))
    return read
