"""The worker: several of them over one store, hubs that fail, and the end of a worker."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from registry.instance import initialise, open_instance
from registry.run.endings import Report
from registry.run.hubs import add_hub
from registry.run.timetable import HARVESTERS, Timetable
from registry.settings import Settings
from registry.store import hubs, releases, runs
from registry.store.tables import runs as run_table
from tests.hub_site import MANIFEST, Site
from tests.run.conftest import Registry

PATIENCE_S = 60
HUBS = ["hub-a", "hub-b", "hub-c"]


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """The settings of workers that share one database, on either kind."""
    if request.param == "postgresql":
        settings = replace(settings, store_url=request.getfixturevalue("pg_url"))
    initialise(settings)
    return settings


@contextmanager
def working(settings: Settings, **options: Any) -> Iterator[tuple[Timetable, list[Report]]]:
    """A worker with a connection to the store of its own, and what it reports."""
    reports: list[Report] = []
    with open_instance(settings) as instance:
        timetable = Timetable(instance, reports.append, **options)
        timetable.start()
        try:
            yield timetable, reports
        finally:
            timetable.stop()


def until(holds: Callable[[], object]) -> None:
    """Wait for what must come about."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.05)


def page(hub: str, name: str) -> dict[str, Any]:
    return {"items": [{"id": f"https://{hub}.example/{n}", "name": f"{name} {n}"} for n in (1, 2)]}


def stands(registry: Registry, hub: str, name: str) -> bool:
    found = registry.live().get(f"https://{hub}.example/1", {})
    return found.get("name") == {"de": f"{name} 1"}


@pytest.fixture
def federation(shared: Settings, site: Site, tmp_path: Path) -> Iterator[Registry]:
    """Three hubs, each due every second."""
    with open_instance(shared) as instance:
        registry = Registry(instance, tmp_path, site)
        for hub in HUBS:
            site.pages[f"/{hub}"] = page(hub, "Anfang")
            registry.add(hub, f"/{hub}", 'every = "1s"')
        yield registry


@pytest.mark.slow
def test_two_workers_share_the_harvest_and_lose_nothing(
    federation: Registry, shared: Settings, site: Site
) -> None:
    site.slow_s = 0.2
    with working(shared) as (_, ours), working(shared) as (second, theirs):
        for number in range(4):
            if number == 3:
                second.stop()  # what it had is the other's now
            for hub in HUBS:
                site.pages[f"/{hub}"] = page(hub, f"Stand {number}")
            for hub in HUBS:
                until(lambda hub=hub, number=number: stands(federation, hub, f"Stand {number}"))
    assert set(site.most_at_once.values()) == {1}  # no source was read twice at one time
    with federation.instance.store.read() as conn:
        found = releases.newest(conn, 1000)
        ended = conn.execute(select(run_table.c.state, run_table.c.release)).all()
    assert [release.number for release in found] == list(range(len(found), 0, -1))
    assert all(new.at >= old.at for new, old in pairwise(found))
    reported = [one for one in (*ours, *theirs) if one.state == "published"]
    assert {one.release for one in reported} == {release.number for release in found}
    assert "running" not in {state for state, _ in ended}
    assert {number for state, number in ended if state == "published"} == {
        one.release for one in reported
    }


def test_hubs_that_fail_in_every_way_stop_no_other(
    registry: Registry, settings: Settings, site: Site
) -> None:
    site.failing["/error"] = 500
    site.pages["/garbage"] = b'\x00\xff{"items": [[[['
    site.pages["/half"] = page("half", "Halb")
    site.broken.add("/half")
    site.silent.add("/silent")
    site.pages["/good"] = page("good", "Gut")
    for hub in ("error", "garbage", "half", "silent", "good"):
        registry.add(hub, f"/{hub}", 'every = "1s"')
    with working(settings) as (_, reports):
        until(lambda: stands(registry, "good", "Gut"))
        until(lambda: {one.source_id for one in reports if one.state == "failed"} >= FAILED)
        site.pages["/good"] = page("good", "Besser")
        until(lambda: stands(registry, "good", "Besser"))
        site.let_go.set()
    assert set(registry.live()) == {"https://good.example/1", "https://good.example/2"}


FAILED = {"error/data", "garbage/data", "half/data"}


def test_a_worker_that_is_told_to_stop_gives_its_sources_back(
    registry: Registry, settings: Settings, site: Site
) -> None:
    site.silent.add("/data")
    registry.add()
    with working(settings, stop_s=0.2) as (timetable, _):
        until(lambda: site.asked)
        timetable.stop()  # the hub says nothing still
        with registry.instance.store.read() as conn:
            source = hubs.source(conn, "musterhub/data")
        assert source.lease_until is None
        assert registry.runs()[0].state == "abandoned"
        assert registry.runs()[0].explanation["code"] == "run.stopped"
        # What the hub says now is not published, for nobody waits for it.
        site.says({"id": "https://musterhub.example/1", "name": "Zu spät"})
        site.let_go.set()
    assert registry.live() == {}


def test_a_worker_that_is_told_to_stop_leaves_no_large_source_to_its_end(
    registry: Registry, settings: Settings, site: Site, thing: Callable[..., dict[str, Any]]
) -> None:
    """Pages without end: the run notices between two of them that it is to stop."""
    site.slow_s = 0.02
    for number in range(300):
        site.says(thing(number), path=f"/{number}", next=f"/{number + 1}")
    registry.add(path="/0")
    with working(settings):
        until(lambda: len(site.asked) > 3)
    assert len(site.asked) < 300
    assert registry.runs()[0].explanation["code"] == "run.stopped"


def test_what_a_dead_worker_left_is_taken_up_when_its_lease_is_over(
    registry: Registry, settings: Settings, site: Site, thing: Callable[..., dict[str, Any]]
) -> None:
    site.says(thing(1))
    registry.add()
    with registry.instance.store.write() as conn:
        source = hubs.source(conn, "musterhub/data")
        dead = runs.begin_run(conn, source.id, holder="dead", now=source.next_due_at, lease_s=0.5)
    with working(settings, lease_s=1) as (_, reports):
        until(lambda: [one.state for one in reports] == ["published"])
    assert [run.state for run in registry.runs()] == ["published", "abandoned"]
    assert registry.runs()[1].id == dead.id


def test_a_database_that_is_away_for_a_while_is_waited_for(
    registry: Registry,
    settings: Settings,
    site: Site,
    thing: Callable[..., dict[str, Any]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    site.says(thing(1))
    registry.add(source='every = "1s"')
    tables = ("sources", "runs", "releases")
    with working(settings, lease_s=2) as (_, reports):
        until(lambda: reports)
        with registry.instance.store.write() as conn:
            for table in tables:
                conn.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {table}_away")
        until(lambda: "the timetable waits" in caplog.text)
        with registry.instance.store.write() as conn:
            for table in tables:
                conn.exec_driver_sql(f"ALTER TABLE {table}_away RENAME TO {table}")
        site.says(thing(1, name="Danach"))
        until(lambda: registry.live()["https://musterhub.example/1"]["name"] == {"de": "Danach"})


def test_only_the_sources_that_are_due_are_read(
    registry: Registry, settings: Settings, site: Site, thing: Callable[..., dict[str, Any]]
) -> None:
    site.says(thing(1))
    site.says({"id": "https://zweithub.example/1", "name": "Nachbarin"}, path="/zwei")
    registry.add()
    registry.add("zweithub", "/zwei")
    with registry.instance.store.write() as conn:
        hubs.set_hub_state(conn, "zweithub", "paused")
    with working(settings) as (_, reports):
        until(lambda: reports)
    assert {path for path, _ in site.asked} == {"/data"}


def test_a_hub_that_pages_without_end_keeps_no_other_from_being_read(
    registry: Registry, settings: Settings, site: Site
) -> None:
    """As many sources of one hub as there are harvesters: one of them is read at a time."""
    folder = registry.folder("endless")
    folder.mkdir()
    text = MANIFEST.format(hub="endless", url=site.url("/0"), source="")
    head, source = text.split("[[source]]")
    more = [
        source.replace('id = "data"', f'id = "data{n}"').replace("/data", f"/data{n}")
        for n in range(HARVESTERS)
    ]
    (folder / "hub.toml").write_text("[[source]]".join([head, *more]), "utf-8")
    add_hub(registry.instance, folder, registry.now)
    site.silent.add("/0")
    site.pages["/good"] = page("good", "Gut")
    registry.add("good", "/good")
    with working(settings, stop_s=0.2) as (_, _reports):
        until(lambda: stands(registry, "good", "Gut"))
        assert site.most_at_once["/0"] == 1
        site.let_go.set()


def test_the_sources_of_one_hub_are_read_one_after_the_other(
    registry: Registry, settings: Settings, site: Site
) -> None:
    folder = registry.folder("zwillinge")
    folder.mkdir()
    text = MANIFEST.format(hub="zwillinge", url=site.url("/both"), source="")
    head, source = text.split("[[source]]")
    second = source.replace('id = "data"', 'id = "more"').replace("example/data", "example/more")
    (folder / "hub.toml").write_text("[[source]]".join([head, source, second]), "utf-8")
    add_hub(registry.instance, folder, registry.now)
    site.slow_s = 0.2
    site.pages["/both"] = page("zwillinge", "Doppelt")
    with working(settings) as (_, reports):
        until(lambda: {one.source_id for one in reports} == {"zwillinge/data", "zwillinge/more"})
    assert site.most_at_once["/both"] == 1
