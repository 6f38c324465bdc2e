"""Slow clients: however many there are, they hold only part of the server's threads."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol, runtime_checkable

from registry.errors import Busy

SLOTS: Final = "VERBUND_SLOTS"
"""By this variable `verbund serve` tells its web processes how many slots fit their threads."""


@runtime_checkable
class Closable(Protocol):
    """Something to be closed, such as a file that is sent."""

    def close(self) -> None:
        """Give it back."""


class Slots:
    """Room for what may take as long as a client likes: reading its body, sending it much."""

    def __init__(self, count: int) -> None:
        self._free = threading.BoundedSemaphore(count)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold one while the block runs. Raises Busy where none is free."""
        self._take()
        try:
            yield
        finally:
            self._free.release()

    def streamed(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The chunks, with a slot held until the last is sent or the client has left.

        Raises Busy at once, before anything is sent, where none is free.
        """
        self._take()
        return _Held(chunks, self._free)

    def _take(self) -> None:
        if not self._free.acquire(blocking=False):
            raise Busy(
                "Zu viele langsame Verbindungen sind offen; bitte gleich noch einmal versuchen.",
                "Too many slow connections are open; please try again in a moment.",
                code="slow_clients",
            )


class _Held:
    """Chunks with a slot; a generator that nobody began to read would not give it back."""

    def __init__(self, chunks: Iterable[bytes], slot: threading.BoundedSemaphore) -> None:
        self._chunks, self._rest = chunks, iter(chunks)
        self._slot: threading.BoundedSemaphore | None = slot

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._rest)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the slot back, and what is sent; the server calls it however the sending ends."""
        if self._slot:
            self._slot.release()
            self._slot = None
        if isinstance(self._chunks, Closable):
            self._chunks.close()

    def __del__(self) -> None:
        self.close()
