"""Places of real records, recounted from the addresses by a plain look-up in the official list."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.real import prepare
from harvester.fetch import Fetcher, FetchLimits, FetchPolicy
from harvester.manifest import load_manifest
from tests.hubs.harvested import Harvest, harvested
from vocab.types import Document

KEY = "http://dcat-ap.de/def/politicalGeocoding/regionalKey/"
HUBS = ("leipzigdata", "nachhaltiges-sachsen", "ror-de", "selbsthilfe-sachsen", "workers-coop")


@pytest.fixture(scope="module")
def harvests(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Harvest]:
    folders = prepare(tmp_path_factory.mktemp("hubs"), f"{shared_data.resolve().as_uri()}/")
    policy = FetchPolicy(user_agent="verbund-tests/0", file_roots=(shared_data,))
    found: dict[str, Harvest] = {}
    with Fetcher(policy, FetchLimits()) as fetcher:
        for folder in (one for one in folders if one.name in HUBS):
            for source in load_manifest(folder).sources:
                body = fetcher.fetch(source.url, accept="*/*").body
                assert body is not None
                found[source.id] = harvested(source, body)
    return found


@pytest.fixture(scope="module")
def official(shared_data: Path) -> list[dict[str, str]]:
    file = shared_data / "reference" / "saxony-municipalities.csv"
    with file.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def _addresses(document: Document) -> Iterator[dict[str, Any]]:
    yield from document.get("address", ())
    for venue in document.get("location", ()):
        yield from venue.get("address", ())


def _points(document: Document) -> bool:
    return "geometry" in document or any("geometry" in v for v in document.get("location", ()))


def test_a_record_is_where_its_town_s_official_name_says(
    harvests: dict[str, Harvest], official: list[dict[str, str]]
) -> None:
    """Of towns that are written just as the list has them, with a Saxon postcode and no point."""
    words = [row["name"].split("/")[0].split(" ")[0].split("-")[0] for row in official]
    alone = {word for word, times in Counter(words).items() if times == 1}
    key_of = {row["name"]: row["regional_key"] for row in official if row["name"] in alone}
    compared = Counter[str]()
    for source_id, harvest in harvests.items():
        for document in harvest.records.values():
            for address in _addresses(document):
                key = key_of.get(address.get("postName", ""))
                is_saxon = address.get("postCode", "")[:2] in ("01", "02", "04", "08", "09")
                if key and is_saxon and not _points(document):
                    assert KEY + key in document["place"], (source_id, document["id"])
                    compared[source_id] += 1
    assert compared["leipzigdata/vereine"] > 300
    assert compared["selbsthilfe-sachsen/kontaktstellen"] > 10


def test_no_record_has_a_municipality_that_neither_hub_nor_address_names(
    harvests: dict[str, Harvest], official: list[dict[str, str]]
) -> None:
    """The first word of each municipality stands in an address.

    Left out are the three cities, which tables of manifests name for what lies in them.
    """

    def plain(text: str) -> str:
        letters = {"ä": "ae", "ö": "oe", "ü": "ue"}
        return "".join(letters.get(letter, letter) for letter in text.casefold())

    cities = {f"{KEY}{key}0000000" for key in ("14511", "14612", "14713")}
    first_word = {
        row["regional_key"]: plain(row["name"].split("/")[0].split(" ")[0].split("-")[0])
        for row in official
    }
    seen = 0
    for harvest in harvests.values():
        for document in harvest.records.values():
            towns = plain(" ".join(a.get("postName", "") for a in _addresses(document)))
            for iri in document.get("place", ()):
                if iri.startswith(KEY) and iri not in cities:
                    assert first_word[iri.removeprefix(KEY)] in towns, document["id"]
                    seen += 1
    assert seen > 100


def test_no_co_operative_of_the_united_kingdom_is_in_saxony(harvests: dict[str, Harvest]) -> None:
    records = harvests["workers-coop/coops"].records
    assert len(records) == 387
    assert not any("place" in document for document in records.values())


def test_points_that_contradict_their_town_are_told(
    harvests: dict[str, Harvest], official: list[dict[str, str]]
) -> None:
    """A plain difference in degrees: a quarter of one is 18 km to the east, 28 to the north."""
    point_of = {row["name"]: (float(row["lon"]), float(row["lat"])) for row in official}
    harvest = harvests["nachhaltiges-sachsen/akteure"]
    told = {local_id for local_id, _ in harvest.findings("place.contradicts")}
    far = set()
    for local_id, document in harvest.records.items():
        wkt = document.get("geometry", {}).get("asWKT", "")
        for address in document.get("address", ()):
            town = point_of.get(address.get("postName", ""))
            if wkt and town:
                x, y = map(float, wkt[6:-1].split())
                if abs(x - town[0]) > 0.25 or abs(y - town[1]) > 0.25:
                    far.add(local_id)
    assert far
    assert far <= told
    for local_id in far:
        assert not any(
            iri.startswith(KEY) for iri in harvest.records[str(local_id)].get("place", ())
        )


def test_five_contact_points_stand_in_the_municipality_of_their_address(
    harvests: dict[str, Harvest], shared_data: Path
) -> None:
    """Keys looked up by hand in the official list, for the postcodes of the raw file."""
    by_hand = {
        "04109": "147130000000", "02943": "146265242600", "01796": "146285229270",
        "08280": "145210035035", "02906": "146260370370",
    }  # fmt: skip
    file = shared_data / "hubs/selbsthilfe-sachsen/contact-points.json"
    raw = {
        point["id"]: point["address"]["postalCode"]
        for district in json.loads(file.read_bytes()).values()
        for point in district["contactPoints"]
    }
    met = set()
    for local_id, document in harvests["selbsthilfe-sachsen/kontaktstellen"].records.items():
        key = by_hand.get(raw[local_id])
        if key:
            assert KEY + key in document["place"]
            met.add(key)
    assert met == set(by_hand.values())
