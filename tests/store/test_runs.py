from typing import Any

import pytest

from registry.errors import LeaseLost
from registry.store import entities, hubs, runs, staging
from registry.store.engine import Store


def test_runs_are_counted_per_hub(store: Store, clock: Any, federation: Any) -> None:
    numbers = []
    for source in ("north/actors", "north/events", "south/actors"):
        run = federation.begin(federation.add(source))
        numbers.append((run.hub_id, run.number))
    assert numbers == [("north", 1), ("north", 2), ("south", 1)]


def test_one_source_has_one_run_at_a_time(store: Store, clock: Any, federation: Any) -> None:
    federation.add("north/actors")
    run = federation.begin("north/actors")
    with store.write() as connection:
        second = runs.begin_run(
            connection, "north/actors", holder="other", now=clock.now, lease_s=60
        )
        assert second is None
        runs.finish_run(connection, run.id, "unchanged", now=clock.now, counts={})
        third = runs.begin_run(
            connection, "north/actors", holder="other", now=clock.now, lease_s=60
        )
        assert third is not None
        assert third.number == 2


def test_a_heartbeat_keeps_the_lease(store: Store, clock: Any, federation: Any) -> None:
    run = federation.begin(federation.add("north/actors"))
    with store.write() as connection:
        now = clock.forward(seconds=50)
        runs.heartbeat(connection, run.id, now=now, lease_s=60)
        now = clock.forward(seconds=50)
        assert runs.reap(connection, now) == []
        assert (
            runs.begin_run(connection, "north/actors", holder="other", now=now, lease_s=60) is None
        )


def test_a_silent_run_is_abandoned_and_leaves_nothing_staged(
    store: Store, clock: Any, federation: Any
) -> None:
    run = federation.begin(federation.add("north/actors"))
    with store.write() as connection:
        staging.stage(connection, run.id, [federation.form("north/actors", "1", "Alt")])
        now = clock.forward(seconds=61)
        [abandoned] = runs.reap(connection, now)
        assert (abandoned.id, abandoned.state, abandoned.ended_at) == (run.id, "abandoned", now)
        assert abandoned.explanation is not None
        assert {"de", "en", "code"} <= abandoned.explanation.keys()
        assert runs.reap(connection, now) == []
        source = hubs.source(connection, "north/actors")
        assert source is not None
        assert (source.lease_holder, source.lease_until) == (None, None)
        assert connection.execute(staging.staged.select()).all() == []


def test_a_new_run_takes_over_from_a_silent_one(store: Store, clock: Any, federation: Any) -> None:
    first = federation.begin(federation.add("north/actors"))
    clock.forward(seconds=61)
    second = federation.begin("north/actors")
    with store.read() as connection:
        listed = runs.runs_of(connection, "north")
    assert [(run.id, run.state) for run in listed] == [
        (second.id, "running"),
        (first.id, "abandoned"),
    ]


@pytest.mark.parametrize("deed", ["heartbeat", "promote", "finish"])
def test_a_superseded_run_can_do_nothing_more(
    store: Store, clock: Any, federation: Any, deed: str
) -> None:
    first = federation.begin(federation.add("north/actors"))
    with store.write() as connection:
        staging.stage(connection, first.id, [federation.form("north/actors", "1", "Alt")])
    clock.forward(seconds=61)
    second = federation.begin("north/actors")
    with pytest.raises(LeaseLost), store.flip() as connection:
        if deed == "heartbeat":
            runs.heartbeat(connection, first.id, now=clock.now, lease_s=60)
        elif deed == "promote":
            staging.promote(connection, first.id, clock.now)
        else:
            runs.finish_run(connection, first.id, "published", now=clock.now, counts={})
    with store.read() as connection:
        latest = runs.latest_run(connection, "north/actors")
    assert latest == second


def test_a_finished_run_tells_what_it_did(store: Store, clock: Any, federation: Any) -> None:
    run = federation.begin(federation.add("north/actors"))
    told: dict[str, Any] = {
        "counts": {"added": 3, "rejected": 1},
        "proof": {"pages": 2, "declared": 4},
        "explanation": {"code": "below_minimum", "de": "Zu wenige", "en": "Too few"},
        "unread": {"internal_id": 4},
    }
    with store.write() as connection:
        end = clock.forward(seconds=5)
        runs.finish_run(connection, run.id, "held", now=end, release=None, **told)
    with store.read() as connection:
        ended = runs.run(connection, "north", 1)
        assert runs.run(connection, "north", 2) is None
        assert runs.latest_run(connection, "north/events") is None
    assert ended is not None
    assert {name: getattr(ended, name) for name in told} == told
    assert (ended.state, ended.ended_at, ended.release) == ("held", end, None)


def test_the_newest_run_of_each_source_and_hub(store: Store, clock: Any, federation: Any) -> None:
    for source_id in ("north/actors", "north/events", "south/actors"):
        federation.add(source_id)
        federation.say(source_id, {})
    again = federation.begin("north/actors")
    with store.read() as connection:
        every = runs.latest_runs(connection)
        of_north = runs.latest_runs(connection, "north")
        of_hubs = runs.latest_of_hubs(connection)
    assert {id_: (run.number, run.state) for id_, run in every.items()} == {
        "north/actors": (3, "running"),
        "north/events": (2, "published"),
        "south/actors": (1, "published"),
    }
    assert of_north.keys() == {"north/actors", "north/events"}
    assert of_hubs == {"north": again, "south": every["south/actors"]}


def test_the_newest_run_that_mapped_and_the_newest_that_counted(
    store: Store, clock: Any, federation: Any
) -> None:
    source_id = federation.add("north/actors")
    done: list[runs.Run] = []
    for counts, complete in (
        ({"read": 9, "mapped": 1}, {"name": [1, 1]}),
        ({"read": 9, "mapped": 10}, None),
        ({"read": 9, "mapped": 0}, {"name": [2, 2]}),
        ({"read": 9}, None),
    ):
        done.append(federation.begin(source_id))
        with store.write() as connection:
            runs.finish_run(
                connection,
                done[-1].id,
                "unchanged",
                now=clock.now,
                counts=counts,
                completeness=complete,
            )
    with store.read() as connection:
        mapping = runs.latest_mapping(connection, "north")
        assert runs.latest_mapping(connection, "south") == {}
        now = runs.latest_counted(connection, [source_id, "south/actors"])
        before = runs.latest_counted(connection, [source_id], before=done[2].id)
    assert {id_: run.id for id_, run in mapping.items()} == {source_id: done[1].id}
    assert now == {source_id: {"name": [2, 2]}}
    assert before == {source_id: {"name": [1, 1]}}


def test_a_list_of_runs_is_cut_at_its_limit(store: Store, clock: Any, federation: Any) -> None:
    federation.add("north/actors")
    for _ in range(4):
        federation.say("north/actors", {})
    with store.read() as connection:
        assert [run.number for run in runs.runs_of(connection, "north", limit=2)] == [4, 3]


def test_the_run_before_counts_unless_it_was_abandoned(
    store: Store, clock: Any, federation: Any
) -> None:
    first = federation.begin(federation.add("north/actors"))
    federation.add("north/events")
    with store.write() as connection:
        runs.finish_run(connection, first.id, "failed", now=clock.now, counts={})
    federation.begin("north/events")
    federation.begin("north/actors")
    clock.forward(seconds=61)
    third = federation.begin("north/actors")  # the second is abandoned by it
    with store.read() as connection:
        before = runs.before(connection, third)
        assert before is not None
        assert (before.id, before.state) == (first.id, "failed")
        assert runs.before(connection, first) is None


def test_a_run_is_forgotten_only_when_it_has_ended_and_nothing_names_it(
    store: Store, clock: Any, federation: Any
) -> None:
    federation.add("north/actors")
    federation.say("north/actors", {"1": "Verein"})
    empty = federation.begin("north/actors")
    with store.write() as connection:
        runs.finish_run(connection, empty.id, "failed", now=clock.now, counts={})
    running = federation.begin("north/actors")
    with store.write() as connection:
        for number in (1, 2, 3):
            found = runs.run(connection, "north", number)
            assert found is not None
            runs.drop_run(connection, found.id)
        assert [run.number for run in runs.runs_of(connection, "north")] == [running.number, 1]


def test_the_runs_of_a_removed_hub_end_with_it(store: Store, clock: Any, federation: Any) -> None:
    ours = [federation.begin(federation.add(f"north/{name}")) for name in ("actors", "events")]
    other = federation.begin(federation.add("south/actors"))
    with store.write() as connection:
        staging.stage(connection, ours[0].id, [federation.form("north/actors", "1", "Verein")])
        ended = runs.abandon_of_hub(connection, "north", clock.now)
        assert [run.id for run in ended] == [run.id for run in ours]
        source = hubs.source(connection, "north/actors")
        assert source is not None
        assert source.lease_until is None
        runs.heartbeat(connection, other.id, now=clock.now, lease_s=60)
    with pytest.raises(LeaseLost), store.flip() as connection:
        staging.promote(connection, ours[0].id, clock.now)


def test_of_old_runs_only_those_that_something_names_are_kept(
    store: Store, clock: Any, federation: Any
) -> None:
    federation.add("north/actors")
    federation.add("north/events")
    federation.say("north/events", {})
    federation.say("north/actors", {"1": "Verein"})  # run 2, which a record names
    for state in ("failed", "published", "published", "abandoned", "held"):  # runs 3 to 7
        run = federation.begin("north/actors")
        with store.write() as connection:
            runs.finish_run(connection, run.id, state, now=clock.now, counts={})
    federation.begin("north/actors")  # run 8
    resource = entities.Resource(
        id="hubs/north/runs/4",
        kind="run",
        state="live",
        document={},
        hash="",
        replaced_by=None,
        first_release=1,
        changed_release=1,
    )
    with store.write() as connection:
        entities.put_resources(connection, [resource])
        runs.keep_latest(connection, "north/actors", most=3)
        assert [run.number for run in runs.runs_of(connection, "north")] == [8, 7, 6, 4, 2, 1]


def test_a_hub_is_read_by_one_worker_at_a_time(store: Store, federation: Any) -> None:
    """The second source of a hub waits for the first; one of another hub is free."""
    for source in ("north/actors", "north/events", "south/actors"):
        federation.add(source)

    def begin(source: str, holder: str) -> runs.Run | None:
        with store.write() as connection:
            return runs.begin_run(
                connection, source, holder=holder, now=federation.clock.now, lease_s=60
            )

    first = begin("north/actors", "one")
    assert first
    assert begin("north/events", "two") is None
    assert begin("south/actors", "two")
    assert begin("north/events", "one")  # one worker's threads agree among themselves
    federation.clock.forward(seconds=61)
    assert begin("north/events", "two")  # what is dead holds nobody up
