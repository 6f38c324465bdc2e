"""The SHACL shapes: right documents conform, wrong ones do not, as far as RDF shows what is wrong."""

import json
from functools import cache
from typing import Any

import pyshacl
import pytest
from rdflib import RDF, Dataset, Graph, Literal, URIRef
from rdflib.namespace import SH

from schemas.build import FOLDER
from schemas.shapes import SHAPES
from tests.schemas.samples import Wrong, bare, full, wrong_documents
from vocab.context import build_context
from vocab.properties import KINDS, Range, properties_of
from vocab.terms import expand

BASE = "https://registry.example/id/"
CONTEXT = build_context()["@context"]


@cache
def shapes() -> Graph:
    return Graph().parse(FOLDER / "shapes.ttl")


def named(value: Any, iri: str) -> Any:
    """The value with an IRI for every node in it, as documents are published without blank nodes."""
    if isinstance(value, list):
        return [named(entry, f"{iri}-{number}") for number, entry in enumerate(value)]
    if not isinstance(value, dict) or "@value" in value:
        return value
    inner = {key: named(entry, f"{iri}-{key}") for key, entry in value.items()}
    return inner | {"id": iri} if "type" in value else inner


def as_published(document: dict[str, Any], number: int) -> dict[str, Any]:
    """The document at an IRI of the registry; references that only name somebody become agents."""
    kind = next(k for k in KINDS if document["type"] == bare(k)["type"])
    document = dict(document)
    for prop in properties_of(kind).values():
        values = document.get(prop.name)
        if prop.range is Range.REFERENCE and isinstance(values, list):
            document[prop.name] = [
                {"type": "Agent"} | v if isinstance(v, dict) else v for v in values
            ]
    return named({**document, "id": f"{BASE}{number}"}, f"{BASE}{number}#") | {
        "id": f"{BASE}{number}"
    }


def graph_of(documents: list[dict[str, Any]]) -> Graph:
    """What a lenient reader makes of the documents: rdflib keeps even what is no IRI."""
    text = json.dumps({"@context": CONTEXT, "@graph": documents})
    dataset = Dataset()
    dataset.parse(data=text, format="json-ld", base="https://registry.example/")
    return dataset.default_graph


def violations(graph: Graph) -> dict[str, set[tuple[str, str]]]:
    """By number of the document: (shape, path) of each violation."""
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes(), inplace=True)
    found: dict[str, set[tuple[str, str]]] = {}
    for result in report.subjects(RDF.type, SH.ValidationResult):
        if report.value(result, SH.resultSeverity) == SH.Violation:
            focus = str(report.value(result, SH.focusNode))
            number = focus.removeprefix(BASE).partition("#")[0]
            shape = str(report.value(result, SH.sourceShape)).removeprefix(SHAPES)
            found.setdefault(number, set()).add((shape, str(report.value(result, SH.resultPath))))
    return found


def test_the_shapes_are_shacl():
    """pySHACL's own meta shapes accept them."""
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=shapes(), meta_shacl=True)
    assert conforms, text


def test_full_and_bare_documents_conform():
    documents = [make(kind) for kind in KINDS for make in (full, bare)]
    graph = graph_of([as_published(d, n) for n, d in enumerate(documents)])
    assert len(graph) > 200
    assert violations(graph) == {}


def test_every_fault_that_rdf_shows_is_refused():
    """Each wrong document violates a shape of the very property that is wrong."""
    visible = [wrong for wrong in wrong_documents() if wrong.in_rdf]
    assert len(visible) > 500
    found = violations(graph_of([as_published(w.document, n) for n, w in enumerate(visible)]))
    passed = [w.label for n, w in enumerate(visible) if str(n) not in found]
    assert passed == []
    elsewhere = [
        (w.label, found[str(n)]) for n, w in enumerate(visible) if not _names(w, found[str(n)])
    ]
    assert elsewhere == []


def _names(wrong: Wrong, found: set[tuple[str, str]]) -> bool:
    """Whether a shape of the property that is wrong is among those that were violated."""
    names = [step for step in wrong.pointer.split("/") if step and not step.isdigit()]
    return any(shape.endswith(f"-{name}") or shape in ("",) for shape, _ in found for name in names) or any("-" not in shape for shape, _ in found)
