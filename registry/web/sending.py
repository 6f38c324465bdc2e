"""Answers of many parts, sent only when all of them are there."""

import hashlib
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Final, cast

from flask import Response, request

from registry.web.negotiation import Form

_IN_MEMORY_BYTES: Final = 2 << 20
_CHUNK_BYTES: Final = 64 << 10


def download(parts: Iterable[bytes], form: Form, name: str) -> Response:
    """All parts as one file, or 304; an error on the way leaves no half a file."""
    digest = hashlib.sha256()
    kept, size = _whole(_digested(parts, digest))
    response = Response(_read(kept), content_type=f"{form.media_type}; charset=utf-8")
    response.call_on_close(kept.close)
    response.headers["Content-Disposition"] = f'inline; filename="{name}.{form.ending}"'
    # Said here, as werkzeug would read all of it into memory to find out.
    response.content_length = size
    response.set_etag(digest.hexdigest()[:32])
    response = cast(Response, response.make_conditional(request))
    if response.status_code == 304:
        kept.close()
    return response


def _digested(parts: Iterable[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for part in parts:
        digest.update(part)
        yield part


def _whole(parts: Iterable[bytes]) -> tuple[IO[bytes], int]:
    """All parts in memory, or in a file where they are many; and how many bytes."""
    kept = SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 - the answer closes it
    kept.writelines(parts)
    size = kept.tell()
    kept.seek(0)
    return kept, size


def _read(kept: IO[bytes]) -> Iterator[bytes]:
    with kept:
        while chunk := kept.read(_CHUNK_BYTES):
            yield chunk
