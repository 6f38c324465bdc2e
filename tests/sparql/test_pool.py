"""The query pool with real workers: what a query may cost, and that none harms another."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from pyoxigraph import RdfFormat, parse

from registry.errors import Busy, RegistryError
from registry.project.graph import GraphWriter
from registry.project.snapshots import lease_snapshot
from registry.sparql.errors import (
    DeadlineExceeded,
    NoSnapshot,
    OutOfMemory,
    QueryAbandoned,
    QueryFailed,
    QuerySyntaxError,
    QueryTooComplex,
    ResultTooLarge,
)
from registry.sparql.forms import GRAPH_TYPES, RESULT_TYPES
from registry.sparql.pool import QueryPool
from registry.sparql.schedule import PoolLimits

JSON = "application/sparql-results+json"
BASE = "https://register.example"
SUBJECTS = 1500
QUICK = "SELECT ?o { <https://register.example/id/1> ?p ?o }"
ALL = "SELECT * { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
DOUBLINGS = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(30))
BOMB = f"SELECT (STRLEN(?x30) AS ?o) {{ BIND('0123456789' AS ?x0) {DOUBLINGS} }}"
FLOOD = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
WAIT_S = 20.0


class Server(Protocol):
    url: str
    calls: int


def quads(release: int) -> Iterator[str]:
    """Every value names the release."""
    for number in range(SUBJECTS):
        yield f'<{BASE}/id/{number}> <https://schema.org/name> "release {release}" .\n'
    yield f'<{BASE}/id/1> <https://schema.org/name> "says r" <{BASE}/records/r> .\n'


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph of 1,500 triples at release 1, and one in a named graph."""
    folder = tmp_path_factory.mktemp("graph")
    with GraphWriter(folder) as writer:
        writer.load(quads(1), 1)
        writer.snapshot()
    return folder


@pytest.fixture
def make_pool(graph: Path) -> Iterator[Callable[..., QueryPool]]:
    """Pools over `graph`, or another folder, which are closed in the end."""
    made: list[QueryPool] = []

    def make(folder: Path = graph, **limits: Any) -> QueryPool:
        pool = QueryPool(folder, PoolLimits(**{"deadline_s": WAIT_S, "spares": 0, **limits}))
        made.append(pool)
        return pool

    yield make
    for pool in made:
        pool.close()


def read(pool: QueryPool, text: str, media_type: str = JSON, **options: Any) -> bytes:
    return pool.query(text, media_type, **options).whole()


def values(pool: QueryPool, text: str, **options: Any) -> list[str]:
    """The values of ?o, sorted."""
    rows = json.loads(read(pool, text, **options))["results"]["bindings"]
    return sorted(row["o"]["value"] for row in rows)


def count(pool: QueryPool, pattern: str, **options: Any) -> int:
    return int(values(pool, f"SELECT (COUNT(*) AS ?o) {{ {pattern} }}", **options)[0])


def wait_until(condition: Callable[[], object]) -> None:
    until = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.02)


class Asking(threading.Thread):
    """A query in a thread of its own, and how it ended."""

    def __init__(self, pool: QueryPool, text: str, **options: Any) -> None:
        super().__init__()
        self._ask = lambda: read(pool, text, **options)
        self.error: RegistryError | None = None
        self.start()

    def run(self) -> None:
        try:
            self._ask()
        except RegistryError as error:
            self.error = error


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_an_answer_names_its_release_and_type(make_pool: Callable[..., QueryPool]) -> None:
    answer = make_pool().query(QUICK, JSON)
    assert (answer.media_type, answer.release) == (JSON, 1)
    rows = json.loads(answer.whole())["results"]["bindings"]
    assert rows == [{"o": {"type": "literal", "value": "release 1"}}]


@pytest.mark.parametrize("form", ["SELECT", "ASK"])
@pytest.mark.parametrize("media_type", RESULT_TYPES)
def test_bindings_come_in_every_format(
    make_pool: Callable[..., QueryPool], media_type: str, form: str
) -> None:
    text = QUICK if form == "SELECT" else "ASK { ?s ?p ?o }"
    answer = read(make_pool(workers=1), text, media_type).decode()
    if media_type.endswith("json"):
        told = json.loads(answer)
        assert told["boolean"] is True if form == "ASK" else told["head"]["vars"] == ["o"]
    elif media_type.endswith("xml"):
        root = ET.fromstring(answer)  # noqa: S314 - our own worker wrote it
        assert root.tag == "{http://www.w3.org/2005/sparql-results#}sparql"
    elif form == "SELECT":
        assert answer.splitlines()[1].strip('"') == "release 1"
    else:
        assert answer == "true"


@pytest.mark.parametrize("form", ["CONSTRUCT { ?s ?p ?o } WHERE", "DESCRIBE ?s WHERE"])
@pytest.mark.parametrize("media_type", GRAPH_TYPES)
def test_graphs_come_in_every_format(
    make_pool: Callable[..., QueryPool], media_type: str, form: str
) -> None:
    text = f"{form} {{ ?s ?p ?o FILTER(?o = 'release 1') }}"
    answer = read(make_pool(workers=1), text, media_type)
    format_name = RdfFormat.from_media_type(media_type)
    assert format_name is not None
    assert len(set(parse(answer, format_name))) == SUBJECTS


def test_a_deadline_ends_a_query_while_another_is_answered(
    make_pool: Callable[..., QueryPool],
) -> None:
    pool = make_pool(workers=2, young_s=0.1)
    endless = Asking(pool, ENDLESS, deadline_s=1.5)
    wait_until(lambda: pool.status().long_running == 1)
    for _ in range(5):
        assert values(pool, QUICK) == ["release 1"]
    assert endless.is_alive()
    endless.join()
    assert isinstance(endless.error, DeadlineExceeded)
    assert values(pool, QUICK) == ["release 1"]


def test_paths_without_end_are_ended_too(make_pool: Callable[..., QueryPool]) -> None:
    paths = "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>|^!<urn:y>)* ?b . ?c (!<urn:x>|^!<urn:z>)* ?d }"
    pool = make_pool(workers=1, deadline_s=0.5)
    with pytest.raises(DeadlineExceeded, match=r"0\.5 seconds"):
        read(pool, paths)
    assert count(pool, "?s ?p ?o") == SUBJECTS


def test_one_worker_stays_free_for_young_queries(make_pool: Callable[..., QueryPool]) -> None:
    """Three endless queries on two workers: a quick one is answered before any of them ends."""
    pool = make_pool(workers=2, young_s=0.1, deadline_s=2)
    endless = [Asking(pool, ENDLESS) for _ in range(3)]
    wait_until(lambda: pool.status().long_running == 1)
    assert values(pool, QUICK) == ["release 1"]
    assert pool.status().outcomes.get("deadline", 0) == 0
    assert pool.status().outcomes["restarted"] >= 1
    for asking in endless:
        asking.join()
        assert isinstance(asking.error, DeadlineExceeded | Busy)


def test_a_query_that_was_restarted_is_answered_whole(
    make_pool: Callable[..., QueryPool],
) -> None:
    pool = make_pool(workers=2, young_s=0.05)
    slow = "SELECT (COUNT(*) AS ?o) { ?a ?b ?c . ?d ?e ?f }"
    answers: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: answers.append(values(pool, slow))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [[str(SUBJECTS**2)]] * 3
    assert pool.status().outcomes["restarted"] >= 1


def test_memory_is_limited_and_the_next_query_is_served(
    make_pool: Callable[..., QueryPool],
) -> None:
    pool = make_pool(workers=1, memory_bytes=900 << 20)
    with pytest.raises(OutOfMemory):
        read(pool, BOMB)
    assert values(pool, QUICK) == ["release 1"]


def test_a_result_that_is_too_large_at_once_is_an_error_and_no_answer(
    make_pool: Callable[..., QueryPool],
) -> None:
    pool = make_pool(workers=1, max_result_bytes=1000)
    with pytest.raises(ResultTooLarge):
        pool.query(ALL, JSON)
    pid = pool.status().worker_pids
    assert values(pool, QUICK) == ["release 1"]
    assert pool.status().worker_pids == pid


def test_a_result_that_grows_too_large_is_an_error_and_no_answer(
    make_pool: Callable[..., QueryPool],
) -> None:
    """Megabytes have come from the worker by then; none of them is handed out."""
    pool = make_pool(workers=1, max_result_bytes=20_000_000)
    with pytest.raises(ResultTooLarge):
        pool.query(FLOOD, JSON)
    assert values(pool, QUICK) == ["release 1"]


def test_a_deadline_in_the_midst_of_an_answer_is_an_error(
    make_pool: Callable[..., QueryPool],
) -> None:
    pool = make_pool(workers=1, deadline_s=0.5, max_result_bytes=1 << 40)
    with pytest.raises(DeadlineExceeded):
        pool.query(FLOOD, "text/csv")
    assert values(pool, QUICK) == ["release 1"]


@pytest.mark.parametrize(
    "expression", ["(" * 20_000 + "1" + ")" * 20_000, "1" + "+1" * 20_000, "!" * 20_000 + "1"]
)
def test_what_overflows_the_stack_ends_its_own_process_only(
    make_pool: Callable[..., QueryPool], expression: str
) -> None:
    """The guard would refuse some of these; the pool survives them without it."""
    pool = make_pool(workers=1)
    with pytest.raises(QueryTooComplex):
        read(pool, f"SELECT * {{ FILTER({expression}) }}")
    assert values(pool, QUICK) == ["release 1"]


def test_errors_in_a_query_are_told(make_pool: Callable[..., QueryPool]) -> None:
    pool = make_pool(workers=1)
    with pytest.raises(QuerySyntaxError, match="error at 1:"):
        read(pool, "SELECT WHERE")
    with pytest.raises(QuerySyntaxError, match="TURTLE"):
        read(pool, QUICK, "text/turtle")
    with pytest.raises(KeyError):
        pool.query(QUICK, "text/html")
    assert values(pool, QUICK) == ["release 1"]


def test_graphs_of_the_protocol_replace_the_data_set(make_pool: Callable[..., QueryPool]) -> None:
    """SPARQL 1.1 Protocol, 2.1.4: default-graph-uri and named-graph-uri win over FROM."""
    pool = make_pool(workers=1)
    record = f"{BASE}/records/r"
    named = "GRAPH ?g { ?s ?p ?o }"
    assert (count(pool, "?s ?p ?o"), count(pool, named)) == (SUBJECTS, 1)
    assert count(pool, "?s ?p ?o", default_graph_uris=[record]) == 1
    assert count(pool, named, default_graph_uris=[record]) == 0
    assert count(pool, "?s ?p ?o", named_graph_uris=[record]) == 0
    assert count(pool, named, named_graph_uris=[record]) == 1
    asked = "SELECT ?o FROM <https://register.example/records/other> { ?s ?p ?o }"
    assert values(pool, asked, default_graph_uris=[record]) == ["says r"]


def test_beyond_the_queue_the_pool_is_busy(make_pool: Callable[..., QueryPool]) -> None:
    pool = make_pool(workers=1, queue=1)
    running = Asking(pool, ENDLESS, deadline_s=1.5)
    wait_until(lambda: pool.status().running == 1)
    waiting = Asking(pool, QUICK)
    wait_until(lambda: pool.status().waiting == 1)
    with pytest.raises(Busy) as busy:
        pool.query(QUICK, JSON)
    assert busy.value.retry_after_s is not None
    assert busy.value.retry_after_s >= 1
    for asking in (running, waiting):
        asking.join()
    assert waiting.error is None


def test_a_slow_reader_does_not_hold_the_worker(make_pool: Callable[..., QueryPool]) -> None:
    """A large answer waits in a file; nothing of it is lost."""
    pool = make_pool(workers=1)
    text = "SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f } LIMIT 100000"
    answer = pool.query(text, "text/csv")
    pieces = iter(answer)
    begin = next(pieces)
    assert values(pool, QUICK) == ["release 1"]
    content = begin + b"".join(pieces)
    assert len(content) == answer.size
    rows = list(csv.reader(io.StringIO(content.decode())))
    assert rows[0] == ["a", "d"]
    assert len(rows) == 100_001
    assert {len(row) for row in rows} == {2}


def test_when_a_worker_is_killed_another_is_ready(make_pool: Callable[..., QueryPool]) -> None:
    """The next query goes to a process that was there before the first one ended."""
    pool = make_pool(workers=1, spares=1, deadline_s=0.5)
    assert values(pool, QUICK) == ["release 1"]
    for _ in range(3):
        wait_until(lambda: len(pool.status().worker_pids) == 2)
        before = set(pool.status().worker_pids)
        with pytest.raises(DeadlineExceeded):
            read(pool, ENDLESS)
        assert values(pool, QUICK) == ["release 1"]
        assert before & set(pool.status().worker_pids)


def test_an_old_query_makes_way_as_soon_as_a_young_one_waits(
    make_pool: Callable[..., QueryPool],
) -> None:
    pool = make_pool(workers=2, young_s=0.05, deadline_s=3)
    endless = [Asking(pool, ENDLESS) for _ in range(2)]
    wait_until(lambda: pool.status().running == 2 and pool.status().long_running == 1)
    time.sleep(0.2)
    assert pool.status().outcomes.get("restarted", 0) == 0
    assert values(pool, QUICK) == ["release 1"]
    assert pool.status().outcomes["restarted"] == 1
    for asking in endless:
        asking.join()
        assert isinstance(asking.error, DeadlineExceeded | Busy)


def test_a_worker_that_died_while_idle_is_replaced(make_pool: Callable[..., QueryPool]) -> None:
    pool = make_pool(workers=1)
    assert values(pool, QUICK) == ["release 1"]
    (pid,) = pool.status().worker_pids
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(pid))
    assert values(pool, QUICK) == ["release 1"]
    assert pool.status().worker_pids != (pid,)


def test_a_query_that_a_dying_worker_took_is_given_to_another_one(
    make_pool: Callable[..., QueryPool],
) -> None:
    """It stands still when the query comes and is killed then, as one that was killed while idle
    may still take a query."""
    pool = make_pool(workers=1)
    assert values(pool, QUICK) == ["release 1"]
    (pid,) = pool.status().worker_pids
    os.kill(pid, signal.SIGSTOP)
    asking = Asking(pool, QUICK)
    wait_until(lambda: pool.status().running == 1)
    os.kill(pid, signal.SIGKILL)
    asking.join()
    assert asking.error is None
    assert pool.status().worker_pids != (pid,)


def test_a_worker_that_worked_for_long_is_replaced(make_pool: Callable[..., QueryPool]) -> None:
    """What it took of memory goes back with it."""
    pool = make_pool(workers=1, spares=0, young_s=0.01)
    assert values(pool, QUICK) == ["release 1"]
    pids = pool.status().worker_pids
    assert count(pool, "?a ?b ?c . ?d ?e ?f") == SUBJECTS**2
    wait_until(lambda: pool.status().worker_pids)
    assert not set(pool.status().worker_pids) & set(pids)


def test_who_takes_longer_lets_others_have_the_processor(
    make_pool: Callable[..., QueryPool],
) -> None:
    pool = make_pool(workers=1, spares=0, young_s=WAIT_S)
    assert values(pool, QUICK) == ["release 1"]
    (pid,) = pool.status().worker_pids
    own = os.getpriority(os.PRIO_PROCESS, 0)
    slow = Asking(pool, "SELECT (COUNT(*) AS ?o) { ?a ?b ?c . ?d ?e ?f }")
    wait_until(lambda: os.getpriority(os.PRIO_PROCESS, pid) > own)
    slow.join()
    assert values(pool, QUICK) == ["release 1"]
    assert pool.status().worker_pids == (pid,)
    assert os.getpriority(os.PRIO_PROCESS, pid) == own


def test_before_the_first_snapshot_the_graph_is_not_ready(
    make_pool: Callable[..., QueryPool], tmp_path: Path
) -> None:
    pool = make_pool(tmp_path)
    with pytest.raises(NoSnapshot):
        pool.query(QUICK, JSON)
    with GraphWriter(tmp_path) as writer:
        writer.load(quads(4), 4)
        writer.snapshot()
    assert values(pool, QUICK) == ["release 4"]


def test_a_damaged_snapshot_is_an_error_and_no_endless_loop(
    make_pool: Callable[..., QueryPool], tmp_path: Path
) -> None:
    with GraphWriter(tmp_path) as writer:
        writer.load(quads(1), 1)
        path = writer.snapshot()
    (path / "CURRENT").write_text("nonsense", encoding="ascii")
    with pytest.raises(QueryFailed):
        make_pool(tmp_path).query(QUICK, JSON)


def test_each_answer_is_made_from_one_release(
    make_pool: Callable[..., QueryPool], tmp_path: Path
) -> None:
    """A release that comes while an answer is on its way shows in the next one."""
    pool = make_pool(tmp_path, workers=1)
    text = "SELECT ?o { ?s ?p ?o . ?s2 ?p2 ?o2 } LIMIT 200000"
    with GraphWriter(tmp_path) as writer:
        for release in (1, 2, 3):
            writer.load(quads(release), release)
            writer.snapshot()
            assert pool.query(QUICK, JSON).release == release
            answer = pool.query(text, "text/csv")
            writer.load(quads(release + 1), release + 1)
            writer.snapshot()
            rows = answer.whole().decode().split("\r\n")[1:-1]
            assert (answer.release, set(rows), len(rows)) == (
                release,
                {f"release {release}"},
                200_000,
            )


def test_idle_workers_let_go_of_old_snapshots(
    make_pool: Callable[..., QueryPool], tmp_path: Path
) -> None:
    """Without any query, so that a purge reaches the copies that workers hold."""
    with GraphWriter(tmp_path) as writer:
        writer.load(quads(1), 1)
        writer.snapshot()
        pool = make_pool(tmp_path)
        assert values(pool, QUICK) == ["release 1"]
        writer.load(quads(2), 2)
        writer.snapshot()

        def only_the_newest_is_left() -> bool:
            writer.forget_old_snapshots()
            return [path.name for path in (tmp_path / "snapshots").iterdir()] == ["2-2"]

        wait_until(only_the_newest_is_left)
    lease = lease_snapshot(tmp_path)
    assert lease is not None
    lease.close()


def test_workers_reach_no_network(make_pool: Callable[..., QueryPool], listener: Server) -> None:
    """Even where the guard were passed: the process cannot make a connection."""
    pool = make_pool(workers=1)
    with pytest.raises(RegistryError):
        read(pool, f"SELECT * {{ SERVICE <{listener.url}> {{ ?s ?p ?o }} }}")
    assert pool.status().network in ("seccomp", "namespace")
    assert listener.calls == 0


def test_workers_know_none_of_the_parents_secrets(
    make_pool: Callable[..., QueryPool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERBUND_TEST_SECRET", "secret")
    pool = make_pool(workers=1)
    assert values(pool, QUICK) == ["release 1"]
    (pid,) = pool.status().worker_pids
    assert b"SECRET" not in Path(f"/proc/{pid}/environ").read_bytes()


def test_closing_ends_every_worker_and_every_query(make_pool: Callable[..., QueryPool]) -> None:
    pool = make_pool(workers=2)
    running = [Asking(pool, ENDLESS) for _ in range(3)]
    wait_until(lambda: pool.status().running == 2)
    pids = pool.status().worker_pids
    pool.close()
    assert not any(is_alive(pid) for pid in pids)
    for asking in running:
        asking.join()
        assert isinstance(asking.error, QueryAbandoned)
    with pytest.raises(QueryAbandoned):
        pool.query(QUICK, JSON)


def test_nothing_starts_before_the_first_query(make_pool: Callable[..., QueryPool]) -> None:
    threads = threading.active_count()
    pool = make_pool()
    assert threading.active_count() == threads
    assert pool.status().network == "unknown"
    assert pool.status().worker_pids == ()


PARENT = """
import sys, threading, time
from pathlib import Path
from registry.sparql.pool import QueryPool
pool = QueryPool(Path(sys.argv[1]))
pool.query("ASK {}", "text/csv")
threading.Thread(target=pool.query, args=(sys.argv[2], "text/csv"), daemon=True).start()
while not (pool.status().running and len(pool.status().worker_pids) == 3):
    time.sleep(0.01)
print(*pool.status().worker_pids, flush=True)
time.sleep(60)
"""


def test_a_parent_that_dies_takes_its_workers_along(graph: Path) -> None:
    """Two of them idle, one in the midst of an endless query."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(graph), ENDLESS],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert parent.stdout is not None
    pids = [int(word) for word in parent.stdout.readline().split()]
    assert len(pids) == 3
    assert all(is_alive(pid) for pid in pids)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not any(is_alive(pid) for pid in pids))
