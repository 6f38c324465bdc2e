"""What a schema cannot see: well-formed values that contradict each other or the world."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, Final

from schemas.bounds import lies_in
from schemas.dates import days, surely_before
from schemas.rules import finding
from vocab.properties import Kind, Property, properties_of, references_of
from vocab.types import Document, Finding

_SPANS: Final[Mapping[Kind, tuple[str, str]]] = {
    "actor": ("foundingDate", "dissolutionDate"),
    "project": ("starts", "ends"),
    "event": ("startDate", "endDate"),
}
_EARLIEST: Final[Mapping[Kind, int]] = {"actor": 800, "project": 1900, "event": 1900}
_YEARS_AHEAD: Final = 30

# From the Azores to the Ural, from the Canary Islands to Svalbard.
_EUROPE_LONGITUDE: Final = (-32.0, 66.0)
_EUROPE_LATITUDE: Final = (27.0, 82.0)

_TRIAL_NAME: Final = re.compile(
    r"(?:(?:test|dummy)(?:[ -]?(?:test|eintrag|entry|name|akteur|actor|projekt|project|event))?"
    r"|asdf|foobar|xxx)\W{0,3}\d{0,4}"
)

_POSTCODES: Final = {
    "AT": (r"[1-9][0-9]{3}", "1234"),
    "BE": (r"[1-9][0-9]{3}", "1234"),
    "CH": (r"[1-9][0-9]{3}", "1234"),
    "CZ": (r"[1-7][0-9]{2} ?[0-9]{2}", "123 45"),
    "DE": (r"0[1-9][0-9]{3}|[1-9][0-9]{4}", "01234"),
    "DK": (r"[0-9]{4}", "1234"),
    "FR": (r"[0-9]{5}", "12345"),
    "LU": (r"[0-9]{4}", "1234"),
    "NL": (r"[1-9][0-9]{3} ?[A-Z]{2}", "1234 AB"),
    "PL": (r"[0-9]{2}-[0-9]{3}", "12-345"),
    "SK": (r"[089][0-9]{2} ?[0-9]{2}", "812 34"),
}
"""By country: the pattern of a postcode and how it looks."""


def implausible(document: Document, kind: Kind, today: date) -> Iterator[Finding]:
    """Warnings about a document whose values all follow the schema."""
    yield from _trial(document)
    yield from _dates(document, kind, today)
    yield from _things(document, "")
    for venue, path in _nodes(document, "location", ""):
        yield from _things(venue, path)
    yield from _references(document, kind)


def _trial(document: Document) -> Iterator[Finding]:
    """What somebody typed in to see whether it works."""
    for name in ("name", "description"):
        for text in document.get(name, {}).values():
            folded = text.lower()
            if "lorem ipsum" in folded or (name == "name" and _TRIAL_NAME.fullmatch(folded)):
                yield finding("record.trial", path=f"/{name}", value=text)
                return


def _dates(document: Document, kind: Kind, today: date) -> Iterator[Finding]:
    first, last = _SPANS[kind]
    for name in (first, last):
        if name in document and not _is_likely(document[name], _EARLIEST[kind], today):
            yield finding("dates.implausible", path=f"/{name}", value=document[name])
    if first in document and last in document and surely_before(document[last], document[first]):
        labels = {name: _label(kind, name) for name in (first, last)}
        yield finding(
            "dates.reversed",
            path=f"/{last}",
            value=document[last],
            first=labels[first],
            last=labels[last],
        )
    if "foundingDate" in document and days(document["foundingDate"])[0] > today:
        yield finding("dates.future-founding", path="/foundingDate", value=document["foundingDate"])
    if document.get("status") == "active" and "dissolutionDate" in document:
        dissolved = document["dissolutionDate"]
        if days(dissolved)[1] < today:
            yield finding("status.dissolved", path="/dissolutionDate", value=dissolved)


def _is_likely(value: Any, earliest: int, today: date) -> bool:
    year = days(value)[0].year
    return earliest <= year <= today.year + _YEARS_AHEAD


def _things(node: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """Addresses and coordinates of a thing or of a venue."""
    for address, place in _nodes(node, "address", path):
        yield from _postcode(address, place)
    for geometry, place in _nodes(node, "geometry", path):
        if "asWKT" in geometry:
            countries = {one.get("adminUnitL1") for one, _ in _nodes(node, "address", path)}
            yield from _point(geometry["asWKT"], countries, f"{place}/asWKT")


def _postcode(address: Mapping[str, Any], path: str) -> Iterator[Finding]:
    country, postcode = address.get("adminUnitL1"), address.get("postCode")
    if postcode and country in _POSTCODES:
        pattern, form = _POSTCODES[country]
        if not _compiled(pattern).fullmatch(postcode):
            yield finding(
                "postcode.country",
                path=f"{path}/postCode",
                value=postcode,
                country=country,
                form=form,
            )


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _point(wkt: str, countries: Collection[str | None], path: str) -> Iterator[Finding]:
    numbers = wkt.removeprefix("POINT(").removesuffix(")").split()
    longitude, latitude = map(float, numbers)
    if longitude == latitude == 0:
        yield finding("coordinates.zero", path=path, value=wkt)
        return
    elsewhere = _elsewhere(longitude, latitude, countries)
    if _in_europe(longitude, latitude) and not elsewhere:
        return
    if _in_europe(latitude, longitude) and not _elsewhere(latitude, longitude, countries):
        swapped = f"POINT({numbers[1]} {numbers[0]})"
        yield finding("coordinates.swapped", path=path, value=wkt, suggestion=swapped)
    elif not _in_europe(longitude, latitude):
        yield finding("coordinates.outside-europe", path=path, value=wkt)
    else:
        yield finding("coordinates.country", path=path, value=wkt, country=elsewhere)


def _elsewhere(longitude: float, latitude: float, countries: Collection[str | None]) -> str | None:
    """The country of the addresses, where a place lies in none of them for sure."""
    found = None
    for country in countries:
        if country:
            if lies_in(country, longitude, latitude) is not False:
                return None
            found = min(found or country, country)
    return found


def _in_europe(longitude: float, latitude: float) -> bool:
    west, east = _EUROPE_LONGITUDE
    south, north = _EUROPE_LATITUDE
    return west <= longitude <= east and south <= latitude <= north


def _references(document: Document, kind: Kind) -> Iterator[Finding]:
    own_id = document.get("id")
    if own_id is None:
        return
    for prop in _references_of(kind):
        for index, target in enumerate(document.get(prop.name, ())):
            if (target.get("id") if isinstance(target, dict) else target) == own_id:
                path = f"/{prop.name}/{index}"
                yield finding("reference.self", path=path, value=own_id, field=prop.name)


@cache
def _references_of(kind: Kind) -> tuple[Property, ...]:
    return tuple(references_of(kind))


def _nodes(
    owner: Mapping[str, Any], name: str, path: str
) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The nested nodes of one property, each with its JSON pointer."""
    value = owner.get(name, ())
    if isinstance(value, list):
        for index, node in enumerate(value):
            yield node, f"{path}/{name}/{index}"
    elif value:
        yield value, f"{path}/{name}"


def _label(kind: Kind, name: str) -> Mapping[str, str]:
    prop = properties_of(kind)[name]
    return {"de": prop.de, "en": prop.en}
