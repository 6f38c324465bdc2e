"""Merging: deterministic, lossless, and every choice by a named rule."""

import itertools
import random
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from registry.merge.merge import Member, merge
from registry.merge.rules import RULES, WHOLE
from tests.documents import examples
from vocab.documents import canonical
from vocab.properties import KINDS, Kind, Property, Range, properties_of
from vocab.types import Decision, Document, Entity


def member(record_id: str, priority: int = 50, modified: str = "", **said: Any) -> Member:
    """One record of an actor; `said` is what it says beside its type."""
    document = canonical({"type": "Actor", **said})
    return Member(record_id=record_id, priority=priority, modified=modified, document=document)


def merged(*members: Member) -> Entity:
    return merge("entity", "actor", members)


def decision(entity: Entity, name: str, language: str | None = None) -> Decision:
    (found,) = (d for d in entity.decisions if (d.property, d.language) == (name, language))
    return found


# -- each rule --------------------------------------------------------------------------------


def test_trusted_beats_newer_and_longer() -> None:
    entity = merged(
        member("a", 40, "2026-11-01", name={"de": "Ein viel längerer Name"}, status="inactive"),
        member("b", 60, "2020-01-01", name={"de": "Kurz"}, status="active"),
    )
    assert entity.document["name"] == {"de": "Kurz"}
    assert entity.document["status"] == "active"
    assert decision(entity, "name", "de").rule == "trusted"
    assert decision(entity, "status").rule == "trusted"


def test_of_texts_the_fullest_wins_before_the_newest() -> None:
    entity = merged(
        member("a", modified="2026-11-01", name={"de": "Kurz"}),
        member("b", modified="2020-01-01", name={"de": "Ausführlich"}),
    )
    assert entity.document["name"] == {"de": "Ausführlich"}
    assert decision(entity, "name", "de").rule == "most_complete"


def test_of_facts_the_newest_wins_before_the_fullest() -> None:
    geometry = {"type": "Geometry", "asWKT": "POINT(14.64123456 51.50123456)"}
    entity = merged(
        member("a", modified="2020-01-01", geometry=geometry),
        member("b", modified="2026-11-01", geometry={**geometry, "asWKT": "POINT(14.6 51.5)"}),
    )
    assert entity.document["geometry"]["asWKT"] == "POINT(14.6 51.5)"
    assert decision(entity, "geometry").rule == "newest"


def test_texts_of_equal_length_are_settled_by_the_newest() -> None:
    entity = merged(
        member("a", modified="2026-11-01", name={"de": "Eins"}),
        member("b", modified="2026-11-02", name={"de": "Zwei"}),
    )
    assert entity.document["name"] == {"de": "Zwei"}
    assert decision(entity, "name", "de").rule == "newest"


def test_facts_of_one_day_are_settled_by_the_fullest() -> None:
    entity = merged(
        member("a", foundingDate={"@value": "2003", "@type": "xsd:gYear"}),
        member("b", foundingDate="2003-05-01"),
        member("c", foundingDate={"@value": "2003-05", "@type": "xsd:gYearMonth"}),
    )
    assert entity.document["foundingDate"] == "2003-05-01"
    assert decision(entity, "foundingDate").rule == "most_complete"


def test_what_no_rule_settles_goes_by_record_id() -> None:
    entity = merged(member("b", name={"de": "Eins"}), member("a", name={"de": "Zwei"}))
    assert entity.document["name"] == {"de": "Zwei"}
    assert decision(entity, "name", "de").rule == "first_record"


def test_every_rule_has_an_example_here() -> None:
    assert set(RULES) == {"trusted", "newest", "most_complete"}


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("", "1999-01-01"),
        ("2026-11-01", "2026-11-02"),
        ("2026-11-01", "2026-11-01T06:00:00Z"),
        ("2026-11-02T00:30:00+02:00", "2026-11-01T23:30:00Z"),  # one hour later, not earlier
        ("2026-11-01T12:00:00+01:00", "2026-11-01T12:00:00Z"),
        ("2026-11-01T12:00:00Z", "2026-11-01T12:00:00.5Z"),
        ("gestern", "1999-01-01"),
    ],
)
def test_times_are_compared_as_moments(older: str, newer: str) -> None:
    for first, second in itertools.permutations(("a", "b")):
        entity = merged(
            member(first, modified=older, status="inactive"),
            member(second, modified=newer, status="active"),
        )
        assert entity.document["status"] == "active"
        assert decision(entity, "status").rule == "newest"


def test_length_counts_letters_and_neither_bytes_nor_white_space() -> None:
    entity = merged(
        member("a", name={"de": "äöüß"}),
        member("b", name={"de": "Werke"}),
        member("c", name={"de": "a      b"}),
        member("d", name={"de": '""""'}),
    )
    assert entity.document["name"] == {"de": "Werke"}


def test_the_rule_named_is_the_one_that_told_the_values_apart() -> None:
    """Two spellings of the winning address do not make a later rule the reason."""
    entity = merged(
        member("a", 60, "2020-01-01", homepage="https://eins.example/"),
        member("b", 60, "2026-01-01", homepage="http://eins.example"),
        member("c", 50, "2026-11-01", homepage="https://zwei.example/"),
    )
    found = decision(entity, "homepage")
    assert (found.rule, found.won_by) == ("trusted", ("a", "b"))
    assert entity.document["homepage"] == "http://eins.example"  # of these the newer


# -- what counts as the same ------------------------------------------------------------------


def test_claims_that_say_the_same_need_no_decision() -> None:
    entity = merged(
        member("a", 40, name={"de": "Werkhof  e. V."}, homepage="http://Werkhof.example"),
        member("b", 60, name={"de": "Werkhof e.\u00a0V."}, homepage="https://werkhof.example/"),
    )
    assert entity.decisions == ()
    assert entity.document["homepage"] == "https://werkhof.example/"
    assert entity.document["name"] == {"de": "Werkhof e.\u00a0V."}


@pytest.mark.parametrize(
    "other", ["http://werkhof.example", "https://WERKHOF.example/?", "https://werkhof.example/#"]
)
def test_spellings_of_one_address_are_one_value(other: str) -> None:
    entity = merged(member("a", homepage="https://werkhof.example/"), member("b", homepage=other))
    assert entity.decisions == ()


@pytest.mark.parametrize(
    "other",
    ["https://werkhof.example/a", "https://werkhof.example/?b", "https://werkhof.example/#c"],
)
def test_other_pages_of_one_site_are_other_values(other: str) -> None:
    entity = merged(member("a", homepage="https://werkhof.example/"), member("b", homepage=other))
    assert len(decision(entity, "homepage").lost) == 1


@pytest.mark.parametrize("odd", ["http://a\u2100b.example/", "http://[", "https://[::1", "http:"])
def test_an_address_that_no_parser_takes_stops_nothing(odd: str) -> None:
    """urlsplit raises on these; one hub's value must not stop a release."""
    entity = merged(
        member("a", homepage=odd, alternateName={"de": [odd]}, sameAs=[odd], topic=[odd]),
        member("b", homepage="https://b.example/", language=[odd]),
    )
    assert odd in (entity.document["homepage"], decision(entity, "homepage").lost[0].value)
    assert entity.document["sameAs"] == entity.document["language"] == [odd]


# -- languages --------------------------------------------------------------------------------


def test_each_language_is_decided_for_itself() -> None:
    entity = merged(
        member("a", 60, name={"de": "Werkhof"}, description={"en": "A workshop"}),
        member("b", 40, name={"de": "Der Werkhof", "en": "Work yard"}),
        member("c", 30, name={"en": "Yard"}),
    )
    assert entity.document["name"] == {"de": "Werkhof", "en": "Work yard"}
    assert {(d.language, d.won_by) for d in entity.decisions} == {("de", ("a",)), ("en", ("b",))}


def test_a_text_without_language_gives_way_to_the_same_text_with_one() -> None:
    entity = merged(
        member("a", name={"und": "Werk  hof"}, alternateName={"und": ["WH", "Hof"]}),
        member("b", name={"de": "Werk hof"}, alternateName={"de": ["WH"]}),
    )
    assert entity.document["name"] == {"de": "Werk hof"}
    assert entity.document["alternateName"] == {"de": ["WH"], "und": ["Hof"]}
    assert entity.decisions == ()


def test_another_text_without_language_stays() -> None:
    entity = merged(member("a", name={"und": "Werkhof"}), member("b", name={"de": "Hof"}))
    assert entity.document["name"] == {"de": "Hof", "und": "Werkhof"}


# -- lists ------------------------------------------------------------------------------------


def test_lists_are_united_and_each_value_occurs_once() -> None:
    entity = merged(
        member("a", topic=["care", "work"], sameAs=["http://www.wikidata.org/entity/Q1"]),
        member("b", topic=["work", "rural-areas"], sameAs=["https://www.wikidata.org/entity/Q1/"]),
        member("c", partOf=["/id/x", {"name": {"de": "Bund"}}]),
        member("d", partOf=["/id/x", {"name": {"de": "Bund"}}, "/id/y"]),
    )
    assert entity.document["topic"] == ["care", "rural-areas", "work"]
    assert entity.document["sameAs"] == ["http://www.wikidata.org/entity/Q1"]
    assert entity.document["partOf"] == ["/id/x", "/id/y", {"name": {"de": "Bund"}}]
    assert entity.decisions == ()


def test_of_addresses_one_hubs_whole_list_wins() -> None:
    """Two hubs' addresses are rather one house that moved than two houses."""
    old, new, second = (
        {"type": "Address", "postCode": code, "adminUnitL1": "DE"}
        for code in ("02943", "02826", "01067")
    )
    entity = merged(
        member("a", modified="2019-01-01", address=[old]),
        member("b", modified="2026-01-01", address=[new, second]),
        member("c", modified="2018-01-01", address=[second, new]),
    )
    assert [one["postCode"] for one in entity.document["address"]] == ["01067", "02826"]
    found = decision(entity, "address")
    assert (found.rule, found.won_by) == ("newest", ("b", "c"))
    assert [(claim.record_id, claim.value) for claim in found.lost] == [("a", [old])]


def test_of_places_of_an_event_one_hubs_list_wins_too() -> None:
    said = [
        canonical({"type": "Event", "location": [{"type": "Place", "name": {"de": name}}]})
        for name in ("Rathaus", "Werkhof")
    ]
    entity = merge(
        "entity",
        "event",
        [
            Member(record_id=record_id, priority=priority, modified="", document=one)
            for record_id, priority, one in zip("ab", (40, 60), said, strict=True)
        ],
    )
    assert entity.document["location"] == said[1]["location"]
    assert decision(entity, "location").lost[0].value == said[0]["location"]


def test_classes_are_united() -> None:
    plain, more = member("a", name={"de": "x"}), member("b", name={"de": "x"})
    more.document["type"] = ["Actor", "org:FormalOrganization"]
    assert merged(plain, more).document["type"] == ["Actor", "org:FormalOrganization"]


# -- properties of any cluster ----------------------------------------------------------------


ODD: dict[Range, list[Any]] = {
    Range.TEXT: ["Werkhof", "Werk  hof", "Werk hof", "http://["],
    Range.STRING: ["de", "hsb", "de  x"],
    Range.IRI: ["http://a.example", "https://A.example/", "https://a.example/b", "http://["],
    Range.DATE: ["2003-05-01", {"@value": "2003", "@type": "xsd:gYear"}],
    Range.DATETIME: ["2026-11-01T09:00:00+01:00", "2026-11-01T08:00:00Z"],
    Range.BOOLEAN: [True, False],
    Range.CONCEPT: ["other-thing", "http://metadata.un.org/sdg/1", "https://metadata.un.org/sdg/1"],
    Range.REFERENCE: ["/id/x", "https://a.example", "http://a.example/", {"name": {"de": "N"}}],
}
"""Values that are easily taken for each other, or for something else."""


def _values(kind: Kind, prop: Property) -> list[Any]:
    """What the examples say, and the odd ones, each as a canonical document holds it."""
    odd = ODD.get(prop.range, [])
    several: list[Any] = [odd[:1], odd[1:3], odd[2:]] if prop.many else odd
    if prop.range is Range.TEXT:
        several = [{"de": one, "und": other} for one in several for other in several]
        several += [{"und": one["und"]} for one in several]
    said = [one[prop.name] for one in examples(kind).values() if prop.name in one]
    held = [canonical({"type": kind.title(), prop.name: one}) for one in (*said, *several)]
    return [document[prop.name] for document in held if prop.name in document]


@cache
def _records(kind: Kind) -> SearchStrategy[Document]:
    values = {name: _values(kind, prop) for name, prop in properties_of(kind).items()}
    assert all(values.values()), "a property without a value to test with"
    said = {name: st.sampled_from(several) for name, several in values.items()}
    types = st.sampled_from([kind.title(), [kind.title(), "schema:NGO"]])
    return st.fixed_dictionaries({"type": types}, optional=said)


@st.composite
def clusters(draw: DrawFn) -> tuple[Kind, list[Member]]:
    """Records of one kind that agree here and differ there, as records of one thing do."""
    kind = draw(st.sampled_from(KINDS))
    return kind, [
        Member(
            record_id=record_id,
            priority=draw(st.sampled_from([40, 50])),
            modified=draw(st.sampled_from(["", "2026-11-01", "2026-11-01T09:00:00+01:00"])),
            document=draw(_records(kind)),
        )
        for record_id in "abcd"[: draw(st.integers(1, 4))]
    ]


@given(clusters(), st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_the_order_of_records_does_not_matter(
    cluster: tuple[Kind, list[Member]], chance: random.Random
) -> None:
    kind, members = cluster
    shuffled = [*members, *members]
    chance.shuffle(shuffled)
    assert merge("e", kind, shuffled) == merge("e", kind, members)


@given(clusters())
@settings(max_examples=150)
def test_what_was_merged_merges_to_itself(cluster: tuple[Kind, list[Member]]) -> None:
    kind, members = cluster
    once = merge("e", kind, members)
    again = merge(
        "e", kind, [Member(record_id="r", priority=1, modified="", document=once.document)]
    )
    assert again.document == once.document
    assert again.decisions == ()


@given(clusters())
@settings(deadline=None)
def test_what_is_merged_is_canonical(cluster: tuple[Kind, list[Member]]) -> None:
    kind, members = cluster
    merged = merge("e", kind, members).document
    assert canonical(merged) == merged
    assert list(canonical(merged)) == list(merged)


@given(clusters())
@settings(max_examples=150)
def test_nothing_that_a_record_says_is_lost(cluster: tuple[Kind, list[Member]]) -> None:
    kind, members = cluster
    entity = merge("e", kind, members)
    for one, prop, language, value in _claims(kind, members):
        published = [
            shown
            for tag, shown in _published(prop, entity.document)
            if tag == language or language == "und"
        ]
        lost = [
            claim.value
            for made in entity.decisions
            if (made.property, made.language) == (prop.name, language)
            for claim in made.lost
            if claim.record_id == one.record_id
        ]
        assert any(_alike(value, other) for other in (*published, *lost)), (prop.name, value)


@given(clusters())
@settings(max_examples=150)
def test_every_record_that_speaks_either_wins_or_loses(
    cluster: tuple[Kind, list[Member]],
) -> None:
    kind, members = cluster
    for made in merge("e", kind, members).decisions:
        won, lost = set(made.won_by), {claim.record_id for claim in made.lost}
        spoke = {
            one.record_id
            for one, prop, language, _ in _claims(kind, members)
            if (prop.name, language) == (made.property, made.language)
        }
        assert won
        assert lost
        assert not won & lost
        assert won | lost == spoke
        assert made.rule in (*RULES, "first_record")


def _claims(
    kind: Kind, members: list[Member]
) -> Iterator[tuple[Member, Property, str | None, Any]]:
    """(record, property, language, value); of united lists each value by itself."""
    for one in members:
        for prop in properties_of(kind).values():
            for language, value in _published(prop, one.document):
                yield one, prop, language, value


def _published(prop: Property, document: Document) -> list[tuple[str | None, Any]]:
    value = document.get(prop.name)
    if value is None:
        return []
    said = list(value.items()) if prop.range is Range.TEXT else [(None, value)]
    if prop.many and prop.name not in WHOLE:
        return [(language, one) for language, several in said for one in several]
    return said


def _alike(one: Any, other: Any) -> bool:
    """Equal but for white space, or two spellings of one web address."""
    if not isinstance(one, str) or not isinstance(other, str):
        return bool(one == other)
    plain = [re.sub(r"^https?:", "", " ".join(text.split())) for text in (one, other)]
    return plain[0].replace("/", "").casefold() == plain[1].replace("/", "").casefold()
