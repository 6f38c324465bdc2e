from typing import Any

from registry.store import audit, meta
from registry.store.engine import Store


def test_a_value_is_kept_until_another_takes_its_place(store: Store) -> None:
    with store.write() as connection:
        assert meta.value(connection, "base_iri") is None
        assert meta.value(connection, "base_iri", "none") == "none"
        meta.put_value(connection, "base_iri", "https://a.example")
        meta.put_value(connection, "base_iri", {"now": "https://b.example"})
        assert meta.value(connection, "base_iri") == {"now": "https://b.example"}


def test_the_audit_trail_tells_the_latest_deed_first(store: Store, clock: Any) -> None:
    deeds = [
        audit.Entry(at=clock.now, action="hub added", subject=hub, detail={"by": "operator"})
        for hub in ("north", "south", "west")
    ]
    with store.write() as connection:
        for deed in deeds:
            audit.note(connection, deed)
        assert audit.entries(connection, limit=2) == [deeds[2], deeds[1]]
