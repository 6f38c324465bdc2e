"""The demo federation with its graph on a server: the same answers from the same addresses."""

import io
import json
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, Store

from registry.app import create_app
from registry.instance import open_instance
from registry.project.host import projectors
from registry.project.snapshots import SNAPSHOTS, newest_snapshot
from registry.serving import build_services
from registry.settings import Settings
from registry.web.worked_examples import TOPICS_QUERY
from tests.graph_servers import GraphServer
from tests.project.test_graph import There
from tests.whole.conftest import BASE
from tests.whole.test_graph import PREFIXES, WHO_SAYS

QUERIES = (
    TOPICS_QUERY,
    WHO_SAYS,
    PREFIXES + "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    PREFIXES
    + "SELECT ?name ?place { ?s schema:name ?name OPTIONAL { ?s schema:location ?place } }",
    PREFIXES
    + "SELECT ?s { ?s a ?type FILTER(STRSTARTS(STR(?s), STR(<https://verbund.example/id/>))) }",
    PREFIXES + "SELECT DISTINCT ?hub { ?record prov:wasAttributedTo ?hub }",
    PREFIXES + "SELECT ?d ?won { ?d a verbund:Decision ; verbund:wonBy ?won }",
    PREFIXES + "SELECT ?type (COUNT(?s) AS ?n) { ?s a ?type } GROUP BY ?type ORDER BY ?type",
    PREFIXES + "SELECT ?s ?name { ?s schema:name ?name FILTER(LANG(?name) = 'de') } ORDER BY ?name",
    PREFIXES + "SELECT ?s { ?s dct:subject/^dct:subject ?other FILTER(?s != ?other) } LIMIT 10000",
)


@pytest.fixture(params=["oxigraph", "virtuoso"])
def on_server(request: pytest.FixtureRequest, demo_settings: Settings) -> Settings:
    """The demo's registry, whose graph is on a server as well."""
    server: GraphServer = request.getfixturevalue(f"{request.param}_server")
    server.empty(BASE)
    settings = replace(
        demo_settings, graph_url=server.query_url, graph_update_url=server.update_url
    )
    with open_instance(settings) as instance, projectors(instance) as opened:
        assert [projector.follow() for projector in opened] == [1, 1]
    return settings


def client(settings: Settings, until: ExitStack) -> FlaskClient:
    return create_app(build_services(settings, until)).test_client()


def rows(client: FlaskClient, query: str) -> list[str]:
    answer = client.post(
        "/sparql",
        data=query,
        headers={
            "Content-Type": "application/sparql-query",
            "Accept": "application/sparql-results+json",
        },
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["Release"] == "1"
    found: list[dict[str, Any]] = json.loads(answer.data)["results"]["bindings"]
    return sorted(json.dumps({k: said(v) for k, v in row.items()}, sort_keys=True) for row in found)


def said(term: dict[str, str]) -> dict[str, str]:
    """A term of results, however a server writes its type."""
    return {**term, "type": term["type"].replace("typed-literal", "literal")}


def test_a_server_holds_the_same_graph_and_answers_the_same(
    on_server: Settings, demo_settings: Settings
) -> None:
    with ExitStack() as until:
        here, there = client(demo_settings, until), client(on_server, until)
        for query in QUERIES:
            expected = rows(here, query)
            assert expected, query
            assert rows(there, query) == expected, query
        status = json.loads(there.get("/status.json").data)
        graph = next(copy for copy in status["copies"] if copy["name"] == "graph")
        assert (graph["release"], graph["state"]) == (1, "current")
        assert status["queries"]["network"] == "server"
        assert there.get("/readyz").status_code == 200


def test_the_server_has_every_quad(on_server: Settings, demo_settings: Settings) -> None:
    folder = demo_settings.home / "graph"
    store = Store.read_only(str(folder / SNAPSHOTS / str(newest_snapshot(folder))))
    out = io.BytesIO()
    store.dump(out, RdfFormat.N_QUADS)
    place = There.__new__(There)
    place.server = GraphServer("", on_server.graph_url, on_server.graph_update_url)
    assert place.content(BASE) == sorted(
        f"{line}\n" for line in out.getvalue().decode().split("\n")[:-1]
    )
