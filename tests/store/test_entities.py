from typing import Any

from registry.store import entities
from registry.store.engine import Store


def _resource(resource_id: str, **other: Any) -> entities.Resource:
    fields: dict[str, Any] = {
        "kind": "actor",
        "state": "live",
        "document": {"merged": {"name": {"de": "Weißwasser", "hsb": "Běła Woda"}}},
        "hash": resource_id * 64,
        "first_release": 1,
        "changed_release": 1,
    }
    return entities.Resource(id=resource_id, **{**fields, **other})


def test_putting_again_replaces(store: Store) -> None:
    old = _resource("a")
    new = _resource("a", state="merged", replaced_by="b", document={"former_kind": "actor"})
    with store.write() as connection:
        entities.put_resources(connection, [old])
        assert entities.resource(connection, "a") == old
        entities.put_resources(connection, [new])
        assert entities.resource(connection, "a") == new
        assert entities.resource(connection, "b") is None


def test_resources_and_heads_are_read_by_id(store: Store) -> None:
    both = [_resource("a"), _resource("b", kind="event")]
    with store.write() as connection:
        entities.put_resources(connection, both)
        assert entities.resources(connection, ["b", "a", "c"]) == {"a": both[0], "b": both[1]}
        head = entities.heads(connection, ["b", "c"])["b"]
    assert (head.kind, head.state, head.hash) == ("event", "live", "b" * 64)


def test_what_is_published_is_read_by_kind_and_state_in_the_order_of_ids(store: Store) -> None:
    all_of_them = [
        _resource("hubs/north/runs/10", kind="run"),
        _resource("c", state="gone"),
        _resource("b", kind="project"),
        _resource("hubs/north", kind="hub"),
        _resource("a"),
    ]
    with store.write() as connection:
        entities.put_resources(connection, all_of_them)

        def ids(**which: Any) -> list[str]:
            return [one.id for one in entities.iterate(connection, **which)]

        assert ids() == ["a", "b", "c", "hubs/north", "hubs/north/runs/10"]
        assert ids(states=["live"], kinds=["actor", "project"]) == ["a", "b"]
        assert ids(states=["gone", "merged"]) == ["c"]
        assert [one for one, _ in entities.hashes(connection)] == ids()
        assert entities.counts(connection) == {
            ("actor", "gone"): 1,
            ("actor", "live"): 1,
            ("hub", "live"): 1,
            ("project", "live"): 1,
            ("run", "live"): 1,
        }


def test_more_than_one_batch_is_streamed_whole_and_in_order(store: Store) -> None:
    expected = [f"{n:05}" for n in range(5_100)]
    with store.write() as connection:
        entities.put_resources(
            connection,
            (_resource(one, hash=one, document={"n": one}) for one in reversed(expected)),
        )
    with store.read() as connection:
        assert [one.document["n"] for one in entities.iterate(connection)] == expected
