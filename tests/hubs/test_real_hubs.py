"""Real hubs read by their manifests, recounted and compared with the raw files by other means.

The data is read in place and no value of it stands here: both sides are read when the tests run.
"""

import csv
import html
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from rdflib import RDF, RDFS, Graph, Namespace, URIRef

from bench.real import MANIFESTS
from tests.hubs import recounts
from tests.hubs.harvested import Harvests, five, harvested, strings_of
from vocab.types import Document

LD = Namespace("http://leipzig-data.de/Data/Model/")
ORG = Namespace("http://www.w3.org/ns/org#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
NL = "{http://nachhaltiges-sachsen.de/Data/Model/}"
XML_NAMES = {
    "ld": str(LD),
    "geo": "http://www.opengis.net/ont/geosparql#",
    "rdfs": str(RDFS),
    "foaf": str(FOAF),
    "ical": "http://www.w3.org/2002/12/cal/ical#",
    "rdf": str(RDF),
}


def homepage_of(document: Document) -> list[str]:
    """The home page for a comparison; a host's letters have no case."""
    return [document["homepage"].lower()] if "homepage" in document else []


def graph_of(shared_data: Path, name: str) -> Graph:
    return Graph().parse(shared_data / "hubs" / "leipzigdata-rdf" / f"{name}.ttl")


def elements_of(shared_data: Path, kind: str) -> dict[str, ElementTree.Element]:
    """The descriptions of one class in the RDF/XML of nachhaltiges-sachsen, by IRI."""
    file = shared_data / "hubs" / "nachhaltiges-sachsen" / "NachhaltigesSachsen.2021-08-20.rdf"
    root = ElementTree.parse(file).getroot()  # noqa: S314 - a file that we chose ourselves
    return {node.attrib[f"{{{RDF}}}about"]: node for node in root.iter(f"{NL}{kind}")}


def texts(node: ElementTree.Element, path: str) -> list[str]:
    return [html.unescape(html.unescape(n.text or "")) for n in node.findall(path, XML_NAMES)]


def links(node: ElementTree.Element, path: str) -> list[str]:
    return [n.attrib[f"{{{RDF}}}resource"] for n in node.findall(path, XML_NAMES)]


# --- counts --------------------------------------------------------------------------------------


def _count_rdf_xml(kind: str) -> Callable[[Path], int]:
    return lambda data: len(elements_of(data, kind))


def _count_turtle(name: str, *classes: URIRef) -> Callable[[Path], int]:
    def count(data: Path) -> int:
        graph = graph_of(data, name)
        return len({s for c in classes for s in graph.subjects(RDF.type, c)})

    return count


def _count_contact_points(data: Path) -> int:
    districts = json.loads((data / "hubs/selbsthilfe-sachsen/contact-points.json").read_bytes())
    return sum(len(district.get("contactPoints", [])) for district in districts.values())


def _count_ror(data: Path) -> int:
    lines = (data / "hubs/ror-de/ror_v2_de_records.jsonl").read_text("utf-8").splitlines()
    return sum(bool(line.strip()) for line in lines)


def _coops(data: Path) -> list[dict[str, str]]:
    file = data / "hubs/workers-coop-2023/2023-06-23_wc_converted.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


COUNTS: dict[str, Callable[[Path], int]] = {
    "nachhaltiges-sachsen/akteure": _count_rdf_xml("Akteur"),
    "nachhaltiges-sachsen/veranstaltungen": _count_rdf_xml("Event"),
    "leipzigdata/vereine": _count_turtle("Vereine", LD.Verein, ORG.Organization),
    "leipzigdata/unternehmen": _count_turtle(
        "Unternehmen", LD.Unternehmen, LD.Verein, ORG.Organization
    ),
    "leipzigdata/projekte": _count_turtle("Projekte", LD.Projekt),
    "leipzigdata/events": _count_turtle("Events", LD.Event),
    "leipzigdata/alte-events": _count_turtle("AlteEvents", LD.Event),
    "selbsthilfe-sachsen/kontaktstellen": _count_contact_points,
    "ror/sachsen": _count_ror,
    "workers-coop/coops": lambda data: len(_coops(data)),
    **recounts.COUNTS,
}
SOURCES = tuple(COUNTS)


def test_every_real_source_is_tested(harvests: Harvests) -> None:
    assert set(harvests) == set(COUNTS)
    assert {path.parent.name for path in MANIFESTS.glob("*/hub.toml")} == {
        "nachhaltiges-sachsen",
        "leipzigdata",
        "selbsthilfe-sachsen",
        "ror-de",
        "workers-coop",
        *recounts.FOLDERS,
    }


@pytest.mark.parametrize("source", SOURCES)
def test_every_object_becomes_a_record_a_rejection_or_is_left_out_on_purpose(
    source: str, harvests: Harvests, shared_data: Path
) -> None:
    harvest = harvests[source]
    accounted = len(harvest.records) + len(harvest.rejected) + harvest.skipped
    assert accounted == len(harvest.entries) == COUNTS[source](shared_data)
    assert [f for f in harvest.loose if f.severity == "error"] == []


@pytest.mark.parametrize("source", SOURCES)
def test_every_rejection_has_a_finding_that_says_why(source: str, harvests: Harvests) -> None:
    for entry in harvests[source].entries:
        errors = [f for f in entry.findings if f.severity == "error"]
        assert bool(errors) == entry.rejected
        assert all(f.fix["de"] and f.fix["en"] for f in errors)


@pytest.mark.parametrize("source", SOURCES)
def test_every_field_is_read_or_ignored_by_name(source: str, harvests: Harvests) -> None:
    harvest = harvests[source]
    assert {field for entry in harvest.entries for field in entry.mapped.unread} == set()
    assert harvest.loose == ()
    assert harvest.findings("category.unmapped") == []
    assert harvest.findings("value.form") == []


@pytest.mark.parametrize("source", SOURCES)
def test_the_minimum_is_about_four_fifths_of_what_is_there(source: str, harvests: Harvests) -> None:
    harvest = harvests[source]
    assert 0.7 <= harvest.source.minimum / len(harvest.records) <= 0.9


def test_only_the_publishers_word_makes_a_licence(harvests: Harvests, shared_data: Path) -> None:
    for source in SOURCES:
        hub, key = source.split("/")
        if hub != "leipzigdata":
            entry = recounts.FREE.get(hub)
            listed = f"http://dcat-ap.de/def/licenses/{entry}" if entry else "unknown"
            assert harvests[source].source.licence == listed
            continue
        graph = graph_of(shared_data, "".join(part.capitalize() for part in key.split("-")))
        said = graph.value(predicate=URIRef("http://creativecommons.org/ns#license"), any=False)
        stated = {
            str(o) for o in graph.objects(None, URIRef("http://creativecommons.org/ns#license"))
        }
        assert said is None and stated == {"http://creativecommons.org/publicdomain/zero/1.0/"}
        assert harvests[source].source.licence == "http://dcat-ap.de/def/licenses/cc-zero"


# --- what must never pass ------------------------------------------------------------------------

_ENTITY = re.compile(r"&(?:[A-Za-z]{2,10}|#x?[0-9A-Fa-f]{1,6});")
_TAG = re.compile(
    r"</?(?:p|br|a|b|i|em|strong|div|span|ul|ol|li|h\d|img|table|td|tr)\b[^>]*>", re.I
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_ROLES = frozenset(
    {
        "bildung", "buero", "email", "freizeit", "hallo", "info", "jugendarbeit", "kiss", "kontakt",
        "landesverband", "mail", "medienpaedagogik", "oeffentlichkeitsarbeit", "post", "presse",
        "redaktion", "selbsthilfe", "verein", "vorstand", "office", "contact",
        "hello", "admin", "sekretariat", "sekretariat50", "press", "team", "service", "help",
        "geschaeftsstelle", "poststelle", "kita", "pfarramt", "jugend", "familie", "booking",
        "support", "shop", "news", "information", "garten", "netzwerk", "empfang", "webmaster",
        "kultur", "mitmachen",
    }
)  # fmt: skip


# Public offices, their mailboxes read through one by one: none of them is a person's.
_OFFICES = frozenset(
    {
        "bauordnungsamt", "betreuungsbehoerde", "feuerwehr", "gebaeudemanagement", "gesundheitsamt",
        "kulturamt", "ordnungsamt", "sportamt", "stadtkaemmerei", "stadtkasse", "stadtplanungsamt",
        "umweltschutz", "veterinaeramt", "team927", "team980",
    }
)  # fmt: skip


@pytest.mark.parametrize("source", SOURCES)
def test_no_entity_no_markup_and_no_empty_value_passes(source: str, harvests: Harvests) -> None:
    for local_id, document in harvests[source].records.items():
        for text in strings_of(document):
            assert text == text.strip() != "", local_id
            assert not _TAG.search(text), local_id
            if not text.startswith("http"):
                assert not _ENTITY.search(text), local_id
        assert not any(empty in list(_values(document)) for empty in (None, [], {})), local_id


def _values(value: Any) -> Iterable[Any]:
    yield value
    entries = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    )
    for entry in entries:
        yield from _values(entry)


@pytest.mark.parametrize("source", SOURCES)
def test_every_home_page_is_a_whole_web_address(source: str, harvests: Harvests) -> None:
    for local_id, document in harvests[source].records.items():
        if "homepage" in document:
            assert re.fullmatch(r"https?://[^/\s@]+\.[^/\s@]+.*", document["homepage"]), local_id


@pytest.mark.parametrize("source", SOURCES)
def test_no_mailbox_passes_that_is_not_of_a_role_or_named_like_the_actor(
    source: str, harvests: Harvests
) -> None:
    for local_id, document in harvests[source].records.items():
        kept = {node.get("email") for node in document.get("contactPoint", ())} - {None}
        found = {mail for text in strings_of(document) for mail in _MAIL.findall(text)}
        known = _letters(" ".join([*strings_of(document["name"]), document.get("homepage", "")]))
        for mail in kept | found:
            parts = re.split(r"[._+-]", mail.split("@")[0].lower())
            told = _ROLES | _OFFICES
            assert all(part in told or _letters(part) in known for part in parts), local_id


def _letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalpha())


def test_what_the_hub_calls_a_freelancer_is_refused_as_a_person(
    harvests: Harvests, shared_data: Path
) -> None:
    harvest = harvests["nachhaltiges-sachsen/akteure"]
    freelancers = {
        iri
        for iri, node in elements_of(shared_data, "Akteur").items()
        if texts(node, "ld:hasType") == ["freelancer"]
    }
    assert freelancers
    refused = {local_id for local_id, _ in harvest.findings("actor.person")}
    assert freelancers < refused == set(harvest.rejected)
    assert all(e.mapped.raw is None for e in harvest.entries if e.rejected), "nothing is kept"


@pytest.mark.parametrize("source", SOURCES)
def test_no_record_is_left_that_reads_like_a_person(source: str, harvests: Harvests) -> None:
    suspected = {local_id for local_id, _ in harvests[source].findings("actor.maybe-person")}
    assert suspected == recounts.NO_PERSONS.get(source, set())


# --- five records, field by field ----------------------------------------------------------------


def test_actors_of_nachhaltiges_sachsen_say_what_the_file_says(
    harvests: Harvests, shared_data: Path
) -> None:
    elements = elements_of(shared_data, "Akteur")
    for iri, document in five(harvests["nachhaltiges-sachsen/akteure"]):
        node = elements[iri]
        assert [document["name"]["de"]] == texts(node, "rdfs:label")
        assert homepage_of(document) == [link.lower() for link in links(node, "foaf:homepage")]
        full = [address["fullAddress"] for address in document.get("address", ())]
        assert full == texts(node, "ld:hasFullAddress")
        for address in document.get("address", ()):
            assert address["postCode"] in full[0] and address["postName"] in full[0]
        _same_point(document, texts(node, "geo:asWKT"))
        (kind,) = texts(node, "ld:hasType")
        initiative = kind in ("club", "initiative", "foundation")
        assert ("civil-society-initiative" in document.get("actorType", ())) == initiative


def test_events_of_nachhaltiges_sachsen_say_what_the_file_says(
    harvests: Harvests, shared_data: Path
) -> None:
    elements = elements_of(shared_data, "Event")
    for iri, document in five(harvests["nachhaltiges-sachsen/veranstaltungen"]):
        node = elements[iri]
        assert [document["name"]["de"]] == [" ".join(t.split()) for t in texts(node, "rdfs:label")]
        assert document["organizer"] == links(node, "ld:hasAkteur")
        (start,) = texts(node, "ical:dtstart")
        assert datetime.fromisoformat(document["startDate"]) == datetime.fromisoformat(start)
        (venue,) = document["location"]
        full = [address["fullAddress"] for address in venue.get("address", ())]
        assert full == texts(node, "ld:hasFullAddress")
        _same_point(venue, texts(node, "geo:asWKT"))


def _same_point(owner: Document, wkt: list[str]) -> None:
    numbers = [[float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", text)] for text in wkt]
    ours = [owner["geometry"]["asWKT"]] if "geometry" in owner else []
    assert [[float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", text)] for text in ours] == numbers


@pytest.mark.parametrize(
    ("source", "file"),
    [
        ("leipzigdata/vereine", "Vereine"),
        ("leipzigdata/unternehmen", "Unternehmen"),
        ("leipzigdata/projekte", "Projekte"),
    ],
)
def test_records_of_leipzig_data_say_what_the_file_says(
    source: str, file: str, harvests: Harvests, shared_data: Path
) -> None:
    graph = graph_of(shared_data, file)
    for iri, document in five(harvests[source]):
        subject = URIRef(iri)
        names = {document["name"]["de"], *document.get("alternateName", {}).get("de", ())}
        labels = (*graph.objects(subject, RDFS.label), *graph.objects(subject, FOAF.name))
        assert names == {str(label) for label in labels}
        pages = {str(page).lower() for page in graph.objects(subject, FOAF.homepage)}
        assert set(homepage_of(document)) <= pages
        assert bool(pages) == ("homepage" in document)
        segments = {str(a).rsplit("/", 1)[1] for a in graph.objects(subject, LD.hasAddress)}
        assert segments == {
            ".".join(
                part.replace(" ", "")
                for part in (
                    address["postCode"],
                    address["postName"],
                    address["thoroughfare"],
                    address["locatorDesignator"],
                )
            )
            for address in document.get("address", ())
        }
        suppliers = {str(s) for s in graph.objects(subject, LD.hasSupplier)}
        assert set(document.get("carriedBy", ())) == suppliers
        modified = graph.value(subject, URIRef("http://purl.org/dc/terms/modified"))
        entry = next(e for e in harvests[source].entries if e.mapped.local_id == iri)
        assert entry.mapped.modified_at == (str(modified) if modified else None)


@pytest.mark.parametrize(
    ("source", "file"),
    [("leipzigdata/events", "Events"), ("leipzigdata/alte-events", "AlteEvents")],
)
def test_events_of_leipzig_data_say_what_the_file_says(
    source: str, file: str, harvests: Harvests, shared_data: Path
) -> None:
    graph = graph_of(shared_data, file)
    ical = Namespace("http://www.w3.org/2002/12/cal/ical#")
    for iri, document in five(harvests[source]):
        subject = URIRef(iri)
        assert document["name"]["de"] == str(graph.value(subject, RDFS.label))
        for name, predicate in (("startDate", ical.dtstart), ("endDate", ical.dtend)):
            said = graph.value(subject, predicate)
            # One hour in the file is written with a single digit.
            expected = re.sub(r"T(\d):", r"T0\1:", str(said)) if said else None
            assert document.get(name) == expected
        organizers = (
            *graph.objects(subject, ical.organizer),
            *graph.objects(subject, LD.hatVeranstalter),
        )
        assert set(document["organizer"]) == {str(o) for o in organizers}
        pages = {str(url).lower() for url in graph.objects(subject, ical.url)}
        assert set(homepage_of(document)) <= pages
        assert bool(pages) == ("homepage" in document)


def test_contact_points_of_selbsthilfe_sachsen_say_what_the_file_says(
    harvests: Harvests, shared_data: Path
) -> None:
    file = shared_data / "hubs/selbsthilfe-sachsen/contact-points.json"
    raw = {
        point["id"]: point
        for district in json.loads(file.read_bytes()).values()
        for point in district["contactPoints"]
    }
    for local_id, document in five(harvests["selbsthilfe-sachsen/kontaktstellen"]):
        point = raw[local_id]
        assert document["name"] == {"de": point["name"]}
        assert document["partOf"] == [{"name": {"de": point["carrier"]}}]
        (address,) = document["address"]
        street = f"{address['thoroughfare']} {address.get('locatorDesignator', '')}".strip()
        assert street.replace(" ", "") == point["address"]["street"].replace(" ", "")
        assert address["postCode"] == point["address"]["postalCode"]
        assert address["postName"] == point["address"]["city"]
        assert document["homepage"].removeprefix("https://") == (
            point["contact"]["web"].removeprefix("https://")
        )
        for contact in document.get("contactPoint", ()):
            assert contact.get("email", point["contact"]["email"]) == point["contact"]["email"]
            assert contact.get("telephone") in (None, *point["contact"]["phone"])


def test_contact_points_stand_in_their_district(harvests: Harvests, shared_data: Path) -> None:
    with (shared_data / "reference/saxony-municipalities.csv").open(encoding="utf-8") as stream:
        district_of = {row["name"]: row["municipality_key"][:5] for row in csv.DictReader(stream)}
    compared = 0
    for document in harvests["selbsthilfe-sachsen/kontaktstellen"].records.values():
        town = document["address"][0]["postName"]
        if town in district_of:
            compared += 1
            district = f"http://dcat-ap.de/def/politicalGeocoding/districtKey/{district_of[town]}"
            towns = [iri for iri in document["place"] if iri != district]
            assert len(towns) == len(document["place"]) - 1 == 1
            assert towns[0].split("/")[-2:-1] == ["regionalKey"]
            assert towns[0].split("/")[-1].startswith(district_of[town])
    assert compared >= 10


def _ror(shared_data: Path) -> dict[str, dict[str, Any]]:
    file = shared_data / "hubs/ror-de/ror_v2_de_records.jsonl"
    rows = (json.loads(line) for line in file.read_text("utf-8").splitlines())
    return {row["id"]: row for row in rows}


def _is_saxon(row: dict[str, Any]) -> bool:
    places = [location["geonames_details"] for location in row["locations"]]
    return any(place.get("country_subdivision_code") == "SN" for place in places)


def test_of_ror_the_saxon_organisations_are_taken_and_no_others(
    harvests: Harvests, shared_data: Path
) -> None:
    saxon = {iri for iri, row in _ror(shared_data).items() if _is_saxon(row)}
    assert set(harvests["ror/sachsen"].records) == saxon


def test_organisations_of_ror_say_what_the_file_says(harvests: Harvests, shared_data: Path) -> None:
    raw = _ror(shared_data)
    for iri, document in five(harvests["ror/sachsen"]):
        row = raw[iri]
        said = {name["value"] for name in row["names"]}
        assert set(document["name"].values()) == {
            name["value"] for name in row["names"] if "ror_display" in name["types"]
        }
        others = {text for texts_ in document.get("alternateName", {}).values() for text in texts_}
        assert others | set(document["name"].values()) == said
        assert document["homepage"] in [
            link["value"] for link in row["links"] if link["type"] == "website"
        ]
        assert document["status"] == row["status"]
        founded = document.get("foundingDate", {}).get("@value")
        assert founded == (str(row["established"]) if row["established"] else None)
        parents = [r["id"] for r in row["relationships"] if r["type"] == "parent"]
        assert sorted(r["id"] for r in document.get("partOf", ())) == sorted(parents)
        numbers = {(i["schemaAgency"], i["notation"]) for i in document["identifier"]}
        assert numbers == {("ROR", iri)} | {
            (e["type"], e["preferred"] or e["all"][0]) for e in row["external_ids"]
        }
        towns = {location["geonames_details"]["name"] for location in row["locations"]}
        assert {address["postName"] for address in document["address"]} == towns


def test_withdrawn_organisations_of_ror_name_their_successor(
    harvests: Harvests, shared_data: Path
) -> None:
    """None of them is Saxon now; the same mapping is tried on those of all Germany."""
    source = harvests["ror/sachsen"].source
    assert source.map is not None
    everywhere = replace(source, map=replace(source.map, where=None))
    raw = _ror(shared_data)
    withdrawn = {iri: row for iri, row in raw.items() if row["status"] == "withdrawn"}
    lines = "\n".join(json.dumps(row) for row in withdrawn.values())
    records = harvested(everywhere, lines.encode()).records
    named = 0
    for iri, row in withdrawn.items():
        successors = {r["id"] for r in row["relationships"] if r["type"] == "successor"}
        assert records[iri]["status"] == "withdrawn"
        assert {r["id"] for r in records[iri].get("replacedBy", ())} == successors
        named += bool(successors)
    assert named >= 1


def test_co_operatives_say_what_the_table_says(harvests: Harvests, shared_data: Path) -> None:
    raw = {row["Identifier"]: row for row in _coops(shared_data)}
    for local_id, document in five(harvests["workers-coop/coops"]):
        row = raw[local_id]
        assert document["name"] == {"en": " ".join(row["Name"].split())}
        assert document["legalName"] == {"en": " ".join(row["Organisation Name"].split())}
        assert document.get("homepage", "") == row["Website"]
        assert document.get("foundingDate", "") == row["Incorporation Date"]
        (address,) = document["address"]
        assert address["postCode"] == row["Postcode"]
        assert address["postName"] == row["Locality"]
        assert address["adminUnitL1"] == row["Country ID"]
        assert address["fullAddress"].endswith(f", {row['Locality']}, {row['Postcode']}")
        numbers = {i["schemaAgency"]: i["notation"] for i in document["identifier"]}
        assert numbers.pop("Coops UK") == local_id
        assert numbers.pop("Companies House", "") == row["Companies House Number"]
        assert set(numbers.values()) <= {row["Registered Number"]}
