"""The search projection: found as people type, filtered, counted, one release per answer."""

from collections import Counter
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from random import Random

import pytest

from registry.project.search import ListQuery, SearchIndex, SearchWriter, index_document

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def resource(name: str, *, hub: str = "eins", said: tuple[str, ...] = (), **merged: object) -> dict:
    document = {"type": "Actor", "name": {"de": name}, **merged}
    records = [
        {
            "id": f"r{n}",
            "hub": hub if n == 0 else "drei",
            "licence": "unknown",
            "document": {"type": "Actor", "name": {"de": other}},
        }
        for n, other in enumerate((name, *said))
    ]
    lost = [{"record_id": f"r{n}", "value": other} for n, other in enumerate(said, start=1)]
    decision = {"property": "name", "language": "de", "won_by": ["r0"], "lost": lost}
    return {
        "merged": document,
        "records": records,
        "decisions": [{**decision, "rule": "trusted"}] if said else [],
        "completeness": 0.5,
    }


def address(town: str, **more: str) -> list[dict]:
    return [{"type": "Address", "postName": town, **more}]


ENTITIES = [
    (
        "a1",
        "actor",
        resource(
            "Werkhof Neißebogen e. V.",
            topic=["rural-areas"],
            address=address(
                "Weißwasser", thoroughfare="Musterstraße", locatorDesignator="12a", postCode="02943"
            ),
            geometry={"type": "Geometry", "asWKT": "POINT(14.63 51.5)"},
            makesOffer=[{"type": "Offer", "name": {"de": "Werkbank"}}],
        ),
    ),
    (
        "a2",
        "actor",
        resource(
            "Fahrradselbsthilfewerkstatt Musterviertel",
            actorType=["civil-society-initiative"],
            topic=["rural-areas", "mobility"],
            hub="zwei",
        ),
    ),
    ("a3", "actor", resource("Müller Stiftung", said=("Muellersche Stiftung Beispielstadt",))),
    ("a4", "actor", resource("Běła Woda Kulturverein Łužica")),
    (
        "a5",
        "actor",
        resource(
            "Repair-Café am Markt",
            address=address("Beispielstadt", fullAddress="Alte Str. 7, 01234 Beispielstadt"),
        ),
    ),
    ("a6", "actor", resource("Der Batzentauschring")),
    ("a7", "actor", resource("Netz 1234")),
    ("p1", "project", resource("Dorfmobil Beispieltal", carriedBy=["/id/a1"])),
    ("e1", "event", resource("Dialog im Herbst", startDate="2026-12-01T17:00:00+01:00")),
    ("e2", "event", resource("Dialog im Sommer", startDate="2026-06-01T17:00:00+02:00")),
    (
        "e3",
        "event",
        resource("Dialog heute", startDate={"@value": "2026-11-22", "@type": "xsd:date"}),
    ),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    writer = SearchWriter(tmp_path)
    writer.rebuild((index_document(*entity, 1) for entity in ENTITIES), 1)
    writer.close()
    return tmp_path


def ids(folder: Path, text: str = "", kind: str | None = "actor", **more: object) -> list[str]:
    query = ListQuery(kind=kind, text=text, now=NOW, **more)
    return [hit.id for hit in SearchIndex(folder).search(query).hits]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("werkhof", "a1"),
        ("WERKHOF neissebogen", "a1"),
        ("Werkhof Neißebogen e.V.", "a1"),
        ("weisswasser", "a1"),
        ("werkstatt", "a2"),  # part of a compound
        ("selbsthilfe", "a2"),
        ("mueller", "a3"),
        ("muller", "a3"),
        ("Müllersche", "a3"),  # a spelling that lost the merge
        ("bela woda", "a4"),
        ("luzica", "a4"),
        ("werkhoff", "a1"),  # one slip of the finger
        ("Ländlicher Raum", "a1"),  # the label of a topic
        ("02943", "a1"),
        ("02943 Weißwasser", "a1"),
        ("Musterstraße 12a", "a1"),
        ("musterstr. 12a", "a1"),
        ("Muster Straße", "a1"),
        ("01234", "a5"),  # said in one line
        ("alte straße", "a5"),
        ("altestraße", "a5"),
        ("Werkhof in der Musterstraße", "a1"),  # function words are left aside
        ("the repair café near Beispielstadt", "a5"),
        ("repaircafe", "a5"),  # joined here, apart there
        ("repair cafe", "a5"),
        ("batzen tauschring", "a6"),  # the other way round
        ("der", "a6"),  # a function word alone
    ],
)
def test_words_find_what_people_mean(folder: Path, text: str, found: str) -> None:
    assert found in ids(folder, text)


@pytest.mark.parametrize(
    "text",
    [
        "xylophon",
        "werkhof xylophon",
        "in xylophon",
        "02944",
        "12340",
        "12a3",
        "...",
        "\x00",
        "name:werkhof AND kind:_release",
    ],
)
def test_what_nobody_is_called_finds_nothing(folder: Path, text: str) -> None:
    assert ids(folder, text, kind=None) == []


def test_a_name_ranks_above_a_mention(folder: Path) -> None:
    writer = SearchWriter(folder)
    mention = resource("Anderer Hof", description={"de": "wie der Werkhof"})
    writer.apply(["a9"], [index_document("a9", "actor", mention, 2)], 2)
    writer.close()
    assert ids(folder, "werkhof") == ["a1", "a9"]


def test_filters_narrow_and_alternatives_widen(folder: Path) -> None:
    assert set(ids(folder, topics=("rural-areas",))) == {"a1", "a2"}
    assert ids(folder, topics=("rural-areas",), hubs=("zwei",)) == ["a2"]
    assert set(ids(folder, hubs=("eins", "zwei"))) == {f"a{n}" for n in range(1, 8)}
    assert ids(folder, types=("civil-society-initiative",)) == ["a2"]
    assert ids(folder, places=("Weißwasser",)) == ["a1"]
    assert ids(folder, offers=True) == ["a1"]
    assert ids(folder, seeks=True) == []
    assert ids(folder, bbox=(14.0, 51.0, 15.0, 52.0)) == ["a1"]
    assert ids(folder, bbox=(12.0, 51.0, 13.0, 52.0)) == []
    assert ids(folder, kind="project", refers_to=(("carriedBy", "a1"),)) == ["p1"]


def test_facets_count_the_alternatives_of_a_chosen_filter(folder: Path) -> None:
    result = SearchIndex(folder).search(ListQuery(kind="actor", now=NOW, topics=("mobility",)))
    assert result.total == 1
    assert dict(result.facets["topic"]) == {"rural-areas": 2, "mobility": 1}
    assert dict(result.facets["hub"]) == {"zwei": 1}


SAXONY = (11.0, 50.0, 16.0, 52.0)
FIELDS = {"type": "types", "topic": "topics", "place": "places", "hub": "hubs", "flag": "flags"}
SPELT = {
    "types": ("network", "https://example.org/art/1?a=(b)"),
    "topics": ("mobility", 'a" OR kind:"project', "back\\slash", "AND"),
    "places": ('Bad "Quelle"', 'Ort\\" OR *', "C:\\", "[Görlitz TO *]", "Zittau~2"),
    "hubs": ("eins", "zwei"),
    "flags": ("offers", "seeks"),
}


def made_up(number: int) -> dict:
    """One entity as a plain count sees it."""
    chance = Random(number)  # noqa: S311 - no secret
    said = {name: set(chance.sample(values, 1)) for name, values in SPELT.items()}
    said["topics"] |= set(chance.sample(SPELT["topics"], 1))
    said["flags"] = set(chance.sample(SPELT["flags"], chance.randrange(3)))
    return said | {
        "kind": chance.choice(("actor", "actor", "project")),
        "word": chance.choice(("Werkhof", "Dorfladen")),
        "is_in_saxony": chance.random() < 0.5,
    }


def indexed(number: int, said: dict) -> tuple:
    place = "POINT(14 51)" if said["is_in_saxony"] else "POINT(8 51)"
    [hub], [town] = said["hubs"], said["places"]
    offers = {"makesOffer": [{"type": "Offer"}]} if "offers" in said["flags"] else {}
    seeks = {"seeks": [{"type": "Demand"}]} if "seeks" in said["flags"] else {}
    document = resource(
        f"{said['word']} {number}",
        hub=hub,
        actorType=sorted(said["types"]),
        topic=sorted(said["topics"]),
        address=address(town),
        geometry={"type": "Geometry", "asWKT": place},
        **offers,
        **seeks,
    )
    return f"n{number}", said["kind"], document


def fits(said: dict, asked: dict, *, but: str = "") -> bool:
    """Whether an entity is in the list, its facet `but` left aside."""
    several = ("types", "topics", "places", "hubs")
    return (
        said["kind"] == asked["kind"]
        and asked["text"] in said["word"]
        and (not asked["bbox"] or said["is_in_saxony"])
        and all(name == but or not asked[name] or said[name] & {*asked[name]} for name in several)
        and (but == "flags" or all(flag in said["flags"] for flag in SPELT["flags"] if asked[flag]))
    )


def test_facets_are_what_a_plain_count_finds_however_values_are_spelt(tmp_path: Path) -> None:
    everything = [made_up(number) for number in range(300)]
    writer = SearchWriter(tmp_path)
    writer.rebuild((index_document(*indexed(n, one), 1) for n, one in enumerate(everything)), 1)
    writer.close()
    index = SearchIndex(tmp_path)
    places = [(), *((place,) for place in SPELT["places"]), SPELT["places"][:3], ('Bad "Quelle',)]
    topics = [(), *((topic,) for topic in SPELT["topics"]), SPELT["topics"][1:3]]
    rest = product(
        ("", "Werkhof", "laden"), places, topics, ((), SPELT["types"][1:]), (None, SAXONY)
    )
    for number, (text, place, topic, type_, bbox) in enumerate(rest):
        asked = {
            "kind": "actor", "text": text, "places": place, "topics": topic, "types": type_,
            "bbox": bbox, "hubs": ("zwei",) * (number % 3 == 0),
            "offers": number % 5 == 0, "seeks": number % 7 == 0,
        }  # fmt: skip
        found = index.search(ListQuery(now=NOW, size=300, **asked))
        assert {hit.id for hit in found.hits} == {
            f"n{n}" for n, one in enumerate(everything) if fits(one, asked)
        }
        assert found.total == len(found.hits)
        assert {facet: dict(counts) for facet, counts in found.facets.items()} == {
            facet: Counter(
                value for one in everything if fits(one, asked, but=name) for value in one[name]
            )
            for facet, name in FIELDS.items()
        }
        words = Counter(one["kind"] for one in everything if text in one["word"])
        assert found.kinds == (words if text else {})


def test_a_town_in_other_capitals_is_the_same_town(tmp_path: Path) -> None:
    spelt = ("Beispielstadt", "beispielstadt", "BEISPIELSTADT", "Beispielstadt", "Beispieltal")
    writer = SearchWriter(tmp_path)
    made = [resource("Verein", address=address(town)) for town in spelt]
    writer.rebuild((index_document(f"b{n}", "actor", one, 1) for n, one in enumerate(made)), 1)
    writer.close()
    facets = SearchIndex(tmp_path).search(ListQuery(kind="actor", now=NOW)).facets
    assert facets["place"] == [("Beispielstadt", 4), ("Beispieltal", 1)]
    assert set(ids(tmp_path, places=("beispielSTADT",))) == {"b0", "b1", "b2", "b3"}


GEOCODING = "http://dcat-ap.de/def/politicalGeocoding"


@pytest.fixture
def placed(tmp_path: Path) -> Path:
    """An index of actors of which the places are known, or a town and country alone."""
    said: dict[str, dict[str, object]] = {
        "weisswasser": {
            "place": [f"{GEOCODING}/regionalKey/146265242600"],
            "address": address("Weißwasser/O.L."),
        },
        "goerlitz": {"place": [f"{GEOCODING}/municipalityKey/14626110"]},
        "district": {"place": [f"{GEOCODING}/districtKey/14626"]},
        "kamenz": {"place": [f"{GEOCODING}/regionalKey/146250250250"]},
        "saxony": {"place": ["http://data.europa.eu/nuts/code/DED"]},
        "prague": {"place": ["http://data.europa.eu/nuts/code/CZ010"]},
        "leeds": {"address": [{"type": "Address", "postName": "Leeds", "adminUnitL1": "GB"}]},
        "berlin": {"address": address("Berlin")},
    }
    writer = SearchWriter(tmp_path)
    made = ((name, resource(name, **more)) for name, more in said.items())
    writer.rebuild((index_document(name, "actor", one, 1) for name, one in made), 1)
    writer.close()
    return tmp_path


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("146265242600", {"weisswasser"}),
        ("14626", {"weisswasser", "goerlitz", "district"}),
        ("14", {"weisswasser", "goerlitz", "district", "kamenz", "saxony"}),
        ("CZ010", {"prague"}),
        ("CZ", {"prague"}),
        ("GB", {"leeds"}),
        ("Leeds", {"leeds"}),
        ("weisswasser/o.l.", {"weisswasser"}),
        ("14625", {"kamenz"}),
        ("14612", set()),
    ],
)
def test_a_place_holds_what_lies_in_it(placed: Path, place: str, expected: set[str]) -> None:
    assert set(ids(placed, places=(place,))) == expected


def test_places_are_counted_at_every_height_and_towns_that_are_no_known_place(placed: Path) -> None:
    facets = SearchIndex(placed).search(ListQuery(kind="actor", now=NOW)).facets
    assert dict(facets["place"]) == {
        "DE": 5, "14": 5, "14626": 3, "14625": 1, "146265242600": 1, "146260110110": 1,
        "146250250250": 1, "CZ": 1, "CZ010": 1, "GB": 1, "Leeds": 1, "Berlin": 1,
    }  # fmt: skip


def test_a_hub_finds_the_entities_in_which_another_one_s_value_holds(folder: Path) -> None:
    assert ids(folder, kind=None, outvoted="drei") == ["a3"]
    assert ids(folder, kind=None, outvoted="eins") == []


def test_what_is_on_today_is_still_to_come(folder: Path) -> None:
    assert ids(folder, kind="event", when="upcoming") == ["e3", "e1"]
    assert ids(folder, kind="event", when="past") == ["e2"]


def test_an_event_in_the_last_hour_of_all_does_no_harm(folder: Path) -> None:
    writer = SearchWriter(folder)
    last = resource("Ende", startDate="9999-12-31T23:30:00+00:00")
    writer.apply(["e9"], [index_document("e9", "event", last, 2)], 2)
    writer.close()
    assert ids(folder, kind="event", when="upcoming")[-1] == "e9"


def test_pages_follow_each_other_and_names_sort(folder: Path) -> None:
    pages = [ids(folder, page=page, size=3) for page in (1, 2, 3, 4)]
    assert pages == [["a4", "a6", "a2"], ["a3", "a7", "a5"], ["a1"], []]


def test_a_reader_sees_the_last_release_or_the_next(folder: Path) -> None:
    index = SearchIndex(folder)
    assert index.release() == 1
    writer = SearchWriter(folder)
    with pytest.raises(ZeroDivisionError):
        writer.apply(["a1"], (1 / 0 for _ in range(1)), 2)
    assert (index.release(), index.counts()) == (1, {"actor": 7, "project": 1, "event": 3})
    writer.apply(["a1", "a2"], [index_document("a2", "actor", resource("Neuer Name"), 2)], 2)
    writer.close()
    assert (index.release(), index.counts()) == (2, {"actor": 6, "project": 1, "event": 3})
    assert [
        hit.id for hit in index.iterate(ListQuery(kind="actor", now=NOW, text="neuer name"))
    ] == ["a2"]


def test_a_name_of_a_megabyte_does_no_harm(folder: Path) -> None:
    writer = SearchWriter(folder)
    writer.apply(["a8"], [index_document("a8", "actor", resource("x" * 1_000_000), 2)], 2)
    writer.close()
    assert "a8" in ids(folder)


def test_a_commit_that_was_killed_halfway_is_made_again(folder: Path) -> None:
    """Its files are there, but the one that names them is still the old one."""
    [named] = folder.glob("*/meta.json")
    before = named.read_bytes()
    changed = index_document("a1", "actor", resource("Werkhof, umbenannt"), 2)
    writer = SearchWriter(folder)
    writer.apply(["a1"], [changed], 2)
    writer.close()
    named.write_bytes(before)
    assert SearchIndex(folder).release() == 1
    writer = SearchWriter(folder)
    writer.apply(["a1"], [changed], 2)
    writer.close()
    assert SearchIndex(folder).release() == 2
    assert ids(folder, "umbenannt") == ["a1"]
