"""A reader that takes documents as RDF word for word, faults included, for the shapes to judge.

A JSON-LD processor mends or drops many faults (it resolves `www.verein.example` against a base),
and the registry's own writer refuses them; neither would show a shape a wrong value.
"""

from typing import Any

from rdflib import RDF, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from vocab.properties import ENTITY_TYPES, NODE_TYPES, Property, Range, properties_of
from vocab.terms import concept_iri, expand

_OWNERS = {entity.type: kind for kind, entity in ENTITY_TYPES.items()} | {n: n for n in NODE_TYPES}
_CLASSES = {entity.type: entity.iri for entity in ENTITY_TYPES.values()} | NODE_TYPES
_DATATYPES = {
    Range.STRING: "xsd:string",
    Range.DATE: "xsd:date",
    Range.DATETIME: "xsd:dateTime",
    Range.BOOLEAN: "xsd:boolean",
    Range.DECIMAL: "xsd:decimal",
    Range.WKT: "geo:wktLiteral",
}


def read_into(graph: Graph, document: dict[str, Any], subject: str, owner: str) -> None:
    """Add what a document or nested node says of `subject`; unknown keys say nothing."""
    types = document.get("type", [])
    for name in [types] if isinstance(types, str) else types:
        if name in _CLASSES:
            graph.add((URIRef(subject), RDF.type, URIRef(expand(_CLASSES[name]))))
    for name, prop in properties_of(owner).items():
        for number, value in enumerate(_values(prop, document.get(name, []))):
            below = f"{subject}{'-' if '#' in subject else '#'}{name}-{number}"
            term = _term(graph, prop, value, below)
            if term is not None:
                graph.add((URIRef(subject), URIRef(expand(prop.iri)), term))


def _values(prop: Property, value: Any) -> list[Any]:
    if prop.range is Range.TEXT and isinstance(value, dict):
        pairs = ((tag, v if isinstance(v, list) else [v]) for tag, v in value.items())
        return [(tag, text) for tag, texts in pairs for text in texts]
    return value if isinstance(value, list) else [value]


def _term(graph: Graph, prop: Property, value: Any, below: str) -> Node | None:
    if isinstance(value, tuple):
        return Literal(value[1], lang=value[0])
    if isinstance(value, dict) and "@value" in value:
        return _literal(value["@value"], value["@type"])
    if isinstance(value, dict):
        owner = value.get("type", "Agent" if prop.range is Range.REFERENCE else "")
        read_into(graph, {"type": owner, **value}, below, _OWNERS.get(owner, ""))
        return URIRef(below)
    if prop.range in _DATATYPES and prop.range is not Range.STRING:
        return _literal(value, _DATATYPES[prop.range])
    if not isinstance(value, str):
        return Literal(value)
    if prop.range is Range.CONCEPT:
        return URIRef(concept_iri(str(prop.scheme), value))
    if prop.range in (Range.IRI, Range.REFERENCE, Range.NODE):
        return URIRef(value)
    return Literal(value, datatype=None if prop.range is Range.TEXT else XSD.string)


def _literal(value: Any, datatype: str) -> Literal:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return Literal(text, datatype=URIRef(expand(datatype)), normalize=False)
