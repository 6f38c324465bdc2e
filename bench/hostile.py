"""`make hostile`: what hostile queries, records and hubs meet, written into docs/hostile-*.md.

`python -m bench.hostile [queries] [records] [hubs]`. The cases are those of tests/hostile; the
tests judge what comes of them, here the time of the next normal query is measured, too. Everything
happens in a temporary folder and on loopback; every process that is started is ended.
"""

import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.machine import machine
from tests.hostile import table
from tests.hostile.asking import normal_query, seen
from tests.hostile.crowds import HOSTILE_CROWDS
from tests.hostile.harvesting import trial
from tests.hostile.hubs import HOSTILE_HUBS
from tests.hostile.publishing import published
from tests.hostile.queries import HOSTILE_QUERIES
from tests.hostile.server import served

_MOST_MS: Final = 100

_QUERIES: Final = """
# Hostile queries

What is sent to `/sparql` of a `verbund serve` with its usual settings over the demo federation,
what has to come of it, what came of it, and how long the next normal query took, which asks for one
entity by its name. A number is the HTTP status, the word behind it the code of the problem
document. Where the time decides which of two limits is met first, both are agreed. While all this
went on, a listener on loopback to whom the queries point was called {calls} times.

Written by `make hostile` (`bench/hostile.py`); the cases stand in `tests/hostile/queries.py` and
`crowds.py`, and the suite tries every one of them, without judging the time. Measured on:
{machine}. The slowest next query took {slowest:.0f} ms; at most {most} ms are agreed.
"""

_HUBS: Final = """
# Hostile hubs

A hub that was good at its first harvest, and what it answers at the second; how that run has to end
and how many of the hub's three things are published then, and what came of it. `failed` names the
problem, which the report tells in German and English with what to do; `held` waits for a person;
`unchanged` found nothing new. Where two ends are agreed, either is right. A service on loopback
that redirects, next links, entities and contexts point to was asked {asked} times.

Written by `make hostile` (`bench/hostile.py`); the cases stand in `tests/hostile/hubs.py`, and the
suite tries every one of them. Limits of a page are small here (0.6 seconds, 200 kB, 1 MB unpacked),
names are answered by a resolver of the test.
"""

_RECORDS: Final = """
# Hostile records

What a hub says of one thing, and what has to come of it: `stored` (clean, with the findings named
behind it) or `refused` (for the findings named), or how the run failed where the page as a whole
cannot be read. U+ stands for a character that cannot be seen. Findings about completeness are left
out.

Whatever is stored is harmless: no page holds anything that runs, leads to another scheme than
http(s), mailto and tel, or cannot be seen; Chromium, under the Content-Security-Policy, runs
nothing of it and asks no other host; Turtle, N-Triples, RDF/XML and JSON-LD read back to the graph;
no cell of a CSV file of ours is a formula. Answers of `/sparql` as CSV hold values as they are, as
the standard wants it: open them as text.

Written by `make hostile` (`bench/hostile.py`); the cases stand in `tests/hostile/records.py`, and
the suite tries every one of them and judges what is published.
"""


def main(wanted: list[str]) -> int:
    """Try what is wanted; 1 where something came otherwise than agreed."""
    unknown = set(wanted) - PAGES.keys()
    if unknown:
        sys.exit(f"No page named {', '.join(sorted(unknown))}; there are {', '.join(PAGES)}.")
    agreed = [PAGES[name]() for name in wanted or PAGES]
    return int(not all(agreed))


def queries() -> bool:
    """Every hostile query and crowd, each followed by a normal query that is timed."""
    rows: list[tuple[str, str, str, float]] = []
    with (
        tempfile.TemporaryDirectory(prefix="verbund-hostile-") as folder,
        socket.create_server(("127.0.0.1", 0)) as listener,
        served(Path(folder)) as port,
    ):
        normal_query(port)
        for row in _queries_tried(port, f"http://127.0.0.1:{listener.getsockname()[1]}/"):
            rows.append(row)
            print(f"{row[3]:7.1f} ms  {row[2]:40} {row[0]}", flush=True)
        calls = _calls(listener)
    slowest = max(ms for *_, ms in rows)
    agreed = all(came in expected.split(" or ") for _, expected, came, _ in rows)
    text = _QUERIES.format(calls=calls, machine=machine()[0], slowest=slowest, most=_MOST_MS)
    cells = (
        [table.cell(name), expected, came, f"{ms:.1f} ms"] for name, expected, came, ms in rows
    )
    path = table.write(
        "hostile-queries", text, ("query", "expected", "seen", "next normal query"), cells
    )
    print(f"{len(rows)} rows written to {path}; slowest next query {slowest:.1f} ms")
    return agreed and calls == 0 and slowest <= _MOST_MS


def hubs() -> bool:
    """Every hostile hub, harvested."""
    with (
        tempfile.TemporaryDirectory(prefix="verbund-hostile-") as folder,
        trial(Path(folder)) as ours,
    ):
        rows = [(case.name, case.expected, ours.seen(case)) for case in HOSTILE_HUBS]
        asked = len(ours.reached)
    cells = ([table.cell(name), expected, came] for name, expected, came in rows)
    path = table.write(
        "hostile-hubs", _HUBS.format(asked=asked), ("hub", "expected", "seen"), cells
    )
    other = [row for row in rows if row[2] not in row[1].split(" or ")]
    print(f"{len(rows)} rows written to {path}; otherwise than agreed: {other or 'none'}")
    return not other and asked == 0


def records() -> bool:
    """Every hostile record, harvested; what is published of them is for the tests to judge."""
    with (
        tempfile.TemporaryDirectory(prefix="verbund-hostile-") as folder,
        published(Path(folder)) as ours,
    ):
        rows = [(one.case.name, one.case.expected, one.seen) for one in ours.tried]
    cells = ([table.cell(name), expected, came] for name, expected, came in rows)
    path = table.write("hostile-records", _RECORDS, ("record", "expected", "seen"), cells)
    other = [row for row in rows if row[1] != row[2]]
    print(f"{len(rows)} rows written to {path}; otherwise than agreed: {other or 'none'}")
    return not other


def _queries_tried(port: int, url: str) -> Iterator[tuple[str, str, str, float]]:
    for case in HOSTILE_QUERIES:
        came = seen(port, case, url)
        yield case.name, case.expected, came, normal_query(port) * 1000
    for crowd in HOSTILE_CROWDS:
        with crowd.attack(port) as came:
            meanwhile = normal_query(port) * 1000
        yield crowd.name, crowd.expected, came, max(meanwhile, normal_query(port) * 1000)


def _calls(listener: socket.socket) -> int:
    """How often somebody has connected."""
    listener.setblocking(False)
    calls = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return calls
        calls += 1


PAGES: Final = {"queries": queries, "records": records, "hubs": hubs}

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that all that was started ends
    sys.exit(main(sys.argv[1:]))
