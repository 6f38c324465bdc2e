"""What became of each record, found and counted on both databases."""

from datetime import timedelta
from typing import Any

import pytest

from registry.store import fates, records, runs, staging
from registry.store.engine import Store
from registry.store.fates import Fate, Wanted

NORTH, SOUTH = "north/actors", "south/actors"


@pytest.fixture
def mixed(federation: Any, store: Store, clock: Any) -> Any:
    """In the north a record of each fate, one of them shared with the south."""
    federation.add(NORTH)
    federation.add(SOUTH)
    federation.say(NORTH, {"alone": "A", "both": "B", "worse": "C", "never": None, "gone": "D"})
    federation.say(SOUTH, {"x": "B"})
    clock.forward(hours=1)
    federation.say(NORTH, {"worse": None})
    entity = federation.id(NORTH, "both")
    with store.write() as connection:
        records.assign_entities(connection, {entity: entity, federation.id(SOUTH, "x"): entity})
        records.mark_removed(connection, [federation.id(NORTH, "gone")], clock.now)
    return federation


def local_ids(store: Store, wanted: Wanted, **portion: Any) -> list[str]:
    with store.read() as connection:
        found = fates.ids(connection, wanted, **portion)
        of = {one.id: one.local_id for one in records.stored(connection, found)}
    return [of[one] for one in found]


@pytest.mark.parametrize(
    ("fate", "expected"),
    [
        ("merged", ["both"]),
        ("accepted", ["alone"]),
        ("outdated", ["worse"]),
        ("rejected", ["never"]),
        ("removed", ["gone"]),
        (None, ["alone", "both", "gone", "never", "worse"]),
    ],
)
def test_every_record_has_one_fate(
    store: Store, mixed: Any, fate: Fate | None, expected: list[str]
) -> None:
    wanted = Wanted(hub_id="north", fate=fate)
    assert local_ids(store, wanted) == expected
    with store.read() as connection:
        assert fates.count(connection, wanted) == len(expected)


def test_a_shared_record_counts_as_long_as_both_say_it(
    store: Store, mixed: Any, clock: Any
) -> None:
    with store.write() as connection:
        assert fates.shared(connection, "north") == 1
        records.mark_removed(connection, [mixed.id(SOUTH, "x")], clock.now)
        assert fates.shared(connection, "north") == 0


def test_records_are_found_by_a_part_of_the_id_or_by_entity(store: Store, mixed: Any) -> None:
    def found(text: str, *entity_ids: str) -> list[str]:
        return local_ids(store, Wanted(hub_id="north", text=text, entity_ids=entity_ids))

    assert found("OR") == ["worse"]
    assert found("%") == found("_") == []
    assert found("or", mixed.id(NORTH, "both")) == ["both", "worse"]


def test_records_come_in_portions(store: Store, mixed: Any) -> None:
    assert local_ids(store, Wanted(hub_id="north"), limit=2, offset=2) == ["gone", "never"]


def test_a_run_is_asked_for_what_it_brought_refused_and_removed(
    store: Store, federation: Any, clock: Any
) -> None:
    federation.add(NORTH)
    federation.say(NORTH, {"a": "A", "b": "B", "c": "C", "d": "D"})
    clock.forward(hours=1)
    run = federation.begin(NORTH)
    with store.write() as connection:
        forms = [federation.form(NORTH, local, title) for local, title in
                 {"a": "A", "b": "Bb", "c": None, "e": "E"}.items()]  # fmt: skip
        staging.stage(connection, run.id, forms)
    clock.forward(minutes=1)
    with store.flip() as connection:
        staging.promote(connection, run.id, clock.now)
        records.mark_removed(connection, [federation.id(NORTH, "d")], clock.now)
        runs.finish_run(connection, run.id, "published", now=clock.now, counts={})
    with store.read() as connection:
        first, second = (runs.run(connection, "north", number) for number in (1, 2))
    assert local_ids(store, Wanted(hub_id="north", run=second)) == ["b", "c", "d", "e"]
    assert local_ids(store, Wanted(hub_id="north", run=first)) == ["a", "c", "d"]


def test_dates_are_those_that_the_hub_gives(store: Store, federation: Any, clock: Any) -> None:
    run = federation.begin(federation.add(NORTH))
    dated = {"a": "2026-03-01", "b": "2026-03-01T10:00:00Z", "c": None, "d": "2026-04-02"}
    with store.write() as connection:
        forms = [federation.form(NORTH, n, n, modified_at=at) for n, at in dated.items()]
        staging.stage(connection, run.id, [*forms, federation.form(NORTH, "never", None)])
    with store.flip() as connection:
        staging.promote(connection, run.id, clock.now)
        records.mark_removed(
            connection, [federation.id(NORTH, "d")], clock.now + timedelta(minutes=1)
        )
        assert fates.days(connection, "north") == {"2026-03-01": 2, "": 1}
