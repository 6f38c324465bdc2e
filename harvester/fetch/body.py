"""A response's body: decoded within limits, complete, or an error."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterable, Iterator

import requests

from harvester.fetch.page import FetchLimits
from harvester.fetch.problems import problem
from harvester.fetch.wire import Bounds

CODINGS = ("gzip", "deflate")  # what `Accept-Encoding` asks for
_MAX_CODINGS = 2  # codings on top of each other; more serve no one but a bomb
_CHUNK_BYTES = 64 * 2**10
_NUMBER = re.compile(r"[0-9]{1,19}")
_GZIP_MAGIC_BYTES = 2


def read_body(response: requests.Response, limits: FetchLimits, bounds: Bounds) -> bytes:
    """The whole body, decoded; raises SourceError if it is too large or cannot be unpacked.

    Raises TimeoutError and urllib3's errors when the connection fails under way.
    """
    url = response.url
    announced = response.headers.get("content-length", "")
    if _NUMBER.fullmatch(announced) and int(announced) > limits.max_page_bytes:
        raise problem("fetch.too_large", url=url, limit=limits.max_page_bytes)
    packed = response.raw.stream(_CHUNK_BYTES, decode_content=False)
    chunks = _within(packed, limits.max_decoded_bytes, url)
    codings = _codings(response.headers.get("content-encoding", ""), url)
    for coding in reversed(codings):  # listed in the order in which they were applied
        chunks = _within(_inflated(chunks, coding, url), limits.max_decoded_bytes, url)
    body = io.BytesIO()
    for chunk in chunks:
        bounds.silence_s()  # unpacking takes time too
        body.write(chunk)
    return body.getvalue()


def proves_its_end(response: requests.Response) -> bool:
    """Whether a body that broke off would have been noticed: by a length, chunks or a coding."""
    return response.status_code == 204 or any(
        name in response.headers
        for name in ("content-length", "transfer-encoding", "content-encoding")
    )


def _codings(header: str, url: str) -> list[str]:
    codings = [name.strip().lower().removeprefix("x-") for name in header.split(",")]
    codings = [name for name in codings if name not in ("", "identity")]
    unknown = [name for name in codings if name not in CODINGS]
    if unknown:
        raise problem("fetch.encoding", url=url, reason=f"Content-Encoding {unknown[0]}")
    if len(codings) > _MAX_CODINGS:
        raise problem("fetch.encoding", url=url, reason=f"{len(codings)} content codings")
    return codings


def _within(chunks: Iterable[bytes], max_bytes: int, url: str) -> Iterator[bytes]:
    """Pass chunks on until they are too many."""
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > max_bytes:
            raise problem("fetch.too_large_decoded", url=url, limit=max_bytes)
        yield chunk


def _inflated(chunks: Iterable[bytes], coding: str, url: str) -> Iterator[bytes]:
    """Unpack in small pieces, so that a bomb is noticed before it has unfolded."""
    try:
        yield from _gunzip(chunks) if coding == "gzip" else _undeflate(chunks)
    except (zlib.error, EOFError) as error:
        raise problem("fetch.encoding", url=url, reason=error) from error


def _gunzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """One gzip member or several (RFC 1952, 2.2), zero padding allowed after them."""
    stream = None
    rest = b""
    for chunk in chunks:
        rest += chunk
        while rest:
            if stream is None:
                rest = rest.lstrip(b"\0")
                if len(rest) < _GZIP_MAGIC_BYTES:
                    break
                stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
            yield from _pieces(stream, rest)
            rest = stream.unused_data
            if stream.eof:
                stream = None
    if stream is not None or rest:
        raise EOFError("ends too early")


def _undeflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A zlib stream, as RFC 9110 8.4.1.2 wants it, or bare deflate, as some servers send it."""
    stream = None
    head = b""
    for chunk in chunks:
        if stream is None:
            head += chunk
            if len(head) < 2:
                continue
            is_zlib = head[0] & 0x0F == 8 and int.from_bytes(head[:2], "big") % 31 == 0
            stream = zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
            chunk = head
        if stream.eof:
            raise EOFError("goes on after its end")
        yield from _pieces(stream, chunk)
    if head and (stream is None or not stream.eof or stream.unused_data):
        raise EOFError("ends too early or goes on after its end")


def _pieces(stream: zlib._Decompress, packed: bytes) -> Iterator[bytes]:
    """Everything that `packed` gives, at most a chunk at a time."""
    while not stream.eof:
        piece = stream.decompress(packed, _CHUNK_BYTES)
        packed = stream.unconsumed_tail
        if piece:
            yield piece
        if not packed and len(piece) < _CHUNK_BYTES:
            return
