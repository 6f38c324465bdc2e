"""check: what is odd about well-formed documents, and how complete they are."""

from datetime import date

import pytest

from schemas.check import check, completeness
from tests.schemas.samples import bare, full
from vocab.properties import KINDS, properties_of

TODAY = date(2026, 6, 1)


def odd(kind, **changes):
    """(rule, path) of what is odd about a full document after some changes."""
    document = {k: v for k, v in (full(kind) | changes).items() if v is not None}
    return {(f.rule, f.path) for f in check(document, kind, today=TODAY)}


def geometry(wkt):
    return {"type": "Geometry", "asWKT": wkt}


def nested(depth):
    return {"a": nested(depth - 1)} if depth else {}


def year(text):
    return {"@value": text, "@type": "xsd:gYear"}


def at(country):
    return {"type": "Address", "postName": "Musterstadt", "adminUnitL1": country}


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_document_that_makes_sense_has_no_findings(kind):
    span = {"actor": {"dissolutionDate": None}, "event": {"endDate": "2021-10-07T19:00:00+02:00"}}
    assert odd(kind, **span.get(kind, {})) == set()


@pytest.mark.parametrize(
    ("kind", "changes", "finding"),
    [
        ("event", {"endDate": "2021-10-07T16:59:59+02:00"}, ("dates.reversed", "/endDate")),
        # 17:00 in summer is 15:00 UTC: this end is earlier by the clock face only.
        ("event", {"endDate": "2021-10-07T15:30:00+00:00"}, None),
        ("event", {"endDate": {"@value": "2021-10-07", "@type": "xsd:date"}}, None),
        (
            "event",
            {"endDate": {"@value": "2021-10-06", "@type": "xsd:date"}},
            ("dates.reversed", "/endDate"),
        ),
        ("project", {"starts": "2020-03-01", "ends": "2020-02-29"}, ("dates.reversed", "/ends")),
        ("project", {"starts": "2020-03-01", "ends": year("2020")}, None),
        ("project", {"starts": "2020-03-01", "ends": year("2019")}, ("dates.reversed", "/ends")),
        (
            "actor",
            {"foundingDate": "2003-05-01", "dissolutionDate": "2003-04-30", "status": "inactive"},
            ("dates.reversed", "/dissolutionDate"),
        ),
        (
            "actor",
            {"foundingDate": "2026-06-02", "dissolutionDate": None},
            ("dates.future-founding", "/foundingDate"),
        ),
        ("actor", {"foundingDate": "2026-06-01", "dissolutionDate": None}, None),
        (
            "actor",
            {"foundingDate": year("0799"), "dissolutionDate": None},
            ("dates.implausible", "/foundingDate"),
        ),
        ("actor", {"foundingDate": year("0968"), "dissolutionDate": None}, None),
        ("project", {"ends": year("2999")}, ("dates.implausible", "/ends")),
        (
            "actor",
            {"status": "active", "dissolutionDate": "2020-01-01"},
            ("status.dissolved", "/dissolutionDate"),
        ),
        ("actor", {"status": "inactive", "dissolutionDate": "2020-01-01"}, None),
        ("actor", {"geometry": geometry("POINT(0 0.0)")}, ("coordinates.zero", "/geometry/asWKT")),
        (
            "actor",
            {"geometry": geometry("POINT(51.5 14.6)")},
            ("coordinates.swapped", "/geometry/asWKT"),
        ),
        (
            "actor",
            {"geometry": geometry("POINT(-74 40.7)")},
            ("coordinates.outside-europe", "/geometry/asWKT"),
        ),
        ("actor", {"geometry": geometry("POINT(-31.2 39.5)"), "address": [at("PT")]}, None),
        ("actor", {"geometry": geometry("POINT(15.2 51.5)"), "address": [at("DE")]}, None),
        ("actor", {"geometry": geometry("POINT(15.9 51.5)"), "address": None}, None),
        (
            "actor",
            {"geometry": geometry("POINT(15.9 51.5)"), "address": [at("DE")]},
            ("coordinates.country", "/geometry/asWKT"),
        ),
        (
            "actor",
            {"geometry": geometry("POINT(15.9 51.5)"), "address": [at("DE"), at("PL")]},
            None,
        ),
        (
            "actor",  # both lie in Europe, and only one of them on Cyprus
            {"geometry": geometry("POINT(35.1 33.4)"), "address": [at("CY")]},
            ("coordinates.swapped", "/geometry/asWKT"),
        ),
        ("actor", {"name": {"de": "Test 2"}}, ("record.trial", "/name")),
        ("actor", {"name": {"de": "Testeintrag!"}}, ("record.trial", "/name")),
        ("actor", {"name": {"de": "Testberatung"}}, None),
        ("actor", {"name": {"de": "Xxx e. V."}}, None),
        (
            "actor",
            {"description": {"en": "Lorem ipsum dolor sit amet"}},
            ("record.trial", "/description"),
        ),
    ],
)
def test_dates_and_coordinates_that_contradict_the_world(kind, changes, finding):
    defaults = {"actor": {"dissolutionDate": None}, "event": {"endDate": None}}
    found = odd(kind, **(defaults.get(kind, {}) | changes))
    assert {f for f in found if f[0] != "property.missing"} == ({finding} if finding else set())


@pytest.mark.parametrize(
    ("postcode", "country", "is_odd"),
    [
        ("02943", "DE", False),
        ("2943", "DE", True),
        ("00123", "DE", True),
        ("59-900", "PL", False),
        ("59900", "PL", True),
        ("460 01", "CZ", False),
        ("46001", "CZ", False),
        ("SW1A 1AA", "GB", False),
        ("2943", None, False),
    ],
)
def test_a_postcode_has_the_form_of_its_country(postcode, country, is_odd):
    address = {"type": "Address", "postCode": postcode}
    address |= {"adminUnitL1": country} if country else {}
    for kind, changes, path in (
        ("actor", {"address": [address], "dissolutionDate": None}, "/address/0/postCode"),
        (
            "event",
            {"location": [{"type": "Place", "name": {"de": "Saal"}, "address": [address]}],
             "endDate": None},
            "/location/0/address/0/postCode",
        ),
    ):  # fmt: skip
        assert (("postcode.country", path) in odd(kind, **changes)) == is_odd


def test_a_reference_to_oneself_is_odd():
    own = bare("actor")["id"]
    found = odd("actor", partOf=["https://hub.example/2", own], memberOf=[{"id": own}])
    assert {("reference.self", "/partOf/1"), ("reference.self", "/memberOf/0")} <= found


def missing(document, kind):
    return {f.path for f in check(document, kind, today=TODAY) if f.rule == "property.missing"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_bare_document_lacks_what_is_mandatory_or_recommended(kind):
    """The table's M and R, less the name, which is there, and place and address, which are one."""
    levels = {name: p.level_for(kind) for name, p in properties_of(kind).items()}
    wanted = {f"/{n}" for n, level in levels.items() if level in "MR"}
    assert missing(bare(kind), kind) == wanted - {"/name", "/place", "/address"}
    assert ("place.missing", "/place") in {(f.rule, f.path) for f in check(bare(kind), kind)}


def test_what_a_nested_node_lacks_is_reported_at_the_node():
    document = bare("event") | {"location": [{"type": "Place", "url": "https://saal.example/"}]}
    assert "/location/0/name" in missing(document, "event")


@pytest.mark.parametrize("kind", KINDS)
def test_completeness_goes_from_the_name_alone_to_one(kind):
    levels = [p.level_for(kind) for n, p in properties_of(kind).items()
              if n not in ("place", "address")]  # fmt: skip
    total = 2 * levels.count("M") + levels.count("R") + 1
    assert completeness(bare(kind), kind) == pytest.approx(2 / total)
    assert completeness(full(kind), kind) == 1.0


@pytest.mark.parametrize("kind", KINDS)
def test_a_place_or_an_address_counts_once(kind):
    both = full(kind)
    without_place = {k: v for k, v in both.items() if k != "place"}
    without_address = {k: v for k, v in both.items() if k != "address"}
    assert completeness(without_place, kind) == completeness(without_address, kind) == 1.0
    without_both = {
        k: v for k, v in both.items() if k not in ("place", "address", "location", "topic")
    }
    with_one = without_both | {"place": both["place"]}
    assert completeness(without_both, kind) < completeness(with_one, kind) < 1.0


def test_an_optional_property_does_not_count():
    one, other = bare("actor"), bare("actor") | {"legalName": {"de": "Beispiel e. V."}}
    assert completeness(one, "actor") == completeness(other, "actor")


def test_all_faults_of_a_document_are_told_at_once_and_what_is_sound_is_still_judged():
    document = bare("actor") | {
        "homepage": "www.verein.example",
        "foundingDate": "2999-01-01",
        "topic": ["unsinn"],
    }
    found = {f.rule: f for f in check(document, "actor", today=TODAY)}
    assert {"iri.scheme", "concept.unknown", "dates.future-founding", "place.missing"} <= set(found)
    assert "/homepage" not in missing(document, "actor")


@pytest.mark.parametrize(
    "hostile",
    [
        [],
        "x",
        None,
        {"type": "Actor", "name": {"de": "\ud800"}},
        {"type": "Actor", "name": {"de": "x"}, "location": 3, "address": {"type": []}},
        {"type": {"a": []}, "name": [[[]]], "geometry": [None], "identifier": [{"type": ["x"]}]},
        bare("actor") | {f"feld{n}": n for n in range(10_000)},
        bare("actor") | {"alternateName": {"de": ["x\x00"] * 10_000}},
        bare("actor") | {"topic": ["unsinn"] * 10_000},
        bare("actor") | {"topic": ["x" * 1_000_000]},
        bare("actor") | {"topic": ["unsinn"] * 100 + [3] * 100, "foundingDate": 5, "geometry": 5},
        bare("actor") | {"foundingDate": nested(200), "name": nested(200)},
        bare("actor") | {"unsinn": nested(900)},
        bare("actor") | {"a/b~c": {"type": []}, "": 1, "x" * 10_000: 1},
    ],
    ids=range(14),
)
def test_hostile_documents_give_findings_and_few_of_them(hostile):
    found = check(hostile, "actor", today=TODAY)
    assert [f for f in found if f.severity == "error"]
    assert len(found) < 150
    assert all(len(f.value) <= 80 and len(f.path) <= 200 for f in found)


def test_a_report_never_holds_an_address_or_a_number():
    contact = {"type": "ContactPoint", "email": "erika muster@verein.example",
               "telephone": "Erika: 0351 1234567"}  # fmt: skip
    found = check(bare("actor") | {"contactPoint": [contact]}, "actor")
    values = " ".join(f.value for f in found)
    assert "[mail]" in values
    assert "[tel]" in values
    assert "verein.example" not in values
    assert "1234567" not in values
