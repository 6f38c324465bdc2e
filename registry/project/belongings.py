"""What belongs to published resources in a graph: found by index, never by scanning.

The default graph holds the resource, its nested nodes (`<resource>#…`), its decisions, and for
every record about it the catalog record; the record's own statements are the named graph of its
name.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from pyoxigraph import NamedNode

from vocab.terms import ABOUT, expand

RECORD: Final = NamedNode(expand("dcat:record"))
"""A catalog's link to a record belongs to the record: it stays when the catalog is renewed."""

_ABOUT: Final = NamedNode(ABOUT)
_PRIMARY_TOPIC: Final = NamedNode(expand("foaf:primaryTopic"))

Link = tuple[NamedNode, NamedNode]
"""A subject and an object."""


class Lookup(Protocol):
    """The default graph of a store, looked up by index; what is no IRI is left out."""

    def subjects(self, predicate: NamedNode, objects: Collection[NamedNode]) -> Iterable[Link]:
        """The statements with this predicate that have one of these objects."""
        ...

    def objects(self, subjects: Collection[NamedNode]) -> Iterable[Link]:
        """The statements about these subjects."""
        ...


@dataclass(frozen=True, slots=True)
class Belongings:
    """The subjects in the default graph whose statements go with resources, and their records."""

    subjects: frozenset[NamedNode]
    records: frozenset[NamedNode]


def belongings(graph: Lookup, resource_iris: Iterable[str]) -> Belongings:
    """All that these resources have in the graph.

    Raises:
        ValueError: one of them is no IRI.
    """
    resources = {NamedNode(iri) for iri in resource_iris}
    records = {record for record, _ in graph.subjects(_PRIMARY_TOPIC, resources)}
    owners = {node: f"{node.value}#" for node in resources | records}
    for node, resource in graph.subjects(_ABOUT, resources):
        if node.value.startswith(owners[resource]):
            owners.setdefault(node, owners[resource])
    waiting = list(owners)
    while waiting:
        found = []
        for node, target in graph.objects(waiting):
            if target not in owners and target.value.startswith(owners[node]):
                owners[target] = owners[node]
                found.append(target)
        waiting = found
    return Belongings(frozenset(owners), frozenset(records))


def in_order(nodes: Collection[NamedNode]) -> Iterator[str]:
    """The nodes as SPARQL writes them; every one of them comes out of a parser of RDF."""
    return (str(node) for node in sorted(nodes, key=str))
