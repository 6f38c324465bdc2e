"""Where a registry keeps what on a server, whose default graph may be the union of all others."""

import re
from dataclasses import dataclass
from typing import Final, Self

from registry.errors import RegistryError
from registry.project.remote.server import Server
from registry.project.remote.state import Marker
from vocab.terms import expand

_WKT: Final = expand("geo:wktLiteral")
_KEPT_WKT: Final = "urn:x-kept:wktLiteral"
_TYPED_WKT: Final = f'"^^<{_WKT}>'
_KEPT: Final = re.compile(
    rb'("datatype" ?: ?"|(?<!\\)"\^\^<)' + re.escape(_KEPT_WKT.encode()) + rb"(?=[\">])"
)
"""Where a datatype stands in JSON and N-Triples; within a text the quotation mark is escaped."""

_BOOLEAN: Final = f'"{expand("xsd:boolean")}", "value": "'.encode()


class GraphNotUsable(RegistryError):
    """The server cannot hold a registry as it is set up, or holds something else already."""

    status = 503
    code = "graph_not_usable"


@dataclass(frozen=True, slots=True)
class Layout:
    """The graphs of one registry; `entities` is None where they stand in the default graph.

    `hides_constants`: a graph that a query names by a constant is not found (dialect.py).
    """

    base: str
    entities: str | None
    hides_constants: bool = False

    @classmethod
    def of(cls, server: Server, base: str) -> Self:
        """The layout that this server wants; its graph must have a state already.

        Raises:
            GraphUnreachable, GraphRefuses: as `Server.query`.
            GraphNotUsable: its default graph is the union of all, and with another default graph it
                hides the named ones (which SPARQL 1.1, 13.2, lets it do).
        """
        marker = marker_of(base)
        if not any_in(server, marker.pattern):
            return cls(base, None)
        entities = f"{base}/graph/entities"
        if not any_in(server, f"GRAPH ?g {{ {marker.pattern} }}", entities):
            raise GraphNotUsable(
                f"Der Default-Graph des Servers unter {server.address.query.url} vereinigt alle "
                "Graphen. Den Server so einstellen, dass er für sich steht (bei Oxigraph ohne "
                "--union-default-graph).",
                f"The default graph of the server at {server.address.query.url} is the union of "
                "all graphs. Set the server up so that it stands for itself (Oxigraph: without "
                "--union-default-graph).",
            )
        named = f"GRAPH <{marker.iri}> {{ {marker.pattern} }}"
        return cls(base, entities, hides_constants=not any_in(server, named, entities))

    def default(self, pattern: str) -> str:
        """A pattern in the default graph."""
        return f"GRAPH <{self.entities}> {{ {pattern} }}" if self.entities else pattern

    @property
    def records(self) -> str:
        """The condition that ?g is the graph of a record."""
        return named_from(f"{self.base}/records/")

    def literal(self, written: str) -> str:
        """A literal as it is given to this server: Virtuoso rounds coordinates it knows as such.

        `read_back` undoes it.
        """
        if not self.hides_constants:
            return written
        return written.removesuffix(_TYPED_WKT) + (
            f'"^^<{_KEPT_WKT}>' if written.endswith(_TYPED_WKT) else ""
        )

    @property
    def staging(self) -> str:
        """What the names of graphs begin with that only a writing looks at."""
        return f"{self.base}/graph/new/"

    @property
    def default_graphs(self) -> tuple[str, ...]:
        """What a query has to name as its default graph."""
        return (self.entities,) if self.entities else ()


def marker_of(base: str) -> Marker:
    """Where the state of this registry's graph stands."""
    return Marker(f"{base}/graph/state")


def read_back(answer: bytes) -> bytes:
    """An answer of a server with literals as they were given to it.

    Virtuoso writes a truth value as 1 or 0 in JSON, in just this way; no text can hold these
    quotation marks without a backslash.
    """
    answer = _KEPT.sub(lambda found: found[1] + _WKT.encode(), answer)
    for number, value in ((b"1", b"true"), (b"0", b"false")):
        answer = answer.replace(_BOOLEAN + number + b'"', _BOOLEAN + value + b'"')
    return answer


def named_from(beginning: str) -> str:
    """The condition that the name of ?g begins so."""
    return f'FILTER(STRSTARTS(STR(?g), "{beginning}"))'


def any_in(server: Server, pattern: str, *default_graphs: str) -> bool:
    """Whether a pattern matches anything. Raises GraphUnreachable, GraphRefuses.

    Not by ASK, which Virtuoso 7.2.5 sometimes answers with a table, nor by a constant, of which it
    makes a row where nothing matches.
    """
    text = f"SELECT * WHERE {{ {pattern} }} LIMIT 1"
    return bool(server.rows(text, default_graphs=default_graphs))
