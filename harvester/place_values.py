"""What a hub writes as a place: a key, a NUTS or country code, or a name, made into an IRI."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from harvester.place_names import (
    Keys,
    districts_named,
    municipalities_named,
    names_saxony,
    tells_of_district,
)
from harvester.places import country_code
from vocab.places import GEOCODING, NUTS, STATE, iri_of_country, iri_of_key, places, regional_key

_OF_MUNICIPALITY: Final = re.compile(r"\d{8}|\d{12}")
_NUTS_CODE: Final = re.compile(
    r"(?:AL|AT|BE|BG|CH|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IS|IT|LI|LT|LU|LV|ME|MK|MT|NL|NO|PL|PT"
    r"|RO|RS|SE|SI|SK|TR|UK)[1-9A-Z][0-9A-Z]{0,2}"
)


@dataclass(frozen=True, slots=True)
class ReadPlace:
    """The IRI of a place, or the municipalities that its name may mean; neither where unknown."""

    iri: str | None = None
    several: Keys = frozenset()


@lru_cache(maxsize=1 << 12)
def read_place(text: str) -> ReadPlace:
    """What a text names: `14626`'s five digits alone do not, they may be a postcode."""
    text = " ".join(text.split())
    if _OF_MUNICIPALITY.fullmatch(text):
        key = regional_key(text) or (text if len(text) == 12 else None)
        return ReadPlace(iri_of_key(key) if key else f"{GEOCODING}municipalityKey/{text}")
    if names_saxony(text):
        return ReadPlace(iri_of_key(STATE))
    keys = districts_named(text) if tells_of_district(text) else _municipalities(text)
    if keys:
        return ReadPlace(iri_of_key(min(keys))) if len(keys) == 1 else ReadPlace(several=keys)
    country = country_code(text) if len(text) > 1 else None
    if country:
        return ReadPlace(iri_of_country(country))
    if _NUTS_CODE.fullmatch(text):
        ours = next((p.iri for p in places().values() if p.nuts == text and p.point is None), None)
        return ReadPlace(ours or NUTS + text)
    return ReadPlace()


def _municipalities(text: str) -> Keys:
    named = municipalities_named(text)
    return named.keys if named.sure else frozenset()
