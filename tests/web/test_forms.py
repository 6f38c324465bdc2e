"""All RDF forms of one resource say the same, and the same as the graph."""

import json
from importlib import resources
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyld import jsonld
from pyoxigraph import RdfFormat, parse
from rdflib import Graph
from rdflib.compare import isomorphic

from registry.publish.quads import resource_quads
from registry.store import entities

CONTEXT = json.loads((resources.files("vocab") / "context.jsonld").read_text(encoding="utf-8"))


def our_context(base: str) -> Any:
    def load(url: str, options: object) -> dict[str, Any]:
        assert url == f"{base}/context.jsonld"
        return {"contextUrl": None, "documentUrl": url, "document": CONTEXT}

    return load


def canonical(lines: str) -> set[str]:
    """Lines of N-Quads without regard to their order."""
    return set(lines.splitlines())


@pytest.fixture(params=["werkhof", "mobil", "rad", "abend"])
def published(request: pytest.FixtureRequest, filled, ids: dict[str, str]):
    """A live entity's path, and the lines of the default graph that describe it."""
    with filled.store.read() as connection:
        found = entities.resource(connection, ids[request.param])
    assert found is not None
    quads = resource_quads(found.kind, found.id, found.state, found.document, filled.iris)
    default = {
        str(quad.triple)
        for quad in parse("".join(quads).encode(), format=RdfFormat.N_QUADS)
        if "DefaultGraph" in type(quad.graph_name).__name__
    }
    return f"/{found.kind}s/{found.id}", default


def test_json_ld_read_by_a_processor_is_what_the_graph_holds(
    client: FlaskClient, published, filled
) -> None:
    path, default = published
    document = client.get(f"{path}.jsonld").get_json(force=True)
    options = {"documentLoader": our_context(filled.settings.base_iri), "algorithm": "URDNA2015"}
    normalised = jsonld.normalize(document, {**options, "format": "application/n-quads"})
    read = {str(quad.triple) for quad in parse(normalised.encode(), format=RdfFormat.N_QUADS)}
    assert read == default


@pytest.mark.parametrize(("ending", "syntax"), [("ttl", "turtle"), ("nt", "nt"), ("rdf", "xml")])
def test_each_form_is_what_the_graph_holds(
    client: FlaskClient, published, ending: str, syntax: str
) -> None:
    path, default = published
    graph = Graph().parse(data=client.get(f"{path}.{ending}").data, format=syntax)
    wanted = Graph().parse(data=" .\n".join(sorted(default)) + " .\n", format="nt")
    assert len(wanted) > 5
    assert isomorphic(graph, wanted)


def test_the_document_stands_at_the_top_of_the_json_ld(
    client: FlaskClient, filled, ids: dict[str, str]
) -> None:
    document = client.get(f"/actors/{ids['werkhof']}.jsonld").get_json(force=True)
    assert document["id"] == filled.iris.entity(ids["werkhof"])
    assert document["name"] == {"de": "Werkhof Neißebogen e. V."}
    assert "Actor" in document["type"]
    records = [n for n in document["@included"] if n.get("type") == "dcat:CatalogRecord"]
    assert len(records) == 2


def test_turtle_declares_sorted_prefixes_and_begins_with_the_resource(
    client: FlaskClient, ids: dict[str, str]
) -> None:
    lines = client.get(f"/actors/{ids['werkhof']}.ttl").text.splitlines()
    prefixes = [line for line in lines if line.startswith("@prefix")]
    assert prefixes == sorted(prefixes)
    first = next(line for line in lines if not line.startswith("@prefix"))
    assert f"/id/{ids['werkhof']}> " in first


def test_plain_json_gives_codes_their_labels(client: FlaskClient, ids: dict[str, str]) -> None:
    body = client.get(f"/actors/{ids['werkhof']}.json").json
    topics = {topic["code"]: topic["label"] for topic in body["topic"]}
    assert topics["rural-areas"] == {"de": "Ländlicher Raum", "en": "Rural areas"}
    assert len(body["sources"]) == 2
    lost = {decision["property"] for decision in body["decisions"]}
    assert "name" in lost
