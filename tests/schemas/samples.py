"""Small documents made from the property table: right values of every property, and wrong ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schemas.limits import longest
from vocab.concepts import scheme
from vocab.properties import (
    ENTITY_TYPES,
    KINDS,
    NODE_TYPES,
    Kind,
    Property,
    Range,
    properties_of,
)

STRINGS = {
    "language": "de",
    "inLanguage": "hsb",
    "adminUnitL1": "DE",
    "currency": "EUR",
    "postCode": "02943",
    "email": "info@verein.example",
    "telephone": "+49 351 000000",
}

# Where in a document a nested node of each type can stand: kind, then properties.
ROUTES: dict[str, tuple[Kind, tuple[str, ...]]] = {
    "Identifier": ("actor", ("identifier",)),
    "Address": ("actor", ("address",)),
    "Geometry": ("actor", ("geometry",)),
    "ContactPoint": ("actor", ("contactPoint",)),
    "Offer": ("actor", ("makesOffer",)),
    "Demand": ("project", ("seeks",)),
    "MonetaryGrant": ("project", ("funding",)),
    "Audience": ("event", ("audience",)),
    "Place": ("event", ("location",)),
    "VirtualLocation": ("event", ("location",)),
    "EventSeries": ("event", ("series",)),
    "Agent": ("project", ("carriedBy",)),
}


def bare(kind: Kind) -> dict[str, Any]:
    """The least that a document of a kind must hold."""
    return {
        "id": "https://hub.example/1",
        "type": ENTITY_TYPES[kind].type,
        "name": {"de": "Beispiel"},
    }


def right(prop: Property) -> Any:
    """A value that is right for a property, wrapped as the property takes it."""
    value = _right_value(prop)
    if prop.range is Range.TEXT:
        return {"de": [value] if prop.many else value, "hsb": ["ě ł 🌻"] if prop.many else "ě ł 🌻"}
    return [value] if prop.many else value


def _right_value(prop: Property) -> Any:
    match prop.range:
        case Range.TEXT:
            return "Ein Satz.\nUnd noch »einer«."
        case Range.STRING:
            return STRINGS.get(prop.name, "Musterstraße 12 a")
        case Range.IRI:
            return "https://verein.example/über-uns?a=b#c"
        case Range.DATE:
            return {"@value": "2003-05", "@type": "xsd:gYearMonth"}
        case Range.DATETIME:
            return "2021-10-07T17:00:00+02:00"
        case Range.BOOLEAN:
            return False
        case Range.DECIMAL:
            return "25000.00"
        case Range.WKT:
            return "POINT(14.6 51.5)"
        case Range.CONCEPT:
            return scheme(str(prop.scheme)).notations[0]
        case Range.REFERENCE:
            return "https://hub.example/2"
        case Range.NODE:
            return node(prop.nodes[0])


def node(name: str) -> dict[str, Any]:
    """A nested node with every property that holds no further node."""
    plain = [p for p in properties_of(name).values() if p.range is not Range.NODE]
    return {"type": name} | {p.name: right(p) for p in plain}


def full(kind: Kind) -> dict[str, Any]:
    """A document with every property of its kind."""
    return bare(kind) | {p.name: right(p) for p in properties_of(kind).values()}


def carrying(owner: str, content: dict[str, Any]) -> tuple[Kind, dict[str, Any], str]:
    """A bare document in which `content` belongs to `owner`: (kind, document, JSON pointer)."""
    if owner in KINDS:
        return owner, bare(owner) | content, ""
    kind, route = ROUTES[owner]
    prop = properties_of(kind)[route[0]]
    content = {"type": owner, **content}
    pointer = f"/{prop.name}/0" if prop.many else f"/{prop.name}"
    return kind, bare(kind) | {prop.name: [content] if prop.many else content}, pointer


@dataclass(frozen=True, slots=True)
class Wrong:
    """A document with one fault."""

    label: str
    kind: Kind
    document: dict[str, Any]
    pointer: str  # of the property that is wrong
    rule: str
    in_rdf: bool  # whether the fault can be seen in RDF at all


LOST = False
"""The fault leaves no trace in RDF: nothing is stated, or the same as of a right value."""


def wrong_values(prop: Property) -> Iterator[tuple[Any, str, bool]]:
    """Wrong values of a property: (value, rule that refuses it, whether RDF shows it)."""
    for value, rule, in_rdf in _wrong_single(prop):
        if prop.range is Range.TEXT and isinstance(value, list):
            yield {"de": value if prop.many else value[0]}, rule, in_rdf
        elif prop.range is Range.TEXT or not prop.many:
            yield value, rule, in_rdf
        else:
            yield [value], rule, in_rdf
    if prop.range is Range.TEXT:
        single = {"de": ["a", "b"]}, "value.single", True
        yield single if not prop.many else ({"de": "a"}, "list.form", LOST)
    elif prop.many:
        yield [], "list.empty", LOST
        yield _right_value(prop), "list.form", LOST
    else:
        yield [_right_value(prop)], "value.single", LOST


def _wrong_single(prop: Property) -> Iterator[tuple[Any, str, bool]]:
    match prop.range:
        case Range.TEXT:
            yield "Ohne Sprache", "text.language-map", True
            yield {"deutsch": ["x"] if prop.many else "x"}, "text.language-tag", LOST
            yield [""], "text.empty", True
            yield ["x" * (longest(prop) + 1)], "text.too-long", True
            yield ["Glocke\x07"], "text.control", True
            yield ["gedreht \u202etxet"], "text.control", True
        case Range.STRING:
            form = {
                "language": "language.form", "inLanguage": "language.form",
                "adminUnitL1": "country.form", "currency": "currency.form",
                "postCode": "postcode.form", "email": "email.form", "telephone": "telephone.form",
            }.get(prop.name)  # fmt: skip
            yield 12, form or "string.form", True
            yield "", "text.empty", True
            yield "x" * (longest(prop) + 1), "text.too-long", True
            yield "Glocke\x07", form or "text.control", True
            if form:
                yield "§§", form, True
        case Range.IRI:
            yield "www.verein.example", "iri.scheme", True
            yield "ftp://verein.example/", "iri.scheme", True
            yield "javascript:alert(1)", "iri.scheme", True
            yield "https://verein.example/mein verein", "iri.form", True
            yield "https://", "iri.form", True
            yield "https://bank.example@evil.example/", "iri.form", True
            yield 'https://verein.example/"onclick="', "iri.form", True
            yield "https://verein.example/" + "x" * 2_000, "iri.too-long", True
            yield 12, "iri.form", True
        case Range.DATE:
            yield "2003-02-29", "date.impossible", True
            yield "1900-02-29", "date.impossible", True
            yield "5.6.2003", "date.form", True
            yield "2003", "date.form", True
            yield 2003, "date.form", True
            yield {"@value": "03", "@type": "xsd:gYear"}, "date.form", True
            yield {"@value": "20x3", "@type": "xsd:gYear"}, "date.form", True
            yield {"@value": "2003-13", "@type": "xsd:gYearMonth"}, "date.form", True
            yield {"@value": "2003", "@type": "xsd:string"}, "date.form", True
        case Range.DATETIME:
            yield "2021-10-07T17:00:00", "datetime.offset", True
            yield "2021-10-07", "datetime.form", True
            yield "2021-02-30T17:00:00+01:00", "date.impossible", True
            yield "2021-10-07T25:00:00+02:00", "datetime.form", True
            yield "2021-10-07T17:00:00+15:00", "datetime.form", True
            yield {"@value": "2021-13-01", "@type": "xsd:date"}, "date.impossible", True
            yield {"@value": "2021", "@type": "xsd:gYear"}, "datetime.form", True
        case Range.BOOLEAN:
            yield "ja", "boolean.form", True
            yield "true", "boolean.form", LOST
            yield 1, "boolean.form", True
        case Range.DECIMAL:
            yield "12,50", "decimal.form", True
            yield "-1", "decimal.form", True
            yield "viel", "decimal.form", True
            yield 12, "decimal.form", LOST
        case Range.WKT:
            yield "POINT(14.6 90.5)", "coordinates.range", True
            yield "POINT(180.1 51.5)", "coordinates.range", True
            yield "POINT(14.6,51.5)", "wkt.form", True
            yield "14.6 51.5", "wkt.form", True
            yield "POINT(14.6 51.5 100)", "wkt.form", True
        case Range.CONCEPT:
            yield "unsinn", "concept.unknown", True
            yield f"https://w3id.org/verbund/{prop.scheme}/unsinn", "concept.unknown", True
            yield 12, "concept.form", True
            if prop.scheme != "topics":
                yield "https://elsewhere.example/begriff", "concept.unknown", True
            else:
                yield "urn://begriff", "concept.unknown", True
        case Range.REFERENCE:
            yield "zwei Wörter", "reference.form", True
            yield 12, "reference.form", True
            yield {}, "reference.form", True
            yield {"name": "Ohne Sprache"}, "text.language-map", True
            yield {"name": {"de": ""}}, "text.empty", True
        case Range.NODE:
            yield "nur Text", "node.form", True
            yield node(prop.nodes[0]) | {"type": "Unsinn"}, "node.type", True
            yield node(prop.nodes[0]) | {"unsinn": 1}, "field.unknown", LOST


def _sound_node(name: str, content: dict[str, Any]) -> dict[str, Any]:
    """What else a nested node needs, so that nothing but `content` is wrong with it."""
    needed = {"Identifier": "notation", "Geometry": "asWKT"}.get(name, "name")
    prop = properties_of(name).get(needed)
    return ({needed: right(prop)} if prop else {}) | content


def wrong_documents() -> Iterator[Wrong]:
    """Every fault of every property of every kind and node type, one in each document."""
    for owner in (*KINDS, *NODE_TYPES):
        for prop in properties_of(owner).values():
            for number, (value, rule, in_rdf) in enumerate(wrong_values(prop)):
                content = {prop.name: value}
                if owner not in KINDS:
                    content = _sound_node(owner, content)
                kind, document, pointer = carrying(owner, content)
                label = f"{owner}.{prop.name}.{rule}.{number}"
                yield Wrong(label, kind, document, f"{pointer}/{prop.name}", rule, in_rdf)
    for kind in KINDS:
        base = bare(kind)
        for key, value, rule, in_rdf in (
            ("name", None, "name.required", True),
            ("name", {}, "text.empty", True),
            ("type", None, "type.required", LOST),
            ("type", "Verein", "type.unknown", LOST),
            ("type", [ENTITY_TYPES[kind].type, "schema:Person"], "type.unknown", LOST),
            ("id", "zwei Wörter", "id.form", LOST),  # documents are published at IRIs of ours
            ("unsinn", "x", "field.unknown", LOST),
        ):
            changed = {**base, key: value}
            document = {k: v for k, v in changed.items() if v is not None}
            yield Wrong(f"{kind}.{rule}.{key}={value}", kind, document, f"/{key}", rule, in_rdf)
    for name in NODE_TYPES:
        kind, document, pointer = carrying(name, {})
        rule = "reference.form" if name == "Agent" else None
        if rule is None:
            needed = {"Identifier", "Geometry", "Audience", "EventSeries"}
            rule = "node.required" if name in needed else "node.empty"
        yield Wrong(f"{name}.{rule}", kind, document, pointer, rule, True)
