"""What an RDF form of one resource says: the default graph's part of its quads, as terms."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from registry.iris import Iris
from registry.publish.quads import Resource, placed_entity, placed_record, resource_quads
from vocab.nquads import to_nquads
from vocab.properties import KINDS
from vocab.types import Document

_LITERAL: Final = r'"(?:[^"\\]|\\.)*"(?:@[A-Za-z0-9-]+|\^\^<[^>]*>)?'
# Our own lines only: canonical N-Quads without blank nodes (RDF 1.1 N-Quads, section 2).
_LINE: Final = re.compile(rf"(<[^>]*>) (<[^>]*>) (<[^>]*>|{_LITERAL})(?: (<[^>]*>))? \.\n")


@dataclass(frozen=True, slots=True)
class Statement:
    """One triple, its terms as N-Triples writes them, and the graph it stands in (or None)."""

    subject: str
    predicate: str
    object: str
    graph: str | None

    @property
    def line(self) -> str:
        """The triple as a line of N-Triples."""
        return f"{self.subject} {self.predicate} {self.object} .\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """One resource as it is written out: its IRI, its triples, its document if it has one."""

    subject: str
    lines: tuple[str, ...]
    placed: Document | None = None

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
    quads = resource_quads(kind, resource_id, state, resource, iris)
    lines = tuple(s.line for s in parse_lines(quads) if s.graph is None)
    live = state == "live" and kind in KINDS
    return Description(
        subject=subject,
        lines=lines,
        placed=placed_entity(resource, subject, iris) if live else None,
    )


def describe_record(
    kind: str, entity_id: str, resource: Resource, record: Resource, iris: Iris
) -> Description:
    """What one record says of its entity, and where it comes from, as triples of one graph."""
    graph = iris.record(record["id"])
    own = f"<{graph}>"
    quads = resource_quads(kind, entity_id, "live", resource, iris)
    lines = tuple(
        s.line
        for s in parse_lines(quads)
        if s.graph == own or (s.graph is None and s.subject == own)
    )
    return Description(
        subject=graph, lines=lines, placed=placed_record(record, iris.entity(entity_id), iris)
    )


def lines_of(placed: Document) -> frozenset[str]:
    """The triples that a placed document itself states."""
    return frozenset(to_nquads(placed, None))
