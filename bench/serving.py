"""The rows about answering: SPARQL, one entity, lists, and queries that never end."""

import http.client
import random
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from statistics import median
from typing import Final
from urllib.parse import quote

from bench import generate
from bench.federation import BASE_IRI, Federation
from bench.load import Load, middle, need_wrk, strike
from bench.plan import Plan
from bench.processes import PYTHON, Serving, free_port, memory_mib, serving
from bench.rawservers import nginx, oxigraph
from bench.report import Row

RESULTS: Final = "application/sparql-results+json"
JSONLD: Final = "application/ld+json"
_ENDLESS: Final = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
_ENDLESS_TIMES: Final = 10
_DEADLINE_S: Final = 5
_MOST_P99_MS: Final = {"sparql": 30, "list": 50}


def sparql(plan: Plan) -> Iterator[Row]:
    """One entity by SPARQL, beside the raw server on the same data: always new, and again."""
    federation = prepared(plan)
    again = _requests(federation, "sparql", map(_query, _iris(federation)))
    first = _always_new(federation, "sparql-new", _lines(again))
    raw_lines = [f"/query?{line.partition('?')[2]}" for line in _lines(again)]
    theirs = _always_new(federation, "raw", raw_lines)
    with verbund(federation) as server, oxigraph(federation) as raw:
        ours = (server.port, first), (server.port, again)
        new, known, plain = _in_turn(plan, RESULTS, *ours, (raw.port, theirs))
    for found, what in ((new, "never asked before"), (known, "asked before in this release")):
        share = found.per_s / plain.per_s
        yield Row(
            key="sparql",
            what=f"/sparql, one entity ({what}), wrk -c8, against the raw oxigraph server",
            reach="at least 0.3 of its requests/s (0.5 = stretch), p99 at most 30 ms",
            found=f"{share:.2f}, p99 {found.p99_ms:.1f} ms",
            reached=_sound(found) and share >= 0.3 and found.p99_ms <= _MOST_P99_MS["sparql"],
            beside=f"{found}; raw {plain}",
        )


def entity(plan: Plan) -> Iterator[Row]:
    """One entity as JSON-LD, beside a bare view; nginx with the same bytes for information."""
    federation = prepared(plan)
    paths = [f"/actors/{iri.rpartition('/')[2]}.jsonld" for iri in _iris(federation, "actor")]
    with verbund(federation) as server:
        port = server.port
        first_ms, again_ms = _one_by_one_ms(port, paths)
        answers = [_get(port, path, JSONLD) for path in paths]
        known = (f"{path}\t{tag}" for path, (_, tag, _) in zip(paths, answers, strict=True))
        if _get(port, paths[0], JSONLD, answers[0][1])[0] != 304:
            raise RuntimeError("the entity's ETag is not honoured")
        size = int(median(len(body) for _, _, body in answers))
        bare_port = free_port()
        bare = [PYTHON, "-m", "bench.constant", str(bare_port), str(size)]
        full = _requests(federation, "full", paths)
        with serving(bare, bare_port):
            _, view_ms = _one_by_one_ms(bare_port, paths)
            unchanged, whole, view = _in_turn(
                plan,
                JSONLD,
                (port, _requests(federation, "known", known)),
                (port, full),
                (bare_port, full),
            )
    files = {path: body for path, (_, _, body) in zip(paths, answers, strict=True)}
    with nginx(federation.folder, files) as static_server:
        static = strike(static_server.port, full, JSONLD, plan.seconds) if static_server else None
    alone = f"{len(paths):,} one by one: first {first_ms:.2f} ms each, again {again_ms:.2f} ms"
    for found, what, reach in ((unchanged, "304", 0.8), (whole, f"full, {size:,} bytes", 0.6)):
        share = found.per_s / view.per_s
        yield Row(
            key="entity",
            what=f"entity as JSON-LD ({what}), wrk -c8, against a bare Flask view",
            reach=f"at least {reach} of its requests/s",
            found=f"{share:.2f}",
            reached=_sound(found) and share >= reach,
            beside=f"{found}; bare view {view}; nginx {static or 'is not installed'}; "
            f"{alone}, bare view {view_ms:.2f} ms",
        )


def lists(plan: Plan) -> Iterator[Row]:
    """Words and two filters in the list of actors, each asked for the first time; then again."""
    federation = prepared(plan)
    asked = _lists()
    share = len(asked) // (plan.repeat + 1)
    with verbund(federation) as server:
        port = server.port
        for form, accept in (("page", "text/html"), ("JSON-LD", JSONLD)):
            if _get(port, asked[0], accept)[0] != 200:
                raise RuntimeError(f"{asked[0]} is refused")
            strike(port, _requests(federation, "list", asked[:share]), accept, 2)
            loads = []
            for turn in range(1, plan.repeat + 1):
                fresh = _requests(federation, "list", asked[turn * share : (turn + 1) * share])
                loads.append(strike(port, fresh, accept, plan.seconds))
            found = middle(loads)
            if max(load.per_s for load in loads) * plan.seconds > share:
                raise RuntimeError(f"{share:,} lists are too few: some were asked for twice")
            (again,) = _in_turn(plan, accept, (port, _requests(federation, "list", asked[:320])))
            yield Row(
                key="list",
                what=f"list with text search and two filters ({form}), {plan.usual:,}, each "
                "asked for the first time, wrk -c8",
                reach="p99 at most 50 ms",
                found=f"p99 {found.p99_ms:.0f} ms",
                reached=_sound(found) and found.p99_ms <= _MOST_P99_MS["list"],
                beside=f"{found}; the same 320 again: {again}",
            )


def endless(plan: Plan) -> Iterator[Row]:
    """Queries that never end, beside the fast one."""
    federation = prepared(plan)
    requests = _always_new(federation, "sparql-new", map(_query, _iris(federation)))
    with verbund(federation, VERBUND_SPARQL_DEADLINE_S=str(_DEADLINE_S)) as server:
        port, pid = server.port, server.pid
        before = strike(port, requests, RESULTS, plan.seconds)
        memory_before = memory_mib(pid)
        ends: Counter[int] = Counter()
        asking = threading.Thread(target=_ask_endless, args=(port, ends))
        asking.start()
        during = strike(port, requests, RESULTS, _ENDLESS_TIMES * _DEADLINE_S)
        asking.join()
        time.sleep(2)
        memory_after = memory_mib(pid)
    yield Row(
        key="endless",
        what=f"a query that never ends, {_ENDLESS_TIMES} times, beside the fast one",
        reach="the fast one's p99 at most doubled",
        found=f"{during.p99_ms / before.p99_ms:.2f} times",
        reached=_sound(during) and during.p99_ms <= 2 * before.p99_ms,
        beside=f"before {before}; during {during}; ended with "
        + ", ".join(f"{status} ({count})" for status, count in sorted(ends.items())),
    )
    yield Row(
        key="endless",
        what="memory of all its processes afterwards",
        reach="back to the start",
        found=f"{memory_after:.0f} MiB after {memory_before:.0f} MiB",
        reached=memory_after <= 1.1 * memory_before,
    )


def prepared(plan: Plan) -> Federation:
    need_wrk()
    federation = plan.federation(plan.usual)
    federation.need_harvest()
    return federation


@contextmanager
def verbund(federation: Federation, **settings: str) -> Iterator[Serving]:
    """`verbund serve` as it comes, on a free port."""
    port = free_port()
    environment = federation.environment(VERBUND_PORT=str(port), **settings)
    with serving([PYTHON, "-m", "registry", "serve"], port, environment) as server:
        yield server


def _in_turn(plan: Plan, accept: str, *targets: tuple[int, Path]) -> list[Load]:
    """Strike each in turn, so often as the plan says, after a short one that warms up."""
    loads: list[list[Load]] = [[] for _ in targets]
    for port, requests in targets:
        strike(port, requests, accept, 2)
    for _ in range(plan.repeat):
        for found, (port, requests) in zip(loads, targets, strict=True):
            found.append(strike(port, requests, accept, plan.seconds))
    return [middle(each) for each in loads]


def _lists() -> list[str]:
    """Lists that all differ, in a mixed order."""
    words = generate.WORDS
    towns = [entry.partition(" ")[2] for entry in words["towns"]]
    found = [
        f"/actors?q={quote(' '.join(filter(None, said)))}&topic={topic}&place={quote(town)}"
        for *said, topic, town in product(
            ("", *words["first"]), words["what"], ("", *words["where"]), words["topics"], towns
        )
    ]
    random.Random(0).shuffle(found)
    return found


def _one_by_one_ms(port: int, paths: list[str]) -> tuple[float, float]:
    """How long a client waits for each, when it asks for the first time and again; medians."""
    took: list[float] = []
    # One connection: another may lead to another web process, where it would be the first time.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for path in (*paths, *paths):
        started = time.perf_counter()
        connection.request("GET", path, headers={"Accept": JSONLD})
        connection.getresponse().read()
        took.append((time.perf_counter() - started) * 1000)
    connection.close()
    return median(took[: len(paths)]), median(took[len(paths) :])


def _iris(federation: Federation, kind: str | None = None) -> list[str]:
    ids = federation.published
    kinds = [kind] if kind else list(ids)
    return [f"{BASE_IRI}/id/{id_}" for one in kinds for id_ in ids[one]]


def _query(iri: str) -> str:
    return f"/sparql?query={quote(f'SELECT ?p ?o {{ <{iri}> ?p ?o }}')}"


def _requests(federation: Federation, name: str, lines: Iterator[str] | list[str]) -> Path:
    path = federation.folder / f"{name}.requests"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def _always_new(federation: Federation, name: str, lines: Iterable[str]) -> Path:
    """Queries that differ in a comment each time that they are asked (load.lua)."""
    return _requests(federation, name, (f"{line}%20%23@" for line in lines))


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def _get(port: int, path: str, accept: str, tag: str = "") -> tuple[int, str, bytes]:
    """Status, ETag and body."""
    headers = {"Accept": accept, **({"If-None-Match": tag} if tag else {})}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return answer.status, answer.headers.get("ETag", ""), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, "", b""


def _ask_endless(port: int, ends: Counter[int]) -> None:
    for _ in range(_ENDLESS_TIMES):
        ends[_get(port, f"/sparql?query={quote(_ENDLESS)}", RESULTS)[0]] += 1


def _sound(load: Load) -> bool:
    return load.failed == 0
