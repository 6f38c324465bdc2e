from typing import Any

import pytest

from registry.store import keys, reach, records
from registry.store.engine import Store

SOURCE = "north/actors"


@pytest.fixture
def ids(federation: Any) -> list[str]:
    """Seventy live records, sorted."""
    federation.add(SOURCE)
    return list(federation.say(SOURCE, {str(n): f"Verein {n}" for n in range(70)}).added)


def test_keys_of_a_record_are_replaced_as_a_whole(store: Store, ids: list[str]) -> None:
    one, two = ids[:2]
    with store.write() as connection:
        keys.replace_keys(connection, {one: ["a", "b"], two: ["b"]})
        keys.replace_keys(connection, {one: ["b", "c", "c"]})
        assert keys.holders(connection, ["a", "b", "c"]) == {"b": [one, two], "c": [one]}
        keys.replace_keys(connection, {one: []})
        assert keys.holders(connection, ["a", "b", "c"]) == {"b": [two]}


def test_a_key_that_too_many_hold_is_cut_one_past_the_limit(store: Store, ids: list[str]) -> None:
    with store.write() as connection:
        keys.replace_keys(connection, {one: ["host:facebook.example"] for one in ids})
        [held] = keys.holders(connection, ["host:facebook.example"]).values()
        assert held == ids[: keys.MOST_HOLDERS]
        assert len(held) == 61


def test_blocks_are_the_keys_that_some_but_not_too_many_hold(store: Store, ids: list[str]) -> None:
    with store.write() as connection:
        keys.replace_keys(
            connection,
            {
                one: ["everyone", f"pair {place // 2}"] if place < 3 else ["everyone"]
                for place, one in enumerate(ids)
            },
        )
        assert list(keys.blocks(connection)) == [("pair 0", ids[:2])]
        assert dict(keys.blocks(connection, limit=70)) == {"everyone": ids, "pair 0": ids[:2]}


def test_a_crowded_key_is_told_hub_by_hub_the_removed_apart_and_without_the_largest(
    store: Store, federation: Any, clock: Any, ids: list[str]
) -> None:
    federation.add("south/actors")
    one, two, three = federation.say("south/actors", {n: f"Verein {n}" for n in "abc"}).added
    with store.write() as connection:
        keys.replace_keys(connection, {each: ["vr:7"] for each in (*ids, one, two, three)})
        keys.replace_keys(connection, {one: ["vr:7", "vr:8"], two: ["vr:7", "vr:8"]})
        records.mark_removed(connection, [two], clock.now)
        living, gone = sorted([one, three]), [two]
        small = {(False, "south"): living, (True, "south"): gone}
        found = reach.crowded_keys(connection, [one], above=60, at_most=69)
        assert found == {"vr:7": small}
        found = reach.crowded_keys(connection, [one, *ids], above=60, at_most=70)
        assert found == {"vr:7": {**small, (False, "north"): ids}}


def test_referrers_say_who_points_at_an_id_and_by_which_property(
    store: Store, ids: list[str]
) -> None:
    one, two = ids[:2]
    with store.write() as connection:
        keys.replace_refs(connection, {one: [("carriedBy", "7"), ("partOf", "7")]})
        keys.replace_refs(connection, {two: [("carriedBy", "7"), ("carriedBy", "8")]})
        keys.replace_refs(connection, {one: [("partOf", "7")]})
        found = keys.referrers(connection, ["7", "9"])
    assert found == {
        "7": [
            keys.Referrer(record_id=one, source_id=SOURCE, property="partOf"),
            keys.Referrer(record_id=two, source_id=SOURCE, property="carriedBy"),
        ]
    }
