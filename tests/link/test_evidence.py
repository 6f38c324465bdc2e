"""What counts as certain evidence, and the false friends that must stay apart."""

import tracemalloc
from collections import Counter

import pytest

from registry.link.evidence import MAX_HOLDERS, MOST_DOUBTS, keys_of, telling, weigh
from registry.link.features import Features, features_of


def actor(
    id_: str, name: str, *, source: str | None = None, kind: str = "actor", **document: object
) -> Features:
    full = {"type": kind.title(), "name": {"de": name}, **document}
    return features_of(id_, source or f"hub{id_}/s", f"https://hub.example/{id_}", kind, full)


def at(street: str, house: str, code: str) -> list[dict]:
    return [
        {"type": "Address", "thoroughfare": street, "locatorDesignator": house, "postCode": code}
    ]


def ids(register: str, number: str) -> list[dict]:
    return [{"type": "Identifier", "schemaAgency": register, "notation": number}]


def verdict(a: Features, b: Features) -> str | None:
    """Through keys as in the registry: no shared key, no verdict."""
    assert weigh([["a", "b"]], {"a": a, "b": b}) == weigh([["b", "a"]], {"b": b, "a": a})
    if not keys_of(a) & keys_of(b):
        return None
    edges, doubts = weigh([["a", "b"]], {"a": a, "b": b})
    return next((found.rule for found in (*edges, *doubts)), None)


HOST = "https://www.werkhof.example/"
PLACE = at("Musterstraße", "12", "02943")


@pytest.mark.parametrize(
    ("left", "right", "rule"),
    [
        # the same thing, written differently
        (
            actor("a", "Werkhof e. V.", homepage=HOST),
            actor("b", "WERKHOF", homepage="http://werkhof.example"),
            "name_and_host",
        ),
        (
            actor("a", "Werkhof", address=PLACE),
            actor("b", "Werkhof e.V.", address=at("Musterstr.", "12", "02943")),
            "name_and_place",
        ),
        (
            actor("a", "Müller-Haus", address=PLACE),
            actor("b", "Mueller Haus", address=PLACE),
            "name_and_place",
        ),
        (
            actor("a", "Institut X", identifier=ids("ROR", "https://ror.org/042nb2s44")),
            actor("b", "Institut X Leipzig", identifier=ids("ror", "042nb2s44")),
            "registered_id",
        ),
        (
            actor("a", "Werkhof", sameAs=["https://hub.example/b"]),
            actor("b", "Werkhof e. V."),
            "same_as",
        ),
        (
            actor("a", "Werkhof", sameAs=["https://www.wikidata.org/wiki/Q1"]),
            actor("b", "Werkhof", sameAs=["http://wikidata.org/wiki/Q1/"]),
            "same_as",
        ),
        # false friends
        (
            actor("a", "Förderverein Werkhof", homepage=HOST),
            actor("b", "Werkhof", homepage=HOST),
            None,
        ),
        (
            actor("a", "Werkhof e. V.", homepage=HOST),
            actor("b", "Werkhof gGmbH", homepage=HOST),
            None,
        ),
        (
            actor("a", "Schachclub", address=PLACE, homepage=HOST),
            actor("b", "Ruderclub", address=PLACE, homepage=HOST),
            None,
        ),
        (
            actor("a", "Werkhof", homepage="https://facebook.com/werkhof"),
            actor("b", "Werkhof", homepage="https://facebook.com/hof"),
            None,
        ),
        (
            actor("a", "Werkhof", address=at("Musterstraße", "12", "02943")),
            actor("b", "Werkhof", address=at("Musterstraße", "14", "02943")),
            None,
        ),
        (
            actor("a", "Werkhof", address=at("Musterstraße", "12", "02943")),
            actor("b", "Werkhof", address=at("Musterstraße", "12", "01067")),
            None,
        ),
        (
            actor("a", "Werkhof", homepage=HOST),
            actor("b", "Werkhof", kind="project", homepage=HOST),
            None,
        ),
        (
            actor("a", "Treff", source="h/s", homepage=HOST, address=PLACE),
            actor(
                "b", "Treff", source="h/s", homepage=HOST, address=at("Beispielweg", "3", "01067")
            ),
            None,
        ),
        # claims that are not believed
        (
            actor("a", "Bibliothek Leipzig", identifier=ids("ror", "1")),
            actor("b", "Behörde Hamburg", identifier=ids("ror", "1")),
            "id.names-differ",
        ),
        (
            actor("a", "Förderverein Werkhof", sameAs=["https://hub.example/b"]),
            actor("b", "Werkhof"),
            "sameas.names-differ",
        ),
        (
            actor("a", "Werkhof", sameAs=["https://hub.example/b"]),
            actor("b", "Werkhof", kind="project"),
            "sameas.kinds-differ",
        ),
    ],
)
def test_evidence_for_a_pair(left: Features, right: Features, rule: str | None) -> None:
    assert verdict(left, right) == rule


def test_what_one_hub_calls_the_same_third_twice_stays_two() -> None:
    third = ["https://www.wikidata.org/wiki/Q1"]
    one = actor("a", "Kinderbund", source="hub/s", sameAs=third)
    office = actor("b", "Kinderbund Büro", source="hub/t", sameAs=third)
    elsewhere = actor("b", "Kinderbund Büro", source="anderer/t", sameAs=third)
    assert verdict(one, office) is None
    assert verdict(one, elsewhere) == "same_as"


def test_a_hub_that_names_the_same_ids_everywhere_fills_no_memory_with_doubts() -> None:
    named = {f"r{n}": actor(f"r{n}", f"Ding {n}", identifier=ids("VR", "7")) for n in range(60)}
    edges, doubts = weigh([named, reversed(list(named))], named)
    told = Counter(record for doubt in doubts for record in (doubt.a, doubt.b))
    assert edges == []
    assert set(told) == set(named)
    assert min(told.values()) >= MOST_DOUBTS
    assert len(doubts) <= MOST_DOUBTS * len(named) < 60 * 59 / 2


def test_pairs_are_not_all_held_at_once() -> None:
    """Peak memory goes with the records, not with the pairs: here 125 for each record."""
    named = {f"r{n}": actor(f"r{n}", f"Ding {n}") for n in range(250)}
    one, half = [list(named)], [list(named)[:25]]
    peaks = []
    for groups in (half, one):
        tracemalloc.start()
        weigh(groups, named)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # Ten times the records make a hundred times the pairs.
    assert peaks[1] < 40 * peaks[0]


def test_of_a_crowded_key_the_hubs_that_hold_it_seldom_are_believed_and_the_living_first() -> None:
    crowd = [f"c{n}" for n in range(MAX_HOLDERS - 2)]
    sides = {(False, "crowd"): crowd, (False, "b"): ["b1"], (False, "a"): ["a1"]}
    assert telling(sides) == ["a1", "b1", *crowd]
    assert telling({**sides, (True, "a"): ["a0"]}) == ["a1", "b1", *crowd]
    assert telling({**sides, (False, "crowd"): [*crowd, "c"]}) == ["a1", "b1"]
    assert telling({(True, "a"): ["a0"], (False, "b"): ["b1", "b2"]}) == ["b1", "b2", "a0"]
    assert telling({(False, "crowd"): [*crowd, "x", "y", "z"]}) == []


def event(id_: str, start: object, **more: object) -> Features:
    return actor(id_, "Tag der offenen Tür", kind="event", startDate=start, homepage=HOST, **more)


def test_two_dates_of_a_series_are_two_events() -> None:
    assert (
        verdict(event("a", "2026-10-07T17:00:00+02:00"), event("b", "2026-10-14T17:00:00+02:00"))
        is None
    )


def test_one_moment_in_two_spellings_is_one_start() -> None:
    assert (
        verdict(event("a", "2026-10-07T17:00:00+02:00"), event("b", "2026-10-07T15:00:00Z"))
        == "name_and_host"
    )


def test_one_event_does_not_happen_at_two_addresses() -> None:
    start = "2026-10-07T17:00:00+02:00"
    here = {"location": [{"type": "Place", "address": PLACE}]}
    there = {"location": [{"type": "Place", "address": at("Beispielweg", "3", "01067")}]}
    assert verdict(event("a", start, **here), event("b", start, **there)) is None
    assert verdict(event("a", start, **here), event("b", start, **here)) == "name_and_place"
