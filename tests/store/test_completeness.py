"""How complete records are, counted on both databases from what was found missing."""

from typing import Any

from registry.store import findings, records
from registry.store.completeness import completeness, together
from registry.store.engine import Store
from schemas.rules import finding

NORTH, SOUTH = "north/actors", "south/actors"


def lacks(name: str) -> Any:
    if name == "place":
        return finding("place.missing", path="/place")
    label = {"de": name, "en": name}
    return finding("property.missing", path=f"/{name}", property=label)


def find(store: Store, federation: Any, source_id: str, found: dict[str, list[Any]]) -> None:
    run = federation.begin(source_id)
    with store.write() as connection:
        findings.replace_findings(connection, source_id, run.id, found)


def test_only_records_count_whose_findings_speak_of_what_is_published(
    store: Store, federation: Any, clock: Any
) -> None:
    federation.add(NORTH)
    federation.add(SOUTH)
    federation.say(NORTH, {"1": "A", "2": "B", "3": "C", "worse": "D", "never": None, "gone": "E"})
    federation.say(SOUTH, {"1": "A"})
    federation.say(NORTH, {"worse": None})
    all_lack = {one: [lacks("topic")] for one in ("1", "worse", "never", "gone", "unknown")}
    deeper = finding(
        "property.missing", path="/contactPoint/0/topic", property={"de": "Thema", "en": "Topic"}
    )
    find(store, federation, NORTH, {**all_lack, "2": [lacks("place"), lacks("topic"), deeper]})
    find(store, federation, SOUTH, {"1": [lacks("homepage")]})
    with store.write() as connection:
        records.mark_removed(connection, [federation.id(NORTH, "gone")], clock.now)
        north = completeness(connection, NORTH)
        assert {pair[1] for pair in north.values()} == {3}
        short = {name: pair[0] for name, pair in north.items() if pair[0] < 3}
        assert short == {"topic": 1, "place": 2}
        both = together([north, completeness(connection, SOUTH)])
        assert (both["homepage"], both["topic"]) == ([3, 4], [2, 4])


def test_a_source_without_records_has_nothing_to_count(store: Store, federation: Any) -> None:
    federation.add(NORTH)
    with store.read() as connection:
        assert completeness(connection, NORTH) == {}
