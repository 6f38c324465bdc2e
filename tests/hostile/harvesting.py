"""A registry that hostile hubs are harvested into, with a good hub that they must not harm."""

import itertools
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from unittest import mock

from urllib3.util import connection

from harvester.fetch import FetchLimits
from registry.instance import Instance, initialise, open_instance
from registry.run import harvest as harvesting
from registry.run.endings import Report
from registry.run.hubs import add_hub
from registry.settings import load_settings
from registry.store import entities
from tests.harvester.fetch.conftest import Hub
from tests.hostile.hubs import GOOD, GOOD_CSV, GOOD_TURTLE, PATH, HostileHub
from tests.hub_site import MANIFEST

LIMITS: Final = FetchLimits(
    connect_timeout_s=5,
    read_timeout_s=0.3,
    total_timeout_s=0.6,
    max_page_bytes=200_000,
    max_decoded_bytes=1_000_000,
)
_MAP: Final = {
    "json": 'kind = "\'actor\'"\nid = "id"\nname = "name"\n',
    "csv": 'kind = "\'actor\'"\nid = "id"\nname = "name"\n',
    "rdf": 'kind = "\'actor\'"\nname = "schema:name"\n',
}
_OPTIONS: Final = {
    "json": 'records = "items"\nnext = "next"\ntotal = "total"\n',
    "csv": "",
    "rdf": 'classes = ["schema:Organization"]\n',
}
_MANIFEST: Final = MANIFEST.partition('format = "json"')[0]


class Trial:
    """Harvests one hostile hub after the other."""

    def __init__(self, instance: Instance, folder: Path, inside: Hub) -> None:
        self._instance, self._folder, self._inside = instance, folder, inside
        self._now = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
        self._numbers = itertools.count()

    def seen(self, case: HostileHub) -> str:
        """What comes of a hub that was good at first and is hostile then."""
        hub = Hub()
        try:
            return self._seen(case, hub)
        finally:
            hub.stop()

    @property
    def reached(self) -> list[str]:
        """What the service was asked that nobody may reach."""
        return self._inside.requests

    def _seen(self, case: HostileHub, hub: Hub) -> str:
        name = f"hub{next(self._numbers)}"
        hub.answer(PATH, Hub.page(_good(case.format, name), *_type_of(case.format)))
        allowed = (f"127.0.0.1:{hub.port}",)
        settings = replace(self._instance.settings, private_hosts=allowed)
        instance = replace(self._instance, settings=settings)
        self._describe(name, case, f"http://127.0.0.1:{hub.port}{PATH}")
        add_hub(instance, self._folder / name, self._now)
        first = self._harvest(instance, name)
        assert (first.state, self._published(name)) == ("published", 3), first
        case.prepare(hub, f"{self._inside.url}/")
        host = case.host or "127.0.0.1"
        self._describe(name, case, f"http://{host}:{hub.port}{PATH}")
        with _internet(case, hub):
            second = self._harvest(instance, name)
        told = second.explanation["code"] if second.state == "failed" else ""
        return f"{second.state} {told}".strip() + f"; {self._published(name)} published"

    def _describe(self, name: str, case: HostileHub, url: str) -> None:
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        text = _MANIFEST.format(hub=name, url=url) + f'format = "{case.format}"\n'
        text += f'language = "de"\nevery = "1h"\n{case.source}\n'
        if case.format != "verbund":
            text += f"[source.options]\n{_OPTIONS[case.format]}[source.map]\n{_MAP[case.format]}"
        (folder / "hub.toml").write_text(text, "utf-8")

    def _harvest(self, instance: Instance, name: str) -> Report:
        self._now += timedelta(minutes=10)
        with mock.patch.object(harvesting, "fetch_limits", lambda source: LIMITS):
            return harvesting.harvest(instance, [f"{name}/data"], lambda: self._now)[0]

    def _published(self, name: str) -> int:
        with self._instance.store.read() as conn:
            found = entities.iterate(conn, kinds=["actor"], states=["live"])
            return sum(one.document["records"][0]["hub"] == name for one in found)


@contextmanager
def trial(folder: Path) -> Iterator[Trial]:
    """A registry for the length of the block, and a service on loopback that nobody may reach."""
    settings = load_settings(
        {"VERBUND_HOME": str(folder / "var"), "VERBUND_BASE_IRI": "https://verbund.example"}
    )
    initialise(settings)
    inside = Hub()
    try:
        inside.answer("/", Hub.page(b"secret"))
        with open_instance(settings) as instance:
            yield Trial(instance, folder, inside)
    finally:
        inside.stop()


def _good(format_: str, hub: str) -> bytes:
    if format_ == "verbund":
        return b'{"items": [%b]}' % b",".join(
            b'{"type": "Actor", "id": "%d", "name": {"de": "Verein %d"}}' % (n, n) for n in range(3)
        )
    page = {"json": GOOD, "csv": GOOD_CSV, "rdf": GOOD_TURTLE}[format_]
    return page.replace(b"HUB", hub.encode())


def _type_of(format_: str) -> list[str]:
    return ["Content-Type: text/turtle"] if format_ == "rdf" else []


@contextmanager
def _internet(case: HostileHub, hub: Hub) -> Iterator[None]:
    """Names lead where the case says, and addresses of the internet to the hub on loopback."""
    answers = {name: iter(found) for name, found in case.names.items()}
    look_up, connect = socket.getaddrinfo, connection.create_connection

    def resolve(host: Any, port: Any, *args: Any, **more: Any) -> list[Any]:
        if host not in answers:
            return look_up(host, port, *args, **more)
        kind = socket.AF_INET, socket.SOCK_STREAM, 6, ""
        return [(*kind, (address, port)) for address in next(answers[host])]

    def dial(address: tuple[str, int], *args: Any, **more: Any) -> socket.socket:
        public = case.host is not None and not address[0].startswith("127.")
        return connect(("127.0.0.1", hub.port) if public else address, *args, **more)

    with (
        mock.patch.object(socket, "getaddrinfo", resolve),
        mock.patch.object(connection, "create_connection", dial),
    ):
        yield
