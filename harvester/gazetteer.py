"""What the harvester knows of places: names, distances, outlines, and an operator's postcodes."""

import csv
import hashlib
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Final

from harvester.errors import HarvestError
from harvester.place_names import Keys
from vocab.places import Point, Ring, outlines, places, places_version, regional_key

NEAR_KM: Final = 20.0
"""No municipality reaches farther from its point; those of one name lie 33 km apart or more."""

_EDGE_KM: Final = 1.0
"""Outlines are simplified: so close to one it is not certain on which side a point lies."""

_KM_PER_DEGREE: Final = 111.2
_SHRINK: Final = math.cos(math.radians(51.0))  # a degree of longitude against one of latitude
_POSTCODES: Final = (
    (1000, 1939), (2000, 2999), (4000, 4599), (4640, 4894), (7919, 7919), (7952, 7952),
    (7985, 7985), (8000, 9999),
)  # fmt: skip
"""Between which postcodes lie those of Saxony; the gaps belong to Brandenburg and Thuringia."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """The places of the vocabulary; `postcodes` say which municipalities a postcode may mean."""

    postcodes: Mapping[str, Keys] = field(default_factory=dict)
    version: str = field(default_factory=places_version)

    def narrowed(self, keys: Keys, postcode: str) -> Keys:
        """Those of several municipalities that have a postcode; all where that leaves none."""
        return keys & self.postcodes.get(postcode, keys) or keys


@cache
def known_places() -> Gazetteer:
    """What is known without a file of postcodes."""
    return Gazetteer()


def read_gazetteer(postcodes_file: Path | None) -> Gazetteer:
    """The gazetteer with the postcodes of a file: `postcode,key` a line, also with tabs.

    Keys have 8 or 12 digits; those that no municipality of Saxony has are passed over.

    Raises:
        HarvestError: the file cannot be read, or holds something else.
    """
    if postcodes_file is None:
        return known_places()
    try:
        content = postcodes_file.read_bytes()
        rows = list(_rows(content.decode("utf-8-sig")))
    except (OSError, ValueError) as error:
        raise _unreadable(postcodes_file, error) from error
    found: dict[str, set[str]] = defaultdict(set)
    for postcode, key in rows:
        known = regional_key(key) if len(key) == 8 else key
        if known and known in places():
            found[postcode].add(known)
    version = hashlib.sha256(places_version().encode() + content).hexdigest()[:16]
    postcodes = {postcode: frozenset(keys) for postcode, keys in found.items()}
    return Gazetteer(postcodes=MappingProxyType(postcodes), version=version)


def is_saxon(postcode: str) -> bool:
    """Whether a postcode may be one of Saxony."""
    if not (len(postcode) == 5 and postcode.isascii() and postcode.isdigit()):
        return False
    number = int(postcode)
    return any(first <= number <= last for first, last in _POSTCODES)


def kilometres(one: Point, other: Point) -> float:
    """The distance of two points in or near Saxony."""
    east = (one[0] - other[0]) * _SHRINK
    return math.hypot(east, one[1] - other[1]) * _KM_PER_DEGREE


def distance_to(key: str, point: Point) -> float:
    """Kilometres from a municipality's own point."""
    own = places()[key].point
    return kilometres(own, point) if own else math.inf


def district_at(point: Point) -> str | None:
    """The district that a point surely lies in, by the outlines; None near an edge too."""
    for key, (west, south, east, north) in _boxes().items():
        if west <= point[0] <= east and south <= point[1] <= north:
            ring = outlines()[key]
            if _inside(point, ring):
                return key if _edge_km(point, ring) > _EDGE_KM else None
    return None


def _rows(text: str) -> Iterator[tuple[str, str]]:
    separator = next((sign for sign in "\t;" if sign in text), ",")
    for number, row in enumerate(csv.reader(text.splitlines(), delimiter=separator), start=1):
        if not row or (number == 1 and not row[0].strip().isdigit()):
            continue
        postcode, key = (entry.strip() for entry in row[:2]) if len(row) > 1 else ("", "")
        if not (len(postcode) == 5 and postcode.isdigit() and key.isdigit()):
            raise ValueError(f"line {number}: {','.join(row)[:60]}")
        yield postcode, key


@cache
def _boxes() -> Mapping[str, tuple[float, float, float, float]]:
    found = {}
    for key, ring in outlines().items():
        longitudes, latitudes = zip(*ring, strict=True)
        found[key] = (min(longitudes), min(latitudes), max(longitudes), max(latitudes))
    return found


def _inside(point: Point, ring: Ring) -> bool:
    """Whether a ray to the east crosses the ring an odd number of times."""
    x, y = point
    odd = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            odd = not odd
    return odd


def _edge_km(point: Point, ring: Ring) -> float:
    flat = [((x - point[0]) * _SHRINK, y - point[1]) for x, y in ring]
    nearest = math.inf
    for (x1, y1), (x2, y2) in pairwise(flat):
        dx, dy = x2 - x1, y2 - y1
        share = -(x1 * dx + y1 * dy) / ((dx * dx + dy * dy) or 1.0)
        share = min(1.0, max(0.0, share))
        nearest = min(nearest, math.hypot(x1 + share * dx, y1 + share * dy))
    return nearest * _KM_PER_DEGREE


def _unreadable(path: Path, error: Exception) -> HarvestError:
    return HarvestError(
        "places.postcodes",
        de=f"Die Datei der Postleitzahlen {path} ist nicht zu lesen: {error}. Erwartet wird je "
        "Zeile Postleitzahl,Gemeindeschlüssel (8 oder 12 Ziffern); sonst ist »postcodes_file« zu "
        "entfernen.",
        en=f"The file of postcodes {path} cannot be read: {error}. Each line is expected to be"
        " postcode,municipality key (8 or 12 digits); otherwise remove “postcodes_file”.",
    )
