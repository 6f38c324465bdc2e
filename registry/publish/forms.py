"""The RDF forms of one description: N-Triples, Turtle, RDF/XML, JSON-LD."""

import re
from collections.abc import Callable
from typing import Final

import pyoxigraph

from registry.publish.description import Description
from registry.publish.jsonld import to_jsonld
from vocab.terms import PREFIXES

_PREFIXES: Final = PREFIXES | {"dcatde": "http://dcat-ap.de/def/dcatde/"}
_HEAD: Final = re.compile(rb"\A(?:@prefix [^\n]*\n)+|<rdf:RDF[^>]*>")
_DECLARATION: Final = re.compile(rb'@prefix [^\n]*\n| xmlns:[a-z0-9]+="[^"]*"')

Writer = Callable[[Description, str], bytes]
"""Description and base IRI (without final slash) -> bytes."""


def to_ntriples(description: Description, base: str) -> bytes:
    """The lines as they are hashed, in their order."""
    return "".join(description.lines).encode()


def to_turtle(description: Description, base: str) -> bytes:
    """Turtle with our prefixes, the resource itself first."""
    return _serialize(description, pyoxigraph.RdfFormat.TURTLE)


def to_rdfxml(description: Description, base: str) -> bytes:
    """RDF/XML with our prefixes, the resource itself first."""
    return _serialize(description, pyoxigraph.RdfFormat.RDF_XML)


def _serialize(description: Description, form: pyoxigraph.RdfFormat) -> bytes:
    lines = "".join(statement.line for statement in description.statements())
    triples = pyoxigraph.parse(lines.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    used = {
        prefix: iri for prefix, iri in _PREFIXES.items() if f"<{iri}" in lines and prefix != "rdf"
    }
    written = pyoxigraph.serialize((quad.triple for quad in triples), format=form, prefixes=used)
    return _HEAD.sub(_in_order, written or b"", count=1)


def _in_order(head: re.Match[bytes]) -> bytes:
    """The declarations of prefixes sorted: pyoxigraph's order differs from process to process."""
    declarations = _DECLARATION.findall(head.group())
    kept = head.group().partition(declarations[0])[0] if declarations else head.group()
    end = b">" if kept else b""
    return kept + b"".join(sorted(declarations)) + end


WRITERS: Final[dict[str, Writer]] = {
    "jsonld": to_jsonld,
    "ttl": to_turtle,
    "nt": to_ntriples,
    "rdf": to_rdfxml,
}
"""By the ending of the address."""
