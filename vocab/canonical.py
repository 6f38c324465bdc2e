"""One form for equal content, so that an unchanged record has an unchanged hash."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import orjson

from vocab.properties import (
    ACTOR_CLASSES,
    ENTITY_TYPES,
    KINDS,
    NODE_TYPES,
    Kind,
    Property,
    Range,
    properties_of,
)
from vocab.strings import clean_id, clean_language, clean_text
from vocab.terms import PREFIXES, SCHEMES_BASE
from vocab.types import Document

NOTATION: Final = re.compile("[a-z0-9]+(?:-[a-z0-9]+)*")
"""How a notation looks; what looks otherwise is taken for an IRI."""

_MADE_UP: Final = re.compile(r"#[A-Za-z]+-[0-9a-f]{8}\Z")
"""How the IRIs end that `vocab.documents.place` gives to nested nodes."""

_CLASS_NAME: Final = re.compile(rf"(?:{'|'.join(PREFIXES)}):[A-Za-z][A-Za-z0-9]*")
_NAMESPACES: Final = {namespace: prefix for prefix, namespace in PREFIXES.items()}

_OBJECT: Final = (dict, Mapping)
"""For isinstance: a plain dict is told at once, any other mapping by its abstract class."""

_Clean = Callable[[Any], Any]
"""From one value to its canonical form, None where nothing is left."""


def canonical(document: Mapping[str, Any]) -> Document:
    """The document in the one form of its content; the same again for a document in that form.

    Texts are NFC, stripped and free of characters that some format cannot hold; values of a list
    are a sorted set; empty values go; keys stand in the order of the property table. What the
    table does not hold goes too, `@context` and the ids of nested nodes among it, so check a
    document before. What publishing adds (further classes, `Agent` nodes) is taken back.
    ValueError for a document that is of none of our kinds.
    """
    kind = kind_of(document)
    cleaned = _fields(kind, document)
    document_id = clean_id(document["id"]) if isinstance(document.get("id"), str) else ""
    head: Document = {"id": document_id} if document_id else {}
    return {**head, "type": _types(kind, document, cleaned), **cleaned}


def canonical_bytes(value: Any) -> bytes:
    """JSON with sorted keys and without spaces, in UTF-8, to be hashed or compared."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def kind_of(document: Mapping[str, Any]) -> Kind:
    """The kind that a document's `type` names; ValueError where it names none."""
    types = document.get("type")
    if isinstance(types, str) and types in _KIND_OF:
        return _KIND_OF[types]
    types = _as_list(types)
    for kind in KINDS:
        if ENTITY_TYPES[kind].type in types:
            return kind
    known = ", ".join(entity.type for entity in ENTITY_TYPES.values())
    raise ValueError(f"type must be one of {known}, not {document.get('type')!r}")


def added_classes(kind: Kind, document: Mapping[str, Any]) -> tuple[str, ...]:
    """The classes, as prefixed names, that publishing states beside the kind's own."""
    actor_types = _as_list(document.get("actorType"))
    by_type = (ACTOR_CLASSES[notation] for notation in ACTOR_CLASSES if notation in actor_types)
    return (*ENTITY_TYPES[kind].also, *by_type)


def referred(reference: Mapping[str, Any]) -> str | None:
    """The id that a reference gives; the one in `sameAs` where publishing made up the other."""
    given = reference.get("id")
    if not isinstance(given, str) or _MADE_UP.search(given):
        same = [iri for iri in _as_list(reference.get("sameAs")) if isinstance(iri, str)]
        given = min(same, default="")
    return clean_id(given) or None


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _types(kind: Kind, document: Mapping[str, Any], cleaned: Document) -> str | list[str]:
    own = ENTITY_TYPES[kind]
    if document["type"] == own.type:
        return own.type
    names = {_prefixed(t) for t in _as_list(document["type"]) if isinstance(t, str)}
    implied = {own.iri, *added_classes(kind, cleaned)}
    more = sorted(name for name in names - implied if _CLASS_NAME.fullmatch(name))
    return [own.type, *more] if more else own.type


def _prefixed(name: str) -> str:
    """A prefixed name where the IRI is in one of our namespaces, else the name as it is."""
    cut = max(name.rfind("/"), name.rfind("#")) + 1
    prefix = _NAMESPACES.get(name[:cut])
    return f"{prefix}:{name[cut:]}" if prefix else name


def sorted_set(values: list[Any]) -> list[Any]:
    """Clean values each once, in canonical order: plain strings come before objects."""
    if len(values) < 2:
        return values
    if all(isinstance(value, str) for value in values):
        return sorted(set(values))
    by_bytes = {canonical_bytes(value): value for value in values}
    return [by_bytes[key] for key in sorted(by_bytes)]


def _fields(owner: str, value: Mapping[str, Any]) -> Document:
    return {
        name: cleaned
        for name, clean in _CLEANERS[owner].items()
        if name in value and (cleaned := clean(value[name])) is not None
    }


def _many(clean: _Clean) -> _Clean:
    def clean_all(value: Any) -> Any:
        return sorted_set([c for c in map(clean, _as_list(value)) if c is not None]) or None

    return clean_all


def _one(clean: _Clean) -> _Clean:
    def clean_first(value: Any) -> Any:
        if not isinstance(value, list):
            return clean(value)
        return next((c for c in map(clean, value) if c is not None), None)

    return clean_first


def _text(value: Any) -> Any:
    return clean_text(value) or None if isinstance(value, str) else None


def _name(value: Any) -> Any:
    return clean_id(value) or None if isinstance(value, str) else None


def _boolean(value: Any) -> Any:
    return value if isinstance(value, bool) else None


def _language_map(of_language: _Clean) -> _Clean:
    def clean_map(value: Any) -> Any:
        if not isinstance(value, _OBJECT):
            return None
        if len(value) == 1:
            ((tag, texts),) = value.items()
            found_one = of_language(texts)
            return None if found_one is None else {clean_language(tag): found_one}
        said: dict[str, list[Any]] = {}
        for tag, texts in sorted(value.items()):
            said.setdefault(clean_language(tag), []).extend(_as_list(texts))
        found = {tag: of_language(said[tag]) for tag in sorted(said)}
        return {tag: texts for tag, texts in found.items() if texts is not None} or None

    return clean_map


def _time(usual_type: str) -> _Clean:
    """A date or time: a string of the usual datatype, an object with another one."""

    def clean_time(value: Any) -> Any:
        if not isinstance(value, _OBJECT):
            return _name(value)
        lexical, datatype = _name(value.get("@value")), _prefixed(str(value.get("@type", "")))
        if lexical is None or datatype == usual_type or not _CLASS_NAME.fullmatch(datatype):
            return lexical
        return {"@value": lexical, "@type": datatype}

    return clean_time


def _concept(scheme_iri: str) -> _Clean:
    """A notation, also where the concept's IRI was given; other IRIs stay."""

    def clean_concept(value: Any) -> Any:
        name = _name(value)
        notation = name.removeprefix(scheme_iri) if name else ""
        return notation if NOTATION.fullmatch(notation) else name

    return clean_concept


def _reference(value: Any) -> Any:
    """An id, or a name with the id if there is one."""
    if not isinstance(value, _OBJECT):
        return _name(value)
    given, name = referred(value), _NAMES(value.get("name"))
    if name is None:
        return given
    return {"id": given, "name": name} if given else {"name": name}


def _node(types: Iterable[str]) -> _Clean:
    allowed = tuple(types)

    def clean_node(value: Any) -> Any:
        if not isinstance(value, _OBJECT):
            return None
        named = _as_list(value.get("type"))
        node_type = next((t for t in allowed if t in named), allowed[0])
        fields = _fields(node_type, value)
        return {"type": node_type, **fields} if fields else None

    return clean_node


_NAMES: Final = _language_map(_one(_text))

_PLAIN: Final[dict[Range, _Clean]] = {
    Range.STRING: _text,
    Range.IRI: _name,
    Range.DATE: _time("xsd:date"),
    Range.DATETIME: _time("xsd:dateTime"),
    Range.BOOLEAN: _boolean,
    Range.DECIMAL: _name,
    Range.WKT: _text,
    Range.REFERENCE: _reference,
}


def _cleaner(prop: Property) -> _Clean:
    count = _many if prop.many else _one
    if prop.range is Range.TEXT:
        return _language_map(count(_text))
    if prop.range is Range.CONCEPT:
        return count(_concept(f"{SCHEMES_BASE}{prop.scheme}/"))
    if prop.range is Range.NODE:
        return count(_node(prop.nodes))
    return count(_PLAIN[prop.range])


_KIND_OF: Final[dict[str, Kind]] = {entity.type: kind for kind, entity in ENTITY_TYPES.items()}

_CLEANERS: Final[dict[str, dict[str, _Clean]]] = {
    owner: {name: _cleaner(prop) for name, prop in properties_of(owner).items()}
    for owner in (*KINDS, *NODE_TYPES)
}
