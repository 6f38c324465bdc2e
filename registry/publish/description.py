"""What an RDF form of one resource says: the default graph's part of its quads, as terms."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from registry.iris import Iris
from registry.publish.quads import (
    Resource,
    catalog_record,
    placed_entity,
    placed_record,
    resource_quads,
    said_beside,
)
from vocab.nquads import to_nquads
from vocab.properties import KINDS
from vocab.types import Document

_LITERAL: Final = r'"(?:[^"\\]|\\.)*"(?:@[A-Za-z0-9-]+|\^\^<[^>]*>)?'
# Our own lines only: canonical N-Quads without blank nodes (RDF 1.1 N-Quads, section 2).
_LINE: Final = re.compile(rf"(<[^>]*>) (<[^>]*>) (<[^>]*>|{_LITERAL}) \.\n")


@dataclass(frozen=True, slots=True)
class Statement:
    """One triple, its terms as N-Triples writes them."""

    subject: str
    predicate: str
    object: str

    @property
    def line(self) -> str:
        """The triple as a line of N-Triples."""
        return f"{self.subject} {self.predicate} {self.object} .\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """One resource as it is written out: its IRI, its document if it has one, what is said beside.

    `beside` are lines of N-Triples, of which the document states none.
    """

    subject: str
    beside: tuple[str, ...]
    placed: Document | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """All triples, those of a document and beside it as they are sorted for the hash."""
        if self.placed is None:
            return self.beside
        return tuple(sorted({*to_nquads(self.placed, None), *self.beside}))

    def statements(self) -> Iterator[Statement]:
        """The triples taken apart, those of the subject first, then of what hangs below it."""
        parsed = [statement for line in self.lines for statement in parse_lines([line])]
        own, below = f"<{self.subject}>", f"<{self.subject}#"

        def place_of(statement: Statement) -> tuple[int, str]:
            node = statement.subject
            return (0 if node == own else 1 if node.startswith(below) else 2, node)

        return iter(sorted(parsed, key=place_of))


def parse_lines(lines: Iterable[str]) -> Iterator[Statement]:
    """Our own N-Quads lines taken apart.

    Raises:
        ValueError: a line is not canonical N-Quads, which would be an error of ours.
    """
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None:
            raise ValueError(f"not a canonical N-Quads line: {line[:200]!r}")
        yield Statement(*match.groups())


def describe(
    kind: str, resource_id: str, state: str, resource: Resource, iris: Iris
) -> Description:
    """What the default graph says of one published resource; tombstones describe themselves."""
    subject = iris.resource(kind, resource_id)
    if state == "live" and kind in KINDS:
        placed = placed_entity(resource, subject, iris)
        beside = sorted(set(said_beside(subject, placed, resource, iris)))
        return Description(subject=subject, beside=tuple(beside), placed=placed)
    lines = resource_quads(kind, resource_id, state, resource, iris)
    return Description(subject=subject, beside=tuple(lines))


def describe_record(entity_id: str, record: Resource, iris: Iris) -> Description:
    """What one record says of its entity, and where it comes from, as triples of one graph."""
    graph, entity = iris.record(record["id"]), iris.entity(entity_id)
    return Description(
        subject=graph,
        beside=tuple(sorted(set(catalog_record(graph, entity, record, iris)))),
        placed=placed_record(record, entity, iris),
    )
