"""Where a record's thing is: the municipality or district that its address or point proves.

A name counts where nothing speaks against it and it means one municipality alone; a postcode never
names one, but one from elsewhere refutes the name. Coordinates confirm or refute a name; without a
name they give the district whose outline they lie in, as to be nearest to a town proves nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from harvester.gazetteer import NEAR_KM, Gazetteer, distance_to, district_at, is_saxon
from harvester.notes import Notes
from harvester.place_names import (
    Keys,
    districts_named,
    municipalities_named,
    names_saxony,
    with_districts,
)
from vocab.folding import fold
from vocab.places import GEOCODING, STATE, Point, cities, codes_of, iri_of_key, place_label, places
from vocab.types import Document

_OTHER_STATES: Final = frozenset(
    fold(name)
    for name in (
        "Baden-Württemberg", "Bayern", "Bavaria", "Berlin", "Brandenburg", "Bremen", "Hamburg",
        "Hessen", "Mecklenburg-Vorpommern", "Niedersachsen", "Nordrhein-Westfalen",
        "Rheinland-Pfalz", "Saarland", "Sachsen-Anhalt", "Schleswig-Holstein", "Thüringen",
    )
)  # fmt: skip
_NOTHING: Final[Mapping[str, Any]] = {}
_MUNICIPALITY: Final = 12
"""Digits of a municipality's key."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """One address with the coordinates that are its own, and where they stand in the document."""

    address: Mapping[str, Any]
    point: Point | None
    path: str


def located(document: Document, notes: Notes, gazetteer: Gazetteer) -> Document:
    """The document with the places that it proves beside those that it names.

    What contradicts itself, and a name of several municipalities, is noted and proves nothing.
    """
    document = _with_leading_zeros(document, notes, gazetteer)
    given: list[str] = document.get("place", [])
    said = {codes[0] for iri in given if (codes := codes_of(iri))} if given else set()
    if given:
        _check(given, document, notes)
    found: list[str] = []
    for spot in _spots(document):
        key = _place_of(spot, said, notes, gazetteer)
        if key and key not in said:
            said.add(key)
            found.append(iri_of_key(key))
    return {**document, "place": [*given, *found]} if found else document


def _with_leading_zeros(document: Document, notes: Notes, gazetteer: Gazetteer) -> Document:
    """The document with the zeros that a spreadsheet took from Saxon postcodes.

    Where no country is stated four digits may be Austrian or Swiss, and towns there have the names
    of Saxon ones. So the point, the operator's postcodes or the name of a large city must say that
    it is the one in Saxony; where only the name of a town does, that is noted.
    """
    after = _mended(document, "", notes, gazetteer)
    venues = document.get("location", [])
    mended = [_mended(venue, f"/location/{n}", notes, gazetteer) for n, venue in enumerate(venues)]
    return {**after, "location": mended} if mended != venues else after


def _mended(node: Document, path: str, notes: Notes, gazetteer: Gazetteer) -> Document:
    addresses: list[dict[str, Any]] = node.get("address", [])
    if not any(map(_lacking_zero, addresses)):
        return node
    point = _point_of(node) if len(addresses) == 1 else None
    after = []
    for index, address in enumerate(addresses):
        keys = _lacking_zero(address)
        if keys:
            given, code = address["postCode"], "0" + address["postCode"]
            notes.path = f"{path}/address/{index}/postCode"
            if _proven(keys, code, point, gazetteer):
                notes.add("postcode.mended", given, mended=code)
                address = {**address, "postCode": code}
            else:
                notes.add("postcode.maybe-short", given, town=with_districts(keys))
        after.append(address)
    notes.path = ""
    return {**node, "address": after}


def _lacking_zero(address: Mapping[str, Any]) -> Keys:
    """The Saxon municipalities that an address may mean whose postcode may lack its zero."""
    code = address.get("postCode", "")
    if len(code) != 4 or "adminUnitL1" in address or not is_saxon("0" + code):
        return frozenset()
    named = municipalities_named(address.get("postName", ""))
    return named.keys if named.sure else frozenset()


def _proven(keys: Keys, code: str, point: Point | None, gazetteer: Gazetteer) -> bool:
    if point:
        return any(distance_to(key, point) <= NEAR_KM for key in keys)
    return bool(keys & (gazetteer.postcodes.get(code, frozenset()) | set(cities().values())))


def _check(given: list[str], document: Document, notes: Notes) -> None:
    """Notes keys that nobody has and a point far from the municipality that is named."""
    notes.path = "/place"
    municipalities = []
    for iri in given:
        codes = codes_of(iri)
        if iri.startswith(GEOCODING) and STATE in codes and codes[0] not in places():
            notes.add("place.unknown-key", iri, key=codes[0])
        elif codes and codes[0] in places() and len(codes[0]) == _MUNICIPALITY:
            municipalities.append(codes[0])
    point = _point_of(document)
    if point and len(municipalities) == 1:
        _agreeing(frozenset(municipalities), point, notes)
    notes.path = ""


def _spots(document: Document) -> Iterator[_Spot]:
    yield from _spots_of(document, "")
    for index, venue in enumerate(document.get("location", ())):
        yield from _spots_of(venue, f"/location/{index}")


def _spots_of(node: Mapping[str, Any], path: str) -> Iterator[_Spot]:
    addresses, point = node.get("address", ()), _point_of(node)
    if len(addresses) == 1:
        yield _Spot(addresses[0], point, f"{path}/address/0")
        return
    for index, address in enumerate(addresses):
        # The point is that of one of them, and nobody says of which.
        yield _Spot(address, None, f"{path}/address/{index}")
    if point and not addresses:
        yield _Spot(_NOTHING, point, f"{path}/geometry")


def _point_of(node: Mapping[str, Any]) -> Point | None:
    wkt = node["geometry"].get("asWKT") if "geometry" in node else None
    if not wkt:
        return None
    longitude, _, latitude = wkt[6:-1].partition(" ")
    return float(longitude), float(latitude)


def _place_of(spot: _Spot, said: set[str], notes: Notes, gazetteer: Gazetteer) -> str | None:
    address = spot.address
    postcode = address.get("postCode", "")
    if address.get("adminUnitL1", "DE") != "DE" or (postcode and not is_saxon(postcode)):
        return None
    region = address.get("adminUnitL2", "")
    if region and _is_elsewhere(region):
        return None
    named = municipalities_named(address.get("postName", ""))
    if not named.keys:
        return _around(spot.point) if spot.point else None
    notes.path = f"{spot.path}/postName"
    try:
        keys = named.keys
        stated = districts_named(region) if region else frozenset()
        if stated:
            keys = _in_districts(keys, stated, notes)
        if len(keys) > 1:
            keys = frozenset(k for k in keys if k in said or k[:5] in said) or keys
        if len(keys) > 1:
            keys = gazetteer.narrowed(keys, postcode)
        backed = bool(postcode or stated or (region and names_saxony(region)))
        if spot.point:
            keys = _agreeing(keys, spot.point, notes, quietly=not backed)
        if len(keys) > 1:
            notes.add("place.ambiguous", address["postName"], candidates=with_districts(keys))
        if len(keys) != 1 or not (named.sure or backed or spot.point):
            return None
        return next(iter(keys))
    finally:
        notes.path = ""


def _around(point: Point) -> str | None:
    """The district that a point lies in, or the city that is one."""
    district = district_at(point)
    return cities().get(district, district) if district else None


def _in_districts(keys: Keys, stated: Keys, notes: Notes) -> Keys:
    inside = frozenset(key for key in keys if key[:5] in stated)
    if not inside:
        towns = with_districts(keys)
        district = place_label(min(stated), "de")
        notes.add("place.other-district", district, district=district, candidates=towns)
    return inside


def _agreeing(keys: Keys, point: Point, notes: Notes, *, quietly: bool = False) -> Keys:
    """The municipalities that a point may lie in; a note where it lies in none of them.

    A name and a point far from Saxony are another town of that name, which needs no note.
    """
    near = frozenset(key for key in keys if distance_to(key, point) <= NEAR_KM)
    if keys and not near and not (quietly and district_at(point) is None):
        nearest = min(keys, key=lambda key: distance_to(key, point))
        distance = round(distance_to(nearest, point))
        where = with_districts([nearest])
        notes.add("place.contradicts", f"POINT({point[0]} {point[1]})", place=where, km=distance)
    return near


@lru_cache(maxsize=1 << 12)
def _is_elsewhere(region: str) -> bool:
    return fold(region) in _OTHER_STATES
