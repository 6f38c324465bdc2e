"""The SPARQL endpoint: the protocol's ways in, the forms out, limits, and the page for browsers."""

import csv
import io
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from registry.app import create_app
from registry.sparql.pool import QueryPool
from registry.sparql.schedule import PoolLimits
from registry.web.sparql_examples import EXAMPLES

NAMES = (
    "SELECT ?name WHERE { ?e a <http://www.w3.org/ns/org#Organization> ;"
    " <https://schema.org/name> ?name }"
)
WHO = "SELECT ?g ?name WHERE { GRAPH ?g { <%s> <https://schema.org/name> ?name } }"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "de"}


def ways(client: FlaskClient, query: str, accept: str):
    headers = {"Accept": accept}
    yield client.get("/sparql", query_string={"query": query}, headers=headers)
    yield client.post("/sparql", data={"query": query}, headers=headers)
    yield client.post(
        "/sparql", data=query.encode(), content_type="application/sparql-query", headers=headers
    )


def test_the_protocol_s_three_ways_give_the_same_answer(client: FlaskClient) -> None:
    answers = list(ways(client, NAMES, "application/sparql-results+json"))
    for response in answers:
        assert response.status_code == 200
        assert response.mimetype == "application/sparql-results+json"
        assert response.headers["Release"] == "2"
    names = {row["name"]["value"] for row in answers[0].get_json(force=True)["results"]["bindings"]}
    assert "Werkhof Neißebogen e. V." in names
    assert len({response.data for response in answers}) == 1


@pytest.mark.parametrize(
    "accept",
    [
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    ],
)
def test_every_result_format_is_served(client: FlaskClient, accept: str) -> None:
    response = client.get("/sparql", query_string={"query": NAMES}, headers={"Accept": accept})
    assert response.mimetype == accept
    assert "Werkhof" in response.text


def test_csv_has_a_row_for_each_solution(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": NAMES, "format": "csv"})
    rows = list(csv.reader(io.StringIO(response.text)))
    assert rows[0] == ["name"]
    assert len(rows) == 1 + 4  # three actors, one of them with two names


@pytest.mark.parametrize("accept", [None, "", "*/*"])
def test_without_a_wish_json_is_served(client: FlaskClient, accept: str | None) -> None:
    headers = {} if accept is None else {"Accept": accept}
    response = client.get("/sparql", query_string={"query": NAMES}, headers=headers)
    assert response.mimetype == "application/sparql-results+json"


def test_a_graph_is_served_as_rdf(client: FlaskClient, ids: dict[str, str], filled) -> None:
    query = f"DESCRIBE <{filled.iris.entity(ids['werkhof'])}>"
    response = client.get(
        "/sparql", query_string={"query": query}, headers={"Accept": "text/turtle"}
    )
    assert response.mimetype == "text/turtle"
    assert "Werkhof" in response.text


def test_a_form_that_the_query_cannot_have_is_406(client: FlaskClient) -> None:
    response = client.get(
        "/sparql", query_string={"query": NAMES}, headers={"Accept": "text/turtle"}
    )
    assert response.status_code == 406
    assert "text/csv" in response.json["detail"]


def test_one_query_tells_who_says_what(client: FlaskClient, ids: dict[str, str], filled) -> None:
    query = WHO % filled.iris.entity(ids["werkhof"])
    body = client.get("/sparql", query_string={"query": query}).get_json(force=True)
    said = {row["g"]["value"]: row["name"]["value"] for row in body["results"]["bindings"]}
    assert said == {
        filled.iris.record(filled.record_of("atlas", "werkhof")): "Werkhof Neißebogen e. V.",
        filled.iris.record(filled.record_of("boerse", "w1")): "WERKHOF NEISSEBOGEN E.V.",
    }


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 400, "query-missing"),
        ("SELECT WHERE", 400, "syntax"),
        ("INSERT DATA { <a:b> <a:b> <a:b> }", 400, "update"),
        ("SELECT * { SERVICE <https://a.example/> { ?s ?p ?o } }", 400, "service"),
        ("SELECT * { " + "{" * 100 + "}" * 100 + " }", 400, "nesting"),
        ("SELECT * { ?s ?p ?o } #" + "x" * 70_000, 400, "too-long"),
    ],
)
def test_what_may_not_run_is_a_problem_document(
    client: FlaskClient, query: str, status: int, code: str
) -> None:
    for response in ways(client, query, "*/*"):
        assert response.status_code == status
        assert response.mimetype == "application/problem+json"
        assert response.json["type"].endswith(f"#problem-{code}")


def test_foreign_graphs_of_the_protocol_are_refused(client: FlaskClient) -> None:
    parameters = {"query": NAMES, "default-graph-uri": "https://elsewhere.example/g"}
    assert client.get("/sparql", query_string=parameters).status_code == 400


def test_one_record_s_graph_can_be_the_default_graph(client: FlaskClient, filled) -> None:
    graph = filled.iris.record(filled.record_of("boerse", "w1"))
    query = "SELECT ?n WHERE { ?e <https://schema.org/name> ?n }"
    body = client.get(
        "/sparql", query_string={"query": query, "default-graph-uri": graph}
    ).get_json(force=True)
    assert [row["n"]["value"] for row in body["results"]["bindings"]] == [
        "WERKHOF NEISSEBOGEN E.V."
    ]


def test_a_body_of_an_unknown_type_is_415(client: FlaskClient) -> None:
    response = client.post("/sparql", data=b"{}", content_type="application/json")
    assert response.status_code == 415


def test_a_body_that_is_no_utf8_is_400(client: FlaskClient) -> None:
    response = client.post("/sparql", data=b"SELECT \xff", content_type="application/sparql-query")
    assert response.status_code == 400


def test_a_body_beyond_all_measure_is_not_read(client: FlaskClient) -> None:
    response = client.post(
        "/sparql", data=b"x" * 1_000_000, content_type="application/sparql-query"
    )
    assert response.status_code == 413
    assert response.mimetype == "application/problem+json"


def test_an_answer_that_grows_beyond_its_limit_is_a_problem(filled) -> None:
    """Never a shortened answer that looks whole."""
    pool = QueryPool(filled.pool.graph, PoolLimits(workers=1, spares=0, max_result_bytes=300))
    app = create_app(replace(filled.services(), queries=lambda: pool))
    try:
        response = app.test_client().get("/sparql", query_string={"query": NAMES})
    finally:
        pool.close()
    assert (response.status_code, response.mimetype) == (422, "application/problem+json")


def test_a_large_answer_is_sent_whole(client: FlaskClient) -> None:
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 10000"
    response = client.get("/sparql", query_string={"query": query, "format": "csv"})
    assert len(list(csv.reader(io.StringIO(response.text)))) == 10_001
    assert len(response.data) > 1 << 18


def test_a_registry_without_a_graph_asks_to_come_back(registry) -> None:
    response = registry.app().test_client().get("/sparql", query_string={"query": NAMES})
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0


def test_browsers_get_a_page_with_a_query_to_begin_with(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/sparql", headers=BROWSER).text, "html.parser")
    assert page.textarea.text.strip() == EXAMPLES["rural"]
    assert not page.select("#result *")


def test_an_example_that_is_chosen_runs_at_once(client: FlaskClient) -> None:
    other = client.get("/sparql?example=who", headers=BROWSER)
    page = BeautifulSoup(other.text, "html.parser")
    assert page.textarea.text.strip() == EXAMPLES["who"]
    assert page.select_one("option[selected]")["value"] == "who"
    assert "Werkhof Neißebogen e. V." in page.select_one("#result tbody").text
    unknown = client.get("/sparql?example=nirgends", headers=BROWSER)
    assert unknown.status_code == 200


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("SELECT * { ?s ?p ?o }", ["s", "p", "o"]),
        ("select distinct * { ?s ?p $o } # ?o", ["s", "p", "o"]),
        ("PREFIX o: <https://o.example/?o#> SELECT * { ?s ?p ?o } # ?o", ["s", "p", "o"]),
        ("# SELECT ?x\nSELECT * { ?s ?p ?o FILTER(?o != '?a') }", ["s", "p", "o"]),
        ("SELECT ?p (STR(?s) AS ?z) ?s { ?s ?p ?o }", ["p", "z", "s"]),
        ("SELECT ?s ?p { { SELECT * { ?p ?s ?o } } }", ["s", "p"]),
    ],
)
def test_columns_stand_as_the_query_meets_or_names_them(
    client: FlaskClient, query: str, columns: list[str]
) -> None:
    response = client.get("/sparql", query_string={"query": query}, headers=BROWSER)
    page = BeautifulSoup(response.text, "html.parser")
    assert [th.text for th in page.select("#result thead th")] == columns


def test_what_stands_behind_a_text_is_explained_where_there_is_one(client: FlaskClient) -> None:
    notes = []
    for query in (NAMES, "SELECT ?s { ?s ?p ?o } LIMIT 1"):
        response = client.get("/sparql", query_string={"query": query}, headers=BROWSER)
        notes.append(
            "@und" in BeautifulSoup(response.text, "html.parser").select_one("#result").text
        )
    assert notes == [True, False]


def test_browsers_get_solutions_as_a_table(client: FlaskClient, filled, ids) -> None:
    query = WHO % filled.iris.entity(ids["werkhof"])
    response = client.get("/sparql", query_string={"query": query}, headers=BROWSER)
    page = BeautifulSoup(response.text, "html.parser")
    assert [th.text for th in page.select("thead th")] == ["g", "name"]
    assert len(page.select("tbody tr")) == 2
    assert page.select_one("tbody a")["href"].startswith("/records/")
    assert response.headers["Release"] == "2"
    assert "aus Release 2" in page.select_one("#erg ~ .row").text
    assert page.select_one("tbody [lang=de]").text == "Werkhof Neißebogen e. V."


def test_browsers_can_take_the_answer_as_a_file(client: FlaskClient) -> None:
    response = client.get(
        "/sparql", query_string={"query": NAMES, "format": "csv"}, headers=BROWSER
    )
    assert response.mimetype == "text/csv"


def test_browsers_see_what_is_wrong_beside_their_query(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": "SELECT <b>"}, headers=BROWSER)
    page = BeautifulSoup(response.text, "html.parser")
    assert response.status_code == 400
    assert page.textarea.text.strip() == "SELECT <b>"
    assert page.select_one(".note.stop").text.strip()


def test_yes_and_no_are_told_in_words(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": "ASK { ?s ?p ?o }"}, headers=BROWSER)
    assert BeautifulSoup(response.text, "html.parser").select_one(".lead b").text == "Ja"


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_has_an_answer(client: FlaskClient, name: str) -> None:
    response = client.get("/sparql", query_string={"query": EXAMPLES[name]})
    assert response.get_json(force=True)["results"]["bindings"]


def test_other_sites_may_ask_by_post(client: FlaskClient) -> None:
    response = client.options(
        "/sparql",
        headers={
            "Origin": "https://elsewhere.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]
    assert "POST" in response.headers["Access-Control-Allow-Methods"]


def test_an_answer_too_large_for_a_page_is_offered_as_a_file(client: FlaskClient) -> None:
    """Parsed, 100 MiB of JSON would take more than half a GiB of the web process."""
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000"
    response = client.get("/sparql", query_string={"query": query}, headers=BROWSER)
    page = BeautifulSoup(response.text, "html.parser")
    assert response.status_code == 422
    assert "»Als«" in page.select_one(".note.stop").text
    whole = client.get("/sparql", query_string={"query": query, "format": "json"})
    assert len(whole.get_json(force=True)["results"]["bindings"]) == 20_000


def test_a_result_names_the_release_that_it_is_from(client: FlaskClient) -> None:
    page = client.get("/sparql", query_string={"query": NAMES}, headers=BROWSER).text
    told = BeautifulSoup(page, "html.parser").select_one("#result [role=status] p").text
    assert "4 Zeilen aus Release 2 in " in told
