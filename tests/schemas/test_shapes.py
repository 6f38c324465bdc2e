"""The SHACL shapes: right documents conform, wrong ones do not as far as RDF shows it."""

import logging

import pyshacl
import pytest
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.namespace import SH

from tests.schemas.judging import BASE, is_about, published, read, results, shapes, violations
from tests.schemas.samples import bare, full, wrong_documents
from vocab.properties import KINDS
from vocab.terms import expand


@pytest.fixture(autouse=True)
def _quiet_rdflib(caplog):
    """rdflib logs every ill-typed literal, and these tests are about little else."""
    caplog.set_level(logging.CRITICAL, "rdflib.term")


def test_full_and_bare_documents_conform_as_published():
    graph = published([make(kind) for kind in KINDS for make in (full, bare)])
    assert len(graph) > 200
    assert violations(graph) == {}


@pytest.mark.slow
def test_every_fault_that_rdf_shows_is_refused():
    """Each wrong document violates a shape of the property that is wrong, or of its node."""
    visible = [wrong for wrong in wrong_documents() if wrong.in_rdf]
    assert len(visible) > 500
    found = violations(read(visible))
    missed = [
        (wrong.label, found.get(str(number)))
        for number, wrong in enumerate(visible)
        if not any(is_about(shape, wrong) for shape in found.get(str(number), ()))
    ]
    assert missed == []


@pytest.mark.slow
def test_faults_that_leave_no_trace_in_rdf_are_named_as_such():
    """What the shapes cannot see is a short list of reasons, each of which holds.

    - A list where one value belongs, or one value where a list belongs, gives the same statements;
      an empty list gives none.
    - Keys that are no property say nothing, and a wrong type leaves nothing for a shape to aim at.
    - The id in a document is the hub's; what is published stands at the registry's own IRI.
    - A language tag with a right form that names no language is a right literal to RDF, and SHACL
      Core has no look into tags.
    - "true" in quotes and 12 without quotes are the same literals as true and "12".
    """
    reasons = {
        "list.form", "list.empty", "value.single", "field.unknown", "type.required", "type.unknown",
        "id.form", "text.language-tag", "boolean.form", "decimal.form",
    }  # fmt: skip
    lost = [wrong for wrong in wrong_documents() if not wrong.in_rdf]
    assert {wrong.rule for wrong in lost} == reasons
    found = violations(read(lost))
    assert [lost[int(number)].label for number in found] == []


def test_a_missing_name_is_a_violation_a_missing_duty_a_warning_a_missing_extra_an_info():
    graph = Graph()
    graph.add((URIRef(BASE + "1"), RDF.type, URIRef(expand("org:Organization"))))
    found = {(severity, shape) for severity, _, shape in results(graph)}
    assert ("Violation", "Actor-name") in found
    assert ("Warning", "Actor-actorType-missing") in found
    assert ("Info", "Actor-homepage-missing") in found
    assert ("Warning", "Actor-located") in found
    assert not any("legalName" in shape for _, shape in found)


@pytest.mark.parametrize(
    ("turtle", "located"),
    [
        ("<> schema:location <#v> . <#v> a schema:Place ; locn:address <#a> .", True),
        ("<> schema:location <#v> . <#v> a schema:VirtualLocation .", True),
        ("<> schema:location <#v> . <#v> a schema:Place .", False),
        ("<> dct:spatial <https://places.example/1> .", True),
    ],
)
def test_an_event_is_located_by_its_venue_its_place_or_online(turtle, located):
    prefixes = "".join(f"@prefix {p}: <{expand(p + ':')}> . " for p in ("schema", "locn", "dct"))
    graph = Graph().parse(
        data=f"{prefixes} <> a schema:Event . {turtle}", format="turtle", publicID=BASE + "1"
    )
    found = {shape for _, _, shape in results(graph)}
    assert ("Event-located" not in found) == located


def test_a_wrong_year_is_refused():
    """pySHACL itself takes "20x3" for an xsd:gYear; the pattern does not."""
    graph = published([bare("actor")])
    year = Literal("20x3", datatype=URIRef(expand("xsd:gYear")), normalize=False)
    graph.add((URIRef(BASE + "0"), URIRef(expand("schema:foundingDate")), year))
    assert violations(graph) == {"0": {"Actor-foundingDate"}}


def test_every_violation_is_explained_in_german_and_english():
    """Each property shape carries a message in both languages."""
    for shape in shapes().subjects(RDF.type, SH.PropertyShape):
        assert {m.language for m in shapes().objects(shape, SH.message)} == {"de", "en"}


@pytest.mark.slow
def test_the_shapes_are_shacl():
    """The shapes conform to the shapes of shapes (SHACL, appendix C)."""
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=shapes(), meta_shacl=True)
    assert conforms, text
