"""A hub that stops in the middle of a page: nothing lost, and the next run reads it whole."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest

from bench.wholeness import leftovers
from registry.instance import open_instance
from tests.faults.conftest import Registry
from tests.hub_site import Site


class Proxy:
    """Passes on so many bytes of the hub's answer (None: all), then cuts the connection."""

    def __init__(self, to: int) -> None:
        self._to = to
        self.passes: int | None = None
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            with client, socket.create_connection(("127.0.0.1", self._to)) as hub:
                hub.sendall(client.recv(65536))
                hub.shutdown(socket.SHUT_WR)
                self._pass_on(hub, client)

    def _pass_on(self, hub: socket.socket, client: socket.socket) -> None:
        left = self.passes
        with suppress(OSError):
            while more := hub.recv(4096 if left is None else min(left, 4096)):
                client.sendall(more)
                if left is not None:
                    left -= len(more)
                    if left == 0:
                        # A reset, as of a machine that went away, not an orderly end.
                        linger = struct.pack("ii", 1, 0)
                        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                        return

    @contextmanager
    def running(self) -> Iterator["Proxy"]:
        self._thread.start()
        try:
            yield self
        finally:
            self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._thread.join()


@pytest.fixture
def proxy(site: Site) -> Iterator[Proxy]:
    with Proxy(site.port).running() as found:
        yield found


@pytest.mark.parametrize("passes", [1, 100, 300, 2_000, 20_000])
def test_a_hub_that_is_cut_off_anywhere_costs_one_run(
    registry: Registry, proxy: Proxy, passes: int
) -> None:
    registry.settings = replace(registry.settings, private_hosts=(f"127.0.0.1:{proxy.port}",))
    registry.add(url=f"http://127.0.0.1:{proxy.port}/data")
    registry.says("Vorher", 400)
    assert registry.harvest().state == "published"
    registry.says("Nachher", 400)
    proxy.passes = passes
    report = registry.harvest()
    assert report.state == "failed"
    assert report.explanation
    assert report.explanation["de"] != report.explanation["en"]
    assert registry.release() == 1
    with open_instance(registry.settings) as instance:
        assert leftovers(instance) == []
    proxy.passes = None
    report = registry.harvest()
    assert (report.state, report.counts and report.counts["changed"]) == ("published", 400)
