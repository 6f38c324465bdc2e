"""The facet of places: districts, the municipalities of those that are chosen, towns elsewhere."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from registry.project.search.summary import place_key
from registry.web.language import Language
from vocab.places import chain, cities, place_label, places

_ELSEWHERE: Final = 40  # towns and regions that are offered beside the districts
_UNSHOWN: Final = frozenset({"DE", "14"})  # nearly everything: offered only where chosen

_KEYS: Final[dict[int, dict[Language, str]]] = {
    12: {"de": "Regionalschlüssel {key}", "en": "Regional key {key}"},
    8: {"de": "Gemeindeschlüssel {key}", "en": "Municipality key {key}"},
    5: {"de": "Kreisschlüssel {key}", "en": "District key {key}"},
    2: {"de": "Landesschlüssel {key}", "en": "State key {key}"},
}
# A town in capitals may look like a code, ESSEN like one of Spain: so only the countries that have
# NUTS, and of three letters either no more or a figure, as in all codes of NUTS 2021 and 2024.
_NUTS: Final = re.compile("[A-Z]{2}(?:[0-9][0-9A-Z]{0,2}|[A-Z](?:[0-9][0-9A-Z]?)?)")
_NUTS_COUNTRIES: Final = frozenset(
    (
        "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR",
        "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "ME", "MK", "MT", "NL", "NO", "PL",
        "PT", "RO", "RS", "SE", "SI", "SK", "TR",
    )
)  # fmt: skip


Sort = Literal["saxony", "elsewhere", "wide"]
SORTS: Final[tuple[Sort, ...]] = ("saxony", "elsewhere", "wide")
"""The groups of places in their order."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet as a box to tick; `count` is None where the facet does not tell it."""

    value: str
    words: str
    count: int | None
    chosen: bool
    below: bool = False  # a part of the choice before it


def place_choices(
    counts: Mapping[str, int],
    chosen: Iterable[str],
    language: Language,
    count: Callable[[str], int],
) -> list[Choice]:
    """The choices in their order; all that is chosen is among them.

    `count` tells how many are found by a town's name: whoever is in a municipality that has the
    name is found too, but counted under its key.
    """
    # Chosen in other capitals than the list has it.
    spelt = {place_key(value): value for value in counts}
    ticked = dict.fromkeys(spelt.get(place_key(one), one) for one in chosen)
    shown = list(dict.fromkeys(_shown(counts, ticked)))
    counts = {**counts, **{value: count(value) for value in ticked if not chain(value)}}
    return [
        Choice(
            value=value,
            words=place_words(value, language),
            count=counts.get(value),
            chosen=value in ticked,
            below=_is_municipality(value) and value[:5] in shown,
        )
        for value in shown
    ]


def place_words(value: str, language: Language) -> str:
    """What a place is called, with its district where two municipalities share the name.

    A city that is a district of its own is called as the city. Beyond Saxony the names are not
    known: the code says what it is, and in which country.
    """
    value = cities().get(value, value)
    words = place_label(value, language)
    if words == value:
        return _code_words(value, language)
    if _is_municipality(value) and words in _shared_names():
        return f"{words} ({place_label(value[:5], language)})"
    return words


def _code_words(value: str, language: Language) -> str:
    """A code without a name in words; a town's name stays."""
    if value.isdigit() and value.isascii() and len(value) in _KEYS:
        return _KEYS[len(value)][language].format(key=value)
    country = next(iter(chain(value)[-1:]), "")
    if country in _NUTS_COUNTRIES and _NUTS.fullmatch(value):
        return f"NUTS {value} ({place_label(country, language)})"
    return value


def sort_of(value: str) -> Sort:
    """Whether a place lies in Saxony, elsewhere, or is a country."""
    if _is_saxon(value):
        return "saxony"
    return "wide" if chain(value) == (value,) else "elsewhere"


def listed(code: str) -> str:
    """The code by which lists name a place: a city that is a district of its own by that one's."""
    district = code[:5]
    return district if cities().get(district) == code else code


def narrowest(values: tuple[str, ...]) -> tuple[str, ...]:
    """Without those that hold another one: who ticks a town means its district no longer.

    Each by the code that lists name it by.
    """
    values = tuple(dict.fromkeys(map(listed, values)))
    wider = {code for value in values for code in chain(value)[1:]}
    return tuple(value for value in values if value not in wider)


def _shown(counts: Mapping[str, int], ticked: Iterable[str]) -> Iterator[str]:
    by_number = sorted(counts, key=lambda value: (-counts[value], value))
    opened = {value[:5] for value in ticked if _is_saxon(value) and value not in _UNSHOWN}
    yield from (value for value in ticked if not _is_saxon(value) or value in _UNSHOWN)
    districts = [value for value in by_number if _is_district(value)]
    for district in dict.fromkeys([*districts, *sorted(opened)]):
        yield district
        if district in opened and district not in cities():
            inside = [v for v in by_number if _is_municipality(v) and v[:5] == district]
            missing = [v for v in ticked if _is_municipality(v) and v[:5] == district]
            yield from dict.fromkeys([*inside, *missing])
    others = [v for v in by_number if not _is_saxon(v) and v not in _UNSHOWN]
    yield from [v for v in others if sort_of(v) == "elsewhere"][:_ELSEWHERE]
    yield from (v for v in others if sort_of(v) == "wide")


@cache
def _shared_names() -> frozenset[str]:
    names = Counter(place.labels["de"] for place in places().values() if place.point)
    return frozenset(name for name, times in names.items() if times > 1)


def _is_saxon(value: str) -> bool:
    return value in places()


def _is_district(value: str) -> bool:
    return len(value) == 5 and value in places()


def _is_municipality(value: str) -> bool:
    return len(value) == 12 and value in places()
