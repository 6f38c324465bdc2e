from typing import Any

import pytest

from registry.store import keys, records
from registry.store.engine import Store

SOURCE = "north/actors"


@pytest.fixture
def three(federation: Any) -> dict[str, str]:
    """Three live records, by local id."""
    federation.add(SOURCE)
    federation.say(SOURCE, {"1": "Eins", "2": "Zwei", "3": "Drei"})
    return {local: federation.id(SOURCE, local) for local in "123"}


def test_the_index_of_a_source_tells_what_is_known_of_each_record(
    store: Store, federation: Any, three: dict[str, str], clock: Any
) -> None:
    federation.say(federation.add("south/actors"), {"9": "Anderswo"})
    federation.say(SOURCE, {"2": None, "4": None})
    never_good = federation.id(SOURCE, "4")
    with store.write() as connection:
        records.mark_removed(connection, [three["3"]], clock.now)
    with store.read() as connection:
        known = {
            version: set(records.index_of(connection, SOURCE, version)) for version in ("v1", "v2")
        }
        assert list(records.index_of(connection, SOURCE, "v1", outdated=True)) == []
        assert set(records.index_of(connection, SOURCE, "v2", outdated=True)) == known["v2"]
    for version, current in (("v1", True), ("v2", False)):
        assert known[version] == {
            (three["1"], "raw of Eins", current, False, True),
            (three["2"], "raw of None", current, True, True),
            (never_good, "raw of None", current, True, False),
        }


def test_a_sources_records_are_counted_as_the_index_tells_them(
    store: Store, federation: Any, three: dict[str, str], clock: Any
) -> None:
    federation.say(federation.add("south/actors"), {"9": "Anderswo"})
    federation.say(SOURCE, {"2": None, "4": None})
    with store.write() as connection:
        records.mark_removed(connection, [three["3"]], clock.now)
    with store.read() as connection:
        assert records.tally(connection, SOURCE, "v1") == (3, 2, 3, 2)
        assert records.tally(connection, SOURCE, "v2") == (3, 2, 0, 0)
        assert records.tally(connection, "nobody/actors", "v1") == (0, 0, 0, 0)


def test_records_come_by_id_and_unknown_ids_are_left_out(
    store: Store, three: dict[str, str]
) -> None:
    with store.read() as connection:
        found = records.stored(connection, ["nobody", *three.values()])
        assert records.stored(connection, []) == []
    assert [record.id for record in found] == sorted(three.values())


def test_records_are_found_by_their_entity_removed_ones_too(
    store: Store, three: dict[str, str], clock: Any
) -> None:
    one, two, three_ = three["1"], three["2"], three["3"]
    with store.write() as connection:
        records.assign_entities(connection, {one: one, two: one, three_: three_})
        records.mark_removed(connection, [two], clock.now)
    with store.read() as connection:
        together = [record.id for record in records.of_entities(connection, [one])]
        assert together == sorted([one, two])
        assert records.entities_of(connection, three.values()) == {
            one: one,
            two: one,
            three_: three_,
        }
    with store.write() as connection:
        records.assign_entities(connection, {one: None})
        assert one not in records.entities_of(connection, three.values())


def test_a_removed_record_is_no_longer_live_yet_keeps_its_place_in_its_cluster(
    store: Store, three: dict[str, str], clock: Any
) -> None:
    one = three["1"]
    with store.write() as connection:
        keys.replace_keys(connection, {one: ["name:eins"], three["2"]: ["name:eins"]})
        keys.replace_refs(connection, {one: [("carriedBy", "x")]})
        records.mark_removed(connection, [one], clock.now)
        assert keys.holders(connection, ["name:eins"]) == {"name:eins": sorted([one, three["2"]])}
        assert keys.referrers(connection, ["x"]) == {}
        assert list(records.live_ids(connection)) == sorted([three["2"], three["3"]])
        [gone] = records.stored(connection, [one])
    assert gone.removed_at == clock.now
    assert gone.document == {"type": "Actor", "name": {"de": "Eins"}}


def test_a_second_removal_keeps_the_first_time(
    store: Store, three: dict[str, str], clock: Any
) -> None:
    first = clock.now
    with store.write() as connection:
        records.mark_removed(connection, [three["1"]], first)
        records.mark_removed(connection, [three["1"]], clock.forward(days=1))
        [gone] = records.stored(connection, [three["1"]])
    assert gone.removed_at == first


def test_the_first_release_is_never_overwritten(store: Store, three: dict[str, str]) -> None:
    with store.write() as connection:
        records.set_first_release(connection, [three["1"]], 1)
        records.set_first_release(connection, three.values(), 2)
        found = {
            one.local_id: one.first_release for one in records.stored(connection, three.values())
        }
    assert found == {"1": 1, "2": 2, "3": 2}


def test_records_are_counted_by_source_and_standing(
    store: Store, federation: Any, three: dict[str, str], clock: Any
) -> None:
    federation.say(SOURCE, {"2": None, "never good": None})
    federation.say(federation.add("south/actors"), {"9": "Anderswo"})
    with store.write() as connection:
        records.mark_removed(connection, [three["3"]], clock.now)
        assert records.counts(connection) == {
            SOURCE: {"live": 2, "refused": 2, "no_good": 1, "removed": 1},
            "south/actors": {"live": 1, "refused": 0, "no_good": 0, "removed": 0},
        }
        assert list(records.counts(connection, "south")) == ["south/actors"]


def test_many_ids_are_asked_for_at_once(store: Store, federation: Any) -> None:
    federation.add(SOURCE)
    promotion = federation.say(SOURCE, {str(n): f"Verein {n}" for n in range(2_100)})
    entity = dict.fromkeys(promotion.added, promotion.added[0])
    with store.write() as connection:
        records.assign_entities(connection, entity)
        records.set_first_release(connection, promotion.added, 1)
        assert records.entities_of(connection, promotion.added) == entity
        assert len(list(records.raw_forms(connection, promotion.added))) == 2_100
        found = records.of_entities(connection, [promotion.added[0]])
    assert {record.first_release for record in found} == {1}
    assert [record.id for record in found] == list(promotion.added)
