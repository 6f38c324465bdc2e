"""Queries that are answered before Flask: the same answers, counted and limited as all others."""

import gzip
from collections import Counter
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, run_wsgi_app

ACTORS = (
    "SELECT ?e ?name { ?e a <http://www.w3.org/ns/org#Organization> ;"
    " <https://schema.org/name> ?name }"
)
GRAPH = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
GZIP = {"Accept-Encoding": "gzip"}
ANSWERS: list[tuple[dict[str, str], dict[str, str]]] = [
    ({"query": ACTORS}, {}),
    ({"query": ACTORS}, GZIP),
    ({"query": GRAPH}, {"Accept": "text/turtle"}),
    ({"query": GRAPH}, {"Accept": "text/turtle", **GZIP}),
    ({"query": GRAPH}, {"Accept": "application/ld+json, */*;q=0.1", **GZIP}),
    ({"query": ACTORS, "format": "csv"}, {}),
    ({"query": ACTORS, "format": "csv"}, GZIP),
    ({"query": "ASK {}", "lang": "en"}, {"Accept": "application/sparql-results+xml"}),
    ({"query": ACTORS, "default-graph-uri": "https://verbund.example/records/none"}, {}),
]
ERRORS: list[tuple[dict[str, str], dict[str, str]]] = [
    ({"query": "SELECT"}, {}),
    ({"query": ACTORS}, {"Accept": "image/png"}),
    ({"query": ACTORS, "format": "ttl"}, {"Accept-Language": "en"}),
    ({"query": "DELETE WHERE { ?s ?p ?o }"}, {}),
    ({"query": "SELECT * FROM <https://elsewhere.example/> {}"}, {}),
    ({"query": ACTORS, "named-graph-uri": "file:///etc/passwd"}, {}),
    ({"query": ""}, {}),
    ({}, {}),
]


def said(app: Any, query: dict[str, str], headers: dict[str, str]) -> tuple[str, Any, bytes]:
    """Status, sorted headers and body of a WSGI application's answer."""
    environ = EnvironBuilder(path="/sparql", query_string=query, headers=headers).get_environ()
    parts, status, found = run_wsgi_app(app, environ, buffered=True)
    return status, sorted(found.items()), b"".join(parts)


def outcomes(app: Flask) -> Counter[str]:
    """How often queries that reached the pool ended how."""
    return Counter(app.extensions["verbund"].queries().status().outcomes)


def answered(app: Flask) -> int:
    """How many queries the pool has answered."""
    return outcomes(app)["answered"]


@pytest.mark.parametrize(("query", "headers"), [*ANSWERS, *ERRORS])
def test_they_get_the_answer_that_flask_would_give(
    filled: Any, query: dict[str, str], headers: dict[str, str]
) -> None:
    app = filled.app()

    def flask_alone(environ: Any, start: Any) -> Any:
        return Flask.wsgi_app(app, environ, start)

    assert said(app, query, headers) == said(flask_alone, query, headers)


@pytest.mark.parametrize(("query", "headers"), ANSWERS)
def test_what_was_asked_before_is_not_evaluated_again(
    filled: Any, query: dict[str, str], headers: dict[str, str]
) -> None:
    app = filled.app()
    first = said(app, query, headers)
    before = answered(app)
    assert said(app, query, headers) == first
    assert answered(app) == before


@pytest.mark.parametrize(
    "expression", ["NOW()", "RAND()", "UUID()", "struuid()", "BNODE()", "IF(true, rand(), 1)"]
)
def test_what_differs_each_time_is_evaluated_each_time(
    client: FlaskClient, expression: str
) -> None:
    query = {"query": f"SELECT ({expression} AS ?x) (1 AS ?now) {{}}"}
    before = answered(client.application)
    for _ in range(2):
        assert client.get("/sparql", query_string=query).status_code == 200
    assert answered(client.application) == before + 2


def test_an_answer_is_kept_for_its_own_form_only(client: FlaskClient) -> None:
    asked = {"query": GRAPH}
    turtle = client.get("/sparql", query_string=asked)
    packed = client.get("/sparql", query_string=asked, headers=GZIP)
    lines = client.get("/sparql", query_string=asked, headers={"Accept": "application/n-triples"})
    assert (turtle.mimetype, lines.mimetype) == ("text/turtle", "application/n-triples")
    assert gzip.decompress(packed.data) == turtle.data


def test_a_new_release_is_seen_at_once(registry: Any) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    client = registry.app().test_client()
    asked = {"query": ACTORS, "format": "csv"}
    for number, name in enumerate(("Werkhof", "Neuhof"), start=1):
        registry.say("atlas", {name: {"type": "Actor", "name": {"de": name}}})
        answers = [client.get("/sparql", query_string=asked) for _ in range(2)]
        assert all(name in answer.text for answer in answers)
        assert [answer.headers["Release"] for answer in answers] == [str(number)] * 2


def test_an_error_is_not_kept_and_not_asked_for_twice(client: FlaskClient) -> None:
    before = outcomes(client.application)["syntax"]
    for _ in range(2):
        assert client.get("/sparql", query_string={"query": "SELECT"}).status_code == 400
    assert outcomes(client.application)["syntax"] == before + 2


def test_a_large_answer_is_sent_by_flask_and_evaluated_once(filled: Any) -> None:
    app = filled.app()
    numbers = "VALUES ?{0} {{ 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 }}"
    query = "SELECT * {" + " ".join(numbers.format(name) for name in "abc") + "}"
    before = answered(app)
    response = app.test_client().get("/sparql", query_string={"query": query, "format": "json"})
    assert len(response.get_json(force=True)["results"]["bindings"]) == 8_000
    assert response.content_length is None or response.content_length > 1 << 18
    assert answered(app) == before + 1


@pytest.mark.parametrize("query", [ACTORS, "SELECT"])
def test_each_request_counts_once_for_the_rate_limit(filled: Any, query: str) -> None:
    client = filled.app(rate_limit_sparql="2/minute").test_client()
    far = {"REMOTE_ADDR": "192.0.2.7"}
    statuses = [
        client.get("/sparql", query_string={"query": query}, environ_overrides=far).status_code
        for _ in range(4)
    ]
    good = 200 if query == ACTORS else 400
    assert statuses == [good, good, 429, 429]
