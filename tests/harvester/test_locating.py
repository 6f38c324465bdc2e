"""What an address and a point prove of a place, what they leave open, and what is told of it."""

import csv
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from harvester.errors import HarvestError
from harvester.formats.source_object import SourceObject
from harvester.gazetteer import (
    NEAR_KM,
    Gazetteer,
    district_at,
    is_saxon,
    kilometres,
    known_places,
    read_gazetteer,
)
from harvester.locating import located
from harvester.mapping import Mapper
from harvester.notes import Notes
from harvester.place_names import municipalities_named
from harvester.source import Source
from vocab.places import GEOCODING, iri_of_key, places
from vocab.types import Document

LEIPZIG, DRESDEN, KAMENZ = "147130000000", "146120000000", "146250250250"
BERNSDORF_IN_BAUTZEN, BERNSDORF_IN_ZWICKAU = "146250030030", "145245128010"
EBERSBACH_NEUGERSDORF = "146260085085"
IN_LEIPZIG, IN_FRANKENTHAL_IN_THE_PALATINATE = "POINT(12.37 51.34)", "POINT(8.35 49.53)"


def found(
    gazetteer: Gazetteer | None = None,
    *,
    place: list[str] | None = None,
    point: str = "",
    **address: str,
) -> tuple[list[str], list[tuple[str, str]]]:
    """The keys that a document gets, and the rules and paths that are noted."""
    document: Document = {"type": "Actor", "name": {"de": "Verein"}}
    if place:
        document["place"] = place
    if address:
        document["address"] = [{"type": "Address", **address}]
    if point:
        document["geometry"] = {"type": "Geometry", "asWKT": point}
    notes = Notes(language="de", zone=ZoneInfo("Europe/Berlin"))
    after = located(document, notes, gazetteer or known_places())
    keys = [iri.rsplit("/", 1)[1] for iri in after.get("place", ())]
    return keys, [(finding.rule, finding.path) for finding in notes.findings]


MENDED = ("postcode.mended", "/address/0/postCode")
SHORT = ("postcode.maybe-short", "/address/0/postCode")


def test_a_zero_that_a_spreadsheet_took_is_given_back_where_the_town_is_proven() -> None:
    assert found(postName="Leipzig", postCode="4103") == ([LEIPZIG], [MENDED])
    in_kamenz = "POINT(14.1 51.27)"
    assert found(point=in_kamenz, postName="Kamenz", postCode="1917") == ([KAMENZ], [MENDED])
    operators = Gazetteer(postcodes={"01917": frozenset({KAMENZ})})
    assert found(operators, postName="Kamenz", postCode="1917") == ([KAMENZ], [MENDED])


def test_a_town_of_that_name_elsewhere_stays_there() -> None:
    # There is a Frauenstein in Carinthia, and one in Saxony.
    assert found(postName="Frauenstein", postCode="9300") == ([], [SHORT])
    in_carinthia = "POINT(14.45 46.8)"
    assert found(point=in_carinthia, postName="Frauenstein", postCode="9300") == ([], [SHORT])


@pytest.mark.parametrize(
    "given",
    [
        {"postName": "Leipzig", "postCode": "4103", "adminUnitL1": "AT"},
        {"postName": "Musterstadt", "postCode": "4103"},
        {"postName": "Leipzig", "postCode": "3103"},  # 03 is Brandenburg's
        {"postName": "Neustadt-Kamenz", "postCode": "1917"},
    ],
)
def test_who_states_the_country_or_another_town_means_it(given: dict[str, str]) -> None:
    assert found(**given) == ([], [])


def test_the_zeros_of_venues_are_given_back_too() -> None:
    notes = Notes(language="de", zone=ZoneInfo("Europe/Berlin"))
    lost = {"type": "Address", "postName": "Dresden", "postCode": "1067"}
    document = {"type": "Event", "location": [{"type": "Place", "address": [lost]}]}
    after = located(document, notes, known_places())
    assert after["location"] == [{"type": "Place", "address": [{**lost, "postCode": "01067"}]}]
    assert [finding.path for finding in notes.findings] == ["/location/0/address/0/postCode"]
    assert lost["postCode"] == "1067"  # what was given stays as it was


def test_a_town_s_name_is_enough_where_it_means_one() -> None:
    assert found(postName="Leipzig") == ([LEIPZIG], [])
    assert found(postName="Leipzig", postCode="04103", adminUnitL1="DE") == ([LEIPZIG], [])


def test_a_postcode_alone_never_is() -> None:
    assert found(postCode="04103", adminUnitL1="DE") == ([], [])


def test_a_town_of_the_same_name_elsewhere_is_another_one() -> None:
    assert found(postName="Frankenthal", postCode="67227") == ([], [])
    assert found(postName="Weißenborn", postCode="07639") == ([], [])
    assert found(postName="Frankenthal", postCode="LS1 4AB") == ([], [])
    assert found(postName="Frankenthal", adminUnitL2="Rheinland-Pfalz") == ([], [])
    assert found(postName="Frankenthal", point=IN_FRANKENTHAL_IN_THE_PALATINATE) == ([], [])
    assert found(postName="Bergen", adminUnitL1="NO") == ([], [])
    assert found(postName="Frankenthal", postCode="01909") == (["146255211140"], [])


def test_of_several_towns_of_one_name_none_is_chosen() -> None:
    ambiguous = [("place.ambiguous", "/address/0/postName")]
    assert found(postName="Bernsdorf", postCode="02994") == ([], ambiguous)
    assert found(postName="Ebersbach") == ([], ambiguous)


@pytest.mark.parametrize(
    "more",
    [
        {"adminUnitL2": "Landkreis Bautzen"},
        {"point": "POINT(14.07 51.37)"},
        {"place": [f"{GEOCODING}districtKey/14625"]},
    ],
)
def test_district_key_or_coordinates_choose_among_them(more: dict) -> None:
    keys, noted = found(postName="Bernsdorf", **more)
    assert keys[-1] == BERNSDORF_IN_BAUTZEN
    assert noted == []


def test_coordinates_refute_a_name() -> None:
    far = "POINT(13.74 51.05)"  # Dresden, 100 km from Leipzig
    told = [("place.contradicts", "/address/0/postName")]
    assert found(postName="Leipzig", postCode="04103", point=far) == ([], told)
    assert found(postName="Leipzig", point=far) == ([], told)
    assert found(postName="Bernsdorf", postCode="02994", point=far) == ([], told)


def test_a_town_and_another_district_contradict_each_other() -> None:
    told = [("place.other-district", "/address/0/postName")]
    assert found(postName="Kamenz", adminUnitL2="Landkreis Görlitz") == ([], told)
    assert found(postName="Kamenz", adminUnitL2="Sachsen") == ([KAMENZ], [])
    assert found(postName="Kamenz", adminUnitL2="Altkreis Kamenz") == ([KAMENZ], [])


def test_a_quarter_needs_something_that_speaks_for_it() -> None:
    assert found(postName="Freital-Zauckerode") == ([], [])
    assert found(postName="Freital-Zauckerode", postCode="01705") == (["146280110110"], [])
    assert found(postName="Leipzig-Connewitz") == ([LEIPZIG], [])


def test_what_a_hub_names_stays_and_is_not_said_twice() -> None:
    ours = iri_of_key(LEIPZIG)
    assert found(place=[ours], postName="Leipzig") == ([LEIPZIG], [])
    by_other_key = f"{GEOCODING}municipalityKey/14713000"
    assert found(place=[by_other_key], postName="Leipzig") == (["14713000"], [])
    kept = [f"{GEOCODING}districtKey/14626", "https://ort.example/1"]
    assert found(place=kept, postName="Leipzig")[0] == ["14626", "1", LEIPZIG]


def test_a_key_that_nobody_has_and_one_far_from_the_point_are_told() -> None:
    gone = f"{GEOCODING}regionalKey/149990000000"
    assert found(place=[gone]) == (["149990000000"], [("place.unknown-key", "/place")])
    elsewhere = f"{GEOCODING}regionalKey/120600005005"
    assert found(place=[elsewhere]) == (["120600005005"], [])
    keys, told = found(place=[iri_of_key(DRESDEN)], point=IN_LEIPZIG)
    assert (keys[0], told) == (DRESDEN, [("place.contradicts", "/place")])


def test_without_a_known_name_the_point_gives_the_district() -> None:
    assert found(point="POINT(12.6 51.2)") == (["14729"], [])
    assert found(point=IN_LEIPZIG) == ([LEIPZIG], [])  # a city is its own district
    assert found(postName="Dreiskau-Muckern", postCode="04579", point="POINT(12.55 51.2)") == (
        ["14729"],
        [],
    )
    assert found(point="POINT(14.42 50.08)") == ([], [])  # Prague
    assert found(postName="Berlin", postCode="10115", point=IN_LEIPZIG) == ([], [])


def test_an_event_is_where_its_venues_are() -> None:
    def venue(town: str) -> Document:
        return {"type": "Place", "address": [{"type": "Address", "postName": town}]}

    document: Document = {"type": "Event", "location": [venue("Kamenz"), venue("Bernsdorf")]}
    notes = Notes(language="de", zone=ZoneInfo("Europe/Berlin"))
    assert located(document, notes, known_places())["place"] == [iri_of_key(KAMENZ)]
    (told,) = notes.findings
    assert (told.rule, told.path) == ("place.ambiguous", "/location/1/address/0/postName")
    assert BERNSDORF_IN_BAUTZEN in told.fix["de"] and "Landkreis Zwickau" in told.fix["en"]


def test_of_several_addresses_each_counts_but_a_point_for_none() -> None:
    document: Document = {
        "type": "Actor",
        "address": [{"postName": "Leipzig"}, {"postName": "Dresden"}],
        "geometry": {"asWKT": IN_LEIPZIG},
    }
    notes = Notes(language="de", zone=ZoneInfo("Europe/Berlin"))
    after = located(document, notes, known_places())
    assert after["place"] == [iri_of_key(LEIPZIG), iri_of_key(DRESDEN)]
    assert notes.findings == []


# --- points --------------------------------------------------------------------------------------


def test_every_municipality_s_point_lies_in_its_district_or_near_an_edge() -> None:
    sure = 0
    for place in places().values():
        if place.point:
            assert district_at(place.point) in (place.broader, None)
            sure += district_at(place.point) == place.broader
    assert sure >= 390


def test_near_a_border_and_beyond_it_a_point_proves_nothing() -> None:
    assert district_at((14.9885, 51.1528)) is None  # the bank of the Neiße at Görlitz
    assert district_at((15.05, 51.15)) is None  # Zgorzelec and farther
    assert district_at((14.96, 51.15)) == "14626"


def test_municipalities_of_one_name_lie_farther_apart_than_a_point_may() -> None:
    distances = []
    for place in places().values():
        for key in municipalities_named(place.labels["de"]).keys - {place.key}:
            other = places()[key].point
            if place.point and other:
                distances.append(kilometres(place.point, other))
    assert min(distances) > 1.5 * NEAR_KM


def test_postcodes_of_saxony_are_told_from_those_around(shared_data: Path) -> None:
    table = shared_data / "reference" / "plz-ags-map.csv"
    states_of = defaultdict(set)
    with table.open(encoding="utf-8") as stream:
        for postcode, key in csv.reader(stream, delimiter="\t"):
            states_of[postcode].add(key[:2])
    assert len(states_of) > 8000
    for postcode, states in states_of.items():
        assert is_saxon(postcode) == ("14" in states), postcode
    assert not any(map(is_saxon, ("", "4103", "0410a", "041030")))


# --- the operator's postcodes --------------------------------------------------------------------


@pytest.fixture
def with_postcodes(tmp_path: Path) -> Callable[[str], Gazetteer]:
    """A gazetteer with a file of this content."""

    def made(content: str) -> Gazetteer:
        file = tmp_path / "postcodes.csv"
        file.write_text(content, "utf-8")
        return read_gazetteer(file)

    return made


def test_a_postcode_narrows_the_towns_of_one_name(
    with_postcodes: Callable[[str], Gazetteer],
) -> None:
    gazetteer = with_postcodes("postcode,key\n02994,14625030\n09337,145245128010\n")
    assert found(gazetteer, postName="Bernsdorf", postCode="02994")[0] == [BERNSDORF_IN_BAUTZEN]
    assert found(gazetteer, postName="Bernsdorf", postCode="09337")[0] == [BERNSDORF_IN_ZWICKAU]


def test_a_postcode_decides_neither_without_a_name_nor_where_it_leaves_several(
    with_postcodes: Callable[[str], Gazetteer],
) -> None:
    gazetteer = with_postcodes("02994\t14625030\n09337\t14625030\n09337\t14524010\n")
    assert found(gazetteer, postCode="02994") == ([], [])
    several = [("place.ambiguous", "/address/0/postName")]
    assert found(gazetteer, postName="Bernsdorf", postCode="09337") == ([], several)
    assert found(gazetteer, postName="Leipzig", postCode="02994") == ([LEIPZIG], [])


def test_no_ambiguous_postcode_decides_anything(shared_data: Path) -> None:
    """With the whole table of postcodes as the operator's file."""
    table = shared_data / "reference" / "plz-ags-map.csv"
    keys_of = defaultdict(set)
    with table.open(encoding="utf-8") as stream:
        for postcode, key in csv.reader(stream, delimiter="\t"):
            keys_of[postcode].add(key)
    gazetteer = read_gazetteer(table)
    ambiguous = [postcode for postcode, keys in keys_of.items() if len(keys) > 1]
    assert len(ambiguous) == 1676
    for postcode in ambiguous:
        assert found(gazetteer, postCode=postcode, adminUnitL1="DE") == ([], [])
    assert found(gazetteer, postName="Ebersbach", postCode="02730")[0] == [EBERSBACH_NEUGERSDORF]
    # Of Ebersbach's own postcode the table has keys alone from before the reform of 2008.
    several = [("place.ambiguous", "/address/0/postName")]
    assert found(gazetteer, postName="Ebersbach", postCode="01561") == ([], several)


@pytest.mark.parametrize("content", ["04103,Leipzig\n", "4103,14713000\n", "04103\n"])
def test_a_file_that_is_none_of_postcodes_is_refused(
    content: str, with_postcodes: Callable[[str], Gazetteer]
) -> None:
    with pytest.raises(HarvestError) as error:
        with_postcodes("postcode,key\n" + content)
    assert error.value.code == "places.postcodes"
    assert "line 2" in error.value.en and "8 oder 12" in error.value.de


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(HarvestError):
        read_gazetteer(tmp_path / "missing.csv")


# --- through the mapping -------------------------------------------------------------------------


def test_a_place_is_mapped_from_a_name_and_an_address(
    make_source: Callable[[str], Source],
) -> None:
    source = make_source(
        'format = "json"\n[source.map]\nkind = "\'actor\'"\nid = "id"\nname = "name"\n'
        'place = "region"\n"address.postName" = "town"\n'
    )
    mapper = Mapper(source)

    def place(**said: str) -> tuple[list[str], list[str]]:
        mapped = mapper.map(
            SourceObject(data={"id": "1", "name": "Verein", **said}, position="record 1")
        )
        assert mapped.document is not None
        rules = [f.rule for f in mapped.findings if f.rule.startswith(("place", "value"))]
        return mapped.document.get("place", []), rules

    assert place(region="Landkreis Bautzen", town="Bernsdorf") == (
        [f"{GEOCODING}districtKey/14625", iri_of_key(BERNSDORF_IN_BAUTZEN)],
        [],
    )
    assert place(region="Bernsdorf") == ([], ["place.ambiguous"])
    assert place(region="im Osten") == ([], ["value.bad-iri"])
