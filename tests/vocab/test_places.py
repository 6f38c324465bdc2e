"""The places of Saxony are those of the official list, and every key leads to what it lies in."""

import csv
import json
from pathlib import Path

import pytest
from rdflib import DCAT, DCTERMS, RDF, SKOS, Graph, Literal, URIRef

from vocab import make_places
from vocab.places import (
    COUNTRY,
    GEOCODING,
    NUTS,
    OUTLINES_FILE,
    PLACES_FILE,
    SOURCE,
    chain,
    cities,
    codes_of,
    iri_of_country,
    outlines,
    place_label,
    places,
    places_scheme,
)


@pytest.fixture(scope="module")
def graph() -> Graph:
    """The file of places, read by another parser than the module's own."""
    return Graph().parse(PLACES_FILE)


def municipalities(shared_data: Path) -> list[dict[str, str]]:
    file = shared_data / "reference" / "saxony-municipalities.csv"
    with file.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_there_are_a_state_its_districts_and_municipalities(graph: Graph) -> None:
    by_digits = [len(key) for key in places()]
    assert (by_digits.count(2), by_digits.count(5), by_digits.count(12)) == (1, 13, 419)
    assert len(set(graph.subjects(RDF.type, SKOS.Concept))) == len(places()) == 433
    assert cities() == {k: f"{k}0000000" for k in ("14511", "14612", "14713")}


def test_every_place_is_whole(graph: Graph) -> None:
    for place in places().values():
        concept = URIRef(place.iri)
        assert graph.value(concept, SKOS.notation) == Literal(place.key)
        labels = {str(one.language): str(one) for one in graph.objects(concept, SKOS.prefLabel)}
        assert labels == dict(place.labels)
        assert {"de", "en"} <= labels.keys()
        assert graph.value(concept, SKOS.inScheme) == URIRef("https://w3id.org/verbund/places/")
        wider = graph.value(concept, SKOS.broader)
        assert (wider is None) == (place.key == "14")
        assert (graph.value(concept, DCAT.centroid) is None) == (len(place.key) < 12)
        if wider:
            assert (wider, RDF.type, SKOS.Concept) in graph
            assert place.key.startswith(str(wider).rsplit("/", 1)[1])


def test_the_files_say_whose_facts_they_are(graph: Graph) -> None:
    rights = graph.objects(URIRef("https://w3id.org/verbund/places/"), DCTERMS.rights)
    assert {text.language for text in rights if str(text).startswith(SOURCE)} == {"de", "en"}
    said = json.loads(OUTLINES_FILE.read_text("utf-8"))
    assert said["source"] == SOURCE
    assert said["licence"] == "http://dcat-ap.de/def/licenses/dl-by-de/2.0"
    assert "GeoBasis-DE / BKG" in SOURCE and "dl-de/by-2-0" in SOURCE


def test_keys_names_nuts_and_points_are_those_of_the_official_list(
    graph: Graph, shared_data: Path
) -> None:
    rows = municipalities(shared_data)
    assert len(rows) == 419
    for row in rows:
        concept = URIRef(f"{GEOCODING}regionalKey/{row['regional_key']}")
        assert Literal(row["name"], lang="de") in set(graph.objects(concept, SKOS.prefLabel))
        district = graph.value(concept, SKOS.broader)
        assert str(district) == f"{GEOCODING}districtKey/{row['municipality_key'][:5]}"
        assert graph.value(district, SKOS.exactMatch) == URIRef(NUTS + row["nuts3"])
        point = str(graph.value(concept, DCAT.centroid))
        assert point == f"POINT({row['lon']} {row['lat']})"
        same = graph.value(concept, SKOS.exactMatch)
        assert str(same) == f"{GEOCODING}municipalityKey/{row['municipality_key']}"
    assert len({row["nuts3"] for row in rows}) == 13


def test_every_key_is_one_of_dcat_ap_de(shared_data: Path) -> None:
    lists = shared_data / "shapes/dcat-ap-de/v1.0.2/shapes/dcat-ap-de-lists.ttl"
    text = lists.read_text("utf-8")
    for place in places().values():
        assert f"<{place.iri}>" in text
    assert text.count(f"<{GEOCODING}regionalKey/14") == 419
    assert text.count(f"<{GEOCODING}districtKey/14") == 13


def test_the_files_are_what_the_script_makes_of_the_official_list(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, drawn = tmp_path / "places.ttl", tmp_path / "outlines.json"
    monkeypatch.setattr(make_places, "PLACES_FILE", made)
    monkeypatch.setattr(make_places, "OUTLINES_FILE", drawn)
    folder = shared_data / "reference"
    make_places.main(folder / "saxony-municipalities.csv", folder / "saxony-districts.geojson")
    assert made.read_bytes() == PLACES_FILE.read_bytes()
    assert drawn.read_bytes() == OUTLINES_FILE.read_bytes()


def test_every_district_has_a_closed_outline() -> None:
    assert set(outlines()) == {key for key in places() if len(key) == 5}
    for ring in outlines().values():
        assert ring[0] == ring[-1]
        assert all(11.8 < x < 15.1 and 50.1 < y < 51.8 for x, y in ring)


@pytest.mark.parametrize(
    ("iri", "codes"),
    [
        (f"{GEOCODING}regionalKey/146265242600", ("146265242600", "14626", "14", "DE")),
        (f"{GEOCODING}municipalityKey/14713000", ("147130000000", "14713", "14", "DE")),
        (f"{GEOCODING}districtKey/14625", ("14625", "14", "DE")),
        (f"{GEOCODING}stateKey/14", ("14", "DE")),
        (f"{GEOCODING}stateKey/12", ("12", "DE")),
        (f"{GEOCODING}regionalKey/120600005005", ("120600005005", "12060", "12", "DE")),
        (f"{NUTS}DED2C", ("14625", "14", "DE")),
        (f"{NUTS}DED2", ("DED2", "14", "DE")),
        (f"{NUTS}DED", ("14", "DE")),
        (f"{NUTS}PL514", ("PL514", "PL")),
        (f"{NUTS}EL30", ("EL30", "GR")),
        (f"{NUTS}UK", ("GB",)),
        (f"{COUNTRY}CZE", ("CZ",)),
        (f"{COUNTRY}XYZ", ()),
        ("https://ort.example/14625", ()),
    ],
)
def test_an_iri_leads_to_the_place_and_what_it_lies_in(iri: str, codes: tuple[str, ...]) -> None:
    assert codes_of(iri) == codes


def test_a_name_is_no_code() -> None:
    assert chain("Görlitz") == chain("Bad Elster") == ()
    assert chain("14626") == ("14626", "14", "DE")


def test_places_have_names_in_both_languages_and_sorbian_only_where_a_source_has_it() -> None:
    assert place_label("14626", "de") == "Landkreis Görlitz"
    assert place_label("14626", "en") == "Görlitz district"
    assert place_label("14521", "en") == "Erzgebirgskreis"
    assert place_label("PL", "de") == "Polen"
    assert place_label("PL514", "en") == "PL514"
    assert place_label("146265242600", "hsb") == "Běła Woda"
    assert place_label("146265242600", "de") == "Weißwasser/O.L."
    assert [key for key, place in places().items() if "hsb" in place.labels] == ["146265242600"]


def test_countries_have_the_eus_iri() -> None:
    assert iri_of_country("DE") == f"{COUNTRY}DEU"
    assert iri_of_country("FR") == f"{COUNTRY}FRA"
    assert iri_of_country("??") is None


def test_the_scheme_tells_the_other_codes_of_a_place() -> None:
    concepts = places_scheme().concepts
    assert concepts["14625"].exact_match == (f"{NUTS}DED2C",)
    assert concepts["146250020020"].exact_match == (f"{GEOCODING}municipalityKey/14625020",)
