"""The JSON-LD context, made from the property table; `python -m vocab.context` writes it anew."""

import json
from pathlib import Path
from typing import Any, Final

from vocab.properties import ENTITY_TYPES, NODE_TYPES, PROPERTIES, Property, Range
from vocab.terms import PREFIXES, SCHEMES_BASE, expand

CONTEXT_PATH: Final = Path(__file__).with_name("context.jsonld")

_COERCED: Final[dict[Range, str]] = {
    Range.IRI: "@id",
    Range.REFERENCE: "@id",
    Range.NODE: "@id",
    Range.DATE: "xsd:date",
    Range.DATETIME: "xsd:dateTime",
    Range.BOOLEAN: "xsd:boolean",
    Range.DECIMAL: "xsd:decimal",
    Range.WKT: "geo:wktLiteral",
}


def build_context() -> dict[str, Any]:
    """The context document: keyword aliases, prefixes, classes and properties (JSON-LD 1.1)."""
    terms: dict[str, Any] = {"@version": 1.1, "id": "@id", "type": "@type", **PREFIXES}
    terms |= {entity.type: entity.iri for entity in ENTITY_TYPES.values()}
    terms |= NODE_TYPES
    terms |= {prop.name: _term(prop) for prop in PROPERTIES}
    return {"@context": terms}


def context_text() -> str:
    """The context document as it is committed and served."""
    return json.dumps(build_context(), ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Write the context document beside this module."""
    CONTEXT_PATH.write_text(context_text(), encoding="utf-8")


def _term(prop: Property) -> dict[str, Any]:
    term: dict[str, Any] = {"@id": prop.iri}
    containers = ["@language"] if prop.range is Range.TEXT else []
    if prop.many:
        containers.append("@set")
    if containers:
        term["@container"] = containers if len(containers) > 1 else containers[0]
    if prop.range is Range.CONCEPT:
        term["@type"] = "@vocab"
        term["@context"] = _notations(prop)
    elif prop.range in _COERCED:
        term["@type"] = _COERCED[prop.range]
    return term


def _notations(prop: Property) -> list[Any]:
    """The context of one concept property's values: notations of its scheme and nothing else.

    Without the reset a notation such as `funding` would be read as the property of that name. The
    property itself is repeated, because its coercion is looked up after the reset (JSON-LD 1.1
    API, 5.1.2, step 4).
    """
    own_term = {"@id": expand(prop.iri), "@type": "@vocab"}
    return [None, {"@vocab": f"{SCHEMES_BASE}{prop.scheme}/", prop.name: own_term}]


if __name__ == "__main__":
    main()
