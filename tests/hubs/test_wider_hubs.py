"""Five records of each wider hub against the raw files, and what is odd in them.

The data is read in place and no value of it stands here: both sides are read when the tests run.
"""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from rdflib import RDF, RDFS, Graph, Namespace, URIRef

from tests.hubs.harvested import Harvests, five, harvested
from tests.hubs.recounts import carriers, chemnitz, ecken, features, rows
from vocab.types import Document

ORG = Namespace("http://www.w3.org/ns/org#")
LD = Namespace("http://leipzig-data.de/Data/Model/")
LE = Namespace("http://leipziger-ecken.de/Data/Model/")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
ICAL = Namespace("http://www.w3.org/2002/12/cal/ical#")
WKT = URIRef("http://www.opengis.net/ont/geosparql#asWKT")


def digits(text: object) -> str:
    return re.sub(r"\D", "", str(text or ""))


def words(text: object) -> str:
    return normalize("NFC", " ".join(str(text or "").split()))


def numbers(text: str) -> list[float]:
    return [round(float(number), 5) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def point_of(document: Document) -> list[float]:
    return numbers(document["geometry"]["asWKT"]) if "geometry" in document else []


def name_of(document: Document) -> str:
    (name,) = document["name"].values()
    return str(name)


def ids(harvests: Harvests, source: str) -> set[str]:
    return set(harvests[source].records)


# --- leipzigdata ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "file", "above"),
    [
        ("stadtverwaltung", "Stadtverwaltung", ORG.unitOf),
        ("seniorenbueros", "Seniorenbueros", LD.hatTraeger),
        ("hochschulen", "Hochschulen", ORG.unitOf),
        ("orte", "Orte", LD.hasSupplier),
    ],
)
def test_offices_universities_and_places_of_leipzig_data(
    source: str, file: str, above: URIRef, harvests: Harvests, shared_data: Path
) -> None:
    graph = Graph().parse(shared_data / f"hubs/leipzigdata-rdf/{file}.ttl")
    for iri, document in five(harvests[f"leipzigdata/{source}"]):
        subject = URIRef(iri)
        labels = {str(label) for label in graph.objects(subject, RDFS.label)}
        if source == "seniorenbueros":
            assert not labels
            assert name_of(document).replace(" ", "").endswith(iri.rsplit("/", 1)[1])
        else:
            assert {name_of(document), *document.get("alternateName", {}).get("de", ())} == labels
        assert set(document.get("partOf", ())) == {str(o) for o in graph.objects(subject, above)}
        pages = {str(page).lower() for page in graph.objects(subject, FOAF.homepage)}
        assert {document["homepage"].lower()} <= pages if "homepage" in document else not pages
        segments = {str(a).rsplit("/", 1)[1] for a in graph.objects(subject, LD.hasAddress)}
        assert {segment.split(".")[0] for segment in segments} == {
            address["postCode"] for address in document.get("address", ())
        }
        phones = {digits(phone).lstrip("0") for phone in graph.objects(subject, FOAF.phone)}
        for contact in document.get("contactPoint", ()):
            assert contact.get("telephone", "0").startswith("0")
            assert digits(contact.get("telephone")).lstrip("0") in {"", *phones}


def test_places_without_website_mailbox_and_carrier_are_left_out(
    harvests: Harvests, shared_data: Path
) -> None:
    graph = Graph().parse(shared_data / "hubs/leipzigdata-rdf/Orte.ttl")
    run = {
        str(s)
        for s in graph.subjects(RDF.type, LD.Ort)
        if any((s, p, None) in graph for p in (FOAF.homepage, FOAF.mbox, LD.hasSupplier))
    }
    assert ids(harvests, "leipzigdata/orte") == run


def test_the_citys_offices_stand_where_those_who_lead_them_sit(
    harvests: Harvests, shared_data: Path
) -> None:
    graph = Graph().parse(shared_data / "hubs/leipzigdata-rdf/Behoerdenwegweiser.ttl")
    for iri, document in five(harvests["leipzigdata/behoerdenwegweiser"]):
        unit = URIRef(iri)
        assert name_of(document) == str(graph.value(unit, RDFS.label))
        sites = {
            site
            for entry in graph.subjects(ORG.headOf, unit)
            for site in graph.objects(entry, ORG.basedAt)
        }
        assert {
            (a["postCode"], words(a["thoroughfare"]).split()[0]) for a in document["address"]
        } == {
            (
                str(graph.value(site, VCARD["postal-code"])),
                str(graph.value(site, VCARD["street-address"])).split()[0],
            )
            for site in sites
        }
        assert set(document.get("partOf", ())) == {
            str(o) for o in graph.objects(unit, ORG.subOrganizationOf)
        }


def test_nothing_of_those_who_lead_offices_is_kept(harvests: Harvests, shared_data: Path) -> None:
    graph = Graph().parse(shared_data / "hubs/leipzigdata-rdf/Behoerdenwegweiser.ttl")
    people = {str(graph.value(s, RDFS.label)) for s in graph.subjects(FOAF.lastName, None)}
    assert len(people) > 100
    entries = harvests["leipzigdata/behoerdenwegweiser"].entries
    kept = json.dumps([[e.mapped.raw, e.document] for e in entries], ensure_ascii=False)
    units = {
        str(graph.value(s, RDFS.label)) for s in graph.subjects(RDF.type, ORG.OrganizationalUnit)
    }
    assert [name for name in people - units if name in kept] == []


# --- leipziger-ecken -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ecken_graph(shared_data: Path) -> Graph:
    file = "LeipzigerEcken.2021-08-20.rdf"
    return Graph().parse(shared_data / "hubs/leipziger-ecken-rdfxml" / file, format="xml")


def test_actors_of_leipziger_ecken(harvests: Harvests, ecken_graph: Graph) -> None:
    for iri, document in five(harvests["leipziger-ecken/akteure"]):
        subject = URIRef(iri)
        said = ecken_graph.value
        assert name_of(document) == words(said(subject, RDFS.label))
        page = said(subject, FOAF.homepage)
        assert document.get("homepage", "").lower() == str(page or "").lower()
        full = words(said(subject, LD.hasFullAddress))
        assert [a["fullAddress"] for a in document["address"]] == [full]
        assert point_of(document) == numbers(str(said(subject, WKT)))


def test_events_of_leipziger_ecken_name_an_organiser_that_is_there(
    harvests: Harvests, ecken_graph: Graph
) -> None:
    for iri, document in five(harvests["leipziger-ecken/veranstaltungen"]):
        subject = URIRef(iri)
        starts = sorted(str(o) for o in ecken_graph.objects(subject, ICAL.dtstart))
        assert document["startDate"] == starts[0]
        (venue,) = document["location"]
        assert numbers(venue["geometry"]["asWKT"]) == numbers(str(ecken_graph.value(subject, WKT)))
    organizers = {
        one
        for document in harvests["leipziger-ecken/veranstaltungen"].records.values()
        for one in document["organizer"]
    }
    known = {e.mapped.local_id for e in harvests["leipziger-ecken/akteure"].entries}
    assert len(organizers & known) >= 0.9 * len(organizers)


@pytest.mark.parametrize(("kind", "key"), [("Akteur", "akteure"), ("Event", "veranstaltungen")])
def test_the_older_export_says_the_same_under_other_iris(
    kind: str, key: str, harvests: Harvests, shared_data: Path
) -> None:
    newer = harvests[f"leipziger-ecken/{key}"]
    file = shared_data / "hubs/leipziger-ecken-rdfxml/LeipzigerEcken.2021-08-10.rdf"
    older = harvested(replace(newer.source, url=file.as_uri()), file.read_bytes())
    assert len(older.entries) == len(ecken(shared_data, kind, "2021-08-10"))
    assert ids(harvests, f"leipziger-ecken/{key}").isdisjoint(older.records)
    told = [
        {iri.rsplit("/", 1)[1]: one["name"] for iri, one in harvest.records.items()}
        for harvest in (older, newer)
    ]
    assert told[0] == told[1]


# --- chemnitz ------------------------------------------------------------------------------------

FILES = {
    "kitas": "Kindertageseinrichtungen",
    "schulsozialarbeit": "Schulsozialarbeit",
    "jugendberufshilfen": "Jugendberufshilfen",
}


@pytest.mark.parametrize("key", FILES)
def test_carriers_keep_their_places(key: str, harvests: Harvests, shared_data: Path) -> None:
    places = carriers(shared_data, FILES[key])
    harvest = harvests[f"chemnitz/{key}"]
    assert {name_of(one) for one in harvest.records.values()} == places.keys() - {"Privater Träger"}
    for _, document in five(harvest):
        own = places[name_of(document)]
        assert {a["postCode"] for a in document["address"]} == {place["PLZ"] for place in own}
        streets = {(place["STRASSE"] + " " + place.get("HAUSBEZ", "")).strip() for place in own}
        assert {words(s).replace(" ", "") for s in streets} == {
            (a["thoroughfare"] + a.get("locatorDesignator", "")).replace(" ", "")
            for a in document["address"]
        }
        spots = {tuple(round(n, 5) for n in place["at"]) for place in own}
        assert point_of(document) == (list(spots.pop()) if len(spots) == 1 else [])
        given = digits("".join(str(place["TELEFON"]) for place in own))
        for contact in document.get("contactPoint", ()):
            assert digits(contact.get("telephone")).lstrip("0") in given
        if key == "kitas":
            offers = {one["name"]["de"] for one in document["makesOffer"]}
            assert offers == {words(place["BEZEICHNUNG"]) for place in own}


def test_no_child_minder_is_an_actor(harvests: Harvests, shared_data: Path) -> None:
    minders = carriers(shared_data, "Kindertageseinrichtungen")["Privater Träger"]
    assert len(minders) > 50
    kept = json.dumps([[e.mapped.raw, e.document] for e in harvests["chemnitz/kitas"].entries])
    assert [m["OBJECTID"] for m in minders if json.dumps(m["BEZEICHNUNG"])[1:-1] in kept] == []


def test_schools_say_what_the_file_says(harvests: Harvests, shared_data: Path) -> None:
    schools = {school["GlobalID"]: school for school in chemnitz(shared_data, "Schulen")}
    for local_id, document in five(harvests["chemnitz/schulen"]):
        school = schools[local_id]
        assert name_of(document) == words(school["BEZEICHNUNG"])
        (address,) = document["address"]
        assert address["postCode"] == school["PLZ"].zfill(5)
        street = address["thoroughfare"] + address.get("locatorDesignator", "")
        assert street.replace(" ", "") == school["STRASSE"].replace(" ", "")
        assert point_of(document) == [round(n, 5) for n in school["at"]]
        assert document.get("homepage", "").removeprefix("https://").rstrip("/") == (
            (school["WWW"] or "").removeprefix("http://").removeprefix("https://").rstrip("/")
        )


# --- maps of the solidarity economy --------------------------------------------------------------


def of_tags(document: Document, tags: dict[str, Any], at: list[float]) -> None:
    """A record against OpenStreetMap's tags."""
    assert name_of(document) == words(tags["name"])
    assert point_of(document) == [round(n, 5) for n in at[:2]]
    address = {"postCode": "", **document.get("address", [{}])[0]}
    assert address.get("postName", "") == words(tags.get("addr:city"))
    assert address.get("thoroughfare", "") == words(tags.get("addr:street"))
    assert address.get("locatorDesignator", "") == words(tags.get("addr:housenumber"))
    postcode = words(tags.get("addr:postcode")).upper()
    assert address.get("postCode", "").lstrip("0") == postcode.lstrip("0")


def test_initiatives_of_susy(harvests: Harvests, shared_data: Path) -> None:
    raw = {
        one["properties"]["_id"]: one
        for one in features(shared_data, "susy-ssedas/susy-data.geojson")
    }
    for local_id, document in five(harvests["susy/initiatives"]):
        tags = raw[local_id]["properties"]
        of_tags(document, tags, raw[local_id]["geometry"]["coordinates"])
        page = tags.get("contact:website") or tags.get("website") or ""
        assert (
            document.get("homepage", "")
            .rstrip("/")
            .endswith(page.rstrip("/").removeprefix("http://").removeprefix("https://"))
        )


def test_a_country_in_sixty_spellings_is_one_of_forty_codes(
    harvests: Harvests, shared_data: Path
) -> None:
    raw = features(shared_data, "susy-ssedas/susy-data.geojson")
    spellings = {one["properties"].get("addr:country") for one in raw} - {None, ""}
    codes = {
        address["adminUnitL1"]
        for document in harvests["susy/initiatives"].records.values()
        for address in document.get("address", ())
        if "adminUnitL1" in address
    }
    assert len(spellings) > 55
    assert all(re.fullmatch("[A-Z]{2}", code) for code in codes)
    assert len(codes) < 40
    assert len(harvests["susy/initiatives"].findings("country.unknown")) == 1  # a town


def test_swapped_coordinates_are_told(harvests: Harvests, shared_data: Path) -> None:
    raw = features(shared_data, "susy-ssedas/susy-data.geojson")
    swapped = {
        one["properties"]["_id"]
        for one in raw
        for lon, lat in [one["geometry"]["coordinates"][:2]]
        if not (-32 <= lon <= 66 and 27 <= lat <= 82) and -32 <= lat <= 66 and 27 <= lon <= 82
    }
    told = {
        local_id for local_id, _ in harvests["susy/initiatives"].findings("coordinates.swapped")
    }
    assert swapped == told != set()


@pytest.mark.parametrize("key", ["inkota", "inkota-round2"])
def test_lists_of_transformap(key: str, harvests: Harvests, shared_data: Path) -> None:
    raw = {
        words(one["properties"]["name"]): one
        for one in features(shared_data, f"transformap-import/{key}.geojson")
    }
    for _, document in five(harvests[f"transformap/{key}"]):
        one = raw[name_of(document)]
        of_tags(document, one["properties"], one["geometry"]["coordinates"])


def test_sites_of_the_green_map(harvests: Harvests, shared_data: Path) -> None:
    raw = {
        str(one["properties"].get("Site ID")): one
        for one in features(shared_data, "transformap-import/greenmap-muenchen-edited.geojson")
    }
    for local_id, document in five(harvests["transformap/greenmap"]):
        tags = raw[local_id]["properties"]
        of_tags(document, tags, raw[local_id]["geometry"]["coordinates"])
        assert (
            tags["contact:website"].split(";")[0].removeprefix("http://").rstrip("/")
            in (document["homepage"])
        )


@pytest.mark.parametrize(
    ("key", "file"), [("eeti", "1_eeti.csv"), ("wandelwoche", "wandelwoche-ganz.csv")]
)
def test_tables_with_tabulators_are_read_without_being_told(
    key: str, file: str, harvests: Harvests, shared_data: Path
) -> None:
    raw = {words(r["name"]): r for r in rows(shared_data, f"transformap-import/{file}", "\t")}
    assert "delimiter" not in harvests[f"transformap/{key}"].source.options
    for _, document in five(harvests[f"transformap/{key}"]):
        row = raw[name_of(document)]
        (address,) = document["address"]
        assert address["postCode"] == row["addr:postcode"].strip()
        assert address["postName"] == row["addr:city"].strip()
        assert address["thoroughfare"] == words(row["addr:street"])
        pages = [row.get("contact:website") or "", row.get("website") or ""]
        assert document.get("homepage", "") in [page.strip().split(";")[0] for page in pages]


def test_the_example_row_is_left_out(harvests: Harvests, shared_data: Path) -> None:
    raw = rows(shared_data, "transformap-import/1_eeti.csv", "\t")
    examples = [row for row in raw if row["name"].startswith("Example")]
    assert len(examples) == harvests["transformap/eeti"].skipped == 1


# --- coops-uk, afeefa, freifunk ------------------------------------------------------------------


def test_co_operatives_of_the_united_kingdom(harvests: Harvests, shared_data: Path) -> None:
    raw = {
        r["CUK Organisation ID"]: r
        for r in rows(shared_data, "coops-uk-2017/open_data_organisations.csv")
    }

    def day(text: str) -> str:
        parts = text.split("/")
        return f"{parts[2]}-{int(parts[1]):02}-{int(parts[0]):02}" if text else ""

    for local_id, document in five(harvests["coops-uk/organisations"]):
        row = raw[local_id]
        assert name_of(document) == words(row["Trading Name"])
        assert document["legalName"] == {"en": words(row["Registered Name"])}
        assert (
            document["status"] == {"Live": "active", "Dead": "inactive"}[row["Registered Status"]]
        )
        assert document.get("foundingDate", "") == day(row["Incorporation Date"])
        assert document.get("dissolutionDate", "") == day(row["Dissolved Date"])
        (address,) = document["address"]
        assert address.get("postCode", "") == words(row["Registered Postcode"])
        assert address.get("postName", "") == words(row["Registered City"])
        said = {i["schemaAgency"]: i["notation"] for i in document["identifier"]}
        assert said.pop("Coops UK") == local_id
        assert set(said.items()) <= {(row["Registrar"], row["Registered Number"])}


def test_every_date_of_the_co_operatives_is_read(harvests: Harvests, shared_data: Path) -> None:
    raw = rows(shared_data, "coops-uk-2017/open_data_organisations.csv")
    records = harvests["coops-uk/organisations"].records.values()
    assert sum("foundingDate" in one for one in records) == sum(
        bool(r["Incorporation Date"]) for r in raw
    )
    assert sum("dissolutionDate" in one for one in records) == sum(
        bool(r["Dissolved Date"]) for r in raw
    )


def test_actors_of_afeefa_say_what_machines_made_of_them_apart(
    harvests: Harvests, shared_data: Path
) -> None:
    file = shared_data / "hubs/afeefa-leipzig-drupal/afeefa-leipzig.json"
    raw = {str(actor["id"]): actor for actor in json.loads(file.read_bytes())["actors"]}
    translated = [
        (key, one) for key, one in harvests["afeefa/actors"].records.items() if len(one["name"]) > 1
    ]
    assert len(translated) > 100
    for local_id, document in [*five(harvests["afeefa/actors"]), *translated[:5]]:
        actor = raw[local_id]
        for name, key in (("name", "title"), ("description", "description")):
            made = {
                f"{one['language']}-t-de-t0-{one['source']}"
                for one in actor.get("translations", ())
                if one["key"] == key and (one["value"] or "").strip()
            }
            assert document[name].keys() == made | {"de"}
        if "&" not in actor["title"]:
            assert document["name"]["de"] == words(actor["title"])
        spot = [round(n, 5) for n in actor.get("location") or ()]
        assert point_of(document) == spot


def test_communities_of_freifunk_lead_to_their_profile(
    harvests: Harvests, shared_data: Path
) -> None:
    raw = json.loads((shared_data / "hubs/freifunk-directory/directory.json").read_bytes())
    pages = {e.mapped.local_id: e.mapped.page_url for e in harvests["freifunk/communities"].entries}
    assert pages.keys() == {key.replace(" ", "-") for key in raw}
    for local_id, document in five(harvests["freifunk/communities"]):
        assert name_of(document) == f"Freifunk {local_id}"
        assert pages[local_id] == raw[local_id]
