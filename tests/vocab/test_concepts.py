"""The concept schemes are whole, and code reads them as they stand in their files."""

import re

import pytest
from rdflib import DCTERMS, RDF, SKOS, Graph, URIRef

from vocab.concepts import SCHEMES_FOLDER, label, scheme, schemes
from vocab.properties import ACTOR_CLASSES, PROPERTIES
from vocab.terms import SCHEMES_BASE

NAMES = sorted(path.stem for path in SCHEMES_FOLDER.glob("*.ttl"))
FOREIGN = (
    r"http://metadata\.un\.org/sdg/([1-9]|1[0-7])",
    r"http://publications\.europa\.eu/resource/authority/data-theme/"
    r"(AGRI|ECON|EDUC|ENER|ENVI|GOVE|HEAL|INTR|JUST|REGI|SOCI|TECH|TRAN)",
    r"https://schema\.org/(Event\w+|\w+EventAttendanceMode)",
)
"""The 17 goals, the 13 data themes of the EU and what schema.org says of events."""


def graph_of(name: str) -> Graph:
    return Graph().parse(SCHEMES_FOLDER / f"{name}.ttl")


def test_the_schemes_are_those_that_the_properties_use() -> None:
    assert set(schemes()) == {prop.scheme for prop in PROPERTIES if prop.scheme}


@pytest.mark.parametrize("name", NAMES)
def test_every_concept_is_labelled_defined_and_placed(name: str) -> None:
    graph = graph_of(name)
    head = URIRef(f"{SCHEMES_BASE}{name}/")
    assert (head, RDF.type, SKOS.ConceptScheme) in graph
    for predicate in (DCTERMS.title, DCTERMS.description):
        assert {text.language for text in graph.objects(head, predicate)} == {"de", "en"}
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    assert len(concepts) >= 3
    for concept in concepts:
        for predicate in (SKOS.prefLabel, SKOS.definition):
            languages = sorted(text.language for text in graph.objects(concept, predicate))
            assert languages == ["de", "en"], (concept, predicate)
        (notation,) = graph.objects(concept, SKOS.notation)
        assert str(concept) == f"{head}{notation}"
        assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", str(notation))
        assert list(graph.objects(concept, SKOS.inScheme)) == [head]
        wider = list(graph.objects(concept, SKOS.broader))
        assert set(wider) <= concepts - {concept}
        assert ((concept, SKOS.topConceptOf, head) in graph) == (not wider)


@pytest.mark.parametrize("name", NAMES)
def test_labels_tell_the_concepts_of_a_scheme_apart(name: str) -> None:
    for language in ("de", "en"):
        labels = [concept.labels[language].casefold() for concept in scheme(name).concepts.values()]
        assert len(labels) == len(set(labels))


@pytest.mark.parametrize("name", NAMES)
def test_mappings_lead_to_concepts_that_exist(name: str) -> None:
    for concept in scheme(name).concepts.values():
        matches = concept.exact_match + concept.close_match + concept.related_match
        assert len(matches) == len(set(matches)), f"{concept.iri} is mapped twice to the same"
        for iri in matches:
            assert any(re.fullmatch(pattern, iri) for pattern in FOREIGN), iri


@pytest.mark.parametrize("name", NAMES)
def test_code_reads_what_the_file_says(name: str) -> None:
    """Read by another parser than the module's own."""
    graph = graph_of(name)
    read = scheme(name)
    assert len(read.concepts) == len(set(graph.subjects(RDF.type, SKOS.Concept)))
    for concept in read.concepts.values():
        said = graph.objects(URIRef(concept.iri), SKOS.prefLabel)
        assert dict(concept.labels) == {str(text.language): str(text) for text in said}
        broader = graph.value(URIRef(concept.iri), SKOS.broader)
        assert concept.broader == (str(broader).removeprefix(read.iri) if broader else None)


def test_topics_hold_the_six_cross_cutting_ones_and_lead_to_goals_and_themes() -> None:
    topics = scheme("topics")
    first = topics.notations[:6]
    assert first == (
        "digitalisation",
        "structural-change",
        "climate-change",
        "demographic-change",
        "rural-areas",
        "pandemic",
    )
    unmapped = [
        c.notation
        for c in topics.concepts.values()
        if not (c.exact_match or c.close_match or c.related_match)
    ]
    assert unmapped == []


def test_classes_are_added_for_actor_types_that_exist() -> None:
    assert set(ACTOR_CLASSES) <= set(scheme("actor-types").notations)


def test_statuses_are_told_apart_by_kind() -> None:
    parts = scheme("statuses").collections
    assert parts["of-actors"] == ("active", "inactive", "withdrawn")
    assert parts["of-projects"] == ("idea", "running", "finished")
    assert set(scheme("statuses").notations) == {n for part in parts.values() for n in part}


def test_labels_come_in_the_language_that_is_asked_for() -> None:
    assert label("topics", "care", "en") == "Care"
    assert label("topics", "care", "hsb") == label("topics", "care", "de") == "Pflege und Betreuung"
    assert label("topics", "http://metadata.un.org/sdg/1", "en") == "http://metadata.un.org/sdg/1"
    with pytest.raises(KeyError):
        label("no-such-scheme", "care", "en")


def test_notations_are_found_by_our_iri_and_by_an_exact_match() -> None:
    events = scheme("event-statuses")
    assert events.notation_of("https://w3id.org/verbund/event-statuses/cancelled") == "cancelled"
    assert events.notation_of("https://schema.org/EventCancelled") == "cancelled"
    assert events.notation_of("https://schema.org/Thing") is None
    assert scheme("topics").notation_of("http://metadata.un.org/sdg/3") is None, "close, not exact"
