"""The operations of SPARQL 1.1 Update that move a server's graph from release to release.

Each is done only behind its fence (state.py). The default graph is the server's own or, where that
is the union of all named graphs, a named one of ours.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final, TypeVar

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, parse

from registry.project.belongings import RECORD, Belongings, in_order
from registry.project.remote.layout import Layout, named_from
from registry.project.remote.state import Operation

AT_ONCE: Final = 200
"""So many nodes in one operation."""

_INSERTED_AT_ONCE: Final = 1_000
_CLEARED_AT_ONCE: Final = 5_000

T = TypeVar("T")
Said = Mapping[NamedNode | None, list[str]]
"""Statements as SPARQL writes them, by graph; None is the default graph."""


def removal(doomed: Belongings, layout: Layout) -> Iterator[Operation]:
    """Remove these subjects and records."""
    for nodes in some_of(in_order(doomed.subjects)):
        what = layout.default("?s ?p ?o")
        yield _deletion(what, f"{values('?s', nodes)} {what} FILTER(?p != {RECORD})")
    for nodes in some_of(in_order(doomed.records)):
        link = layout.default(f"?c {RECORD} ?r")
        yield _deletion(link, f"{values('?r', nodes)} {link}")
        said = "GRAPH ?g { ?s ?p ?o }"
        yield _deletion(said, f"{values('?g', nodes)} {said}")


def insertion(quads: bytes, layout: Layout) -> Iterator[Operation]:
    """Insert these N-Quads.

    A template behind the fence takes Virtuoso two milliseconds for each statement, twenty times as
    long as data without one. There the data go into graphs that nobody but this writing looks at,
    and are copied from them behind the fence.

    Raises:
        SyntaxError: the N-Quads are broken.
    """
    for some in some_of(parse(quads, RdfFormat.N_QUADS), _INSERTED_AT_ONCE):
        said = defaultdict(list)
        for quad in some:
            graph = None if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name
            value = layout.literal(str(quad.object))
            said[graph].append(f"{quad.subject} {quad.predicate} {value} .")
        yield from _staged(said, layout) if layout.entities else _template(said)


def clearing(layout: Layout) -> Iterator[tuple[str, Operation]]:
    """For each part of what a registry has: the pattern of it, and the removal of some of it."""
    default, said = layout.default("?s ?p ?o"), "GRAPH ?g { ?s ?p ?o }"
    for what, where, names in (
        (default, default, "?s ?p ?o"),
        (said, f"{said} {layout.records}", "?g ?s ?p ?o"),
        (said, f"{said} {named_from(layout.staging)}", "?g ?s ?p ?o"),
    ):
        some = f"SELECT {names} WHERE {{ {where} }} LIMIT {_CLEARED_AT_ONCE}"
        yield where, _deletion(what, f"{{ {some} }}")


def forgetting(graphs: Iterable[NamedNode]) -> Iterator[Operation]:
    """Forget the names of graphs that are empty for good, where the server remembers them at all.

    No fence can stand before it; whoever comes late with it finds other names in use than these.
    """
    for nodes in some_of(sorted(map(str, graphs))):
        yield _unfenced(";\n".join(f"DROP SILENT GRAPH {node}" for node in nodes))


def values(name: str, nodes: Iterable[str]) -> str:
    """The solutions in which the variable is one of these nodes."""
    return f"VALUES {name} {{ {' '.join(nodes)} }}"


def some_of(things: Iterable[T], at_once: int = AT_ONCE) -> Iterator[list[T]]:
    """The things, a few at once."""
    rest = iter(things)
    while some := list(islice(rest, at_once)):
        yield some


def _template(said: Said) -> Iterator[Operation]:
    template = _graphs((f"GRAPH {graph}" if graph else "", lines) for graph, lines in said.items())
    yield _insertion(template, "")


def _staged(said: Said, layout: Layout) -> Iterator[Operation]:
    """Data first in graphs of passing names, which end like those that they are copied to."""
    passing = f"{layout.staging}{secrets.token_hex(8)}/"  # never twice: in Virtuoso names live on
    entities, records = f"<{passing}>", f"{layout.base}/records/"
    staging = {
        graph: f"<{passing}{graph.value.removeprefix(records)}>" if graph else entities
        for graph in said
    }
    data = _graphs((f"GRAPH {staging[graph]}", lines) for graph, lines in said.items())
    yield _unfenced(f"INSERT DATA {{ {data} }}")
    what = "{ ?s ?p ?o }"
    yield _insertion(f"GRAPH <{layout.entities}> {what}", f"GRAPH {entities} {what}")
    target = f'IRI(CONCAT("{records}", STRAFTER(STR(?from), "{passing}")))'
    for some in some_of(staging[graph] for graph in said if graph):
        source = f"{values('?from', some)} GRAPH ?from {what} BIND({target} AS ?to)"
        yield _insertion(f"GRAPH ?to {what}", source)
    for some in some_of(staging.values()):
        said_there = f"GRAPH ?g {what}"
        where = f"{values('?g', some)} {said_there}"
        yield _unfenced(f"DELETE {{ {said_there} }} WHERE {{ {where} }}")


def _insertion(what: str, where: str) -> Operation:
    return lambda fence: f"INSERT {{ {what} }} WHERE {{ {fence} {where} }}"


def _graphs(said: Iterable[tuple[str, list[str]]]) -> str:
    return "\n".join(
        f"{graph} {{ {' '.join(lines)} }}" if graph else " ".join(lines) for graph, lines in said
    )


def _deletion(what: str, where: str) -> Operation:
    return lambda fence: f"DELETE {{ {what} }} WHERE {{ {fence} {where} }}"


def _unfenced(operation: str) -> Operation:
    return lambda fence: operation
