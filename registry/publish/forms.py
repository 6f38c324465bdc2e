"""The RDF forms of one description: N-Triples, Turtle, RDF/XML, JSON-LD."""

from collections.abc import Callable
from typing import Final

import pyoxigraph

from registry.publish.description import Description
from registry.publish.jsonld import to_jsonld
from vocab.terms import PREFIXES

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
    used = {prefix: iri for prefix, iri in PREFIXES.items() if f"<{iri}" in lines}
    written = pyoxigraph.serialize(
        (quad.triple for quad in triples), format=form, prefixes=used
    )
    return written or b""


WRITERS: Final[dict[str, Writer]] = {
    "jsonld": to_jsonld,
    "ttl": to_turtle,
    "nt": to_ntriples,
    "rdf": to_rdfxml,
}
"""By the ending of the address."""
