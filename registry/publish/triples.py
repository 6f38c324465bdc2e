"""Collects the triples of a description that is written node by node."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from vocab.nquads import iri, lang_literal, literal, triple
from vocab.terms import PREFIXES

DCATDE: Final = "http://dcat-ap.de/def/dcatde/"
_PREFIXES: Final = PREFIXES | {"dcatde": DCATDE}


class Triples:
    """Canonical N-Triples lines in the order of adding; predicates are prefixed names."""

    def __init__(self) -> None:
        self._lines: dict[str, None] = {}

    def lines(self) -> tuple[str, ...]:
        """Each line once."""
        return tuple(self._lines)

    def names(self, term: str) -> bool:
        """Whether an IRI occurs."""
        return any(f"<{term}>" in line for line in self._lines)

    def types(self, subject: str, *classes: str) -> None:
        """What kind of thing the subject is."""
        self.links(subject, "rdf:type", *map(_expand, classes))

    def links(self, subject: str, predicate: str, *targets: str) -> None:
        """Statements with IRIs as objects."""
        for target in targets:
            self._add(subject, predicate, iri(target))

    def texts(self, subject: str, predicate: str, texts: Mapping[str, str]) -> None:
        """One statement for each language."""
        for language, text in texts.items():
            self._add(subject, predicate, lang_literal(text, language))

    def value(self, subject: str, predicate: str, value: str, datatype: str = "xsd:string") -> None:
        """One statement with a literal."""
        self._add(subject, predicate, literal(value, _expand(datatype)))

    def moment(self, subject: str, predicate: str, at: datetime) -> None:
        """One statement with a time: UTC, whole seconds."""
        self.value(subject, predicate, at.strftime("%Y-%m-%dT%H:%M:%SZ"), "xsd:dateTime")

    def _add(self, subject: str, predicate: str, term: str) -> None:
        self._lines[triple(subject, _expand(predicate), term)] = None


def _expand(name: str) -> str:
    prefix, _, local = name.partition(":")
    return _PREFIXES[prefix] + local
