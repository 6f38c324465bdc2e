"""What belongs to one published resource in the graph: found by index, never by scanning.

The default graph holds the resource, its nested nodes (`<resource>#…`), its decisions, and for
every record about it the catalog record; the record's own statements are the named graph of its
name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Store

from vocab.terms import ABOUT, expand

_ABOUT: Final = NamedNode(ABOUT)
_PRIMARY_TOPIC: Final = NamedNode(expand("foaf:primaryTopic"))
_RECORD: Final = NamedNode(expand("dcat:record"))
_DEFAULT: Final = DefaultGraph()


@dataclass(frozen=True, slots=True)
class Belongings:
    """The subjects in the default graph whose statements go with a resource, and its records."""

    subjects: frozenset[NamedNode]
    records: frozenset[NamedNode]


def belongings(store: Store, resource_iri: str) -> Belongings:
    """All that a resource has in the store, in lookups by index only.

    Raises:
        ValueError: `resource_iri` is no IRI.
    """
    resource = NamedNode(resource_iri)
    subjects = _with_nested(store, resource, _subjects_of(store, _ABOUT, resource))
    records = frozenset(_subjects_of(store, _PRIMARY_TOPIC, resource))
    for record in records:
        subjects |= _with_nested(store, record, ())
    return Belongings(frozenset(subjects), records)


def removal(doomed: Belongings) -> Iterator[str]:
    """SPARQL operations that remove it; every IRI in them comes out of the store's own parser."""
    for subject in sorted(doomed.subjects, key=str):
        # A catalog's link to a record belongs to the record: it stays when the catalog is renewed.
        yield f"DELETE {{ {subject} ?p ?o }} WHERE {{ {subject} ?p ?o FILTER(?p != {_RECORD}) }}"
    for record in sorted(doomed.records, key=str):
        yield f"DELETE WHERE {{ ?catalog {_RECORD} {record} }}"
        yield f"DROP SILENT GRAPH {record}"


def _subjects_of(store: Store, predicate: NamedNode, value: NamedNode) -> list[NamedNode]:
    quads = store.quads_for_pattern(None, predicate, value, _DEFAULT)
    return [quad.subject for quad in quads if isinstance(quad.subject, NamedNode)]


def _with_nested(
    store: Store, owner: NamedNode, further: list[NamedNode] | tuple[()]
) -> set[NamedNode]:
    """The owner and the nodes below it that are reached from it or are among `further`."""
    prefix = f"{owner.value}#"
    found = {owner}
    waiting = [owner, *(node for node in further if node.value.startswith(prefix))]
    while waiting:
        node = waiting.pop()
        found.add(node)
        for quad in store.quads_for_pattern(node, None, None, _DEFAULT):
            target = quad.object
            if (
                isinstance(target, NamedNode)
                and target.value.startswith(prefix)
                and target not in found
            ):
                found.add(target)
                waiting.append(target)
    return found
