"""Values from a hub made into a document by the property table."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from harvester.languages import read_language
from harvester.notes import Notes
from harvester.places import country_code, read_postcode
from harvester.scalars import SCALARS, read_id, read_text
from harvester.texts import one_line
from harvester.values import Fields, Value
from schemas.limits import longest
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


def coerce(owner: str, fields: Fields, notes: Notes) -> Document:
    """The document of a kind or node type from values by property; the unreadable is reported."""
    document: Document = {}
    outer = notes.path
    country = _country_of(fields, notes) if owner == "Address" else None
    known = properties_of(owner)
    for name, values in fields.items():
        prop = known.get(name)
        if prop is None or not values:
            continue  # of another kind: one mapping may serve several
        notes.path = f"{outer}/{name}"
        if name == "postCode":
            values = _postcodes(values, country, notes)
        result = (
            _texts(prop, values, notes)
            if prop.range is Range.TEXT
            else _others(prop, values, notes)
        )
        if result not in (None, [], {}):
            document[name] = result
    notes.path = outer
    return document


def _texts(prop: Property, values: list[Value], notes: Notes) -> dict[str, Any]:
    limit, is_name = longest(prop), "name" in prop.name.lower()
    by_language: dict[str, list[str]] = {}
    for value in values:
        text = read_text(value.raw, limit, notes)
        if not text:
            continue
        if is_name:
            text = one_line(text)
        known = by_language.setdefault(_language(value.lang, notes), [])
        if text not in known:
            known.append(text)
    if prop.many:
        return dict(by_language)
    extra = [text for texts in by_language.values() for text in texts[1:]]
    if extra:
        notes.add("value.extra", "; ".join(extra), count=len(extra))
    return {language: texts[0] for language, texts in by_language.items()}


def _language(said: str | None, notes: Notes) -> str:
    if not said:
        notes.untagged += 1
        return notes.language or "und"
    tag = read_language(said)
    if tag is None:
        notes.add("value.bad-language", said)
    return tag or "und"


def _others(prop: Property, values: Iterable[Value], notes: Notes) -> Any:
    read = _READERS[prop.range]
    results: list[Any] = []
    for value in values:
        result = read(prop, value.raw, notes)
        if result not in (None, "", {}) and result not in results:
            results.append(result)
    if prop.many:
        return results
    if len(results) > 1:
        notes.add("value.extra", "; ".join(map(str, results[1:])), count=len(results) - 1)
    return results[0] if results else None


def _reference(prop: Property, raw: Any, notes: Notes) -> Any:
    if not isinstance(raw, dict):
        return read_id(raw)
    said = {key: raw[key] for key in ("id", "name") if raw.get(key)}
    target = read_id(said["id"][0].raw) if "id" in said else None
    named = coerce("Agent", {"name": said["name"]}, notes) if "name" in said else {}
    if target and not named:
        return target
    return ({"id": target} if target else {}) | named


def _node(prop: Property, raw: Any, notes: Notes) -> Document | None:
    said = [str(value.raw) for value in raw.get("type", [])] if isinstance(raw, dict) else []
    node_type = next((word for word in said if word in prop.nodes), prop.nodes[0])
    if not isinstance(raw, dict):
        plain = _PLAIN.get(node_type)
        if plain is None:
            notes.add("value.form", raw, expected=node_type)
            return None
        raw = {plain: [Value(raw)]}
    node = coerce(node_type, raw, notes)
    missing = [
        p.name
        for p in properties_of(node_type).values()
        if p.name not in node and p.level_for(node_type) == "M" and _needed(p.name, node_type)
    ]
    if not node:
        return None
    if missing:
        notes.add("value.form", node, expected=f"{node_type}.{', '.join(missing)}")
        return None
    return {"type": node_type, **node}


def _needed(name: str, node_type: str) -> bool:
    # A venue may be given by its address alone.
    return not (name == "name" and node_type == "Place")


def _country_of(fields: Fields, notes: Notes) -> str | None:
    said = fields.get("adminUnitL1")
    return country_code(str(said[0].raw)) if said else None


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


_READERS: Final[dict[Range, Callable[[Property, Any, Notes], Any]]] = {
    **SCALARS,
    Range.REFERENCE: _reference,
    Range.NODE: _node,
}
