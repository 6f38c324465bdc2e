"""Sending a hostile query, and the normal one behind it, to a server on loopback."""

import http.client
import itertools
import json
import time
from typing import Final
from urllib.parse import quote

from tests.hostile.queries import HostileQuery, Request

_PATIENCE_S: Final = 30.0
_NORMAL: Final = "SELECT ?s { ?s <https://schema.org/name> 'Werkhof Neißebogen e. V.'@de } LIMIT 1"
_NUMBERS: Final = itertools.count()
_MOST_READ: Final = 64 << 20


def seen(port: int, case: HostileQuery, listener_url: str) -> str:
    """What comes of it: the status and the problem's code, or how else the connection ended."""
    return answer_to(port, case.make(listener_url))


def answer_to(port: int, request: Request) -> str:
    """Status and problem code of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
    try:
        path = f"/sparql?{request.parameters}" if request.parameters else "/sparql"
        connection.request(request.method, path, request.body or None, dict(request.headers))
        answer = connection.getresponse()
        body = answer.read(_MOST_READ)
    except http.client.IncompleteRead:
        return "broken off"
    except (OSError, http.client.HTTPException):
        return "no answer"
    finally:
        connection.close()
    if answer.headers.get_content_type() != "application/problem+json":
        return str(answer.status)
    code = json.loads(body)["type"].rpartition("#problem-")[2].replace("-", "_")
    return f"{answer.status} {code}"


def normal_query(port: int) -> float:
    """Ask something that any user would; the seconds until the whole answer is there.

    It differs in a comment each time, so that a worker has to answer it, not what was kept.

    Raises:
        AssertionError: the answer is not the right one.
    """
    started = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
    try:
        connection.request("GET", f"/sparql?query={quote(f'{_NORMAL} # {next(_NUMBERS)}')}")
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    took = time.perf_counter() - started
    assert answer.status == 200, body
    assert len(json.loads(body)["results"]["bindings"]) == 1
    return took
