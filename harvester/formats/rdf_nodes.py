"""Descriptions of RDF subjects as JSON, with what hangs below them as far as a mapping asks."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from harvester.accounting import without_words
from harvester.expressions import Path
from harvester.fields import paths_of
from harvester.formats.decoding import DEEPEST
from harvester.prefixes import Prefixes

if TYPE_CHECKING:
    from harvester.source import Source

Term = NamedNode | BlankNode | Literal
Description = dict[str, list[Term]]
Graph = dict[NamedNode | BlankNode, Description]
"""What is said of each subject, by the IRI of the predicate."""

MOST_NODES: Final = 2_000
"""Nodes below one subject. A few blank nodes that name each other make a tree without end."""

_DEEPEST_NODE: Final = 5
"""Blank nodes in blank nodes that are followed; addresses and opening hours need two or three."""

_RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_XSD_STRING: Final = NamedNode("http://www.w3.org/2001/XMLSchema#string")


@dataclass
class Trie:
    """Which links the mapping follows, by prefixed predicate."""

    below: dict[str, "Trie"] = field(default_factory=dict)


_NOTHING: Final = Trie()


def followed_by(source: "Source") -> Trie:
    """The links that the mapping of a source follows."""
    root = Trie()
    mapping = source.map
    if mapping is None:
        return root
    paths: set[Path] = set(paths_of(mapping.fields))
    for way in mapping.of_record():
        paths |= way.reads()
    for path in paths:
        node = root
        for step in without_words(path):
            node = node.below.setdefault(step, Trie())
    return root


def _backwards(trie: Trie) -> set[str]:
    """The predicates, with `^`, that some path goes from the object to the subject."""
    found = {name for name in trie.below if name.startswith("^")}
    return found.union(*(_backwards(below) for below in trie.below.values()))


def _linking(
    graph: Graph, prefixes: Prefixes, names: set[str]
) -> dict[str, dict[Term, list[NamedNode | BlankNode]]]:
    """By predicate: the subjects that link to each object."""
    found: dict[str, dict[Term, list[NamedNode | BlankNode]]] = {name: {} for name in names}
    wanted = {prefixes.expand(name[1:]): by_object for name, by_object in found.items()}
    for subject, description in graph.items() if names else ():
        for predicate in wanted.keys() & description.keys():
            for term in description[predicate]:
                wanted[predicate].setdefault(term, []).append(subject)
    return found


class Writer:
    """Writes the description of a subject as JSON, in an order of its own."""

    def __init__(self, graph: Graph, prefixes: Prefixes, followed: Trie) -> None:
        self._graph = graph
        self._prefixes = prefixes
        self._followed = followed
        self._nodes = 0
        self._linking = _linking(graph, prefixes, _backwards(followed))

    @property
    def cut_short(self) -> bool:
        """Whether more hung below the subject that was written last than may."""
        return self._nodes > MOST_NODES

    def types(self, subject: NamedNode | BlankNode) -> list[str]:
        values = self._graph.get(subject, {}).get(_RDF_TYPE, [])
        names = {self._prefixes.compact(v.value) for v in values if isinstance(v, NamedNode)}
        return sorted(names) if len(names) > 1 else list(names)

    def write(self, subject: NamedNode | BlankNode) -> dict[str, Any]:
        self._nodes = 0
        return self._node(subject, self._followed, (subject,), whole=True)

    def _node(
        self, subject: NamedNode | BlankNode, followed: Trie, way: tuple[Any, ...], *, whole: bool
    ) -> dict[str, Any]:
        """`whole`: with all predicates; else those that the mapping follows a link for."""
        node: dict[str, Any] = {} if isinstance(subject, BlankNode) else {"@id": subject.value}
        types = self.types(subject)
        if types and (whole or isinstance(subject, BlankNode)):
            node["@type"] = types
        compact, write, links = self._prefixes.compact, self._value, followed.below
        for predicate, terms in self._graph.get(subject, {}).items():
            name = compact(predicate)
            if predicate == _RDF_TYPE or not (whole or name in links):
                continue
            below = links.get(name, _NOTHING)
            if len(terms) == 1:
                node[name] = [write(terms[0], below, way)]
            else:
                values = {str(v): v for v in [write(term, below, way) for term in terms]}
                node[name] = [values[written] for written in sorted(values)]
        for name, by_object in self._linking.items():
            if name in links and subject in by_object:
                back = [write(term, links[name], way) for term in by_object[subject][:MOST_NODES]]
                node[name] = sorted(back, key=str)
        return node

    def _value(self, term: Term, followed: Trie, way: tuple[Any, ...]) -> dict[str, Any]:
        if isinstance(term, Literal):
            value: dict[str, Any] = {"@value": term.value}
            if term.language:
                value["@language"] = term.language.lower()
            elif term.datatype != _XSD_STRING:
                value["@type"] = self._prefixes.compact(term.datatype.value)
            return value
        if isinstance(term, BlankNode):
            if term in way or len(way) > _DEEPEST_NODE or not self._has_room():
                return {}
            return self._node(term, followed, (*way, term), whole=True)
        # A link is followed only where the mapping says so, for what it reads there.
        if followed.below and term not in way and len(way) <= DEEPEST and self._has_room():
            return self._node(term, followed, (*way, term), whole=False)
        return {"@id": term.value}

    def _has_room(self) -> bool:
        """Counts one more node below the subject; False once there are too many."""
        self._nodes += 1
        return self._nodes <= MOST_NODES
