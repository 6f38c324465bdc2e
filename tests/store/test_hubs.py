from datetime import timedelta
from typing import Any

import pytest

from registry.errors import BadRequest
from registry.store import hubs, runs
from registry.store.engine import Store


def _put_source(connection: Any, source_id: str, **other: Any) -> None:
    fields: dict[str, Any] = {
        "iri": f"https://{source_id}.example/",
        "folder": "/hubs/north",
        "manifest": {"url": "https://north.example/export"},
        "processing_version": "v1",
        "next_due_at": None,
    }
    hubs.put_source(connection, source_id, **{**fields, **other})


def test_a_hub_comes_back_as_it_was_put(store: Store, clock: Any) -> None:
    manifest = {"name": {"de": "Nördliche Plattform"}, "contact": "daten@north.example"}
    with store.write() as connection:
        hubs.put_hub(connection, "north", manifest=manifest, priority=70, at=clock.now)
    with store.read() as connection:
        assert hubs.hub(connection, "north") == hubs.Hub(
            id="north",
            manifest=manifest,
            state="active",
            priority=70,
            added_at=clock.now,
            removed_at=None,
        )
        assert hubs.hub(connection, "south") is None


def test_a_renewed_manifest_leaves_a_paused_hub_paused(store: Store, clock: Any) -> None:
    with store.write() as connection:
        hubs.put_hub(connection, "north", manifest={}, priority=50, at=clock.now)
        hubs.set_hub_state(connection, "north", "paused")
        later = clock.forward(days=1)
        hubs.put_hub(connection, "north", manifest={"a": 1}, priority=60, at=later)
    with store.read() as connection:
        hub = hubs.hub(connection, "north")
    assert hub is not None
    assert (hub.state, hub.manifest, hub.priority) == ("paused", {"a": 1}, 60)
    assert hub.added_at == clock.now - timedelta(days=1)


def test_a_removed_hub_takes_its_sources_along_and_may_be_added_again(
    store: Store, clock: Any, federation: Any
) -> None:
    federation.add("north/actors")
    with store.write() as connection:
        hubs.remove_hub(connection, "north", clock.now)
        hub, source = hubs.hub(connection, "north"), hubs.source(connection, "north/actors")
    assert hub is not None
    assert source is not None
    assert (hub.state, hub.removed_at, source.state) == ("removed", clock.now, "removed")
    assert source.next_due_at is None

    federation.add("north/actors")
    with store.read() as connection:
        hub, source = hubs.hub(connection, "north"), hubs.source(connection, "north/actors")
    assert hub is not None
    assert source is not None
    assert (hub.state, hub.removed_at, source.state) == ("active", None, "active")


def test_a_renewed_source_keeps_what_its_runs_noted(
    store: Store, clock: Any, federation: Any
) -> None:
    federation.add("north/actors")
    seen = {"https://north.example/export": {"etag": '"a"'}}
    with store.write() as connection:
        hubs.touch_source(
            connection,
            "north/actors",
            checked_at=clock.now,
            ok=True,
            next_due_at=clock.now,
            validators=seen,
        )
    federation.add("north/actors")
    with store.read() as connection:
        source = hubs.source(connection, "north/actors")
    assert source is not None
    assert (source.validators, source.last_ok_at) == (seen, clock.now)


def test_a_failed_check_is_not_noted_as_success_and_keeps_the_validators(
    store: Store, clock: Any, federation: Any
) -> None:
    federation.add("north/actors")
    first = clock.now
    with store.write() as connection:
        hubs.touch_source(
            connection,
            "north/actors",
            checked_at=first,
            ok=True,
            next_due_at=first,
            validators={"u": {}},
        )
        later = clock.forward(hours=1)
        hubs.touch_source(connection, "north/actors", checked_at=later, ok=False, next_due_at=later)
        source = hubs.source(connection, "north/actors")
    assert source is not None
    assert (source.last_checked_at, source.last_ok_at) == (later, first)
    assert source.validators == {"u": {}}


def test_a_source_may_not_change_its_iri(store: Store, clock: Any, federation: Any) -> None:
    federation.add("north/actors")
    with pytest.raises(BadRequest, match="had the IRI") as raised, store.write() as connection:
        _put_source(connection, "north/actors", iri="https://elsewhere.example/")
    assert raised.value.code == "source_iri_changed"


def test_two_sources_may_not_share_an_iri(store: Store, clock: Any, federation: Any) -> None:
    federation.add("north/actors")
    with pytest.raises(BadRequest, match="north/actors") as raised, store.write() as connection:
        _put_source(connection, "north/events", iri=federation.iri("north/actors"))
    assert raised.value.code == "source_iri_taken"


def test_due_are_active_free_sources_the_longest_waiting_first(
    store: Store, clock: Any, federation: Any
) -> None:
    for name in ("late", "early", "paused", "leased", "sleeping", "manual"):
        federation.add(f"north/{name}")
    federation.add("resting/actors")
    now = clock.forward(hours=1)
    due = {
        "north/late": now - timedelta(minutes=1),
        "north/early": now - timedelta(minutes=5),
        "north/paused": now - timedelta(minutes=9),
        "north/leased": now - timedelta(minutes=9),
        "north/sleeping": now + timedelta(seconds=1),
        "north/manual": None,
        "resting/actors": now - timedelta(minutes=9),
    }
    with store.write() as connection:
        for source_id, at in due.items():
            hubs.touch_source(connection, source_id, checked_at=now, ok=True, next_due_at=at)
        hubs.set_source_state(connection, "north/paused", "paused")
        hubs.set_hub_state(connection, "resting", "paused")
        runs.begin_run(connection, "north/leased", holder="worker", now=now, lease_s=60)
    with store.read() as connection:
        waiting = hubs.sources(connection, due_before=now)
        assert [source.id for source in waiting] == ["north/early", "north/late"]
        assert [source.id for source in hubs.sources(connection, hub_id="north")] == sorted(
            name for name in due if name.startswith("north/")
        )
        assert [hub.id for hub in hubs.hubs(connection)] == ["north", "resting"]


def test_locked_sources_come_by_id_and_unknown_ones_are_left_out(
    store: Store, federation: Any
) -> None:
    for source in ("south/actors", "north/actors", "north/events"):
        federation.add(source)
    with store.write() as connection:
        found = hubs.lock_sources(connection, ["north/events", "south/actors", "west/actors"])
    assert list(found) == ["north/events", "south/actors"]
    assert found["south/actors"].hub_id == "south"
