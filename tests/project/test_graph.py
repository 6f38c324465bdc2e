"""What every graph does, here or on a server: what belongs to a resource, and whole releases."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from pyoxigraph import (
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
)

from registry.project.graph import Graph, GraphInUse, GraphWriter
from registry.project.remote.graph import ServerGraph
from registry.project.remote.layout import Layout, read_back
from registry.project.remote.server import Server
from registry.project.snapshots import newest_release
from tests.graph_servers import GraphServer
from tests.project.resources import (
    ADDRESS,
    BASE,
    NAME,
    entity,
    entity_iri,
    hub,
    lines,
    triple,
)


class Place(Protocol):
    """Somewhere a graph can be; it is empty at first."""

    def open(self) -> Graph: ...

    def content(self) -> list[str]:
        """The sorted N-Quads lines of all that stands there."""
        ...

    def graphs(self) -> list[str]:
        """The names of the records' graphs."""
        ...

    def shown(self) -> int | None:
        """The release that this host's pages say the graph has."""
        ...


class Here:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.opened: list[GraphWriter] = []

    def open(self) -> Graph:
        self.opened.append(GraphWriter(self.folder))
        return self.opened[-1]

    def content(self) -> list[str]:
        out = io.BytesIO()
        self.opened[-1].dump(out)
        return sorted(f"{line}\n" for line in out.getvalue().decode().split("\n")[:-1])

    def graphs(self) -> list[str]:
        store = Store.read_only(str(self.opened[-1].snapshot()))
        return sorted(row["g"].value for row in store.query("SELECT ?g { GRAPH ?g {} }"))

    def shown(self) -> int | None:
        return newest_release(self.folder)


class There:
    def __init__(self, server: GraphServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        server.empty(BASE)

    def open(self) -> Graph:
        return ServerGraph(Server(self.server.address), self.folder, BASE)

    def content(self, base: str = BASE) -> list[str]:
        layout = Layout.of(Server(self.server.address), base)
        found = self.rows(f"SELECT ?s ?p ?o {{ {layout.default('?s ?p ?o')} }}")
        found += self.rows(f"SELECT ?s ?p ?o ?g {{ GRAPH ?g {{ ?s ?p ?o }} {layout.records} }}")
        return sorted(f"{' '.join(str(term) for term in row)} .\n" for row in found)

    def graphs(self) -> list[str]:
        ours = f'FILTER(STRSTARTS(STR(?g), "{BASE}/records/"))'
        # Virtuoso answers `GRAPH ?g {}` with no ?g at all, and takes minutes for DISTINCT.
        virtuoso = self.server.name == "virtuoso"
        inside, end = ("?s ?p ?o", "GROUP BY ?g") if virtuoso else ("", "")
        found = self.rows(f"SELECT ?g {{ GRAPH ?g {{ {inside} }} {ours} }} {end}")
        return sorted(row[0].value for row in found)

    def shown(self) -> int | None:
        return newest_release(self.folder)

    def rows(self, query: str) -> list[Any]:
        answer = Server(self.server.address).query(query)
        found = parse_query_results(read_back(answer), QueryResultsFormat.JSON)
        assert isinstance(found, QuerySolutions)
        return list(found)


XSD = "http://www.w3.org/2001/XMLSchema#"
LITERALS = (
    '"Straße"',
    '"Straße"@de',
    '"urn:x-kept:wktLiteral"',
    r'"\"^^<urn:x-kept:wktLiteral>"',
    r'"\"^^<http://www.opengis.net/ont/geosparql#wktLiteral> x"',
    r'"\"datatype\": \"urn:x-kept:wktLiteral\""',
    '"Wokrjes"@hsb',
    f'"2022-04-30"^^<{XSD}date>',
    f'"2017-03-24T12:00:01+01:00"^^<{XSD}dateTime>',
    f'"2026-11-29T14:22:45Z"^^<{XSD}dateTime>',
    f'"1993"^^<{XSD}gYear>',
    f'"1993-05"^^<{XSD}gYearMonth>',
    f'"12"^^<{XSD}integer>',
    f'"true"^^<{XSD}boolean>',
    f'"false"^^<{XSD}boolean>',
    f'"51.05"^^<{XSD}decimal>',
    '"POINT(12.371800422 51.3396987)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>',
    '"POINT(-0.1 0)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>',
)


@pytest.fixture(params=["here", "oxigraph", "virtuoso"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    folder = tmp_path / "graph"
    if request.param == "here":
        return Here(folder)
    return There(request.getfixturevalue(f"{request.param}_server"), folder)


@pytest.fixture
def graph(place: Place) -> Iterator[Graph]:
    opened = place.open()
    yield opened
    opened.close()


def test_a_new_graph_is_empty_and_shows_nothing(place: Place, graph: Graph) -> None:
    assert graph.release() == 0
    assert place.shown() is None


def test_step_after_step_leads_to_what_a_load_gives(place: Place, graph: Graph) -> None:
    graph.load([entity("a", "1")], 1)
    assert (graph.release(), place.content()) == (1, lines(entity("a", "1")))
    graph.apply([entity_iri("b")], entity("b", "2", ("r1", "r2")).encode(), 2)
    graph.apply([entity_iri("a")], entity("a", "3", ("r2",)).encode(), 3)
    applied = place.content()
    assert applied == lines(entity("b", "2", ("r1", "r2")), entity("a", "3", ("r2",)))
    graph.load([entity("b", "2", ("r1", "r2")), entity("a", "3", ("r2",)).encode()], 3)
    assert (graph.release(), place.content()) == (3, applied)
    graph.load([entity("c", "4")], 4)
    assert (graph.release(), place.content()) == (4, lines(entity("c", "4")))


def test_the_pages_show_the_release_that_can_be_asked(place: Place, graph: Graph) -> None:
    graph.load([entity("a", "1")], 1)
    graph.publish()
    graph.apply([entity_iri("a")], entity("a", "2").encode(), 2)
    graph.publish()
    assert (graph.release(), place.shown()) == (2, 2)


def test_applying_twice_is_applying_once(place: Place, graph: Graph) -> None:
    graph.load([entity("a", "1"), entity("b", "1")], 1)
    for _ in range(2):
        graph.apply([entity_iri("a")], entity("a", "2", ("r1", "r2")).encode(), 2)
    assert place.content() == lines(entity("a", "2", ("r1", "r2")), entity("b", "1"))


def test_deleting_removes_everything_of_the_entity_and_nothing_of_others(
    place: Place, graph: Graph
) -> None:
    """`…/id/ab` begins like `…/id/a`, and another entity may point at a node of the deleted one."""
    other = entity("ab", "1") + triple(entity_iri("ab"), ADDRESS, f"{entity_iri('a')}#address-1")
    graph.load([entity("a", "1", ("r1", "r2")), other], 1)
    graph.apply([entity_iri("a"), entity_iri("never-there")], b"", 2)
    assert place.content() == lines(other)


def test_many_at_once_are_removed_and_inserted(place: Place, graph: Graph) -> None:
    """More than one operation, and more than one request of a lookup, takes."""
    names = [f"n{number}" for number in range(250)]
    graph.load([entity(name, "1", ("r1", "r2")) for name in names], 1)
    changed = "".join(entity(name, "2", ("r2", "r3")) for name in names[:240])
    graph.apply([entity_iri(name) for name in names[:245]], changed.encode(), 2)
    kept = "".join(entity(name, "1", ("r1", "r2")) for name in names[245:])
    assert place.content() == lines(changed, kept)
    records = [(name, r) for name in names[:240] for r in ("r2", "r3")]
    records += [(name, r) for name in names[245:] for r in ("r1", "r2")]
    assert place.graphs() == sorted(f"{BASE}/records/{name}-{r}" for name, r in records)


def test_no_empty_named_graph_is_left(place: Place, graph: Graph) -> None:
    graph.load([entity("a", "1"), entity("b", "1")], 1)
    graph.apply([entity_iri("a")], b"", 2)
    assert place.graphs() == [f"{BASE}/records/b-r1"]
    graph.load([entity("c", "1")], 3)
    assert place.graphs() == [f"{BASE}/records/c-r1"]


def test_renewing_a_hub_keeps_its_links_to_records(place: Place, graph: Graph) -> None:
    """The link from the catalog to a record comes and goes with the record's entity."""
    graph.load([hub("old"), entity("a", "1")], 1)
    publisher = triple(f"{BASE}/hubs/h", ADDRESS, f"{BASE}/hubs/h#publisher")
    graph.apply([f"{BASE}/hubs/h"], (hub("new") + publisher).encode(), 2)
    graph.apply([f"{BASE}/hubs/h"], hub("newest").encode(), 3)
    assert place.content() == lines(hub("newest"), entity("a", "1"))


def test_a_record_that_moved_to_another_entity_is_there_once(place: Place, graph: Graph) -> None:
    moved = entity("a", "1").replace(entity_iri("a"), entity_iri("b"))
    graph.load([entity("a", "1")], 1)
    graph.apply([entity_iri("a"), entity_iri("b")], moved.encode(), 2)
    assert place.content() == lines(moved)


@pytest.mark.parametrize("cut", [1, 7, 64])
def test_loading_takes_pieces_that_are_cut_anywhere(place: Place, graph: Graph, cut: int) -> None:
    whole = entity("a", "Weißwasser / Běła Woda 🎪").encode()
    graph.load((whole[start : start + cut] for start in range(0, len(whole), cut)), 1)
    assert place.content() == lines(whole.decode())


def test_what_is_no_iri_changes_nothing(place: Place, graph: Graph) -> None:
    graph.load([entity("a", "1")], 1)
    with pytest.raises(ValueError, match="IRI"):
        graph.apply([entity_iri("a"), "x> ?p ?o } ; CLEAR ALL ; #"], b"", 2)
    assert (graph.release(), place.content()) == (1, lines(entity("a", "1")))


HOSTILE = (
    '" } ; DROP ALL ; #',
    "\\u0022 } ; DROP ALL ; #",
    "\\\\u0022 } } ; CLEAR ALL ; #",
    "\\U00000022@de . } ; DROP DEFAULT ; #",
    "\\",
    "\\\\",
    "'''\"\"\"",
    "a\nb\rc\td",
    "> } ?s ?p ?o { <",
    "{?x} $y # no comment",
    "\x01\x7f\u00a0\u2028\ufeff",
    "<urn:x>",
    "%3E \\> \\n",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_hub_is_anything_but_a_text(place: Place, graph: Graph, text: str) -> None:
    written = "".join(
        {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}.get(sign, sign) for sign in text
    )
    said = f'<{entity_iri("a")}> <{NAME}> "{written}" .\n'
    said += f'<{entity_iri("a")}> <{NAME}> "{written}"@de .\n'
    graph.load([entity("b", "1")], 1)
    graph.apply([entity_iri("a")], said.encode(), 2)
    graph.apply([entity_iri("a")], said.encode(), 3)
    expected = parse((said + entity("b", "1")).encode(), RdfFormat.N_QUADS)
    assert place.content() == sorted({f"{quad} .\n" for quad in expected})
    assert graph.release() == 3


@pytest.mark.parametrize("literal", LITERALS)
def test_every_literal_comes_back_as_it_was(place: Place, graph: Graph, literal: str) -> None:
    said = f"<{entity_iri('a')}> <{NAME}> {literal} .\n"
    told = said.replace(" .\n", f" <{BASE}/records/r> .\n")
    graph.load([said, told], 1)
    assert place.content() == lines(said, told)


def test_a_second_one_on_the_same_host_is_refused_until_the_first_closes(place: Place) -> None:
    first = place.open()
    with pytest.raises(GraphInUse):
        place.open()
    first.close()
    place.open().close()


def test_what_was_left_on_its_way_is_repaired_by_a_load(place: Place) -> None:
    graph = place.open()
    graph.load([entity("a", "1"), entity("b", "1")], 1)

    def failing() -> Iterator[str]:
        yield entity("c", "2")
        raise OSError("the database went away")

    with pytest.raises(OSError, match="went away"):
        graph.load(failing(), 2)
    graph.close()
    again = place.open()
    assert again.release() in (0, 1)
    assert again.release() == (place.shown() or 0)
    again.load([entity("d", "3")], 3)
    assert (again.release(), place.content()) == (3, lines(entity("d", "3")))
    again.close()
