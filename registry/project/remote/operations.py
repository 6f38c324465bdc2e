"""The operations of SPARQL 1.1 Update that move a server's graph from release to release.

Each is done only behind its fence (state.py). The default graph is the server's own or, where that
is the union of all named graphs, a named one of ours.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, parse

from registry.project.belongings import RECORD, Belongings, in_order
from registry.project.remote.layout import Layout
from registry.project.remote.state import Operation

AT_ONCE: Final = 200
"""Nodes or statements in one operation: Virtuoso takes no more than about a thousand."""

_CLEARED_AT_ONCE: Final = 5_000

T = TypeVar("T")


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
    """Insert these N-Quads. Raises SyntaxError where they are broken."""
    for some in some_of(parse(quads, RdfFormat.N_QUADS)):
        yield _insertion(some, layout)


def clearing(layout: Layout) -> Iterator[tuple[str, Operation]]:
    """For each part of what a registry has: the pattern of it, and the removal of some of it."""
    default, said = layout.default("?s ?p ?o"), "GRAPH ?g { ?s ?p ?o }"
    for what, where, names in (
        (default, default, "?s ?p ?o"),
        (said, f"{said} {layout.records}", "?g ?s ?p ?o"),
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


def some_of(things: Iterable[T]) -> Iterator[list[T]]:
    """The things, a few at once."""
    rest = iter(things)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def _insertion(quads: Collection[Quad], layout: Layout) -> Operation:
    said = defaultdict(list)
    for quad in quads:
        graph = None if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name
        said[graph].append(f"{quad.subject} {quad.predicate} {quad.object} .")
    template = "\n".join(
        f"GRAPH {graph} {{ {' '.join(lines)} }}" if graph else layout.default(" ".join(lines))
        for graph, lines in said.items()
    )
    return lambda fence: f"INSERT {{ {template} }} WHERE {{ {fence} }}"


def _deletion(what: str, where: str) -> Operation:
    return lambda fence: f"DELETE {{ {what} }} WHERE {{ {fence} {where} }}"


def _unfenced(operation: str) -> Operation:
    return lambda fence: operation
