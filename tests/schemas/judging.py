"""What the shapes say of documents, as published or as they stand."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import pyshacl
from rdflib import RDF, Graph
from rdflib.namespace import SH

from schemas.build import FOLDER
from schemas.shapes import SHAPES
from tests.schemas.reading import read_into
from tests.schemas.samples import Wrong
from vocab.documents import canonical, place
from vocab.nquads import to_nquads

BASE = "https://registry.example/id/"


@cache
def shapes() -> Graph:
    """The committed shapes."""
    return Graph().parse(FOLDER / "shapes.ttl")


def results(graph: Graph) -> set[tuple[str, str, str]]:
    """(severity, focus node without the base, shape) of every validation result."""
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes())
    return {
        (
            str(report.value(result, SH.resultSeverity)).removeprefix(str(SH)),
            str(report.value(result, SH.focusNode)).removeprefix(BASE),
            str(report.value(result, SH.sourceShape)).removeprefix(SHAPES),
        )
        for result in report.subjects(RDF.type, SH.ValidationResult)
    }


def violations(graph: Graph) -> dict[str, set[str]]:
    """The shapes that each entity violates, nested nodes counted with it."""
    found: dict[str, set[str]] = {}
    for severity, focus, shape in results(graph):
        if severity == "Violation":
            found.setdefault(focus.partition("#")[0], set()).add(shape)
    return found


def published(documents: Iterable[dict[str, Any]]) -> Graph:
    """The documents as the registry publishes them."""
    graph = Graph()
    for number, document in enumerate(documents):
        iri = f"{BASE}{number}"
        placed = place(canonical(document), subject=iri, owner=iri, resolve=lambda _: None)
        graph.parse(data="".join(to_nquads(placed, None)), format="nt")
    return graph


def read(wrongs: list[Wrong]) -> Graph:
    """The documents word for word, faults included."""
    graph = Graph()
    for number, wrong in enumerate(wrongs):
        read_into(graph, wrong.document, f"{BASE}{number}", wrong.kind)
    return graph


def is_about(shape: str, wrong: Wrong) -> bool:
    """Whether a violated shape is that of the property which is wrong, or of the node it is in."""
    steps = [step for step in wrong.pointer.split("/") if step and not step.isdigit()]
    owner, _, name = shape.partition("-")
    if "carriedBy" in steps:  # an agent is judged from where it is referred to
        return name == "carriedBy"
    return name == steps[-1] or (wrong.rule.startswith("node.") and owner in wrong.label)
