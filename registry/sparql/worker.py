"""One query process: `python -m registry.sparql.worker`, started and ended by process.py alone.

It reads queries from stdin and answers on stdout, one at a time, always from the newest snapshot.
It may be killed at any moment and holds nothing that anybody would miss. It imports pyoxigraph and
the standard library, so that it starts quickly; what it knows of the registry is in its arguments.
"""

import json
import os
import socket
import sys
from pathlib import Path
from typing import Any, Final

from registry.project.snapshots import Lease, lease_snapshot, published_mark
from registry.sparql import frames
from registry.sparql.isolation import die_with_parent, leave_network, limit_resources

CHUNK_BYTES: Final = 64 << 10
_LOOK_EVERY_S: Final = 1.0  # for a new snapshot, while idle


class TooLarge(Exception):
    """The answer has reached its limit; pyoxigraph stops a query whose output raises."""


class Graph:
    """The newest snapshot, opened read-only and leased."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[int, int] | None = None
        self._lease: Lease | None = None
        self._store: Any = None

    def follow(self) -> None:
        """Change to the newest snapshot where that is another one.

        Raises:
            OSError: it cannot be opened.
        """
        seen = published_mark(self._folder)
        if self._lease and seen == self._seen:
            return
        self._seen = seen
        # The old one first: its reserved memory counts against the limit.
        self._store = None
        if self._lease:
            self._lease.close()
            self._lease = None
        lease = lease_snapshot(self._folder)
        if lease:
            from pyoxigraph import Store

            self._store = Store.read_only(str(lease.path))
            self._lease = lease

    @property
    def release(self) -> int | None:
        """The release it holds, or None before the first snapshot."""
        return self._lease.release if self._lease else None

    def query(self, request: dict[str, Any]) -> Any:
        """Evaluate; the protocol's graphs, if any are given, replace those of FROM (2.1.4)."""
        from pyoxigraph import NamedNode

        default = [NamedNode(iri) for iri in request["default_graph_uris"]]
        named = [NamedNode(iri) for iri in request["named_graph_uris"]]
        if not default and not named:
            return self._store.query(request["query"])
        return self._store.query(request["query"], default_graph=default, named_graphs=named)


class Output:
    """Collects what a serializer writes and sends it in chunks, up to a limit."""

    def __init__(self, fd: int, max_bytes: int, head: bytes) -> None:
        self._fd = fd
        self._left = max_bytes
        self._head = head
        self._waiting = bytearray()

    def write(self, piece: bytes) -> int:
        self._left -= len(piece)
        if self._left < 0:
            raise TooLarge
        self._waiting += piece
        if len(self._waiting) >= CHUNK_BYTES:
            self._send(b"")
        return len(piece)

    def flush(self) -> None:
        """The serializer has no more; `end` sends what is left."""

    def end(self) -> None:
        """Nothing follows."""
        self._send(frames.frame(frames.END))

    def _send(self, last: bytes) -> None:
        frames.write(self._fd, self._head + frames.frame(frames.DATA, self._waiting) + last)
        self._head = b""
        self._waiting.clear()


def answer(graph: Graph, request: dict[str, Any], fd: int) -> None:
    """Answer one query; every failure that leaves the process alive becomes an ERROR frame."""
    try:
        graph.follow()
        if graph.release is None:
            return _send_error(fd, "no_snapshot", "")
        result = graph.query(request)
        head = frames.frame(frames.HEAD, json.dumps({"release": graph.release}).encode())
        output = Output(fd, request["max_result_bytes"], head)
        result.serialize(output, _format(result, request["format"]))
        output.end()
    except TooLarge:
        return _send_error(fd, "result_too_large", "")
    except SyntaxError as error:
        return _send_error(fd, "syntax", str(error))
    except MemoryError:
        return _send_error(fd, "out_of_memory", "")
    except (ValueError, RuntimeError) as error:
        return _send_error(fd, "evaluation", str(error))
    except BrokenPipeError:
        raise
    except OSError as error:
        return _send_error(fd, "store", str(error))
    return None


def serve(graph: Graph, requests_fd: int, answers_fd: int) -> None:
    """Answer until the other side closes its end; while idle, keep up with the snapshots."""
    received = frames.FrameBuffer()
    while True:
        try:
            piece = os.read(requests_fd, 1 << 16)
        except BlockingIOError:  # nobody has asked for a while
            graph.follow()
            continue
        if not piece:
            return
        received.feed(piece)
        while frame := received.take():
            answer(graph, json.loads(frame[1]), answers_fd)


def main(arguments: list[str]) -> None:
    """Arguments: the graph's folder, the memory limit in bytes, the parent's process id."""
    folder, memory_bytes, parent_pid = arguments
    die_with_parent(int(parent_pid))
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as requests:
        requests.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, frames.patience(_LOOK_EVERY_S))
    # Frames go to a descriptor of their own; whatever prints to stdout must not get between them.
    answers_fd = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    limit_resources(int(memory_bytes))
    network = leave_network()
    graph = Graph(Path(folder))
    graph.follow()
    ready = {"network": network, "release": graph.release}
    frames.write(answers_fd, frames.frame(frames.READY, json.dumps(ready).encode()))
    serve(graph, sys.stdin.fileno(), answers_fd)


def _format(result: Any, name: str) -> Any:
    from pyoxigraph import QueryResultsFormat, QueryTriples, RdfFormat

    kind = RdfFormat if isinstance(result, QueryTriples) else QueryResultsFormat
    chosen = getattr(kind, name, None)
    if chosen is None:
        raise ValueError(f"no such format for this form of query: {name}")
    return chosen


def _send_error(fd: int, kind: str, message: str) -> None:
    told = json.dumps({"kind": kind, "message": message}).encode()
    frames.write(fd, frames.frame(frames.ERROR, told))


if __name__ == "__main__":
    main(sys.argv[1:])
