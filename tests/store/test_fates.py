"""What became of each record, found and counted on both databases."""

from datetime import timedelta
from typing import Any

import pytest

from registry.store import fates, findings, records, refusals, runs, staging
from registry.store.engine import Store
from registry.store.fates import Fate, Wanted
from schemas.rules import finding

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
        found = fates.entries(connection, wanted, **portion)
    return [one.local_id or f"at {one.place}" for one in found]


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
                 {"a": "A", "b": "Bb", "c": None, "d": None, "e": "E"}.items()]  # fmt: skip
        staging.stage(connection, run.id, forms)
    clock.forward(minutes=1)
    with store.flip() as connection:
        staging.promote(connection, run.id, clock.now)
        records.mark_removed(connection, [federation.id(NORTH, "d")], clock.now)
        runs.finish_run(connection, run.id, "published", now=clock.now, counts={})
    with store.read() as connection:
        first, second = (runs.run(connection, "north", number) for number in (1, 2))
        assert fates.count(connection, Wanted(hub_id="north", run=first)) == 3
        assert fates.count(connection, Wanted(hub_id="north", run=second)) == 4
    by_second = Wanted(hub_id="north", run=second)
    assert local_ids(store, by_second) == ["b", "c", "d", "e"]  # d, though refused and removed
    assert local_ids(store, by_second, limit=2, offset=1) == ["c", "d"]
    assert local_ids(store, Wanted(hub_id="north", run=second, fate="removed")) == ["d"]
    assert local_ids(store, Wanted(hub_id="north", run=second, text="C")) == ["c"]
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


@pytest.fixture
def told(federation: Any, store: Store, clock: Any) -> int:
    """A good record, a double of it, a person and what has no identifier; the id of the run."""
    federation.add(NORTH)
    federation.say(NORTH, {"good": "A"})
    with store.write() as connection:
        run = runs.begin_run(connection, NORTH, holder="test", now=clock.now, lease_s=60)
        assert run is not None
        said: dict[str | None, Any] = {
            "good": [finding("property.missing", path="/topic", property="topic")],
            "a person": [finding("actor.person", path="record 8")],
            None: [
                finding("record.id.missing", path="row 5"),
                finding("record.kind.unknown", path="row 5"),
                finding("record.duplicate-id", path="row 6", value="good"),
            ],
        }
        findings.replace_findings(connection, NORTH, run.id, said)
    return run.id


@pytest.mark.usefixtures("told")
def test_what_findings_alone_tell_of_is_rejected(store: Store) -> None:
    every = ["a person", "good", "at row 5"]
    assert local_ids(store, Wanted(hub_id="north")) == every
    portions = [local_ids(store, Wanted(hub_id="north"), limit=1, offset=n) for n in range(4)]
    assert portions == [["a person"], ["good"], ["at row 5"], []]
    for text, expected in (("PERSON", ["a person"]), ("5", ["at row 5"]), ("%", [])):
        assert local_ids(store, Wanted(hub_id="north", text=text, fate="rejected")) == expected
    assert local_ids(store, Wanted(hub_id="north", fate="accepted")) == ["good"]
    with store.read() as connection:
        assert fates.count(connection, Wanted(hub_id="north")) == 3
        for of in ({"hub_id": "north"}, {"source_id": NORTH}):
            assert refusals.count(connection, **of) == 2
        assert refusals.count(connection, hub_id="south") == 0


def test_who_was_not_met_is_forgotten_and_records_keep_their_findings(
    store: Store, told: int
) -> None:
    with store.write() as connection:
        refusals.forget_unmet(connection, NORTH, told)
        assert refusals.count(connection, hub_id="north") == 2
        refusals.forget_unmet(connection, NORTH, told + 1)
        assert refusals.count(connection, hub_id="north") == 1  # what has no identifier
        (kept,) = findings.findings_of(connection, NORTH, local_ids=["good"])
    assert kept.finding.path == "/topic"


@pytest.mark.usefixtures("told")
def test_findings_of_a_rule_are_counted_and_shown_by_path(store: Store) -> None:
    group = (NORTH, "warning", "property.missing")
    with store.read() as connection:
        counts = findings.path_counts(connection, "north", ["property.missing"])
        (shown,) = findings.finding_examples(connection, counts, each=5)
    assert counts == {(*group, "/topic"): 1}
    assert shown.local_id == "good"
