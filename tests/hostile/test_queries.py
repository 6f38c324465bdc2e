"""Whatever is sent to `/sparql`, it ends as agreed, the next is answered, and nobody is called."""

import socket
from collections.abc import Iterator

import pytest

from tests.hostile import table
from tests.hostile.asking import normal_query, seen
from tests.hostile.crowds import HOSTILE_CROWDS, Crowd
from tests.hostile.queries import HOSTILE_QUERIES, HostileQuery
from tests.hostile.server import served

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where a registry is served, with a short deadline: many of these queries reach it."""
    folder = tmp_path_factory.mktemp("served")
    with served(folder, VERBUND_SPARQL_DEADLINE_S="1.5") as port:
        normal_query(port)
        yield port


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    """Somebody whom no query may call; the last test of the module asks whether one did."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def url_of(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}/"


@pytest.mark.parametrize("case", HOSTILE_QUERIES, ids=lambda case: case.name)
def test_a_hostile_query_ends_as_agreed_and_the_next_is_answered(
    port: int, listener: socket.socket, case: HostileQuery
) -> None:
    assert seen(port, case, url_of(listener)) in case.expected.split(" or ")
    normal_query(port)


@pytest.mark.parametrize("crowd", HOSTILE_CROWDS, ids=lambda crowd: crowd.name)
def test_a_hostile_crowd_leaves_room_for_others(port: int, crowd: Crowd) -> None:
    with crowd.attack(port) as became:
        assert became == crowd.expected
        normal_query(port)
    normal_query(port)


def test_none_of_them_opened_a_connection(port: int, listener: socket.socket) -> None:
    """Such as asked for one stand above, and they have been answered."""
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_every_hostile_query_has_a_name_of_its_own() -> None:
    names = [case.name for case in (*HOSTILE_QUERIES, *HOSTILE_CROWDS)]
    assert len(names) == len(set(names)) >= 40


def test_the_page_on_hostile_queries_is_current_and_all_in_it_came_as_agreed() -> None:
    """Mend it by `make hostile`."""
    rows = table.read("hostile-queries")
    cases = (*HOSTILE_QUERIES, *HOSTILE_CROWDS)
    assert [row[:2] for row in rows] == [[table.cell(one.name), one.expected] for one in cases]
    assert [row[0] for row in rows if row[2] not in row[1].split(" or ")] == []
