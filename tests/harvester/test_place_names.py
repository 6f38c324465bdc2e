"""Names of municipalities and districts as people write them; the keys were looked up by hand."""

import pytest

from harvester.place_names import (
    districts_named,
    municipalities_named,
    names_saxony,
    tells_of_district,
)
from harvester.place_values import read_place
from vocab.places import COUNTRY, GEOCODING, NUTS, places

CHEMNITZ, DRESDEN, LEIPZIG = "145110000000", "146120000000", "147130000000"
FREITAL, WEISSWASSER, WEHLEN = "146280110110", "146265242600", "146285221370"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Chemnitz", CHEMNITZ),
        ("Chemnitz, Stadt", CHEMNITZ),
        ("Landeshauptstadt Dresden", DRESDEN),
        ("Dresden (Sachsen)", DRESDEN),
        ("Leipzig-Connewitz", LEIPZIG),
        ("Leipzig Baalsdorf", LEIPZIG),
        ("LEIPZIG", LEIPZIG),
        ("St. Egidien", "145245128280"),
        ("Sankt Egidien", "145245128280"),
        ("Freital OT Zauckerode", FREITAL),
        ("Freital (Ortsteil Zauckerode)", FREITAL),
        ("Weißwasser", WEISSWASSER),
        ("Weißwasser/O.L.", WEISSWASSER),
        ("WEISSWASSER/OL", WEISSWASSER),
        ("Weißwasser/Oberlausitz", WEISSWASSER),
        ("Běła Woda", WEISSWASSER),
        ("Neustadt in Sachsen", "146280260260"),
        ("Neustadt/Sa.", "146280260260"),
        ("Neustadt/Vogtl.", "145235107290"),
        ("Auerbach/V.", "145230020020"),
        ("Reichenbach i. V.", "145235125340"),
        ("Aue-Bad-Schlema", "145210035035"),
        ("Grosspoesna", "147290190190"),
        ("Wehlen", WEHLEN),
        ("Stadt Wehlen", WEHLEN),
        ("Limbach-Oberfrohna", "145245114180"),
        ("Hartmannsdorf b. Kirchberg", "145245111100"),
    ],
)
def test_a_name_means_one_municipality(name: str, key: str) -> None:
    named = municipalities_named(name)
    assert named.keys == {key}
    assert named.sure


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("Bernsdorf", {"145245128010", "146250030030"}),
        ("Auerbach", {"145215103040", "145230020020"}),
        ("Neustadt", {"145235107290", "146280260260"}),
        ("Oelsnitz", {"145210450450", "145235122300"}),
        # The smaller one's name is what people still call the larger one.
        ("Ebersbach", {"146270030030", "146260085085"}),
        ("Ebersbach/Sa.", {"146270030030", "146260085085"}),
        ("Limbach", {"145235120190", "145245114180"}),
    ],
)
def test_a_name_may_mean_several(name: str, keys: set[str]) -> None:
    assert municipalities_named(name).keys == keys


@pytest.mark.parametrize(
    "name",
    [
        "", "a", "Stadt", "Sachsen", "Berlin", "Leipzig/Halle", "Leipziger Land", "leip", "04103",
        "Rochlitz / Breitenborn", "Kleinzschocher", "Sächsische Schweiz", "Erzgebirgskreis",
    ],
)  # fmt: skip
def test_a_name_may_mean_none(name: str) -> None:
    assert municipalities_named(name).keys == frozenset()


def test_a_quarter_behind_a_hyphen_is_not_sure_but_of_the_large_cities() -> None:
    named = municipalities_named("Freital-Zauckerode")
    assert (named.keys, named.sure) == ({FREITAL}, False)
    assert municipalities_named("Dresden-Neustadt").sure


def test_every_official_name_means_its_own_municipality() -> None:
    own = {key: place for key, place in places().items() if place.point}
    shared = 0
    for key, place in own.items():
        keys = municipalities_named(place.labels["de"]).keys
        assert key in keys, place.labels
        shared += len(keys) > 1
    # Both Bernsdorf; Auerbach, Ebersbach, Hartmannsdorf, Königshain, Lichtenberg, Limbach,
    # Neukirch and Rosenbach, whose names others bear with an affix or as a half.
    assert shared == 10


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("Landkreis Leipzig", {"14729"}),
        ("Leipzig, Stadt", {"14713"}),
        ("Leipzig", {"14713", "14729"}),
        ("LK Görlitz", {"14626"}),
        ("Görlitz", {"14626"}),
        ("Erzgebirgskreis", {"14521"}),
        ("Landkreis Mittelsachsen", {"14522"}),
        ("Mittelsachsen", {"14522"}),
        ("Landkreis Sächsische Schweiz-Osterzgebirge", {"14628"}),
        ("Landkreis Chemnitz", set()),
        ("Weißeritzkreis", set()),
    ],
)
def test_districts_are_told_by_name(name: str, keys: set[str]) -> None:
    assert districts_named(name) == keys


def test_a_district_is_told_from_a_town_of_the_same_name() -> None:
    assert tells_of_district("Landkreis Görlitz") and tells_of_district("Nordsachsen")
    assert not tells_of_district("Görlitz") and not tells_of_district("Leipzig, Stadt")
    assert names_saxony("Freistaat Sachsen") and names_saxony("Saxony")
    assert not names_saxony("Sachsen-Anhalt") and not names_saxony("Nordsachsen")


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("147130000000", f"{GEOCODING}regionalKey/{LEIPZIG}"),
        ("14713000", f"{GEOCODING}regionalKey/{LEIPZIG}"),
        ("12060005", f"{GEOCODING}municipalityKey/12060005"),
        ("Leipzig", f"{GEOCODING}regionalKey/{LEIPZIG}"),
        ("Görlitz", f"{GEOCODING}regionalKey/146260110110"),
        ("Landkreis Görlitz", f"{GEOCODING}districtKey/14626"),
        ("Sachsen", f"{GEOCODING}stateKey/14"),
        ("DED2C", f"{GEOCODING}districtKey/14625"),
        ("DED2", f"{NUTS}DED2"),
        ("PL51", f"{NUTS}PL51"),
        ("PL", f"{COUNTRY}POL"),
        ("Polen", f"{COUNTRY}POL"),
        ("Czech Republic", f"{COUNTRY}CZE"),
        ("04103", None),
        ("14612", None),  # Dresden's key, and a postcode of Falkensee
        ("NRW", None),
        ("anderer Ort", None),
        ("Freital-Zauckerode", None),
    ],
)
def test_a_place_is_read_from_a_key_a_code_or_a_name(text: str, iri: str | None) -> None:
    assert read_place(text).iri == iri


def test_a_place_that_may_be_several_is_none() -> None:
    read = read_place("Bernsdorf")
    assert read.iri is None
    assert read.several == {"145245128010", "146250030030"}
