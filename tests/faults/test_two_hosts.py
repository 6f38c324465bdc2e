"""Two workers and two hosts with folders of their own over one PostgreSQL."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests

from bench.wholeness import leftovers, projection_faults, sql_faults
from registry.instance import open_instance
from registry.settings import load_settings
from registry.store import releases, runs
from tests.cli.conftest import Verbund, free_port, page, until
from tests.hub_site import Site, serving

pytestmark = pytest.mark.slow

ROUNDS = 3


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as hub:
        hub.validators = False
        yield hub


@pytest.fixture
def hosts(tmp_path: Path, site: Site, pg_url: str) -> list[Verbund]:
    """Two machines, each with a home of its own."""
    found = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        host = Verbund(tmp_path / name, site)
        host.environment |= {"VERBUND_STORE_URL": pg_url, "VERBUND_PORT": str(free_port())}
        found.append(host)
    return found


def _status(host: Verbund) -> dict[str, Any]:
    try:
        answer = requests.get(
            f"http://127.0.0.1:{host.environment['VERBUND_PORT']}/status.json", timeout=10
        )
    except requests.ConnectionError:
        return {}
    return dict(answer.json()) if answer.ok else {}


def _shows(host: Verbund, release: int) -> bool:
    found = _status(host)
    return found.get("release") == release and {
        copy["release"] for copy in found["copies"] if copy["name"] in ("graph", "search")
    } == {release}


def test_two_workers_and_two_hosts_agree_and_lose_nothing(hosts: list[Verbund], site: Site) -> None:
    first, _second = hosts
    assert first("init").exit_code == 0
    hubs = ("hub-a", "hub-b")
    for hub in hubs:
        site.pages[f"/{hub}"] = page(5, hub, "Stand 0")
        assert first("hub", "add", first.hub(hub, f"/{hub}", 'every = "1s"')).exit_code == 0
    with ExitStack() as stack:
        processes = [
            stack.enter_context(host.process(*arguments))
            for host in hosts
            for arguments in (("work", "--no-projections"), ("project",), ("serve",))
        ]
        until(lambda: all(_status(host).get("release") for host in hosts))
        for number in range(1, ROUNDS + 1):
            for hub in hubs:
                site.pages[f"/{hub}"] = page(5, hub, f"Stand {number}")
            until(lambda wanted=f"Stand {number}": _all_say(first, wanted))  # type: ignore[misc]
        for process in processes[::3]:
            assert first.ended(process)[0] == 0  # both workers; from now on nothing changes
        number = first.json("status")["release"]
        until(lambda: all(_shows(host, number) for host in hosts))
        one, two = map(_status, hosts)
        assert one["setHash"] == two["setHash"]
        assert one["counts"] == two["counts"] == {"actor": 10, "project": 0, "event": 0}
    for hub in hubs:
        assert site.most_at_once[f"/{hub}"] == 1  # never read by both at once
    known: dict[int, str] = {}
    for host in hosts:
        with open_instance(load_settings(host.environment)) as instance:
            assert sql_faults(instance, known) == []
            assert projection_faults(instance, known, current=True) == []
            assert leftovers(instance) == []
    with (
        open_instance(load_settings(first.environment)) as instance,
        instance.store.read() as conn,
    ):
        made = [one.number for one in releases.newest(conn, 1000)]
        found = [run for hub in hubs for run in runs.runs_of(conn, hub, 1000)]
    named = {run.release for run in found} - {None}
    assert sorted(named) == sorted(made)  # each release is some run's, none is missing


def _all_say(host: Verbund, name: str) -> bool:
    answer = requests.get(
        f"http://127.0.0.1:{host.environment['VERBUND_PORT']}/actors.csv", timeout=10
    )
    return sum(name in line for line in answer.text.splitlines()) == 10
