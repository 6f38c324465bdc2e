"""Answers of many parts, sent only when all of them are there."""

from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from flask import Response

from registry.web.negotiation import Form

_IN_MEMORY_BYTES: Final = 2 << 20
_CHUNK_BYTES: Final = 64 << 10


def download(parts: Iterable[bytes], form: Form, name: str) -> Response:
    """All parts as one file; an error on the way leaves no half a file."""
    kept = _whole(parts)
    response = Response(_read(kept), content_type=f"{form.media_type}; charset=utf-8")
    response.call_on_close(kept.close)
    response.headers["Content-Disposition"] = f'inline; filename="{name}.{form.ending}"'
    return response


def _whole(parts: Iterable[bytes]) -> IO[bytes]:
    """All parts in memory, or in a file where they are many."""
    kept = SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 - the answer closes it
    kept.writelines(parts)
    kept.seek(0)
    return kept


def _read(kept: IO[bytes]) -> Iterator[bytes]:
    with kept:
        while chunk := kept.read(_CHUNK_BYTES):
            yield chunk
