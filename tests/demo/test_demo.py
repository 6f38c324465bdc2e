"""The demo federation shows what one is about: overlap, contradiction, a broken record."""

import json
from pathlib import Path

import pytest

from demo.server import HUBS
from harvester.manifest import load_manifest
from registry.link.evidence import Edge, keys_of, weigh
from registry.link.features import Features, features_of
from schemas.check import check
from tests.hubs.harvested import Harvest, harvested, strings_of
from vocab.types import Document, record_id

MINISTRY = "Sächsisches Staatsministerium für Soziales und Gesellschaftlichen Zusammenhalt"
OPERATORS = {
    "Caritas Dresden-Meißen",
    "DRK Sachsen",
    "Impact Hub Dresden",
    "Impact Hub Leipzig",
    "parikom",
    "Startnext",
}
VENUES = {
    "Kraftwerk Mitte": "Dresden",
    "Impact Hub": "Leipzig",
    "Soziokulturelles Zentrum »TELUX«": "Weißwasser",
}
SAME_THING = {
    ("mitmach-boerse/akteure 101", "sozialatlas/eintraege akteure/werkhof"),
    ("mitmach-boerse/akteure 103", "sozialatlas/eintraege akteure/pflegelotsen"),
    ("mitmach-boerse/akteure 104", "sozialatlas/eintraege akteure/reparaturnetz"),
    ("mitmach-boerse/akteure 105", "musterkreis/bestand einrichtung/4"),
    ("mitmach-boerse/projekte 201", "sozialatlas/eintraege projekte/dorfmobil"),
    ("mitmach-boerse/termine 301", "sozialatlas/eintraege veranstaltungen/reparierabend"),
    ("musterkreis/bestand einrichtung/1", "sozialatlas/eintraege akteure/werkhof"),
    ("musterkreis/bestand einrichtung/2", "sozialatlas/eintraege akteure/beispielhof"),
    ("musterkreis/bestand einrichtung/3", "sozialatlas/eintraege akteure/beispielforschung"),
    ("musterkreis/bestand vorhaben/1", "sozialatlas/eintraege projekte/werkzeug-auf-raedern"),
}
FALSE_FRIENDS = {
    "same host, but the friends of the workshop": (
        "mitmach-boerse/akteure 102",
        "sozialatlas/eintraege akteure/werkhof",
    ),
    "same name and host, but another legal form": (
        "musterkreis/bestand einrichtung/5",
        "sozialatlas/eintraege akteure/pflegelotsen",
    ),
}


@pytest.fixture(scope="module")
def harvests() -> list[Harvest]:
    manifests = [load_manifest(path.parent) for path in sorted(HUBS.glob("*/hub.toml"))]
    return [
        harvested(source, (manifest.folder / source.url.rsplit("/", 1)[1]).read_bytes())
        for manifest in manifests
        for source in manifest.sources
    ]


@pytest.fixture(scope="module")
def documents(harvests: list[Harvest]) -> dict[str, Document]:
    """Every record by source and the end of its local id."""
    return {
        f"{harvest.source.id} {local_id.split('.example/')[-1]}": document
        for harvest in harvests
        for local_id, document in harvest.records.items()
    }


@pytest.fixture(scope="module")
def edges(harvests: list[Harvest]) -> dict[tuple[str, ...], Edge]:
    """The evidence between records, by their two names in alphabetical order."""
    features: dict[str, Features] = {}
    names: dict[str, str] = {}
    for harvest in harvests:
        source = harvest.source
        for local_id, document in harvest.records.items():
            record = record_id(source.iri, local_id)
            kind = document["type"].lower()
            features[record] = features_of(record, source.id, local_id, kind, document)
            names[record] = f"{source.id} {local_id.split('.example/')[-1]}"
    found, doubts = weigh([features], features)
    by_key: dict[str, set[str]] = {}
    for record, feature in features.items():
        for key in keys_of(feature):
            by_key.setdefault(key, set()).add(record)
    assert doubts == []
    assert set(weigh(by_key.values(), features)[0]) == set(found)
    return {tuple(sorted((names[edge.a], names[edge.b]))): edge for edge in found}


def test_there_are_three_hubs_in_three_formats(harvests: list[Harvest]) -> None:
    assert {(h.source.hub_id, h.source.format) for h in harvests} == {
        ("sozialatlas", "verbund"),
        ("mitmach-boerse", "csv"),
        ("musterkreis", "rdf"),
    }
    assert {h.source.every_s for h in harvests} == {5}


def test_each_hub_has_all_three_kinds_and_at_least_its_minimum(
    harvests: list[Harvest], documents: dict[str, Document]
) -> None:
    for hub in ("sozialatlas", "mitmach-boerse", "musterkreis"):
        own = [document for key, document in documents.items() if key.startswith(hub)]
        assert {document["type"] for document in own} == {"Actor", "Project", "Event"}
        assert 12 <= len(own) <= 24
    for harvest in harvests:
        assert len(harvest.records) >= harvest.source.minimum > 0


def test_exactly_the_event_without_a_name_is_rejected(harvests: list[Harvest]) -> None:
    rejected = {(h.source.id, local_id) for h in harvests for local_id in h.rejected}
    assert rejected == {("mitmach-boerse/termine", "304")}
    errors = [
        finding.rule
        for harvest in harvests
        for entry in harvest.entries
        for finding in (*entry.findings, *harvest.loose)
        if finding.severity == "error"
    ]
    assert errors == ["name.required"]


def test_what_the_report_is_to_show_is_found(harvests: list[Harvest]) -> None:
    shown = {
        (harvest.source.id, local_id, finding.rule)
        for harvest in harvests
        for entry in harvest.entries
        for local_id in [str(entry.mapped.local_id).split(".example/")[-1]]
        for finding in entry.findings
    }
    assert shown >= {
        ("mitmach-boerse/akteure", "101", "postcode.mended"),
        ("mitmach-boerse/akteure", "104", "value.scheme-added"),
        ("mitmach-boerse/akteure", "105", "contact.personal-dropped"),
        ("mitmach-boerse/akteure", "106", "category.unmapped"),
        ("mitmach-boerse/akteure", "106", "value.entities-decoded"),
        ("mitmach-boerse/projekte", "202", "value.scheme-added"),
        ("musterkreis/bestand", "einrichtung/6", "category.unmapped"),
        ("musterkreis/bestand", "einrichtung/7", "contact.personal-dropped"),
        ("musterkreis/bestand", "termin/2", "timezone.assumed"),
    }


def test_every_field_of_the_hubs_is_read_or_ignored_by_name(harvests: list[Harvest]) -> None:
    unread = {field for h in harvests for entry in h.entries for field in entry.mapped.unread}
    assert unread == set()


def test_our_own_json_ld_is_clean_as_it_stands() -> None:
    entries = json.loads((HUBS / "sozialatlas" / "eintraege.jsonld").read_text("utf-8"))["@graph"]
    for entry in entries:
        errors = [f for f in check(entry, entry["type"].lower()) if f.severity == "error"]
        assert errors == [], entry["id"]


def test_the_hubs_speak_of_the_same_things_and_certain_evidence_shows_it(
    edges: dict[tuple[str, ...], Edge],
) -> None:
    assert set(edges) == SAME_THING
    assert {edge.rule for edge in edges.values()} == {
        "registered_id",
        "same_as",
        "name_and_place",
        "name_and_host",
    }


@pytest.mark.parametrize("pair", FALSE_FRIENDS.values(), ids=FALSE_FRIENDS.keys())
def test_false_friends_share_no_evidence(
    pair: tuple[str, str], edges: dict[tuple[str, ...], Edge], documents: dict[str, Document]
) -> None:
    hosts = {documents[key]["homepage"].split("/")[2].removeprefix("www.") for key in pair}
    assert len(hosts) == 1, "false friends must look alike"
    assert pair not in edges


def test_where_hubs_speak_of_one_thing_they_contradict_each_other(
    documents: dict[str, Document],
) -> None:
    differing = {"name": 0, "address": 0, "description": 0, "homepage": 0, "endDate": 0, "stage": 0}
    for left, right in SAME_THING:
        one, other = documents[left], documents[right]
        for name in differing:
            differing[name] += name in one and name in other and one[name] != other[name]
    assert min(differing.values()) >= 1
    assert differing["description"] >= 6


def test_references_lead_to_records_of_the_federation(
    harvests: list[Harvest], documents: dict[str, Document]
) -> None:
    known: dict[str, set[str]] = {}
    for harvest in harvests:
        known.setdefault(harvest.source.hub_id, set()).update(harvest.records)
    everywhere = {i for ids in known.values() for i in ids if i.startswith("https://")}
    across_hubs = 0
    for key, document in documents.items():
        hub = key.split("/")[0]
        for name in ("carriedBy", "organizer", "partner", "cooperatesWith", "funder", "memberOf"):
            for target in document.get(name, ()):
                if isinstance(target, str):
                    assert target in known[hub] | everywhere, (key, name, target)
                    across_hubs += target not in known[hub]
    assert across_hubs >= 3


def test_offers_needs_topics_and_places_occur(documents: dict[str, Document]) -> None:
    offers = [node for d in documents.values() for node in d.get("makesOffer", ())]
    needs = [node for d in documents.values() for node in d.get("seeks", ())]
    kinds = {node["offerKind"] for node in (*offers, *needs)}
    assert kinds == {"funding", "advice", "space", "network", "people", "knowledge"}
    assert {node["offerKind"] for node in offers} & {node["offerKind"] for node in needs}
    assert len({topic for d in documents.values() for topic in d.get("topic", ())}) >= 12
    assert sum("geometry" in d for d in documents.values()) >= 6
    for name in ("stage", "innovationLevel", "technologyRelation", "addressesProblem", "approach"):
        assert any(name in d for d in documents.values()), name


def test_the_sorbian_name_of_weisswasser_is_tagged(documents: dict[str, Document]) -> None:
    venue = documents["sozialatlas/eintraege veranstaltungen/rundfahrt"]["location"][0]
    assert venue["name"] == {"de": "Weißwasser", "hsb": "Běła Woda"}


def test_real_organisations_carry_only_what_is_known_of_them(
    documents: dict[str, Document],
) -> None:
    by_name = {next(iter(d["name"].values())): d for d in documents.values()}
    for name in {MINISTRY, *OPERATORS}:
        assert set(by_name[name]) == {"id", "type", "name"}, name
    sinn = by_name["SINN"]
    assert set(sinn) == {
        "id",
        "type",
        "name",
        "description",
        "carriedBy",
        "starts",
        "status",
        "homepage",
    }
    assert MINISTRY.removeprefix("Sächsisches Staatsministerium ") in sinn["description"]["de"]
    assert sinn["starts"] == {"@type": "xsd:gYearMonth", "@value": "2023-11"}
    assert sinn["homepage"] == "https://sinn-sachsen.de"
    carriers = {documents[f"mitmach-boerse/akteure {i}"]["name"]["de"] for i in sinn["carriedBy"]}
    assert carriers == OPERATORS


def test_the_dialogue_series_is_told_as_it_was(documents: dict[str, Document]) -> None:
    series = {
        event["startDate"]: event
        for event in documents.values()
        if event.get("series", {}).get("name") == {"de": "Sozial.Innovativ.Sächsisch."}
    }
    assert {(start, event["endDate"]) for start, event in series.items()} == {
        ("2021-10-07T17:00:00+02:00", "2021-10-07T19:00:00+02:00"),
        ("2021-10-21T17:00:00+02:00", "2021-10-21T19:00:00+02:00"),
        ("2021-11-09T17:00:00+01:00", "2021-11-09T19:00:00+01:00"),
    }
    allowed = {
        "id",
        "type",
        "name",
        "description",
        "organizer",
        "startDate",
        "endDate",
        "location",
        "series",
        "topic",
        "place",
    }
    venues = {}
    for event in series.values():
        assert set(event) <= allowed
        organizer = event["organizer"][0].removeprefix("https://sozialatlas.example/")
        assert documents[f"sozialatlas/eintraege {organizer}"]["name"]["de"] == MINISTRY
        (venue,) = event["location"]
        assert set(venue) == {"type", "name", "address"}
        (address,) = venue["address"]
        assert set(address) == {"type", "postName"}
        venues[venue["name"]["de"]] = address["postName"]
    assert venues == VENUES


def test_everything_else_is_evidently_fictitious(documents: dict[str, Document]) -> None:
    real = ("https://sinn-sachsen.de", "http://dcat-ap.de/def/politicalGeocoding/")
    for key, document in documents.items():
        for text in strings_of(document):
            if text.startswith(("http://", "https://")) and not text.startswith(real):
                assert text.split("/")[2].endswith(".example"), (key, text)
            if "@" in text:
                assert text.endswith(".example"), (key, text)
        streets = {node.get("thoroughfare", "Muster") for node in document.get("address", ())}
        assert all(street.startswith(("Muster", "Beispiel")) for street in streets), key


def test_no_entity_tag_or_empty_string_passes(documents: dict[str, Document]) -> None:
    for key, document in documents.items():
        for text in strings_of(document):
            assert text.strip() == text != "", key
            assert "<" not in text, key
            assert "&amp;" not in text and "uml;" not in text and "acute;" not in text, key


def test_the_manifests_name_the_server_of_the_demo(harvests: list[Harvest]) -> None:
    for harvest in harvests:
        start = f"http://127.0.0.1:8801/{harvest.source.hub_id}/"
        assert harvest.source.url.startswith(start)
        assert (HUBS / harvest.source.hub_id / Path(harvest.source.url).name).is_file()
