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
from typing import Any, Final, Protocol

from registry.project.remote.address import GraphAddress
from registry.sparql import frames
from registry.sparql.isolation import die_with_parent, leave_network, limit_resources
from registry.sparql.local_graph import LocalGraph
from registry.sparql.unanswered import Unanswered

CHUNK_BYTES: Final = 64 << 10
_LOOK_EVERY_S: Final = 1.0  # for a new snapshot, while idle


class TooLarge(Exception):
    """The answer has reached its limit; pyoxigraph stops a query whose output raises."""


class Graph(Protocol):
    """What queries are asked of."""

    @property
    def release(self) -> int | None:
        """The release of the last answer, or None before the first one."""
        ...

    def follow(self) -> None:
        """Change to the newest release."""
        ...

    def query(self, request: dict[str, Any]) -> Any:
        """Something that serializes itself to an output, in a format named as in forms.py."""
        ...


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
        result = graph.query(request)
        head = frames.frame(frames.HEAD, json.dumps({"release": graph.release}).encode())
        output = Output(fd, request["max_result_bytes"], head)
        result.serialize(output, request["format"])
        output.end()
    except Unanswered as error:
        return _send_error(fd, error.kind, str(error))
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
    """Arguments: where the graph is (process.py), the memory limit in bytes, the parent's id."""
    where, memory_bytes, parent_pid = arguments
    die_with_parent(int(parent_pid))
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as requests:
        requests.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, frames.patience(_LOOK_EVERY_S))
    # Frames go to a descriptor of their own; whatever prints to stdout must not get between them.
    answers_fd = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    limit_resources(int(memory_bytes))
    graph, network = _opened(where)
    graph.follow()
    ready = {"network": network, "release": graph.release}
    frames.write(answers_fd, frames.frame(frames.READY, json.dumps(ready).encode()))
    serve(graph, sys.stdin.fileno(), answers_fd)


def _opened(where: str) -> tuple[Graph, str]:
    """The graph in a folder or on the server of a variable, and what keeps us from the network."""
    if where in os.environ:
        from registry.sparql.remote_graph import RemoteGraph

        return RemoteGraph(GraphAddress.read(os.environ[where])), "server"
    network = leave_network()
    return LocalGraph(Path(where)), network


def _send_error(fd: int, kind: str, message: str) -> None:
    told = json.dumps({"kind": kind, "message": message}).encode()
    frames.write(fd, frames.frame(frames.ERROR, told))


if __name__ == "__main__":
    main(sys.argv[1:])
