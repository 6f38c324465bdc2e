"""Clients that are hostile by their number or their slowness, not by what they ask."""

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

from tests.hostile.asking import answer_to
from tests.hostile.queries import ENDLESS, QUERY, get

_THOUSAND: Final = 1_000
_HELD: Final = 100
_FLOOD: Final = 40
_PATIENCE_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Crowd:
    """While the block of `attack(port)` lasts they are there; it says what became of them."""

    name: str
    expected: str
    attack: Callable[[int], AbstractContextManager[str]]


def _holding(
    count: int, sent: bytes, *, read: int = 0
) -> Callable[[int], AbstractContextManager[str]]:
    """Connections that send this, read so many bytes and then do nothing more."""

    @contextmanager
    def attack(port: int) -> Iterator[str]:
        with ExitStack() as open_ones:
            for _ in range(count):
                connection = socket.create_connection(("127.0.0.1", port), _PATIENCE_S)
                open_ones.enter_context(connection)
                connection.sendall(sent)
                if read:
                    connection.recv(read)
            yield "others are served meanwhile"

    return attack


@contextmanager
def _flood(port: int) -> Iterator[str]:
    """Queries without end, all at once; when the first is refused, somebody opens a page."""
    seen: list[str] = []
    refused = threading.Event()

    def ask(number: int) -> None:
        seen.append(answer_to(port, get(f"{ENDLESS} # {number}")))
        refused.set()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(_FLOOD)]
    for thread in threads:
        thread.start()
    refused.wait()
    page = _status_of_page(port)
    waiting = len(seen) < _FLOOD
    for thread in threads:
        thread.join()
    meanwhile = "a page meanwhile" if waiting else "a page afterwards"
    yield f"{', '.join(sorted(set(seen)))}; {meanwhile} {page}"


def _status_of_page(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
    try:
        connection.request("GET", "/actors", headers={"Accept": "text/html"})
        return connection.getresponse().status
    finally:
        connection.close()


def _head(first: str, *headers: str) -> bytes:
    return "\r\n".join([first, "Host: verbund.example", *headers, "", ""]).encode()


_POSTED: Final = (f"Content-Type: {QUERY}", "Content-Length: 1000")
_SERVED: Final = "others are served meanwhile"
_LARGE: Final = "/sparql?query=SELECT*%7B%3Fa%20%3Fb%20%3Fc.%3Fd%20%3Fe%20%3Ff%7DLIMIT%206000"

HOSTILE_CROWDS: Final = (
    Crowd("1,000 connections that say nothing", _SERVED, _holding(_THOUSAND, b"")),
    Crowd("1,000 connections with half a header", _SERVED,
          _holding(_THOUSAND, b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nX-Slow: ")),
    Crowd("100 clients that post a byte of a thousand", _SERVED,
          _holding(_HELD, _head("POST /sparql HTTP/1.1", *_POSTED) + b"A")),
    Crowd("100 clients that announce content to a GET", _SERVED,
          _holding(_HELD, _head("GET /sparql?query=ASK%7B%7D HTTP/1.1", *_POSTED), read=1)),
    Crowd("50 clients that ask for half a megabyte and read a byte", _SERVED,
          _holding(50, _head(f"GET {_LARGE} HTTP/1.1"), read=1)),
    Crowd("8 clients with 1,000 requests in one go, reading nothing", _SERVED,
          _holding(8, _head("GET /sparql?query=ASK%7B%7D HTTP/1.1") * 1_000)),
    Crowd("40 queries without end at once", "503 busy, 504 deadline; a page meanwhile 200", _flood),
)  # fmt: skip
