"""A graph on a server: who writes, what comes late, and what a crash leaves there."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from registry.project.remote import graph as server_graph
from registry.project.remote import writing
from registry.project.remote.address import ServerAddress
from registry.project.remote.graph import ServerGraph
from registry.project.remote.layout import GraphNotUsable, marker_of
from registry.project.remote.server import GraphRefuses, GraphUnreachable, Server
from registry.project.remote.writing import GraphBeingWritten
from registry.project.snapshots import newest_release
from tests.graph_servers import GraphServer, free_port, oxigraph
from tests.project.resources import BASE, NAME, entity, entity_iri, lines, triple
from tests.project.test_graph import There
from vocab.terms import GRAPH_STATE


@pytest.fixture(params=["oxigraph", "virtuoso"])
def server(request: pytest.FixtureRequest) -> GraphServer:
    running: GraphServer = request.getfixturevalue(f"{request.param}_server")
    running.empty(BASE)
    return running


class Host:
    """One host with its own folder and connection."""

    def __init__(self, server: GraphServer, folder: Path, client: Server | None = None) -> None:
        self.place = There.__new__(There)
        self.place.server, self.place.folder = server, folder
        self.graph = ServerGraph(client or Server(server.address), folder, BASE)

    def shown(self) -> int | None:
        return newest_release(self.place.folder)


@pytest.fixture
def a(server: GraphServer, tmp_path: Path) -> Iterator[Host]:
    host = Host(server, tmp_path / "a")
    yield host
    host.graph.close()


@pytest.fixture
def b(server: GraphServer, tmp_path: Path) -> Iterator[Host]:
    host = Host(server, tmp_path / "b")
    yield host
    host.graph.close()


class Recorder(Server):
    """Keeps updates back instead of sending them, once told to."""

    def __init__(self, address: ServerAddress) -> None:
        super().__init__(address)
        self.kept: list[str] | None = None

    def update(self, text: str) -> None:
        if self.kept is None:
            super().update(text)
            return
        self.kept.append(text)
        raise GraphUnreachable.at(self.address.update.url, "the line was cut")


def test_what_one_host_writes_all_hosts_have(a: Host, b: Host) -> None:
    a.graph.load([entity("a", "1")], 1)
    assert (b.graph.release(), b.shown()) == (1, 1)
    b.graph.apply([entity_iri("a")], entity("a", "2").encode(), 2)
    assert (a.graph.release(), a.shown()) == (2, 2)


def test_a_request_that_comes_late_changes_nothing(
    server: GraphServer, b: Host, tmp_path: Path
) -> None:
    """It was lost on its way, another host did the work and more, and then it arrives."""
    client = Recorder(server.address)
    slow = Host(server, tmp_path / "slow", client)
    slow.graph.load([entity("a", "1"), entity("x", "1")], 1)
    client.kept = []
    with pytest.raises(GraphUnreachable):
        slow.graph.apply([entity_iri("a"), entity_iri("x")], entity("a", "2").encode(), 2)
    b.graph.apply([entity_iri("a"), entity_iri("x")], entity("a", "2").encode(), 2)
    b.graph.apply([entity_iri("x")], entity("x", "3").encode(), 3)
    late = Server(server.address)
    for text in client.kept:
        late.update(text)
    assert b.graph.release() == 3
    expected = lines(entity("a", "2"), entity("x", "3"))
    # The names of graphs are the one thing that no fence can stand before (operations.py).
    gone = lines(*(line for line in expected if f"{BASE}/records/x-r1> ." in line))
    assert [line for line in b.place.content() if line not in gone] == [
        line for line in expected if line not in gone
    ]
    slow.graph.close()


def test_nobody_interferes_while_another_host_writes(a: Host, b: Host) -> None:
    a.graph.load([entity("a", "1")], 1)

    def pieces() -> Iterator[str]:
        yield entity("a", "2")
        with pytest.raises(GraphBeingWritten, match="release 2"):
            b.graph.release()
        with pytest.raises(GraphBeingWritten):
            b.graph.apply([entity_iri("a")], b"", 2)
        assert b.shown() is None

    a.graph.load(pieces(), 2)
    assert (b.graph.release(), b.place.content()) == (2, lines(entity("a", "2")))


def test_a_host_that_stopped_on_its_way_is_replaced(
    a: Host, b: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And when it wakes up after all, it does no harm."""
    monkeypatch.setattr(server_graph, "GIVEN_UP_AFTER_S", 0.3)

    def pieces() -> Iterator[str]:
        yield entity("a", "1")
        with pytest.raises(GraphBeingWritten):
            b.graph.release()
        time.sleep(0.4)
        assert b.graph.release() == 0
        b.graph.load([entity("b", "2")], 2)
        yield entity("c", "1")

    with pytest.raises(GraphBeingWritten):
        a.graph.load(pieces(), 1)
    assert (b.graph.release(), a.graph.release()) == (2, 2)
    assert b.place.content() == lines(entity("b", "2"))


class Overtaken(Server):
    """Another one does its whole work right before the n-th update."""

    before = 0
    others_work: Callable[[], None]

    def update(self, text: str) -> None:
        self.before -= 1
        if self.before == 0:
            self.others_work()
        super().update(text)


@pytest.mark.parametrize("before", [1, 2, 3, 4])
def test_whoever_is_overtaken_at_any_step_ends_without_harm(
    server: GraphServer, b: Host, tmp_path: Path, before: int
) -> None:
    client = Overtaken(server.address)
    client.others_work = lambda: b.graph.load([entity("b", "9"), entity("c", "9")], 9)
    slow = Host(server, tmp_path / "slow", client)
    slow.graph.load([entity("a", "1"), entity("b", "1")], 1)
    client.before = before
    release, content = 9, lines(entity("b", "9"), entity("c", "9"))
    if (server.name, before) == ("oxigraph", 2):
        # It empties the dataset, which no fence can hold back: then its release is whole.
        slow.graph.load([entity("d", "2")], 2)
        release, content = 2, lines(entity("d", "2"))
    else:
        with pytest.raises(GraphBeingWritten):
            slow.graph.load([entity("d", "2")], 2)
    assert client.before <= 0
    assert (b.graph.release(), b.place.content()) == (release, content)
    slow.graph.close()


def test_a_host_that_comes_back_goes_on_at_once(a: Host, server: GraphServer) -> None:
    """Its own writing that a crash cut short need not be waited for."""

    def failing() -> Iterator[str]:
        yield entity("a", "1")
        raise OSError("crashed")

    with pytest.raises(OSError, match="crashed"):
        a.graph.load(failing(), 1)
    a.graph.close()
    again = Host(server, a.place.folder)
    assert again.graph.release() == 0
    again.graph.load([entity("b", "2")], 2)
    assert again.place.content() == lines(entity("b", "2"))
    again.graph.close()


def test_a_server_that_was_emptied_is_noticed(a: Host, server: GraphServer) -> None:
    a.graph.load([entity("a", "1")], 1)
    server.empty(BASE)
    assert (a.graph.release(), a.shown()) == (0, None)
    a.graph.load([entity("a", "1")], 1)
    assert (a.graph.release(), a.place.content()) == (1, lines(entity("a", "1")))


def test_a_server_out_of_reach_is_no_release(tmp_path: Path) -> None:
    with oxigraph() as server:
        host = Host(server, tmp_path / "a")
        host.graph.load([entity("a", "1")], 1)
        assert host.shown() == 1
    with pytest.raises(GraphUnreachable) as told:
        host.graph.release()
    assert "graph_url" in told.value.en
    assert "graph_url" in told.value.de
    assert host.shown() is None
    host.graph.close()


@pytest.mark.parametrize("where", ["{}", "GRAPH <https://other.example/g> {{ {} }}"])
def test_data_of_others_are_left_alone(tmp_path: Path, where: str) -> None:
    theirs = triple("https://other.example/x", NAME, "theirs")
    with oxigraph() as server:
        server.update(f"INSERT DATA {{ {where.format(theirs)} }}")
        host = Host(server, tmp_path / "a")
        with pytest.raises(GraphNotUsable, match="DROP ALL"):
            host.graph.load([entity("a", "1")], 1)
        client = Server(server.address)
        everywhere = "SELECT ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
        assert client.query(everywhere, "text/csv").decode().split() == [
            "o",
            "theirs",
        ]
        assert marker_of(BASE).read(client) is None
        server.update("DROP ALL")
        host.graph.load([entity("a", "1")], 1)
        assert host.place.content() == lines(entity("a", "1"))
        host.graph.close()


def test_two_registries_share_a_virtuoso(virtuoso_server: GraphServer, tmp_path: Path) -> None:
    other = "https://zweites.example"
    for base in (BASE, other):
        virtuoso_server.empty(base)
    first = Host(virtuoso_server, tmp_path / "a")
    first.graph.load([entity("a", "1")], 1)
    second = ServerGraph(Server(virtuoso_server.address), tmp_path / "b", other)
    second.load([entity("a", "5").replace(BASE, other)], 5)
    second.load([entity("b", "6").replace(BASE, other)], 6)
    assert (first.graph.release(), second.release()) == (1, 6)
    assert first.place.content() == lines(entity("a", "1"))
    first.graph.close()
    second.close()


def test_a_union_without_named_graphs_is_refused(tmp_path: Path) -> None:
    with oxigraph("--union-default-graph") as server:
        host = Host(server, tmp_path / "a")
        with pytest.raises(GraphNotUsable, match="union-default-graph"):
            host.graph.load([entity("a", "1")], 1)
        assert marker_of(BASE).read(Server(server.address)) is None
        host.graph.close()


def test_a_wrong_password_is_said(virtuoso_server: GraphServer, tmp_path: Path) -> None:
    wrong = GraphServer(
        "virtuoso",
        virtuoso_server.query_url,
        virtuoso_server.update_url.replace("dba:dba@", "dba:geheim77@"),
    )
    virtuoso_server.empty(BASE)
    host = Host(wrong, tmp_path / "a")
    with pytest.raises(GraphRefuses, match="401") as told:
        host.graph.load([entity("a", "1")], 1)
    assert "geheim77" not in told.value.en
    host.graph.close()


@pytest.mark.parametrize("size", [1, 2_000, 20_000])
def test_many_requests_lead_to_the_same(
    a: Host, b: Host, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(writing, "REQUEST_BYTES", size)
    monkeypatch.setattr(server_graph, "REQUEST_BYTES", size)
    names = [f"n{number}" for number in range(30)]
    a.graph.load([entity(name, "1") for name in names], 1)
    assert a.place.content() == lines(*(entity(name, "1") for name in names))
    changed = "".join(entity(name, "2", ("r1", "r2")) for name in names)
    a.graph.apply([entity_iri(name) for name in names], changed.encode(), 2)
    assert (b.graph.release(), a.place.content()) == (2, lines(changed))


class Strict(Server):
    """A server that takes no long requests."""

    most = 30_000

    def update(self, text: str) -> None:
        if len(text) > self.most:
            raise GraphRefuses("zu lang", "too long")
        super().update(text)


def test_a_request_that_is_too_long_for_the_server_is_sent_in_parts(
    server: GraphServer, tmp_path: Path
) -> None:
    host = Host(server, tmp_path / "a", Strict(server.address))
    names = [f"n{number}" for number in range(250)]
    host.graph.load([entity(name, "1")[:100_000] for name in names[:10]], 1)
    host.graph.apply([entity_iri(name) for name in names], entity("n1", "2").encode(), 2)
    assert (host.graph.release(), host.place.content()) == (2, lines(entity("n1", "2")))
    host.graph.close()


ENDLESS_RELEASES = """
import sys
from pathlib import Path
from registry.project.remote.address import ServerAddress
from registry.project.remote.graph import ServerGraph
from registry.project.remote.server import Server
from tests.project.resources import BASE
from tests.project.test_server_graph import go_on
folder, query_url, update_url = sys.argv[1:]
server = Server(ServerAddress.of(query_url, update_url))
graph = ServerGraph(server, Path(folder), BASE)
release = graph.release()
while True:
    release += 1
    go_on(graph, release)
    print(release, flush=True)
"""


def go_on(graph: ServerGraph, release: int) -> None:
    """Release n rewrites entity n mod 4 with the value n; after a broken one, all of them."""
    name = f"e{release % 4}"
    if graph.release():
        graph.apply([entity_iri(name)], entity(name, str(release)).encode(), release)
    else:
        graph.load(expected_at(release), release)


def expected_at(release: int) -> list[str]:
    newest = {number % 4: number for number in range(1, release + 1)}
    return lines(*(entity(f"e{place}", str(number)) for place, number in newest.items()))


def test_killed_at_any_moment_the_next_one_repairs(server: GraphServer, tmp_path: Path) -> None:
    """Nothing acknowledged is lost, and what is said to be complete is."""
    chance, told = random.Random(7), 0  # noqa: S311 - the moments to kill at
    command = [sys.executable, "-c", ENDLESS_RELEASES, str(tmp_path / "a")]
    for _ in range(4):
        process = subprocess.Popen(
            [*command, server.query_url, server.update_url],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert process.stdout is not None
        for _ in range(chance.randint(2, 8)):
            told = int(process.stdout.readline())
        time.sleep(chance.random() / 15)  # into the midst of a release
        process.send_signal(signal.SIGKILL)
        told = max([told, *map(int, process.stdout.read().split())])
        process.wait()
        process.stdout.close()

        time.sleep(0.5)  # a request on its way may still be done
        host = Host(server, tmp_path / "a")
        held = host.graph.release()
        assert held in (0, told, told + 1)
        if held:
            assert host.place.content() == expected_at(held)
        host.graph.close()
    last = Host(server, tmp_path / "a")
    for release in range((last.graph.release() or told + 1) + 1, told + 3):
        go_on(last.graph, release)
    assert (last.graph.release(), last.place.content()) == (told + 2, expected_at(told + 2))
    last.graph.close()


def test_two_states_or_one_of_nobody_are_loaded_anew(a: Host, server: GraphServer) -> None:
    """As two hosts leave them that write at once, or somebody's hand."""
    for said in ("complete 9 0123456789abcdef 0 -", "complete -1 a 0", "nonsense"):
        a.graph.load([entity("a", "1")], 1)
        iri = marker_of(BASE).iri
        server.update(f'INSERT DATA {{ GRAPH <{iri}> {{ <{iri}> <{GRAPH_STATE}> "{said}" }} }}')
        assert (a.graph.release(), a.shown()) == (0, None)
        a.graph.load([entity("b", "2")], 2)
        assert (a.graph.release(), a.place.content()) == (2, lines(entity("b", "2")))


def test_a_release_of_another_lineage_is_none(server: GraphServer, tmp_path: Path) -> None:
    """A restored database gives the same numbers to other contents."""
    hashes = {1: "0" * 16, 2: "1" * 16}
    folder = tmp_path / "a"
    graph = ServerGraph(Server(server.address), folder, BASE, lineage_of=hashes.__getitem__)
    graph.load([entity("a", "1")], 1)
    graph.apply([entity_iri("a")], entity("a", "2").encode(), 2)
    assert graph.release() == 2
    hashes[2] = "2" * 16
    assert (graph.release(), newest_release(folder)) == (0, None)
    graph.close()


def test_who_is_not_alone_writes_nothing(server: GraphServer, tmp_path: Path) -> None:
    alone = [True]
    graph = ServerGraph(
        Server(server.address), tmp_path / "a", BASE, alone=lambda: nullcontext(alone[0])
    )
    graph.load([entity("a", "1")], 1)
    alone[0] = False
    with pytest.raises(GraphBeingWritten):
        graph.load([], 2)
    with pytest.raises(GraphBeingWritten):
        graph.apply([entity_iri("a")], b"", 2)
    assert graph.release() == 1
    graph.close()


def test_nobody_listens(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}/query"
    graph = ServerGraph(Server(ServerAddress.of(url, url)), tmp_path / "a", BASE)
    with pytest.raises(GraphUnreachable, match="Connection refused"):
        graph.release()
    graph.close()
