"""The concept schemes: notations, labels and mappings, read from `vocab/schemes/*.ttl`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from vocab.terms import PREFIXES, SCHEMES_BASE

SCHEMES_FOLDER: Final = Path(__file__).parent / "schemes"
_SKOS: Final = PREFIXES["skos"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """One concept of a scheme. Labels and definitions are by language, matches are foreign IRIs."""

    notation: str
    iri: str
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    broader: str | None  # notation of the wider concept of the same scheme
    exact_match: tuple[str, ...]
    close_match: tuple[str, ...]
    related_match: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A closed list of concepts in the order of its file, by notation."""

    name: str  # also the file's name and the last step of the IRI
    iri: str
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    concepts: Mapping[str, Concept]
    collections: Mapping[str, tuple[str, ...]]  # named parts of the scheme, as notations

    @property
    def notations(self) -> tuple[str, ...]:
        """The notations in the order in which they are shown."""
        return tuple(self.concepts)

    def notation_of(self, iri: str) -> str | None:
        """Our notation for one of our concept IRIs or for a foreign one that means the same."""
        own = iri.removeprefix(self.iri)
        if own in self.concepts:
            return own
        return next((c.notation for c in self.concepts.values() if iri in c.exact_match), None)


@cache
def schemes() -> Mapping[str, Scheme]:
    """All concept schemes by name."""
    paths = sorted(SCHEMES_FOLDER.glob("*.ttl"))
    return MappingProxyType({path.stem: _read(path) for path in paths})


def scheme(name: str) -> Scheme:
    """One concept scheme, `topics` for instance; KeyError for a name that no file has."""
    return schemes()[name]


def label(scheme_name: str, notation: str, language: str) -> str:
    """The label of a concept, in German where the language is not there.

    A value that the scheme does not hold, such as a foreign concept's IRI, is its own label.
    """
    concept = scheme(scheme_name).concepts.get(notation)
    if concept is None:
        return notation
    return concept.labels.get(language) or concept.labels["de"]


class _Statements:
    """What a Turtle file says, by subject and predicate, both in the order of the file."""

    def __init__(self, path: Path) -> None:
        self._values: dict[str, dict[str, list[NamedNode | Literal]]] = {}
        for quad in parse(path=path, format=RdfFormat.TURTLE):
            subject, predicate, value = quad.subject, quad.predicate, quad.object
            # Blank nodes and quoted triples have no place in a scheme.
            if not isinstance(subject, NamedNode) or not isinstance(value, NamedNode | Literal):
                raise ValueError(f"{path.name}: write only IRIs and literals, not {quad}")
            properties = self._values.setdefault(subject.value, {})
            properties.setdefault(predicate.value, []).append(value)

    def of_class(self, iri: str) -> list[str]:
        rdf_type = PREFIXES["rdf"] + "type"
        return [s for s in self._values if NamedNode(iri) in self._values[s].get(rdf_type, ())]

    def values(self, subject: str, predicate: str) -> tuple[str, ...]:
        return tuple(value.value for value in self._values[subject].get(predicate, ()))

    def texts(self, subject: str, predicate: str) -> Mapping[str, str]:
        found = self._values[subject].get(predicate, ())
        by_language = {v.language: v.value for v in found if isinstance(v, Literal) and v.language}
        return MappingProxyType(by_language)


def _read(path: Path) -> Scheme:
    name, iri = path.stem, f"{SCHEMES_BASE}{path.stem}/"
    said = _Statements(path)
    concepts = [_concept(said, iri, subject) for subject in said.of_class(_SKOS + "Concept")]
    return Scheme(
        name=name,
        iri=iri,
        labels=said.texts(iri, PREFIXES["dct"] + "title"),
        definitions=said.texts(iri, PREFIXES["dct"] + "description"),
        concepts=MappingProxyType({concept.notation: concept for concept in concepts}),
        collections=MappingProxyType(
            {
                subject.removeprefix(iri): tuple(
                    member.removeprefix(iri) for member in said.values(subject, _SKOS + "member")
                )
                for subject in said.of_class(_SKOS + "Collection")
            }
        ),
    )


def _concept(said: _Statements, scheme_iri: str, iri: str) -> Concept:
    (notation,) = said.values(iri, _SKOS + "notation")
    broader = said.values(iri, _SKOS + "broader")
    return Concept(
        notation=notation,
        iri=iri,
        labels=said.texts(iri, _SKOS + "prefLabel"),
        definitions=said.texts(iri, _SKOS + "definition"),
        broader=broader[0].removeprefix(scheme_iri) if broader else None,
        exact_match=said.values(iri, _SKOS + "exactMatch"),
        close_match=said.values(iri, _SKOS + "closeMatch"),
        related_match=said.values(iri, _SKOS + "relatedMatch"),
    )
