"""The places that the registry knows: Saxony, its districts and municipalities, codes beyond."""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from vocab.concepts import Concept, Scheme
from vocab.terms import PREFIXES, SCHEMES_BASE

PLACES_FILE: Final = Path(__file__).with_name("places.ttl")
OUTLINES_FILE: Final = Path(__file__).with_name("district-outlines.json")
SOURCE: Final = "© GeoBasis-DE / BKG 2021, dl-de/by-2-0 (https://www.govdata.de/dl-de/by-2-0)"
"""Whose facts these are; stands wherever they are published."""

GEOCODING: Final = "http://dcat-ap.de/def/politicalGeocoding/"
NUTS: Final = "http://data.europa.eu/nuts/code/"
COUNTRY: Final = "http://publications.europa.eu/resource/authority/country/"
STATE: Final = "14"
"""The key of Saxony, which every other key of the file begins with."""

_KEY_FORMS: Final = {2: "stateKey", 5: "districtKey", 12: "regionalKey"}
_GERMAN_KEY: Final = re.compile(
    re.escape(GEOCODING)
    + r"(?:(?:state|district|regional)Key/(\d{2}|\d{5}|\d{12})|municipalityKey/(\d{8}))"
)
_CODE: Final = re.compile("[A-Z]{2}[0-9A-Z]{0,3}")
_NUTS_COUNTRIES: Final = {"EL": "GR", "UK": "GB"}
"""Where NUTS and ISO 3166 differ."""
_GONE: Final = frozenset({"BUR", "DDR", "FXX", "TMP", "YMD", "ZAR"})
"""Codes of states that are no more, whose land has another code now."""

Point = tuple[float, float]
"""Longitude and latitude in degrees."""
Ring = tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The state, a district or a municipality; `key` is its official key of 2, 5 or 12 digits."""

    key: str
    labels: Mapping[str, str]
    broader: str | None  # key of what it lies in
    nuts: str  # of a municipality that of its district
    point: Point | None  # somewhere inside; of municipalities only

    @property
    def iri(self) -> str:
        """The IRI that DCAT-AP.de gives it."""
        return iri_of_key(self.key)

    @property
    def municipality_key(self) -> str:
        """The eight digits of a municipality: its regional key without the association's part."""
        return self.key[:5] + self.key[9:]


def iri_of_key(key: str) -> str:
    """DCAT-AP.de's IRI of an official key of 2, 5 or 12 digits."""
    return f"{GEOCODING}{_KEY_FORMS[len(key)]}/{key}"


@cache
def places() -> Mapping[str, Place]:
    """All places of the file by key, each after what it lies in."""
    said: dict[str, dict[str, list[NamedNode | Literal]]] = {}
    for quad in parse(path=PLACES_FILE, format=RdfFormat.TURTLE):
        value = quad.object
        if isinstance(quad.subject, NamedNode) and isinstance(value, NamedNode | Literal):
            properties = said.setdefault(quad.subject.value, {})
            properties.setdefault(quad.predicate.value, []).append(value)
    found: dict[str, Place] = {}
    for iri, properties in said.items():
        if iri.startswith(GEOCODING):
            place = _place(iri.rsplit("/", 1)[1], properties, found)
            found[place.key] = place
    return MappingProxyType(found)


def _place(
    key: str, said: Mapping[str, list[NamedNode | Literal]], known: Mapping[str, Place]
) -> Place:
    def values(name: str) -> list[NamedNode | Literal]:
        prefix, _, local = name.partition(":")
        return said.get(PREFIXES[prefix] + local, [])

    broader = next((value.value.rsplit("/", 1)[1] for value in values("skos:broader")), None)
    own = next((value.value.removeprefix(NUTS) for value in values("skos:exactMatch")), None)
    where = next((value.value for value in values("dcat:centroid")), "")
    longitude, _, latitude = where.removeprefix("POINT(").removesuffix(")").partition(" ")
    labels = (value for value in values("skos:prefLabel") if isinstance(value, Literal))
    return Place(
        key=key,
        labels=MappingProxyType({str(value.language): value.value for value in labels}),
        broader=broader,
        nuts=own or known[str(broader)].nuts,
        point=(float(longitude), float(latitude)) if where else None,
    )


@cache
def places_scheme() -> Scheme:
    """The places as a concept scheme; the notation is the key."""
    concepts = {
        key: Concept(
            notation=key,
            iri=place.iri,
            labels=place.labels,
            definitions={},
            broader=place.broader,
            exact_match=tuple(_matches(place)),
            close_match=(),
            related_match=(),
        )
        for key, place in places().items()
    }
    return Scheme(
        name="places",
        iri=f"{SCHEMES_BASE}places/",
        labels={"de": "Orte in Sachsen", "en": "Places of Saxony"},
        definitions={
            "de": f"Kreise und Gemeinden mit ihren amtlichen Schlüsseln. {SOURCE}.",
            "en": f"Districts and municipalities with their official keys. {SOURCE}.",
        },
        concepts=MappingProxyType(concepts),
        collections={},
    )


def _matches(place: Place) -> Iterator[str]:
    if place.point is None:
        yield NUTS + place.nuts
    else:
        yield f"{GEOCODING}municipalityKey/{place.municipality_key}"


@cache
def outlines() -> Mapping[str, Ring]:
    """The outline of each district by key, as a closed ring; simplified, so not to the metre."""
    scaled = json.loads(OUTLINES_FILE.read_text("utf-8"))["districts"]
    rings = {key: tuple((x / 10_000, y / 10_000) for x, y in ring) for key, ring in scaled.items()}
    return MappingProxyType(rings)


@cache
def places_version() -> str:
    """A hash over all that is known of places."""
    content = PLACES_FILE.read_bytes() + OUTLINES_FILE.read_bytes()
    return hashlib.sha256(content).hexdigest()[:16]


@lru_cache(maxsize=1 << 12)
def codes_of(iri: str) -> tuple[str, ...]:
    """The code of the place that an IRI names and of all that it lies in, the widest last.

    Official keys in Germany, NUTS codes elsewhere, countries by ISO 3166. Empty for other IRIs.
    """
    if match := _GERMAN_KEY.fullmatch(iri):
        return _of_key(match[1] or _regional_keys().get(match[2], match[2]))
    if iri.startswith(NUTS):
        return chain(iri.removeprefix(NUTS))
    if iri.startswith(COUNTRY):
        code = _two_letters().get(iri.removeprefix(COUNTRY))
        return (code,) if code else ()
    return ()


def chain(code: str) -> tuple[str, ...]:
    """A code with those of all that it lies in; empty for what is no code, such as a name."""
    if code.isdigit() and code.isascii():
        return _of_key(code)
    if _CODE.fullmatch(code):
        return _of_nuts(code)
    return ()


def _of_key(key: str) -> tuple[str, ...]:
    wider = (key[:5], key[:2]) if len(key) > 5 else (key[:2],)
    return tuple(dict.fromkeys((key, *wider, "DE")))


def _of_nuts(code: str) -> tuple[str, ...]:
    place = _by_nuts().get(code)
    if place:
        return _of_key(place)
    country = _NUTS_COUNTRIES.get(code[:2], code[:2])
    state = (STATE,) if code.startswith(places()[STATE].nuts) else ()
    return (code, *state, country) if len(code) > 2 else (country,)


@cache
def cities() -> Mapping[str, str]:
    """The districts that are one municipality, with its key: Chemnitz, Dresden and Leipzig."""
    inside: dict[str, list[str]] = defaultdict(list)
    for key, place in places().items():
        if place.point and place.broader:
            inside[place.broader].append(key)
    return {district: keys[0] for district, keys in inside.items() if len(keys) == 1}


@cache
def _by_nuts() -> Mapping[str, str]:
    return {place.nuts: key for key, place in places().items() if len(key) <= 5}


@cache
def _regional_keys() -> Mapping[str, str]:
    return {place.municipality_key: key for key, place in places().items() if len(key) == 12}


def regional_key(municipality_key: str) -> str | None:
    """The twelve digits of a municipality of Saxony by its eight."""
    return _regional_keys().get(municipality_key)


@cache
def _two_letters() -> Mapping[str, str]:
    aliases = get_global("territory_aliases").items()
    return {
        alias: codes[0]
        for alias, codes in aliases
        if len(alias) == 3 and alias.isalpha() and len(codes) == 1
    }


@cache
def _three_letters() -> Mapping[str, str]:
    return {two: three for three, two in _two_letters().items() if three not in _GONE}


def iri_of_country(code: str) -> str | None:
    """The EU's IRI of a country by its two letters of ISO 3166."""
    three = _three_letters().get(code)
    return COUNTRY + three if three else None


@lru_cache(maxsize=1 << 12)
def place_label(code: str, language: str) -> str:
    """What a code of `codes_of` is called; the code itself where it has no name."""
    place = places().get(code)
    if place:
        return place.labels.get(language) or place.labels["de"]
    try:
        territories = Locale(language).territories
    except UnknownLocaleError:
        territories = Locale("de").territories
    if len(code) == 2 and code.isupper():
        return str(territories.get(code, code))
    return code
