"""An answer while it is made: one thread fills it at the worker's speed, another reads at its own.

What the reader has not taken yet waits in memory and beyond that in a file, so that a slow client
never holds a worker. Nothing is handed to the reader before it may be: until then a failed query
gives an error in place of an answer, later one in the middle of it.
"""

import os
import tempfile
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from registry.errors import RegistryError
from registry.sparql.errors import QueryAbandoned

_MEMORY_BYTES: Final = 2 << 20
_READ_BYTES: Final = 256 << 10


class AnswerChunks(Iterator[bytes]):
    """The bytes of an answer as they come; close it when the client is gone.

    Raises while iterating:
        RegistryError: the query was ended; what was read so far is no whole answer.
    """

    def __init__(self, making: "AnswerInMaking") -> None:
        self._making = making

    def __next__(self) -> bytes:
        chunk = self._making.next_chunk()
        if chunk is None:
            self.close()
            raise StopIteration
        return chunk

    def close(self) -> None:
        """Stop reading; a query that still runs is ended."""
        self._making.abandon()

    def __del__(self) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """The answer to a query, all of it from one release; to be read once, then closed."""

    media_type: str
    release: int
    chunks: AnswerChunks


class AnswerInMaking:
    """The meeting place of the thread that runs a query and the one that reads its answer."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._memory: deque[bytes] = deque()
        self._in_memory = 0
        self._file: BinaryIO | None = None
        self._written = 0
        self._read = 0
        self._error: RegistryError | None = None
        self._finished = False
        self._handed_out = False
        self._abandoned = False
        self.release = 0
        self.size = 0

    # The side of the thread that runs the query

    @property
    def abandoned(self) -> bool:
        """Whether nobody waits any more."""
        return self._abandoned

    @property
    def handed_out(self) -> bool:
        """Whether the reader may have begun: from now on the query cannot be started again."""
        return self._handed_out

    def begin(self) -> None:
        """Forget what an earlier attempt wrote; only before it is handed out."""
        with self._changed:
            self._discard()
            self.size = self.release = 0

    def append(self, chunk: bytes) -> None:
        """Add bytes to the answer."""
        with self._changed:
            self.size += len(chunk)
            if self._abandoned:
                return
            if self._file is None and self._in_memory + len(chunk) <= _MEMORY_BYTES:
                self._memory.append(chunk)
                self._in_memory += len(chunk)
            else:
                if self._file is None:
                    self._file = tempfile.TemporaryFile()  # noqa: SIM115 - _discard closes it
                os.pwrite(self._file.fileno(), chunk, self._written)
                self._written += len(chunk)
            self._changed.notify_all()

    def hand_out(self) -> None:
        """Let the reader begin, although the query still runs."""
        with self._changed:
            self._handed_out = True
            self._changed.notify_all()

    def finish(self) -> None:
        """Nothing follows; the answer is whole."""
        with self._changed:
            self._finished = self._handed_out = True
            self._changed.notify_all()

    def fail(self, error: RegistryError) -> None:
        """The query was ended; the reader gets the error in place of (the rest of) the answer."""
        with self._changed:
            self._error = error
            self._discard()
            self._changed.notify_all()

    # The side of the reader

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until reading may begin; False when it may not after `timeout_s`.

        Raises:
            RegistryError: the query was ended instead.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._handed_out or self._error, timeout_s)
            if self._error:
                raise self._error
            return self._handed_out

    def next_chunk(self) -> bytes | None:
        """The next bytes, None at the end of a whole answer.

        Raises:
            RegistryError: the query was ended.
        """
        with self._changed:
            self._changed.wait_for(self._readable)
            if self._error:
                raise self._error
            if self._abandoned:
                raise QueryAbandoned("Das Lesen wurde beendet.", "Reading was ended.")
            if self._memory:
                chunk = self._memory.popleft()
                self._in_memory -= len(chunk)
                return chunk
            if self._file is None or self._read == self._written:
                return None
            length = min(_READ_BYTES, self._written - self._read)
            chunk = os.pread(self._file.fileno(), length, self._read)
            self._read += len(chunk)
            return chunk

    def abandon(self) -> None:
        """Nobody reads any more."""
        with self._changed:
            self._abandoned = True
            self._discard()
            self._changed.notify_all()

    def _readable(self) -> bool:
        return bool(
            self._error
            or self._abandoned
            or self._finished
            or self._memory
            or self._read < self._written
        )

    def _discard(self) -> None:
        self._memory.clear()
        self._in_memory = self._written = self._read = 0
        if self._file is not None:
            self._file.close()
            self._file = None
