from datetime import UTC, datetime

import pytest

from registry.store import releases
from registry.store.engine import Store
from registry.store.releases import Change, Operation

BASE = "https://registry.example"


def _release(number: int) -> releases.Release:
    return releases.Release(
        number=number,
        at=datetime(2026, 5, number, tzinfo=UTC),
        counts={"actor": number},
        set_hash=bytes([number]) * 256,
        base_iri=BASE,
    )


def _publish(store: Store, *operations: dict[str, Operation]) -> None:
    for number, of_release in enumerate(operations, start=1):
        with store.flip() as connection:
            releases.add_release(connection, _release(number), of_release)


def test_releases_are_numbered_without_gaps(store: Store) -> None:
    with store.read() as connection:
        assert releases.latest(connection) is None
    _publish(store, {}, {})
    for number in (2, 4):
        with pytest.raises(ValueError, match="next release is 3"), store.flip() as connection:
            releases.add_release(connection, _release(number), {})
    with store.read() as connection:
        assert releases.latest(connection) == _release(2)
        assert releases.release(connection, 1) == _release(1)
        assert releases.release(connection, 3) is None
        assert releases.newest(connection, 1) == [_release(2)]


def test_changes_over_a_span_tell_each_thing_once_by_its_latest_operation(store: Store) -> None:
    _publish(
        store,
        {"a": "create", "b": "create", "c": "create"},
        {"a": "update", "b": "merge"},
        {},
        {"a": "delete", "d": "create"},
    )

    def since(number: int, upto: int) -> list[tuple[int, str, str]]:
        with store.read() as connection:
            found = releases.changes_since(connection, number, upto=upto)
        return [(one.release, one.entity_id, one.operation) for one in found]

    assert since(0, 4) == [
        (1, "c", "create"),
        (2, "b", "merge"),
        (4, "a", "delete"),
        (4, "d", "create"),
    ]
    assert since(0, 2) == [(1, "c", "create"), (2, "a", "update"), (2, "b", "merge")]
    assert since(2, 3) == []
    assert since(4, 4) == []


def test_changes_are_read_page_by_page(store: Store) -> None:
    operations: list[dict[str, Operation]] = [
        {f"e{n}": "create" for n in range(5)},
        {f"e{n}": "update" for n in range(3, 9)},
    ]
    _publish(store, *operations)
    pages: list[list[Change]] = []
    after: Change | None = None
    with store.read() as connection:
        while page := releases.changes_since(connection, 0, upto=2, after=after, limit=4):
            pages.append(page)
            after = page[-1]
        whole = releases.changes_since(connection, 0, upto=2)
    assert [len(page) for page in pages] == [4, 4, 1]
    assert [change for page in pages for change in page] == whole
    assert [change.entity_id for change in whole] == [f"e{n}" for n in range(9)]


def test_the_history_of_a_thing_tells_what_changed_newest_first(store: Store) -> None:
    with store.flip() as connection:
        releases.add_release(connection, _release(1), {"a": "create", "b": "create"})
    with store.flip() as connection:
        releases.add_release(
            connection,
            _release(2),
            {"a": "update", "b": "update", "c": "create"},
            {"a": ["homepage", "name"], "b": []},
        )
    with store.read() as connection:
        told = {
            one: [(s.release, s.operation, s.properties) for s in releases.history(connection, one)]
            for one in "ab"
        }
    assert told == {
        "a": [(2, "update", ["homepage", "name"]), (1, "create", None)],
        "b": [(2, "update", []), (1, "create", None)],
    }
