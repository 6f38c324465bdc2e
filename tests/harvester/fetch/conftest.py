"""A web server on loopback that answers exactly the bytes a test wants, and ways to reach it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from urllib3.util import connection

from harvester.errors import SourceError
from harvester.fetch import Fetcher, FetchLimits, FetchPolicy

Answer = Callable[[], Iterable[bytes]]

SMALL = FetchLimits(
    connect_timeout_s=10,
    read_timeout_s=20,
    total_timeout_s=30,
    max_page_bytes=200_000,
    max_decoded_bytes=1_000_000,
)
HURRIED = replace(SMALL, total_timeout_s=0.5)


class Hub:
    """Answers by path; remembers what it was asked and under which name (TLS)."""

    def __init__(self, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.requests: list[str] = []
        self.server_names: list[str | None] = []
        self._answers: dict[str, list[Answer]] = {}
        self._tls = tls
        if tls is not None:
            tls.sni_callback = lambda _sock, name, _context: self.server_names.append(name)
        self._over = threading.Event()
        self._listener = socket.create_server((host, 0), family=_family(host))
        self._listener.settimeout(0.01)
        self.port: int = self._listener.getsockname()[1]
        self._host = f"[{host}]" if ":" in host else host
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @staticmethod
    def page(
        body: bytes = b"", *headers: str, status: str = "200 OK", length: int | None = None
    ) -> bytes:
        """A whole HTTP/1.1 response; `length` is what it claims instead of the truth."""
        claimed = f"Content-Length: {len(body) if length is None else length}"
        return Hub.head(claimed, *headers, status=status) + body

    @staticmethod
    def head(*headers: str, status: str = "200 OK") -> bytes:
        """Status line and headers, for responses that are put together by hand."""
        return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode("latin-1")

    @property
    def authority(self) -> str:
        return f"{self._host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://{self.authority}"

    def answer(self, path: str, *answers: bytes | Answer) -> str:
        """Set what `path` gives, one answer after the other, the last one for ever; its URL."""
        self._answers[path] = [a if callable(a) else lambda a=a: [a] for a in answers]
        return self.url + path

    def drip(self, first: bytes, again: bytes, then: bytes = b"") -> Answer:
        """`first`, then a little every 20 ms, far longer than a test's limits, then `then`."""

        def pieces() -> Iterable[bytes]:
            yield first
            for _ in range(400):
                if self._over.wait(0.02):
                    return
                yield again
            yield then

        return pieces

    def hold(self, first: bytes) -> Answer:
        """`first`, and then silence on a connection that stays open."""

        def pieces() -> Iterable[bytes]:
            yield first
            self._over.wait(10)

        return pieces

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                sock, _ = self._listener.accept()
                sock.settimeout(10)
                thread = threading.Thread(target=self._serve, args=(sock,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError), sock:  # a client may hang up at any time
            if self._tls is None:
                self._converse(sock)
            else:
                with self._tls.wrap_socket(sock, server_side=True) as secure:
                    self._converse(secure)

    def _converse(self, sock: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            received = sock.recv(65536)
            if not received:
                return
            request += received
            if request.startswith(b"\x16"):  # the first byte of a TLS handshake
                sock.sendall(self.page(b"no TLS here", status="400 Bad Request"))
                return
        self.requests.append(request.decode("latin-1"))
        path = self.requests[-1].split(" ")[1]
        answers = self._answers.get(path) or [lambda: [self.page(status="404 Not Found")]]
        for piece in (answers.pop(0) if len(answers) > 1 else answers[0])():
            sock.sendall(piece)
        sock.shutdown(socket.SHUT_WR)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


@pytest.fixture
def open_hub() -> Iterator[Callable[..., Hub]]:
    """Start a hub (`tls`, `host`); it ends with the test."""
    with contextlib.ExitStack() as stack:

        def start(**settings: Any) -> Hub:
            hub = Hub(**settings)
            stack.callback(hub.stop)
            return hub

        yield start


@pytest.fixture
def hub(open_hub: Callable[..., Hub]) -> Hub:
    return open_hub()


@pytest.fixture
def new_fetcher() -> Callable[..., Fetcher]:
    """A Fetcher that may read the private hosts given, within small limits unless told others."""

    def make(
        *private_hosts: str,
        limits: FetchLimits = SMALL,
        resolve: Callable[[str, int], list[str]] = _resolves_nothing,
        **settings: Any,
    ) -> Fetcher:
        user_agent = "Verbund/0 (+https://registry.example/)"
        policy = FetchPolicy(
            user_agent=user_agent, private_hosts=frozenset(private_hosts), **settings
        )
        return Fetcher(policy, limits, resolve=resolve)

    return make


def _resolves_nothing(host: str, port: int) -> list[str]:
    raise AssertionError(f"{host}:{port} should not have been looked up")


@pytest.fixture
def fetcher(hub: Hub, new_fetcher: Callable[..., Fetcher]) -> Fetcher:
    """May read the hub and looks up no name."""
    return new_fetcher(hub.authority)


@pytest.fixture
def hurried(hub: Hub, new_fetcher: Callable[..., Fetcher]) -> Fetcher:
    """As `fetcher`, with a short time in all and much patience with silence."""
    return new_fetcher(hub.authority, limits=HURRIED)


class Internet:
    """A routing table for addresses that a test must not really reach, all ending on loopback.

    It takes the place of the network below urllib3 and remembers which addresses were dialled.
    """

    def __init__(self) -> None:
        self.dialled: list[str] = []
        self.hubs: dict[str, Hub] = {}

    def connect(self, address: tuple[str, int], *args: Any, **kwargs: Any) -> socket.socket:
        host = address[0].strip("[]")
        self.dialled.append(host)
        return _connect(("127.0.0.1", self.hubs[host].port), *args, **kwargs)


_connect = connection.create_connection


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Internet:
    routes = Internet()
    monkeypatch.setattr(connection, "create_connection", routes.connect)
    return routes


@pytest.fixture
def problem_of() -> Callable[[Fetcher, str], SourceError]:
    """The error that fetching a URL ends in."""

    def find(fetcher: Fetcher, url: str) -> SourceError:
        with pytest.raises(SourceError) as caught:
            fetcher.fetch(url)
        return caught.value

    return find
