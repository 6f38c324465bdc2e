"""The ontology, the property table and the code speak of the same terms."""

import re
from pathlib import Path

import pytest
from rdflib import DCTERMS, OWL, PROV, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from rdflib import namespace as rdflib_namespaces

import vocab
from vocab import terms
from vocab.concepts import schemes
from vocab.properties import (
    ACTOR_CLASSES,
    ENTITY_TYPES,
    KINDS,
    NODE_TYPES,
    PROPERTIES,
    Range,
    properties_of,
)
from vocab.terms import PREFIXES, SCHEMES_BASE, concept_iri, expand

SCHEMA = Namespace(PREFIXES["schema"])
OURS = PREFIXES["verbund"]
CHECKOUT = Path(vocab.__file__).parents[1]

# Vocabularies of which rdflib has a closed list of terms.
LISTED = {
    "dcat": rdflib_namespaces.DCAT,
    "dct": DCTERMS,
    "foaf": rdflib_namespaces.FOAF,
    "geo": rdflib_namespaces.GEO,
    "org": rdflib_namespaces.ORG,
    "owl": OWL,
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": rdflib_namespaces.SDO,
    "skos": SKOS,
    "xsd": rdflib_namespaces.XSD,
}
YOUNGER = {"schema:funding"}
"""Terms that are younger than rdflib's list."""

CLASS_NAMES = {
    *NODE_TYPES.values(),
    *ACTOR_CLASSES.values(),
    *(name for entity in ENTITY_TYPES.values() for name in (entity.iri, *entity.also)),
}


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return Graph().parse(CHECKOUT / "vocab" / "ontology.ttl")


def declared(ontology: Graph) -> set[str]:
    return {str(term) for term in ontology.subjects(RDFS.isDefinedBy, URIRef(OURS))}


def texts(graph: Graph, subject: URIRef, predicate: URIRef) -> dict[str | None, str]:
    said = [value for value in graph.objects(subject, predicate) if isinstance(value, Literal)]
    return {value.language: str(value) for value in said}


def test_every_term_of_ours_that_the_table_uses_is_declared(ontology: Graph) -> None:
    used = {expand(name) for name in CLASS_NAMES | {p.iri for p in PROPERTIES}}
    assert {iri for iri in used if iri.startswith(OURS)} <= declared(ontology)


def test_every_term_of_ours_that_code_names_is_declared(ontology: Graph) -> None:
    constants = {v for v in vars(terms).values() if isinstance(v, str) and v.startswith(OURS)} - {
        OURS
    }
    assert constants
    assert constants <= declared(ontology)


def test_code_names_no_term_of_ours_that_is_not_declared(ontology: Graph) -> None:
    """Prefixed names in code, templates and queries of every package."""
    known = {iri.removeprefix(OURS) for iri in declared(ontology)}
    for package in ("vocab", "schemas", "harvester", "registry"):
        for path in (CHECKOUT / package).rglob("*"):
            if path.suffix in {".py", ".html", ".rq", ".ttl", ".toml"}:
                named = re.findall(r"\bverbund:([A-Za-z]+)", path.read_text("utf-8"))
                assert set(named) <= known, path


def test_every_declared_term_is_used(ontology: Graph) -> None:
    constants = {v for v in vars(terms).values() if isinstance(v, str)}
    used = {expand(p.iri) for p in PROPERTIES} | constants
    assert declared(ontology) <= used


def test_every_term_is_labelled_and_defined_in_german_and_english(ontology: Graph) -> None:
    subjects = {str(s) for s in ontology.subjects() if str(s).startswith(OURS)} - {OURS}
    assert subjects == declared(ontology)
    for term in map(URIRef, subjects):
        for predicate in (RDFS.label, SKOS.definition):
            found = texts(ontology, term, predicate)
            assert set(found) == {"de", "en"}, (term, predicate)
            assert all(text.strip() for text in found.values())


def test_the_ontology_says_what_it_is(ontology: Graph) -> None:
    head = URIRef(OURS)
    assert (head, RDF.type, OWL.Ontology) in ontology
    for predicate in (DCTERMS.title, DCTERMS.description):
        assert set(texts(ontology, head, predicate)) == {"de", "en"}
    assert ontology.value(head, DCTERMS.license)
    assert ontology.value(head, OWL.versionInfo)


def test_the_ontology_links_every_scheme(ontology: Graph) -> None:
    linked = {str(iri) for iri in ontology.objects(URIRef(OURS), RDFS.seeAlso)}
    assert linked == {scheme.iri for scheme in schemes().values()}


def test_properties_say_where_they_stand(ontology: Graph) -> None:
    """Domain and range of a property are those of the table."""
    ranges = {Range.TEXT: RDF.langString, Range.CONCEPT: SKOS.Concept, Range.REFERENCE: None}
    for prop in PROPERTIES:
        if not prop.iri.startswith("verbund:"):
            continue
        term = URIRef(expand(prop.iri))
        domains = {str(iri) for iri in ontology.objects(term, SCHEMA.domainIncludes)}
        assert domains == {expand(ENTITY_TYPES[kind].iri) for kind in KINDS if kind in prop.on}
        expected = ranges[prop.range]
        found = set(ontology.objects(term, SCHEMA.rangeIncludes))
        target = {URIRef(expand(n)) for n in (ENTITY_TYPES["actor"].iri, NODE_TYPES["Agent"])}
        assert found == ({expected} if expected else target)
        assert texts(ontology, term, RDFS.label) == {"de": prop.de, "en": prop.en}
        if prop.scheme:
            assert URIRef(f"{SCHEMES_BASE}{prop.scheme}/") in ontology.objects(term, RDFS.seeAlso)


def test_terms_of_others_exist() -> None:
    """A typing error in a term of somebody else's would be published for ever."""
    for name in CLASS_NAMES | {prop.iri for prop in PROPERTIES}:
        prefix, _, local = name.partition(":")
        if prefix in LISTED and name not in YOUNGER:
            assert str(LISTED[prefix]) in (
                PREFIXES[prefix],
                PREFIXES[prefix].replace("https", "http"),
            )
            assert local in LISTED[prefix], name


def test_foreign_terms_in_the_ontology_exist(ontology: Graph) -> None:
    foreign = {str(term) for triple in ontology for term in triple if isinstance(term, URIRef)}
    for prefix, listed in LISTED.items():
        for iri in foreign:
            local = iri.removeprefix(PREFIXES[prefix])
            if local != iri:
                assert local in listed or local in {"domainIncludes", "rangeIncludes"}, iri


def test_every_property_is_used_once_by_each_owner() -> None:
    names = [prop.name for prop in PROPERTIES]
    assert len(names) == len(set(names))
    for owner in (*KINDS, *NODE_TYPES):
        iris = [prop.iri for prop in properties_of(owner).values()]
        assert iris, owner
        assert len(iris) == len(set(iris)), f"{owner}: two keys would say the same in RDF"


def test_every_owner_and_node_of_the_table_is_a_type() -> None:
    owners = {owner for prop in PROPERTIES for owner in prop.on}
    nodes = {node for prop in PROPERTIES for node in prop.nodes}
    assert owners | nodes <= {*KINDS, *NODE_TYPES}
    for prop in PROPERTIES:
        assert bool(prop.nodes) == (prop.range is Range.NODE), prop.name
        assert bool(prop.scheme) == (prop.range is Range.CONCEPT), prop.name
        assert bool(prop.target) == (prop.range is Range.REFERENCE), prop.name


def test_prefixed_names_and_notations_become_iris() -> None:
    assert expand("dct:title") == "http://purl.org/dc/terms/title"
    with pytest.raises(KeyError):
        expand("unknown:title")
    assert concept_iri("topics", "care") == "https://w3id.org/verbund/topics/care"
    assert concept_iri("topics", "http://metadata.un.org/sdg/1") == "http://metadata.un.org/sdg/1"
