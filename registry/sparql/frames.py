"""What the pool and a query worker say to each other over a socket: frames of kind, length, bytes.

Request: one QUERY frame, JSON. Answer: HEAD (JSON), any number of DATA, END; or, at any place,
ERROR (JSON) as the last frame. A small answer is one write. A worker begins with READY.

Standard library only: the workers import this module and have to start quickly.
"""

import os
import struct
from typing import Final

READY: Final = b"R"
QUERY: Final = b"Q"
HEAD: Final = b"H"
DATA: Final = b"D"
END: Final = b"E"
ERROR: Final = b"X"

_HEADER: Final = struct.Struct("!cI")
_TIMEVAL: Final = struct.Struct("@ll")  # seconds and microseconds, as the machine has them


def frame(kind: bytes, payload: bytes | bytearray = b"") -> bytes:
    """One frame as it is written."""
    return _HEADER.pack(kind, len(payload)) + payload


def write(fd: int, whole_frames: bytes) -> None:
    """Write frames, all of their bytes.

    Raises:
        BrokenPipeError: the other side is gone.
    """
    rest = memoryview(whole_frames)
    while rest:
        rest = rest[os.write(fd, rest) :]


def patience(seconds: float) -> bytes:
    """The value of SO_RCVTIMEO, after which a read gives up; at least a millisecond.

    Zero would mean to wait for ever (socket(7)).
    """
    whole, rest = divmod(max(seconds, 0.001), 1)
    return _TIMEVAL.pack(int(whole), int(rest * 1_000_000))


class FrameBuffer:
    """Puts frames together from the pieces that a pipe delivers."""

    def __init__(self) -> None:
        self._received = bytearray()

    def feed(self, piece: bytes) -> None:
        """Add what was read from the pipe."""
        self._received += piece

    def take(self) -> tuple[bytes, bytes] | None:
        """The next frame's kind and payload, or None while it is not there completely."""
        if len(self._received) < _HEADER.size:
            return None
        kind, length = _HEADER.unpack_from(self._received)
        end = _HEADER.size + length
        if len(self._received) < end:
            return None
        payload = bytes(memoryview(self._received)[_HEADER.size : end])
        del self._received[:end]
        return kind, payload
