"""Property table, ontology, context, schemas and shapes say the same, none says more."""

import json
from functools import cache
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, SKOS, Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import SH

import vocab
from schemas.build import FOLDER
from schemas.json_schema import node_types_of
from schemas.shapes import SHAPES
from tests.schemas.judging import shapes
from vocab.concepts import schemes
from vocab.context import CONTEXT_PATH
from vocab.properties import (
    ENTITY_TYPES,
    KINDS,
    NODE_TYPES,
    PROPERTIES,
    Range,
    properties_of,
)
from vocab.terms import PREFIXES, expand

OWNERS = {kind: ENTITY_TYPES[kind].type for kind in KINDS} | {node: node for node in NODE_TYPES}
CARRIED = [
    pytest.param(owner, prop, id=f"{owner}.{prop.name}")
    for owner in OWNERS
    for prop in properties_of(owner).values()
]
OWN = PREFIXES["verbund"]


@cache
def context():
    return json.loads(CONTEXT_PATH.read_text("utf-8"))["@context"]


@cache
def ontology():
    return Graph().parse(Path(vocab.__file__).with_name("ontology.ttl"))


@cache
def schema_of(owner):
    """The properties that a schema gives to a kind or node type."""
    kind = owner if owner in KINDS else next((k for k in KINDS if owner in node_types_of(k)), None)
    if kind is None:  # agents, which stand where a reference may stand
        reference = _file("project")["$defs"]["reference"]
        return reference["then"]["properties"]
    file = _file(kind)
    return file["properties"] if owner == kind else file["$defs"][f"node-{owner}"]["properties"]


@cache
def _file(kind):
    return json.loads((FOLDER / f"{kind}.schema.json").read_text("utf-8"))


@pytest.mark.parametrize(("owner", "prop"), CARRIED)
def test_a_property_stands_in_context_schema_and_shapes(owner, prop):
    """Under the same IRI, with both labels, as one value or many."""
    assert expand(context()[prop.name]["@id"]) == expand(prop.iri)

    schema = schema_of(owner)[prop.name]
    assert schema["title"] == f"{prop.en} / {prop.de}"
    if prop.range is not Range.TEXT:
        assert (schema.get("type") == "array") == prop.many

    shape = URIRef(f"{SHAPES}{OWNERS[owner]}-{prop.name}")
    assert (URIRef(SHAPES + OWNERS[owner]), SH.property, shape) in shapes()
    assert shapes().value(shape, SH.path) == URIRef(expand(prop.iri))
    assert {str(label) for label in shapes().objects(shape, SH.name)} == {prop.de, prop.en}
    if prop.range is not Range.TEXT:
        assert ((shape, SH.maxCount, None) in shapes()) == (not prop.many)


@pytest.mark.parametrize("owner", OWNERS)
def test_schema_and_shapes_know_no_other_property(owner):
    names = set(properties_of(owner))
    assert set(schema_of(owner)) - names <= {"@context", "id", "type"}
    listed = shapes().objects(URIRef(SHAPES + OWNERS[owner]), SH.property)
    local = {str(shape).removeprefix(f"{SHAPES}{OWNERS[owner]}-") for shape in listed}
    assert {name.removesuffix("-missing") for name in local} == names


def test_the_context_knows_no_other_property():
    classes = {entity.type for entity in ENTITY_TYPES.values()} | set(NODE_TYPES)
    terms = {t for t in context() if t not in PREFIXES and not t.startswith("@")}
    assert terms == {"id", "type"} | classes | {prop.name for prop in PROPERTIES}


@pytest.mark.parametrize("prop", PROPERTIES, ids=lambda prop: f"{prop.name}-{prop.on[0]}")
def test_the_context_reads_values_as_the_shapes_expect_them(prop):
    """The coercion of the context gives the datatypes or nodes that the shape asks for."""
    coerced = {
        Range.TEXT: (None, "@language"),
        Range.STRING: (None, None),
        Range.IRI: ("@id", None),
        Range.DATE: ("xsd:date", None),
        Range.DATETIME: ("xsd:dateTime", None),
        Range.BOOLEAN: ("xsd:boolean", None),
        Range.DECIMAL: ("xsd:decimal", None),
        Range.WKT: ("geo:wktLiteral", None),
        Range.CONCEPT: ("@vocab", None),
        Range.REFERENCE: ("@id", None),
        Range.NODE: ("@id", None),
    }
    term = context()[prop.name]
    container = term.get("@container", [])
    containers = {container} if isinstance(container, str) else set(container)
    datatype, language = coerced[prop.range]
    assert term.get("@type") == datatype
    assert ("@language" in containers) == (language is not None)
    assert ("@set" in containers) == prop.many


@pytest.mark.parametrize("prop", [p for p in PROPERTIES if p.scheme], ids=lambda p: p.name)
def test_schema_and_shapes_list_the_concepts_of_the_scheme(prop):
    concepts = schemes()[prop.scheme].concepts
    for owner in prop.on:
        shape = URIRef(f"{SHAPES}{OWNERS[owner]}-{prop.name}")
        lists = list(shapes().objects(shape, SH["in"]))
        for alternatives in shapes().objects(shape, SH["or"]):
            for alternative in Collection(shapes(), alternatives):
                lists += shapes().objects(alternative, SH["in"])
        (listed,) = lists
        assert [str(c) for c in Collection(shapes(), listed)] == [c.iri for c in concepts.values()]
    for kind in KINDS:
        definition = _file(kind)["$defs"].get(f"concept-{prop.scheme}")
        if definition:
            assert definition.get("enum", definition.get("else", {}).get("enum")) == list(concepts)


@pytest.mark.parametrize("owner", OWNERS)
def test_shapes_aim_at_the_class_of_the_table(owner):
    iri = ENTITY_TYPES[owner].iri if owner in KINDS else NODE_TYPES[owner]
    targets = set(shapes().objects(URIRef(SHAPES + OWNERS[owner]), SH.targetClass))
    # An agent is judged where it is referred to: publishers of catalogs are foaf:Agent too.
    assert targets == (set() if owner == "Agent" else {URIRef(expand(iri))})


def own_terms():
    return sorted({p.iri for p in PROPERTIES if p.iri.startswith("verbund:")})


@pytest.mark.parametrize("curie", own_terms())
def test_a_term_of_our_own_is_in_the_ontology_with_label_and_definition_in_both_languages(curie):
    term = URIRef(expand(curie))
    prop = next(p for p in PROPERTIES if p.iri == curie)
    labels = {label.language: str(label) for label in ontology().objects(term, RDFS.label)}
    assert labels == {"de": prop.de, "en": prop.en} | {
        k: v for k, v in labels.items() if k not in ("de", "en")
    }
    said = {c.language for c in ontology().objects(term, SKOS.definition)} | {
        c.language for c in ontology().objects(term, RDFS.comment)
    }
    assert {"de", "en"} <= said


def test_the_ontology_has_every_term_of_ours_that_the_table_names():
    in_table = {URIRef(expand(curie)) for curie in own_terms()}
    described = {s for s in ontology().subjects(RDF.type) if str(s).startswith(OWN)}
    assert in_table <= described
