"""The parent's end of one query worker: start it, talk to it with a time limit, kill it."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from registry.project.remote.address import GraphAddress
from registry.sparql import frames

SERVER: Final = "VERBUND_GRAPH_SERVER"
"""In place of a folder: the variable of this name tells where the graph is."""

START_TIMEOUT_S: Final = 30.0
_LAST_WORDS_BYTES: Final = 16_000
_STEPPED_BACK: Final = 15  # nice; as the weakest of all it would hardly move on a busy host
_READ_BYTES: Final = 64 << 10


class WorkerGone(Exception):
    """The worker has ended; `status` is its code, `last_words` end what it wrote to stderr."""

    def __init__(self, status: int, last_words: str) -> None:
        super().__init__(f"query worker ended with status {status}: {last_words}")
        self.status = status
        self.last_words = last_words


class WorkerProcess:
    """One worker. It has to be made by a thread that outlives it: its death is the worker's."""

    def __init__(self, graph: Path | GraphAddress, memory_bytes: int) -> None:
        """Start the process, which asks the graph in this folder or on this server.

        Raises:
            WorkerGone: it ended, or was not ready in time.
        """
        self.killed = False
        self.stepped_back = False
        self._received = frames.FrameBuffer()
        self._last_words = tempfile.TemporaryFile()  # noqa: SIM115 - kill() closes it
        # One socket rather than two pipes: the kernel minds the time of a read itself.
        self._socket, others = socket.socketpair()
        self._patience_s = 0.0
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "registry.sparql.worker",
                str(graph) if isinstance(graph, Path) else SERVER,
                str(memory_bytes),
                str(os.getpid()),
            ],
            stdin=others.fileno(),
            stdout=others.fileno(),
            stderr=self._last_words,
            env=_environment() if isinstance(graph, Path) else _environment_with(graph),
            bufsize=0,
            # Ctrl-C in a terminal is for the parent, which ends this. No session of its own: the
            # kernel shares the processor out by sessions first.
            process_group=0,
        )
        others.close()
        try:
            ready = self.receive(START_TIMEOUT_S)
            if ready is None:
                raise self._gone("not ready in time")
        except WorkerGone:
            self.end()
            raise
        self.network: str = json.loads(ready[1])["network"]

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def send(self, request: bytes) -> None:
        """Ask one query, in JSON.

        Raises:
            WorkerGone: it has ended since the last one.
        """
        try:
            frames.write(self._socket.fileno(), frames.frame(frames.QUERY, request))
        except BrokenPipeError:
            raise self._gone() from None

    def receive(self, timeout_s: float) -> tuple[bytes, bytes] | None:
        """The next frame's kind and payload, or None after `timeout_s`.

        Raises:
            WorkerGone: it has ended.
        """
        until = time.monotonic() + timeout_s
        while (frame := self._received.take()) is None:
            try:
                piece = self._read(timeout_s)
            except BlockingIOError:
                return None
            except ConnectionResetError:
                piece = b""
            if not piece:
                raise self._gone()
            self._received.feed(piece)
            timeout_s = until - time.monotonic()
        return frame

    def _read(self, timeout_s: float) -> bytes:
        """Raises BlockingIOError when the time is over, ConnectionResetError."""
        if timeout_s != self._patience_s:
            self._patience_s = timeout_s
            self._socket.setsockopt(
                socket.SOL_SOCKET, socket.SO_RCVTIMEO, frames.patience(timeout_s)
            )
        return os.read(self._socket.fileno(), _READ_BYTES)

    def step_back(self) -> None:
        """Let all others have the processor first."""
        self.stepped_back = True
        with suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, self.pid, _STEPPED_BACK)

    def step_forward(self) -> bool:
        """Take back `step_back`; False where that is not permitted (setpriority(2))."""
        if self.stepped_back:
            try:
                os.setpriority(os.PRIO_PROCESS, self.pid, os.getpriority(os.PRIO_PROCESS, 0))
            except (PermissionError, ProcessLookupError):
                return False
            self.stepped_back = False
        return True

    def kill(self) -> None:
        """Have it end at once, whatever it is doing; any thread may say so."""
        self.killed = True
        self._process.kill()

    def end(self) -> None:
        """Kill it and wait until it is gone; to be called by the last who knows it."""
        self.kill()
        self._process.wait()
        self._socket.close()
        self._last_words.close()

    def _gone(self, reason: str = "") -> WorkerGone:
        """Tell why it ended; it is killed for good measure."""
        self.kill()
        status = self._process.wait()
        size = self._last_words.seek(0, os.SEEK_END)
        self._last_words.seek(max(0, size - _LAST_WORDS_BYTES))
        words = self._last_words.read().decode(errors="replace")
        return WorkerGone(status, reason or words)


def _environment_with(graph: GraphAddress) -> dict[str, str]:
    """With the server's address and password: arguments can be read by every user of the host."""
    return {**_environment(), SERVER: graph.dumped()}


def _environment() -> dict[str, str]:
    """What a worker needs to find its modules, and no secret of the parent's."""
    return {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONDONTWRITEBYTECODE": "1",  # files beyond its size limit would be cut
        "LC_ALL": "C.UTF-8",
        # Small pieces are freed and taken again from a list rather than from the heap: a tenth of
        # the time of a small query (glibc 2.36; others ignore what they do not know).
        "GLIBC_TUNABLES": "glibc.malloc.tcache_max=65536:glibc.malloc.tcache_count=100",
        "RUST_BACKTRACE": "0",  # the last words tell why it ended; where would only delay it
        # Each of malloc's arenas reserves 64 MiB of the address space that is limited.
        "MALLOC_ARENA_MAX": "2",
    }
