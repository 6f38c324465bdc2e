"""What a run notes of completeness is what a reader of the documents counts."""

from collections.abc import Callable
from typing import Any

from registry.store import records
from vocab.properties import properties_of

Thing = Callable[..., dict[str, Any]]


def counted_by_hand(registry: Any) -> dict[str, list[int]]:
    """The same from the documents themselves."""
    with registry.instance.store.read() as conn:
        stored = records.stored(conn, list(records.live_ids(conn, "musterhub/data")))
    said = [one.document for one in stored if one.document and not one.removed_at]
    names = {
        name
        for name, prop in properties_of("actor").items()
        if prop.level_for("actor") != "O" and name != "address"
    }
    found = {name: [sum(name in one for one in said), len(said)] for name in names}
    found["place"][0] = sum("place" in one or "address" in one for one in said)
    return found


def test_each_run_notes_how_complete_the_records_are(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(8)), thing(8, text="Ein Verein für alle."))
    registry.add()
    seen = []
    for says in (
        None,
        [thing(n, text="Ein Verein.") for n in range(8)] + [thing(8)],
        [thing(n, text="Ein Verein.") for n in range(7)] + [thing(8)],
        None,  # nothing new
    ):
        if says:
            site.says(*says)
        registry.harvest()
        (newest, *_) = registry.runs()
        assert newest.completeness == counted_by_hand(registry)
        seen.append((newest.state, newest.completeness["description"]))
    assert seen == [
        ("published", [1, 9]), ("published", [8, 9]), ("published", [7, 8]), ("unchanged", [7, 8]),
    ]  # fmt: skip


def test_a_run_that_takes_nothing_over_notes_nothing(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(20)))
    registry.add()
    registry.harvest()
    site.says(thing(0))
    assert registry.harvest().state == "held"
    assert registry.runs()[0].completeness is None
