"""The query pool over a graph on a server: the same answers, and what a server may do wrong."""

import csv
import io
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from pyoxigraph import DefaultGraph, Quad, RdfFormat, parse

from registry.errors import RegistryError
from registry.project.graph import Graph, GraphWriter
from registry.project.remote.address import GraphAddress, ServerAddress
from registry.project.remote.graph import ServerGraph
from registry.project.remote.server import Server
from registry.project.remote.state import State
from registry.sparql.errors import (
    DeadlineExceeded,
    GraphAway,
    GraphMoves,
    QueryFailed,
    QuerySyntaxError,
    ResultTooLarge,
)
from registry.sparql.forms import GRAPH_TYPES, RESULT_TYPES
from registry.sparql.pool import QueryPool
from registry.sparql.schedule import PoolLimits
from tests.graph_servers import GraphServer, oxigraph
from tests.project.resources import BASE, NAME, entity, entity_iri, triple

JSON = "application/sparql-results+json"
POINT = "http://www.opengis.net/ont/geosparql#asWKT"
WKT = '"POINT(12.3718 51.3397)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>'
DATED = '"2026-11-29T14:22:45Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>'
TEXTS = (
    entity("a", "Weißwasser / Běła Woda 🎪", ("r1", "r2"))
    + entity("b", "einfach")
    + f'<{entity_iri("b")}> <{NAME}> "says \\"no\\" \\\\ yes" .\n'
    + f'<{entity_iri("b")}> <{NAME}> "auf Deutsch"@de .\n'
    + f"<{entity_iri('b')}> <{NAME}> {DATED} .\n"
    + f"<{entity_iri('a')}#point-1> <{POINT}> {WKT} .\n"
)


@contextmanager
def pool_over(graph: Path | GraphAddress, **limits: Any) -> Iterator[QueryPool]:
    pool = QueryPool(graph, PoolLimits(**{"workers": 1, "spares": 0, "deadline_s": 20.0, **limits}))
    try:
        yield pool
    finally:
        pool.close()


def address(server: GraphServer) -> GraphAddress:
    return GraphAddress(server.address, BASE)


@pytest.fixture(params=["oxigraph", "virtuoso"])
def server(request: pytest.FixtureRequest) -> GraphServer:
    running: GraphServer = request.getfixturevalue(f"{request.param}_server")
    running.empty(BASE)
    return running


@pytest.fixture
def there(server: GraphServer, tmp_path: Path) -> Iterator[Graph]:
    graph = ServerGraph(Server(server.address), tmp_path / "there", BASE)
    yield graph
    graph.close()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Path]:
    with GraphWriter(tmp_path / "here") as writer:
        writer.load([TEXTS], 1)
        writer.snapshot()
    return tmp_path / "here"


OURS = f"FILTER(STRSTARTS(STR(?g), '{BASE}/records/'))"
RECORD = f"<{BASE}/records/a-r1>"
NAMED = f"?s <{NAME}> ?o"
DATASET, NAMED_DATASET = f"FROM {RECORD}", f"FROM NAMED {RECORD}"
SELECTS = (
    f"SELECT ?s ?o {{ {NAMED} }}",
    f"SELECT ?g ?o {{ GRAPH ?g {{ {NAMED} }} {OURS} }}",
    f"SELECT ?o {DATASET} {{ {NAMED} }}",
    f"SELECT ?o {NAMED_DATASET} {{ GRAPH ?g {{ {NAMED} }} }}",
    f"SELECT ?o {{ GRAPH {RECORD} {{ {NAMED} }} }}",
    f"PREFIX r: <{BASE}/records/> SELECT ?o {{ GRAPH r:a-r1 {{ {NAMED} }} ?s ?p ?o2 }}",
    f"SELECT ?o {{ {NAMED} FILTER NOT EXISTS {{ GRAPH {RECORD} {{ ?s ?p ?o }} }} }}",
    f"SELECT ?s ?g {{ ?s <{NAME}> ?o OPTIONAL {{ GRAPH ?g {{ ?s <{NAME}> ?o }} {OURS} }} }}",
    f"SELECT ?wkt {{ ?s <{POINT}> ?wkt }}",
    "SELECT ?s { ?s ?p 'nothing like this' }",
)


def rows(answer: bytes) -> list[str]:
    found = json.loads(answer)["results"]["bindings"]
    for row in found:
        for term in row.values():
            term.update(type=term["type"].replace("typed-literal", "literal"))
    return sorted(json.dumps(row, sort_keys=True) for row in found)


@pytest.mark.parametrize("text", SELECTS)
def test_a_server_answers_as_our_own_graph_does(
    text: str, server: GraphServer, there: Graph, here: Path
) -> None:
    there.load([TEXTS], 1)
    names_graphs = "FROM" in text
    with pool_over(here) as own, pool_over(address(server)) as remote:
        expected = own.query(text, JSON)
        found = remote.query(text, JSON, names_graphs=names_graphs)
        assert rows(found.whole()) == rows(expected.whole())
        assert found.release == 1


FORMATS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
}


def is_named(quad: Quad) -> bool:
    return not isinstance(quad.graph_name, DefaultGraph)


def test_every_format_comes_from_every_server(server: GraphServer, there: Graph) -> None:
    there.load([TEXTS], 1)
    select = f"SELECT ?o {{ <{entity_iri('b')}> <{NAME}> ?o }}"
    construct = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s <{NAME}> ?name . ?s ?p ?o }}"
    default = [quad for quad in parse(TEXTS.encode(), RdfFormat.N_QUADS) if not is_named(quad)]
    named = {quad.subject for quad in default if quad.predicate.value == NAME}
    expected = {quad.triple for quad in default if quad.subject in named}
    with pool_over(address(server)) as pool:
        for media_type in RESULT_TYPES:
            answer = pool.query(select, media_type).whole().decode()
            assert "auf Deutsch" in answer
            assert "2026-11-29T14:22:45Z" in answer
        table = list(csv.reader(io.StringIO(pool.query(select, "text/csv").whole().decode())))
        said = ["2026-11-29T14:22:45Z", "auf Deutsch", "einfach", 'says "no" \\ yes']
        assert sorted(table[1:]) == [[value] for value in said]
        for media_type in GRAPH_TYPES:
            answer = pool.query(construct, media_type).whole()
            assert {quad.triple for quad in parse(answer, FORMATS[media_type])} == expected
        for answer, pattern in ((True, "?s ?p ?o"), (False, "?s ?p 'never said'")):
            for attempt in range(3):
                said = json.loads(pool.query(f"ASK {{ {pattern} }}", JSON).whole())
                assert said["boolean"] is answer, attempt


def test_graphs_of_the_protocol_are_handed_on(server: GraphServer, there: Graph) -> None:
    there.load([TEXTS], 1)
    text = f"SELECT ?o {{ ?s <{NAME}> ?o }}"
    with pool_over(address(server)) as pool:
        found = pool.query(text, JSON, default_graph_uris=[f"{BASE}/records/b-r1"]).whole()
    assert {json.loads(row)["o"]["value"] for row in rows(found)} == {"einfach"}


def test_answers_name_their_release_and_never_mix_two(server: GraphServer, there: Graph) -> None:
    """While releases go on, both values are of the release that the answer names."""
    names = [f"n{number}" for number in range(12)]

    def content(release: int) -> str:
        return "".join(triple(entity_iri(name), NAME, str(release)) for name in names)

    there.load([content(1)], 1)
    stopped, moved = threading.Event(), []

    def go_on() -> None:
        release = 1
        while not stopped.is_set():
            release += 1
            there.apply([entity_iri(name) for name in names], content(release).encode(), release)
            moved.append(release)
            time.sleep(0.05)

    writer = threading.Thread(target=go_on)
    seen = set()
    with pool_over(address(server)) as pool:
        writer.start()
        try:
            until = time.monotonic() + 6
            while time.monotonic() < until:
                try:
                    answer = pool.query(f"SELECT ?o {{ ?s <{NAME}> ?o }}", JSON)
                except GraphMoves:
                    continue
                values = {json.loads(row)["o"]["value"] for row in rows(answer.whole())}
                assert values == {str(answer.release)}
                seen.add(answer.release)
        finally:
            stopped.set()
            writer.join()
        assert len(moved) > 3
        assert len(seen) > 3
        assert pool.query("ASK { }", JSON).release == moved[-1]


def test_a_graph_on_its_way_is_withheld(server: GraphServer, there: Graph) -> None:
    def pieces() -> Iterator[str]:
        yield TEXTS
        with pool_over(address(server)) as pool, pytest.raises(GraphMoves) as told:
            pool.query("SELECT * { ?s ?p ?o } LIMIT 1", JSON)
        assert told.value.status == 503
        assert told.value.retry_after_s
        yield entity("c", "1")

    there.load(pieces(), 1)
    with pool_over(address(server)) as pool:
        assert pool.query("ASK { ?s ?p ?o }", JSON).release == 1


def test_a_limit_of_the_server_itself_is_no_whole_answer(
    virtuoso_server: GraphServer, tmp_path: Path
) -> None:
    """Virtuoso leaves rows out beyond its own limit and says 200."""
    virtuoso_server.empty(BASE)
    graph = ServerGraph(Server(virtuoso_server.address), tmp_path / "there", BASE)
    graph.load([triple(entity_iri(f"n{n}"), NAME, str(n)) for n in range(200)], 1)
    with pool_over(address(virtuoso_server)) as pool:
        with pytest.raises(ResultTooLarge):
            pool.query("SELECT * { ?s ?p ?o . ?a ?b ?c }", JSON)
        assert len(rows(pool.query("SELECT * { ?s ?p ?o }", JSON).whole())) == 200
    graph.close()


def test_what_is_no_query_is_said_in_the_same_words(
    server: GraphServer, there: Graph, here: Path
) -> None:
    there.load([TEXTS], 1)
    with pool_over(here) as own, pool_over(address(server)) as remote:
        for text in ("SELECT * { ?s ?p", "SELECT ?x WHERE { ?x <p> }"):
            with pytest.raises(QuerySyntaxError) as expected:
                own.query(text, JSON)
            with pytest.raises(QuerySyntaxError) as found:
                remote.query(text, JSON)
            assert found.value.en == expected.value.en


def test_a_server_that_is_away_and_comes_back(tmp_path: Path) -> None:
    with oxigraph(location=tmp_path / "data") as first:
        graph = ServerGraph(Server(first.address), tmp_path / "there", BASE)
        graph.load([TEXTS], 1)
        port = int(first.query_url.split(":")[2].split("/")[0])
        graph.close()
        with pool_over(address(first)) as pool:
            assert pool.query("ASK { ?s ?p ?o }", JSON).release == 1
    with pool_over(address(first)) as pool:
        with pytest.raises(GraphAway) as told:
            pool.query("ASK { ?s ?p ?o }", JSON)
        assert told.value.retry_after_s
        with oxigraph(location=tmp_path / "data", port=port):
            assert pool.query("ASK { ?s ?p ?o }", JSON).release == 1


def test_what_is_a_text_to_us_is_no_query_to_a_server(
    server: GraphServer, there: Graph, here: Path
) -> None:
    """Virtuoso does not end comments at a carriage return, as SPARQL does (19.4)."""
    text = '# \r SELECT * { ?s ?p """ \n SELECT (UCASE("x") AS ?s) {} # """ }'
    there.load([TEXTS], 1)
    with pool_over(here) as own, pool_over(address(server)) as remote:
        assert rows(remote.query(text, JSON).whole()) == rows(own.query(text, JSON).whole())


@pytest.mark.parametrize("iri", ["<bif:upper>", "<SQL:x>", "<bif:contains>"])
def test_functions_of_a_database_are_refused(server: GraphServer, there: Graph, iri: str) -> None:
    there.load([TEXTS], 1)
    with pool_over(address(server)) as pool:
        with pytest.raises(QuerySyntaxError, match="not supported"):
            pool.query(f'SELECT ({iri}("x") AS ?y) {{ }}', JSON)
        with pytest.raises(QuerySyntaxError, match="not open to queries"):
            pool.query(f"SELECT * {{ ?s {iri} ?o }}", JSON)
        with pytest.raises(QuerySyntaxError, match="absolute"):
            pool.query("BASE <http://x/> PREFIX b: <bi> SELECT * { ?s b:f ?o }", JSON)


STATE = State(complete=True, release=7, token="0123456789abcdef")
Answers = Callable[[BaseHTTPRequestHandler, str], None]


@contextmanager
def misbehaving(answers: Answers) -> Iterator[GraphAddress]:
    """A server whose state is complete and which answers anything else like this."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            query = parse_qs(body)["query"][0]
            if "graphState" in query:
                row = {"state": {"type": "literal", "value": str(STATE)}}
                say(self, results([] if query.startswith("SELECT *") else [row]))
            else:
                answers(self, query)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        yield GraphAddress(ServerAddress.of(url, url), BASE)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def results(bindings: list[Any]) -> bytes:
    return json.dumps({"head": {"vars": ["s"]}, "results": {"bindings": bindings}}).encode()


def say(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


ROW = {"s": {"type": "literal", "value": "x" * 1000}}
WHOLE = results([ROW] * 3)


def broken_off(handler: BaseHTTPRequestHandler, _: str) -> None:
    say(handler, WHOLE[:-100], Content_Length=str(len(WHOLE)))
    handler.close_connection = True


def cut_but_closed_well(handler: BaseHTTPRequestHandler, _: str) -> None:
    say(handler, WHOLE[:-100])


def endless(handler: BaseHTTPRequestHandler, _: str) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        try:
            handler.wfile.write(b" " * 65536)
        except OSError:
            return


def silent(handler: BaseHTTPRequestHandler, _: str) -> None:
    time.sleep(8)


def elsewhere(handler: BaseHTTPRequestHandler, _: str) -> None:
    say(handler, b"", 307, Location="http://127.0.0.1:9/")


def other_json(handler: BaseHTTPRequestHandler, _: str) -> None:
    say(handler, b'{"message": "ok"}')


def nested_json(handler: BaseHTTPRequestHandler, _: str) -> None:
    say(handler, b"[" * 200_000)


def a_page(handler: BaseHTTPRequestHandler, _: str) -> None:
    say(handler, b"<html>It works!</html>")


def own_trouble(handler: BaseHTTPRequestHandler, _: str) -> None:
    say(handler, b"out of disk", 500)


def overloaded(handler: BaseHTTPRequestHandler, _: str) -> None:
    say(handler, b"", 503)


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        (broken_off, GraphAway),
        (cut_but_closed_well, QueryFailed),
        (endless, ResultTooLarge),
        (silent, DeadlineExceeded),
        (elsewhere, QueryFailed),
        (a_page, QueryFailed),
        (other_json, QueryFailed),
        (nested_json, QueryFailed),
        (own_trouble, QueryFailed),
        (overloaded, GraphAway),
    ],
)
def test_a_server_s_misfortunes_are_errors_and_the_next_query_is_answered(
    answers: Answers, error: type[RegistryError]
) -> None:
    def sometimes(handler: BaseHTTPRequestHandler, query: str) -> None:
        answers(handler, query) if "?bad" in query else say(handler, WHOLE)

    limits = {"deadline_s": 2.0, "max_result_bytes": 1 << 20}
    with misbehaving(sometimes) as graph, pool_over(graph, **limits) as pool:
        with pytest.raises(error):
            pool.query("SELECT ?s { ?s ?bad ?o }", JSON)
        answer = pool.query("SELECT ?s { ?s ?good ?o }", JSON)
        assert answer.release == 7
        assert len(rows(answer.whole())) == 3


def test_the_password_stands_in_no_argument_of_a_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        url = f"http://reader:geheim77@127.0.0.1:{nobody.getsockname()[1]}/sparql"
        graph = GraphAddress(ServerAddress.of(url, url), BASE)
        with pool_over(graph, deadline_s=0.5) as pool:
            pool.start()
            until = time.monotonic() + 20
            while not (pids := pool.status().worker_pids) and time.monotonic() < until:
                time.sleep(0.05)
            assert pids
            for pid in pids:
                assert b"geheim77" not in Path(f"/proc/{pid}/cmdline").read_bytes()
            assert pool.status().network == "server"
