"""Reads documents of our own shape leniently: JSON-LD spellings of values are understood too."""

from typing import Any, Final

from harvester.values import Fields, Value, leaves
from vocab.properties import ENTITY_TYPES, Kind, Property, Range, properties_of
from vocab.terms import PREFIXES

RECORD_KEYS: Final = ("@context", "id", "@id", "type", "@type", "modified", "page", "source")
"""Keys of a document that speak of the record, not of a property."""

PERSON_TYPES: Final = frozenset(
    name
    for prefix in ("", "foaf:", "schema:", "schemahttp:", "vcard:", "person:")
    for name in (f"{prefix}Person", f"{prefix}Individual")
) | {
    PREFIXES["foaf"] + "Person",
    PREFIXES["schema"] + "Person",
    "http://schema.org/Person",
    PREFIXES["vcard"] + "Individual",
    "http://www.w3.org/ns/person#Person",
}

_KINDS: Final[dict[str, Kind]] = {
    name: kind
    for kind, entity_class in ENTITY_TYPES.items()
    for name in (entity_class.type, entity_class.iri, kind)
}


def types_of(document: dict[str, Any]) -> list[str]:
    """The type words of a document."""
    given = document.get("type", document.get("@type", []))
    return [
        word for word in (given if isinstance(given, list) else [given]) if isinstance(word, str)
    ]


def kind_of(document: dict[str, Any]) -> Kind | None:
    """The kind that a document's type tells, or None."""
    return next((_KINDS[word] for word in types_of(document) if word in _KINDS), None)


def id_of(document: dict[str, Any]) -> Any:
    """The id as given; it may still be of the wrong form."""
    return document.get("id", document.get("@id"))


def own_fields(owner: str, document: dict[str, Any]) -> tuple[Fields, list[str]]:
    """The values of a document by property, and the paths of what the vocabulary does not know."""
    fields = Fields()
    unknown: list[str] = []
    known = properties_of(owner)
    for key, given in document.items():
        prop = known.get(key)
        if prop is not None:
            fields[key] = _values(prop, given, key, unknown)
        elif key not in RECORD_KEYS and given not in (None, "", [], {}):
            unknown.append(key)
    return fields, unknown


def _values(prop: Property, given: Any, path: str, unknown: list[str]) -> list[Value]:
    if isinstance(given, str):  # the two most frequent makes of a value
        text = given.strip()
        return [Value(text)] if text else []
    if isinstance(given, dict) and prop.range is Range.TEXT:
        return _texts(given)
    values: list[Value] = []
    for entry in leaves(given):
        if not isinstance(entry, dict):
            values.append(Value(entry))
        elif prop.range is Range.TEXT:
            values += _texts(entry)
        elif prop.range is Range.REFERENCE:
            values.append(Value(_reference(entry)))
        elif prop.range is Range.NODE:
            mark = "[]" if isinstance(given, list) else ""
            values.append(Value(_node(prop, entry, f"{path}{mark}", unknown)))
        elif "@id" in entry or "id" in entry:
            values.append(Value(entry.get("@id", entry.get("id"))))
        else:
            values.append(Value(entry.get("@value", entry)))
    return values


def _texts(entry: dict[str, Any]) -> list[Value]:
    if "@value" in entry:
        return [Value(entry["@value"], entry.get("@language"))]
    return [Value(text, language) for language, texts in entry.items() for text in leaves(texts)]


def _reference(entry: dict[str, Any]) -> Fields:
    fields, target, name = Fields(), id_of(entry), entry.get("name")
    if target:
        fields["id"] = [Value(target)]
    if name:
        fields["name"] = _texts(name) if isinstance(name, dict) else [Value(name)]
    return fields


def _node(prop: Property, entry: dict[str, Any], path: str, unknown: list[str]) -> Fields:
    said = [word for word in types_of(entry) if word in prop.nodes]
    node_type = said[0] if said else prop.nodes[0]
    fields, below = own_fields(node_type, entry)
    unknown.extend(f"{path}.{key}" for key in below)
    fields["type"] = [Value(node_type)]
    return fields
