"""The answer to one query: kept until all of it is there, then read as slowly as its reader likes.

What is large waits in a file, so that a slow client holds neither a worker nor much memory.
"""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO, Final

_MEMORY_BYTES: Final = 2 << 20
_READ_BYTES: Final = 256 << 10


@dataclass(slots=True)
class QueryAnswer:
    """A whole answer, all of it from one release; to be read once, then closed."""

    media_type: str
    release: int = 0
    size: int = 0
    steady: bool = False  # on the same snapshot the same query is answered so again
    _bytes: BinaryIO = field(default_factory=BytesIO)

    def append(self, chunk: bytes) -> None:
        """Add bytes while the answer is made."""
        if self.size <= _MEMORY_BYTES < self.size + len(chunk):
            memory, self._bytes = self._bytes, tempfile.TemporaryFile()  # noqa: SIM115 - close()
            memory.seek(0)
            shutil.copyfileobj(memory, self._bytes)
        self._bytes.write(chunk)
        self.size += len(chunk)

    def whole(self) -> bytes:
        """All of it at once."""
        self._bytes.seek(0)
        with self._bytes:
            return self._bytes.read()

    def __iter__(self) -> Iterator[bytes]:
        """Its bytes in pieces."""
        self._bytes.seek(0)
        while piece := self._bytes.read(_READ_BYTES):
            yield piece
        self.close()

    def close(self) -> None:
        """Give up its memory or file."""
        self._bytes.close()
