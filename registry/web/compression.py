"""Answers made smaller for those who accept gzip (RFC 9110, 8.4.1.3).

Nothing here is secret and no answer repeats one, so the length of an answer tells nobody anything.
"""

import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from flask import Response, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

Header = tuple[str, str]

_ENCODING: Final = "Accept-Encoding"
_LEAST_BYTES: Final = 1_024
_LEVEL: Final = 5
_GZIP_WRAPPER: Final = 16 + zlib.MAX_WBITS
_TEXTS: Final = frozenset(
    (
        "application/json", "application/problem+json", "application/ld+json",
        "application/geo+json", "application/schema+json", "application/sparql-results+json",
        "application/atom+xml", "application/rdf+xml", "application/sparql-results+xml",
        "application/n-triples",
        "application/javascript", "image/svg+xml",
    )
)  # fmt: skip


def compress(response: Response) -> Response:
    """The answer as it goes out: gzipped where that is accepted and worth it.

    A strong ETag names one sequence of bytes, so the compressed answer has a weak one (RFC 9110,
    8.8.3); If-None-Match compares weakly and finds it again. Ranges and dumps stay as they are.
    """
    kind = response.mimetype or ""
    if response.status_code == 304:
        # Its media type is gone: an answer that was never compressed keeps its tag by its address.
        if not request.path.startswith("/dumps/"):
            _vary(response)
            _weaken(response)
        return response
    if not (kind.startswith("text/") or kind in _TEXTS):
        return response
    _vary(response)
    if not _wanted() or response.status_code == 206 or "Content-Encoding" in response.headers:
        return response
    length = response.calculate_content_length() if not response.is_streamed else None
    if length is not None and length < _LEAST_BYTES:
        return response
    response.direct_passthrough = False
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Content-Length", None)
    response.headers.pop("Accept-Ranges", None)
    if response.is_streamed:
        if closing := getattr(response.response, "close", None):
            response.call_on_close(closing)
        response.response = _gzipped(response.response)  # type: ignore[arg-type]
    else:
        response.set_data(b"".join(_gzipped([response.get_data()])))
    _weaken(response)
    return response


def packed(said: list[Header], body: bytes, accept_encoding: str) -> tuple[list[Header], bytes]:
    """A body of text without an ETag, and its headers, as `compress` would send them."""
    said = [(name, f"{value}, {_ENCODING}" if name == "Vary" else value) for name, value in said]
    if len(body) < _LEAST_BYTES or not takes_gzip(accept_encoding):
        return said, body
    return [*said, ("Content-Encoding", "gzip")], b"".join(_gzipped([body]))


def _vary(response: Response) -> None:
    """As `response.vary.add`, which parses the header, in a fraction of its time."""
    named = response.headers.get("Vary")
    response.headers["Vary"] = f"{named}, {_ENCODING}" if named else _ENCODING


def _wanted() -> bool:
    return takes_gzip(request.headers.get("Accept-Encoding", ""))


@lru_cache(maxsize=256)
def takes_gzip(accept_encoding: str) -> bool:
    """Whether an Accept-Encoding header takes gzip."""
    return parse_accept_header(accept_encoding, Accept).quality("gzip") > 0


def _weaken(response: Response) -> None:
    tag, weak = response.get_etag()
    if tag is not None and not weak and _wanted():
        response.set_etag(tag, weak=True)


def _gzipped(parts: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP_WRAPPER)
    for part in parts:
        if packed := packer.compress(part):
            yield packed
    yield packer.flush()
