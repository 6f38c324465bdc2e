"""One HTTP exchange over a connection to one chosen address, within a deadline and a byte limit.

requests and urllib3 speak HTTP; this module changes three things about them. The connection goes
to an address that was checked before, while TLS and the `Host` header keep the name. Every read
from the socket, headers and chunk sizes included, counts towards one deadline and one limit, so
that a server which sends a byte a second is cut off. And a body must be exactly as long as
announced.
"""

from __future__ import annotations

import functools
import http.client
import io
import socket
import time
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from harvester.fetch.addresses import Target
from harvester.fetch.page import FetchLimits
from harvester.fetch.problems import problem

# How long to wait, once a body is complete, for the end of a connection that we asked to close.
_SETTLE_S = 1.0


class Bounds:
    """What is left of one fetch's time and bytes, over all its redirects."""

    def __init__(self, limits: FetchLimits, url: str) -> None:
        self._limits = limits
        self._url = url
        self._deadline = time.monotonic() + limits.total_timeout_s
        self._received_bytes = 0

    def patience_s(self, longest_s: float) -> float:
        """How long to wait for the next thing; raises TimeoutError when the time is used up."""
        left_s = self._deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("total time used up")
        return min(left_s, longest_s)

    def silence_s(self) -> float:
        """As `patience_s`, for the next bytes from the server."""
        return self.patience_s(self._limits.read_timeout_s)

    def received(self, count: int) -> None:
        """Count bytes that came over the wire; raises SourceError when they are too many."""
        self._received_bytes += count
        if self._received_bytes > self._limits.max_page_bytes:
            raise problem("fetch.too_large", url=self._url, limit=self._limits.max_page_bytes)

    def timeouts_s(self) -> tuple[float, float]:
        """For requests: to connect and shake hands, and to send."""
        return self.patience_s(self._limits.connect_timeout_s), self.silence_s()


def send(
    target: Target,
    address: str,
    headers: dict[str, str],
    bounds: Bounds,
    verify: bool | str = True,
) -> requests.Response:
    """GET `target` from `address`, headers read and body still to come; close the response.

    No session stands behind it, hence no cookies, no netrc, no proxies and no redirects. Raises
    what requests and urllib3 raise, and SourceError from `Bounds`.
    """
    # One connection per page: only then can a body that is too long be told from the next answer.
    own = {"Host": target.host_header, "Connection": "close"}
    request = requests.Request("GET", target.url, headers=headers | own).prepare()
    adapter = _PinnedAdapter(target, address, bounds)
    try:
        return adapter.send(request, stream=True, timeout=bounds.timeouts_s(), verify=verify)
    finally:
        adapter.close()  # the response keeps its own socket


class _PinnedAdapter(HTTPAdapter):
    """Connects to the address it was given, whatever the URL says."""

    def __init__(self, target: Target, address: str, bounds: Bounds) -> None:
        super().__init__()
        self._target = target
        self._address = f"[{address}]" if ":" in address else address
        self._bounds = bounds

    def get_connection_with_tls_context(
        self, request: Any, verify: Any, proxies: Any = None, cert: Any = None
    ) -> urllib3.HTTPConnectionPool:
        if self._target.scheme == "http":
            return _HttpPool(self._address, self._target.port, bounds=self._bounds)
        _, tls = self.build_connection_pool_key_attributes(request, verify, cert)
        return _HttpsPool(
            self._address,
            self._target.port,
            server_hostname=self._target.host,  # for SNI and for the check of the certificate
            bounds=self._bounds,
            **tls,
        )


class _BoundedConnection:
    response_class: type[http.client.HTTPResponse]

    def __init__(self, *args: Any, bounds: Bounds, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # http.client only ever calls it.
        self.response_class = functools.partial(  # type: ignore[assignment]
            _BoundedResponse, bounds=bounds
        )


class _HttpConnection(_BoundedConnection, HTTPConnection):
    pass


class _HttpsConnection(_BoundedConnection, HTTPSConnection):
    pass


class _HttpPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _HttpConnection


class _HttpsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _HttpsConnection


class _BoundedReader(io.RawIOBase):
    """Reads from a socket within the bounds, one `recv` at a time."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase, bounds: Bounds) -> None:
        self._sock = sock
        self._raw = raw
        self._bounds = bounds
        self.settling = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        silence_s = self._bounds.silence_s()
        self._sock.settimeout(min(silence_s, _SETTLE_S) if self.settling else silence_s)
        count: int | None = self._raw.readinto(buffer)
        self._bounds.received(count or 0)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedResponse(http.client.HTTPResponse):
    """A response that reads within the bounds and holds the server to its Content-Length."""

    def __init__(self, sock: socket.socket, *args: Any, bounds: Bounds, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._reader = _BoundedReader(sock, self.fp.detach(), bounds)
        self.fp = io.BufferedReader(self._reader)
        self._left: int | None = None  # bytes of the body still to come, where announced

    def begin(self) -> None:
        """Read the headers; raises HTTPException where http.client would guess the framing."""
        super().begin()
        codings = self.headers.get_all("transfer-encoding", [])
        if codings and not (self.chunked and len(codings) == 1):
            raise http.client.HTTPException(f"transfer codings {codings}")
        lengths = {
            length.strip()
            for value in self.headers.get_all("content-length", [])
            for length in value.split(",")
        }
        if self.chunked:
            return  # a Content-Length beside it does not count (RFC 9112, 6.3)
        if lengths and not (len(lengths) == 1 and all(_is_number(n) for n in lengths)):
            raise http.client.HTTPException(f"Content-Length {sorted(lengths)}")
        if self.status in (204, 304):
            self._left = 0
        elif lengths:
            self._left = int(lengths.pop())
        self.length = None  # from here on `read` below does the counting

    def read(self, amt: int | None = None) -> bytes:
        """The next bytes of the body; raises HTTPException when more come than announced."""
        if self._left is None or self.fp is None:
            return super().read(amt)
        if self._left == 0:
            self._expect_end()
            return b""
        body = super().read(self._left if amt is None else min(amt, self._left))
        self._left -= len(body)
        return body

    def _expect_end(self) -> None:
        self._reader.settling = True
        try:
            excess = self.fp.read(1)
        except OSError:  # still open or reset: either way, nothing more came
            excess = b""
        self.close()
        if excess:
            raise http.client.HTTPException("more than its Content-Length")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20
