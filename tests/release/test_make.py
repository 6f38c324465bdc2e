"""Releases: what is published, under which id, and that the way it came about does not matter."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.link.evidence import MAX_HOLDERS
from registry.publish.quads import resource_hash, resource_quads
from registry.release.indexing import index_records
from registry.release.make import make_release
from registry.release.sethash import SetHash
from registry.store import judgements, records, releases
from registry.store.engine import Store
from tests.release.world import World, rid

HOST = "https://werkhof.example/"


@pytest.fixture
def world(store: Store) -> World:
    return World(store)


def test_two_hubs_that_speak_of_one_thing_make_one_entity(world: World) -> None:
    a = world.say("eins/s", "1", name={"de": "Werkhof e. V."}, homepage=HOST)
    b = world.say("zwei/s", "x", name={"de": "WERKHOF"}, homepage=HOST, topic=["rural-areas"])
    world.publish()
    assert list(world.live().values()) == [{a, b}]
    merged = world.published()[min(a, b)].document["merged"]
    assert (merged["name"], merged["topic"]) == ({"de": "Werkhof e. V."}, ["rural-areas"])


def test_a_published_id_stays_when_a_smaller_one_joins(world: World) -> None:
    ids = sorted((rid("eins/s", str(n)), str(n)) for n in range(20))
    (small, small_key), (large, large_key) = ids[0], ids[-1]
    world.say("eins/s", large_key, name={"de": "Werkhof"}, homepage=HOST)
    world.publish()
    world.say("eins/s", small_key, name={"de": "Werkhof"}, homepage=HOST)
    world.publish()
    assert world.live() == {large: {small, large}}
    world.forget("eins/s", large_key)
    world.publish()
    assert world.live() == {large: {small}}


def test_a_merge_leaves_a_redirect_and_undoing_it_brings_the_old_id_back(world: World) -> None:
    a = world.say("eins/s", "1", name={"de": "Werkhof"}, homepage=HOST)
    world.publish()
    b = world.say("zwei/s", "x", name={"de": "Werkhof am Fluss"}, homepage=HOST)
    world.publish()
    assert world.live() == {a: {a}, b: {b}}
    world.say("zwei/s", "x", name={"de": "Werkhof"}, homepage=HOST)
    made = world.publish()
    tombstone = world.published()[b]
    assert (tombstone.state, tombstone.replaced_by, tombstone.kind) == ("merged", a, "actor")
    assert operations(world, made.release.number) == {a: "update", b: "merge"}
    with world.store.write() as conn:
        judgements.put_judgement(
            conn,
            a,
            b,
            verdict="different",
            reason="zwei Vereine",
            author_role="steward",
            at=world.now,
        )
    world.say("zwei/s", "x", name={"de": "Werkhof"}, homepage=HOST, topic=["care"])
    world.publish()
    assert world.live() == {a: {a}, b: {b}}


def test_what_vanishes_everywhere_is_gone_and_may_come_back(world: World) -> None:
    a = world.say("eins/s", "1", name={"de": "Werkhof"})
    first = world.publish()
    world.forget("eins/s", "1")
    gone = world.publish()
    assert world.published()[a].state == "gone"
    assert operations(world, gone.release.number) == {a: "delete"}
    world.say("eins/s", "1", name={"de": "Werkhof"})
    back = world.publish()
    assert operations(world, back.release.number) == {a: "create"}
    assert (first.release.number, back.release.number) == (1, 3)


def test_saying_the_same_again_makes_no_release(world: World) -> None:
    world.say("eins/s", "1", name={"de": "Werkhof"})
    world.publish()
    world.say("eins/s", "1", name={"de": " Werkhof "})
    assert world.publish().release is None


def test_references_follow_the_thing_they_mean(world: World) -> None:
    project = world.say("zwei/s", "p", "project", name={"de": "Dorfmobil"}, carriedBy=["1"])
    world.publish()
    assert "carriedBy" not in world.published()[project].document["merged"]
    # Another hub's "1" is another thing.
    world.say("eins/s", "1", name={"de": "Fremd"})
    world.publish()
    assert "carriedBy" not in world.published()[project].document["merged"]
    actor = world.say("zwei/s", "1", name={"de": "Werkhof"}, homepage=HOST)
    world.publish()
    assert world.published()[project].document["merged"]["carriedBy"] == [f"/id/{actor}"]
    other = world.say("drei/s", "z", name={"de": "Werkhof"}, homepage=HOST)
    world.publish()
    (canonical,) = {actor, other} & world.live().keys()
    assert world.published()[project].document["merged"]["carriedBy"] == [f"/id/{canonical}"]
    world.forget("zwei/s", "1")
    world.forget("drei/s", "z")
    world.publish()
    assert "carriedBy" not in world.published()[project].document["merged"]


def test_what_only_a_removed_record_joined_comes_apart_again(world: World) -> None:
    a = world.say("eins/s", "https://eins.example/1", name={"de": "Werkhof"})
    b = world.say("zwei/s", "https://zwei.example/1", name={"de": "Werkhof"})
    world.publish()
    both = ["https://eins.example/1", "https://zwei.example/1"]
    bridge = world.say("drei/s", "x", name={"de": "Werkhof"}, sameAs=both)
    world.publish()
    assert sorted(map(len, world.live().values())) == [3]
    world.forget("drei/s", "x")
    world.publish()
    assert sorted(world.live().values(), key=min) == sorted([{a}, {b}], key=min)
    assert set(world.live()) == {a, b}
    assert bridge not in world.live()


ROR = {"identifier": [{"type": "Identifier", "schemaAgency": "ROR", "notation": "042nb2s44"}]}


def test_no_hub_parts_what_others_say_is_one_by_saying_the_same_of_ever_more(world: World) -> None:
    a = world.say("eins/s", "1", name={"de": "Werkhof"}, **ROR)
    b = world.say("zwei/s", "1", name={"de": "Werkhof"}, **ROR)
    world.publish()
    crowd = [str(number) for number in range(MAX_HOLDERS + 1)]
    for local_id in crowd:
        world.say("drei/s", local_id, name={"de": f"Nähstube {local_id}"}, **ROR)
    world.publish()
    assert {a, b} in world.live().values()
    for local_id in crowd:
        world.forget("drei/s", local_id)
    world.publish()
    assert list(world.live().values()) == [{a, b}]


def test_a_doubtful_link_is_told_and_not_followed(world: World) -> None:
    a = world.say("eins/s", "1", name={"de": "Bibliothek"}, sameAs=["https://ror.org/x"])
    b = world.say("zwei/s", "1", name={"de": "Hafenamt"}, sameAs=["https://ror.org/x"])
    made = world.publish()
    assert len(world.live()) == 2
    assert [(d.a, d.b, d.rule) for d in made.doubts] == [(*sorted((a, b)), "sameas.names-differ")]


NAMES = ("Werkhof", "Werkhof e. V.", "Werkhof gGmbH", "Nähstube")
HOSTS = (None, "https://eins.example/", "https://zwei.example/")
saying = st.fixed_dictionaries(
    {
        "source": st.sampled_from(["eins/s", "eins/t", "zwei/s"]),
        "local": st.sampled_from(["1", "2", "https://h.example/3"]),
        "what": st.one_of(
            st.none(),
            st.fixed_dictionaries(
                {
                    "kind": st.sampled_from(["actor", "actor", "project"]),
                    "name": st.sampled_from(NAMES),
                    "homepage": st.sampled_from(HOSTS),
                    "ror": st.sampled_from([None, None, "1", "2"]),
                    "points_at": st.sampled_from([None, "1", "https://h.example/3"]),
                }
            ),
        ),
    }
)


def tell(world: World, step: dict) -> None:
    what = step["what"]
    if what is None:
        world.forget(step["source"], step["local"])
        return
    document: dict = {"name": {"de": what["name"]}}
    if what["homepage"]:
        document["homepage"] = what["homepage"]
    if what["ror"]:
        document["identifier"] = [
            {"type": "Identifier", "schemaAgency": "ROR", "notation": what["ror"]}
        ]
    if what["points_at"]:
        document["carriedBy" if what["kind"] == "project" else "partOf"] = [what["points_at"]]
    world.say(step["source"], step["local"], what["kind"], **document)


@given(st.lists(st.lists(saying, min_size=1, max_size=4), min_size=1, max_size=5))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_step_by_step_gives_what_making_everything_anew_gives(
    fresh_store, releases_of_sayings: list
) -> None:
    """Whatever hubs say in whatever order: relinking from the records changes nothing."""
    with fresh_store() as store:
        world = World(store)
        for source in ("eins/s", "eins/t", "zwei/s"):
            world.hub(source)
        for sayings in releases_of_sayings:
            for step in sayings:
                tell(world, step)
            world.publish()
        before = {
            id_: (one.state, one.hash, one.replaced_by) for id_, one in world.published().items()
        }
        with store.flip() as conn:
            everything = set(records.live_ids(conn))
            index_records(conn, everything)
            again = make_release(conn, touched=everything, iris=world.iris, now=world.now)
        assert again.release is None
        after = {
            id_: (one.state, one.hash, one.replaced_by) for id_, one in world.published().items()
        }
        assert after == before
        check_hashes(world)


def check_hashes(world: World) -> None:
    """The stored hashes and their sum are those of what is stored."""
    expected = SetHash()
    for one in world.published().values():
        lines = resource_quads(one.kind, one.id, one.state, one.document, world.iris)
        assert one.hash == resource_hash(lines)
        expected.add(world.iris.resource(one.kind, one.id), one.hash)
    with world.store.read() as conn:
        latest = releases.latest(conn)
    assert latest is None or latest.set_hash == expected.digest


def test_the_order_in_which_hubs_are_published_changes_no_cluster(fresh_store) -> None:
    steps = [
        ("eins/s", "1", {"name": {"de": "Werkhof"}, "homepage": HOST}),
        ("zwei/s", "1", {"name": {"de": "Werkhof e. V."}, "homepage": HOST}),
        ("drei/s", "1", {"name": {"de": "Werkhof gGmbH"}, "homepage": HOST}),
        ("vier/s", "1", {"name": {"de": "Nähstube"}, "sameAs": ["https://drei.example/s"]}),
    ]
    partitions = set()
    for seed in range(6):
        shuffled = random.Random(seed).sample(steps, len(steps))  # noqa: S311
        with fresh_store() as store:
            world = World(store)
            for source, local, document in shuffled:
                world.say(source, local, **document)
                world.publish()
            partitions.add(frozenset(frozenset(group) for group in world.live().values()))
    assert len(partitions) == 1


def operations(world: World, number: int) -> dict[str, str]:
    with world.store.read() as conn:
        found = releases.changes_since(conn, number - 1, upto=number)
    return {change.entity_id: change.operation for change in found}
