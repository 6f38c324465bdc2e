"""Names of Saxony's municipalities and districts as people write them, matched without guessing."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from vocab.folding import fold
from vocab.places import cities, places

_LONGEST: Final = 100
_WORDS: Final = {
    "erzgeb": "erzgebirge", "ol": "oberlausitz", "oberlaus": "oberlausitz", "sa": "sachsen",
    "sachs": "sachsen", "sachsische": "sachsen", "sachsischen": "sachsen", "saxony": "sachsen",
    "schw": "schweiz", "st": "sankt", "vogtl": "vogtland", "v": "vogtland",
}  # fmt: skip
"""Abbreviations that official names or hubs use, folded."""

_SMALL: Final = frozenset({"a", "am", "an", "auf", "b", "bei", "d", "der", "i", "im", "in"})
"""Words that one writer sets and the next does not: `Neustadt in Sachsen`, `Neustadt/Sachsen`."""

_SORTS: Final = frozenset(
    {
        "stadt", "gemeinde", "landeshauptstadt", "kreisstadt", "grosse", "kreisfreie", "sachsen",
        "deutschland",
    }
)  # fmt: skip
"""What is said of a place beside its name: `Chemnitz, Stadt`, `Pirna (Sachsen)`."""

_RURAL: Final = frozenset({"landkreis", "lk", "lkr", "kreis", "district"})
_URBAN: Final = frozenset({"stadt", "kreisfreie", "city", "landeshauptstadt"})
_AFFIX: Final = re.compile(r"/| (?:b\.|im|in|a\.d\.|i\.d\.) ")
"""Where an official name goes on to tell it from others: `Reichenbach/O.L.`"""

_PART: Final = re.compile(r"[\s,(/–-]+(?:OT|Ortsteil|Stadtteil|Ortschaft)\b.*", re.IGNORECASE)
_QUARTER_OF_CITY: Final = re.compile(r"(leipzig|dresden|chemnitz)(?: ?[-–] ?| )\w.*", re.IGNORECASE)
_QUARTER: Final = re.compile(r"([^-–/,(]{4,}?) ?[-–] ?[^\W\d].*")

Keys = frozenset[str]
_NONE: Final[Keys] = frozenset()


@dataclass(frozen=True, slots=True)
class Named:
    """The keys that a name may stand for; `sure` where the name alone is enough."""

    keys: Keys = _NONE
    sure: bool = True


@lru_cache(maxsize=1 << 16)
def municipalities_named(name: str) -> Named:
    """The municipalities that a town's name may mean, with what people add to it.

    `St. Egidien`, `Chemnitz, Stadt`, `Freital OT Zauckerode`, `Leipzig-Connewitz`. What is parted
    by a hyphen from a name other than a large city's needs something else that speaks for it.
    """
    name = " ".join(name.split())[:_LONGEST]
    if keys := _exactly(name):
        return Named(keys)
    name = _PART.sub("", name)
    if keys := _exactly(name):
        return Named(keys)
    if match := _QUARTER_OF_CITY.fullmatch(name):
        return Named(_exactly(match[1]))
    if match := _QUARTER.fullmatch(name):
        return Named(_exactly(match[1]), sure=False)
    return Named()


@lru_cache(maxsize=1 << 12)
def districts_named(name: str) -> Keys:
    """The districts that a name may mean: `Landkreis Leipzig` one, `Leipzig` two."""
    words = _words(" ".join(name.split())[:_LONGEST])
    found = _districts().get(_joined(w for w in words if w not in _RURAL | _URBAN), _NONE)
    if not _RURAL.isdisjoint(words):
        found = frozenset(key for key in found if key not in cities())
    elif not _URBAN.isdisjoint(words):
        found &= cities().keys()
    return found


def tells_of_district(name: str) -> bool:
    """Whether a name can be no municipality's: `Landkreis Görlitz`, `Erzgebirgskreis`."""
    words = _words(name[:_LONGEST])
    return not _RURAL.isdisjoint(words) or (
        _joined(words) in _districts() and not municipalities_named(name).keys
    )


def with_districts(keys: Iterable[str]) -> str:
    """Places by name, with what they lie in and their keys, for people to choose from."""
    some = [places()[key] for key in sorted(keys)]
    return "; ".join(
        f"{one.labels['de']} ({places()[one.broader].labels['de']}, {one.key})"
        if one.broader
        else one.labels["de"]
        for one in some
    )


def names_saxony(name: str) -> bool:
    """Whether a name is that of the state."""
    return _joined(word for word in _words(name[:_LONGEST]) if word != "freistaat") == "sachsen"


def _exactly(name: str) -> Keys:
    words = _words(name)
    known = _municipalities()
    return known.get(_joined(words)) or known.get(
        _joined(word for word in words if word not in _SORTS), _NONE
    )


def _words(name: str) -> list[str]:
    """The folded words that tell one place from another, abbreviations written out."""
    folded = f" {fold(name)} ".replace(" o l ", " oberlausitz ")
    return [_WORDS.get(word, word) for word in folded.split() if word not in _SMALL]


def _joined(words: Iterable[str]) -> str:
    return " ".join(words)


@cache
def _municipalities() -> Mapping[str, Keys]:
    """By full name, and by name without affix, under which stand all that are called so."""
    found: dict[str, set[str]] = defaultdict(set)
    halves: list[tuple[str, str]] = []
    for key, place in places().items():
        if place.point is None:
            continue
        for label in place.labels.values():
            short = _AFFIX.split(label, maxsplit=1)[0]
            bare = _joined(word for word in _words(short) if word not in _SORTS)  # »Stadt Wehlen«
            for name in (_joined(_words(label)), _joined(_words(short)), bare):
                found[name].add(key)
            halves += [(_joined(_words(half)), key) for half in short.split("-")[:-1]]
    # »Ebersbach« is a municipality, and what people in Ebersbach-Neugersdorf still call their town.
    for name, key in halves:
        if name in found:
            found[name].add(key)
    return {name: frozenset(keys) for name, keys in found.items()}


@cache
def _districts() -> Mapping[str, Keys]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, place in places().items():
        if len(key) == 5:
            words = [w for w in _words(place.labels["de"]) if w not in _RURAL | _URBAN]
            found[_joined(words)].add(key)
    return {name: frozenset(keys) for name, keys in found.items()}
