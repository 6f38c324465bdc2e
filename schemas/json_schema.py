"""JSON Schemas (2020-12) of the three kinds, made from the property table."""

from typing import Any, Final

from schemas import patterns
from schemas.limits import LONGEST_ID, LONGEST_IRI, MOST_LANGUAGES, longest, most
from vocab.concepts import scheme
from vocab.properties import (
    ACTOR_CLASSES,
    ENTITY_TYPES,
    NODE_TYPES,
    Kind,
    Property,
    Range,
    properties_of,
)
from vocab.terms import SCHEMES_BASE

Schema = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "Identifier": ("notation",),
    "Geometry": ("asWKT",),
    "Audience": ("name",),
    "EventSeries": ("name",),
    "Agent": ("name",),
}
"""What a nested node says nothing without; the others need any one property.

Other mandatory properties that a node lacks are warnings.
"""

_MOST_CLASSES: Final = 8

FOREIGN_SCHEMES: Final = frozenset({"topics"})
"""Schemes whose properties take concepts of other vocabularies too, by IRI."""


def kind_schema(kind: Kind) -> Schema:
    """The schema of one kind's documents.

    Branches are if/then/else, so that an error names one cause.
    """
    entity = ENTITY_TYPES[kind]
    classes = [entity.type, *entity.also]
    if kind == "actor":
        classes += [*ACTOR_CLASSES.values()]
    return {
        "$schema": DIALECT,
        "$id": f"{SCHEMES_BASE}schemas/{kind}.schema.json",
        "title": f"{entity.en} / {entity.de}",
        "type": "object",
        "properties": {
            "@context": {"type": "string", "maxLength": LONGEST_IRI},
            "id": {"$ref": "#/$defs/id"},
            "type": {
                "if": {"type": "array"},
                "then": {
                    "items": {"enum": classes},
                    "contains": {"const": entity.type},
                    "maxItems": _MOST_CLASSES,
                },
                "else": {"const": entity.type},
            },
            **{name: _property(prop) for name, prop in properties_of(kind).items()},
        },
        "required": ["type", "name"],
        "additionalProperties": False,
        "$defs": _definitions(kind),
    }


def node_types_of(kind: Kind) -> list[str]:
    """The types of nested nodes that a kind can carry at any depth."""
    found: list[str] = []
    waiting: list[str] = [kind]
    while waiting:
        for prop in properties_of(waiting.pop()).values():
            new = [node for node in prop.nodes if node not in found]
            found += new
            waiting += new
    return [node for node in NODE_TYPES if node in found]


def _definitions(kind: Kind) -> Schema:
    carriers = [kind, *node_types_of(kind)]
    used = {prop.scheme for c in carriers for prop in properties_of(c).values() if prop.scheme}
    return {
        **_VALUES,
        **{f"concept-{name}": _concept(name) for name in sorted(used)},
        **{f"node-{node}": _node(node) for node in node_types_of(kind)},
    }


def _property(prop: Property) -> Schema:
    titled = {"title": f"{prop.en} / {prop.de}"}
    if prop.range is Range.TEXT:
        return titled | _language_map(prop)
    value = _value(prop)
    if not prop.many:
        return titled | value
    return titled | {"type": "array", "minItems": 1, "maxItems": most(prop), "items": value}


def _language_map(prop: Property) -> Schema:
    text: Schema = {"$ref": "#/$defs/text", "maxLength": longest(prop)}
    if prop.many:
        text = {"type": "array", "minItems": 1, "maxItems": most(prop), "items": text}
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": MOST_LANGUAGES,
        "propertyNames": {"$ref": "#/$defs/languageTag"},
        "additionalProperties": text,
    }


def _value(prop: Property) -> Schema:
    if prop.range is Range.CONCEPT:
        return {"$ref": f"#/$defs/concept-{prop.scheme}"}
    if prop.range is Range.NODE:
        return _one_of_nodes(prop.nodes)
    if prop.range is Range.STRING:
        return {
            "type": "string",
            "minLength": 1,
            "maxLength": longest(prop),
            "pattern": patterns.string_pattern(prop.name),
        }
    return {"$ref": f"#/$defs/{prop.range.value}"}


def _one_of_nodes(nodes: tuple[str, ...]) -> Schema:
    first, *others = nodes
    if not others:
        return {"$ref": f"#/$defs/node-{first}"}
    return {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"enum": list(nodes)}},
        "allOf": [
            {
                "if": {"properties": {"type": {"const": node}}},
                "then": {"$ref": f"#/$defs/node-{node}"},
            }
            for node in nodes
        ],
    }


def _node(node: str) -> Schema:
    needed = NEEDED.get(node, ())
    return {
        "type": "object",
        "properties": {
            "id": {"$ref": "#/$defs/id"},
            "type": {"const": node},
            **{name: _property(prop) for name, prop in properties_of(node).items()},
        },
        "required": ["type", *needed],
        # A node that needs nothing in particular still says something.
        **({} if needed else {"anyOf": [{"required": [name]} for name in properties_of(node)]}),
        "additionalProperties": False,
    }


def _concept(name: str) -> Schema:
    ours: Schema = {"type": "string", "enum": list(scheme(name).notations)}
    if name not in FOREIGN_SCHEMES:
        return ours
    foreign: Schema = {"$ref": "#/$defs/iri", "not": {"pattern": patterns.OWN_NAMESPACE}}
    return {"type": "string", "if": {"pattern": "://"}, "then": foreign, "else": ours}


def _typed(kinds_of_literal: dict[str, str]) -> Schema:
    """An object {"@value", "@type"} whose value fits its type."""
    return {
        "type": "object",
        "properties": {
            "@value": {"type": "string"},
            "@type": {"enum": list(kinds_of_literal)},
        },
        "required": ["@value", "@type"],
        "additionalProperties": False,
        "allOf": [
            {
                "if": {"properties": {"@type": {"const": datatype}}},
                "then": {"properties": {"@value": {"pattern": pattern}}},
            }
            for datatype, pattern in kinds_of_literal.items()
        ],
    }


_VALUES: Final[Schema] = {
    "id": {"type": "string", "maxLength": LONGEST_ID, "pattern": patterns.ID},
    "languageTag": {"pattern": patterns.LANGUAGE},
    "text": {"type": "string", "minLength": 1, "pattern": patterns.NO_CONTROLS},
    "iri": {
        "type": "string",
        "format": "iri",
        "maxLength": LONGEST_IRI,
        "pattern": patterns.IRI,
    },
    "date": {
        "if": {"type": "object"},
        "then": _typed({"xsd:gYear": patterns.YEAR, "xsd:gYearMonth": patterns.MONTH}),
        "else": {"type": "string", "format": "date", "pattern": patterns.DATE},
    },
    "datetime": {
        "if": {"type": "object"},
        "then": _typed({"xsd:date": patterns.DATE}),
        "else": {"type": "string", "format": "date-time", "pattern": patterns.DATETIME},
    },
    "boolean": {"type": "boolean"},
    "decimal": {"type": "string", "pattern": patterns.DECIMAL},
    "wkt": {"type": "string", "pattern": patterns.POINT},
    "reference": {
        "if": {"type": "object"},
        "then": {
            "properties": {
                "id": {"$ref": "#/$defs/id"},
                "type": {"const": "Agent"},
                **{name: _property(prop) for name, prop in properties_of("Agent").items()},
            },
            "anyOf": [{"required": ["id"]}, {"required": ["name"]}],
            "additionalProperties": False,
        },
        "else": {"$ref": "#/$defs/id"},
    },
}
