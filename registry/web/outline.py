"""The schematic map: an outline of Saxony, some towns, and pins that do not overlap."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

WIDTH: Final = 206
HEIGHT: Final = 162
LAND: Final = (
    "M23.9 29 26.4 20 33.3 15 49.1 12 66.7 8 74.9 9 84.9 15 88.7 25 89.3 35 99.4 32 104.4 29 "
    "113.2 37 122 39 130.8 37 136.5 36 142.2 29 151 24 160.4 22 173 19 183 19 190 25 198.1 29"
    " 200 39 203.8 47 201.3 60 199.4 73 195 80 190.6 88 179.3 91 176.1 81 174.2 75 163.5 72 1"
    "57.2 69 155.4 77 162.9 84 154.1 86 140.9 94 132.1 96 123.9 102 110.1 103 104.4 114 96.9 "
    "111 88.1 120 77.4 125 72.3 134 57.9 133 42.1 139 35.9 147 31.4 157 25.2 148 17 144 8.8 1"
    "34 12.6 125 23.3 115 27.7 109 31.4 101 32.1 92 41.5 88 45.3 84 52.8 82 51.6 73 42.1 68 3"
    "4.6 69 26.4 65 23.3 55 22.6 45z"
)
"""An SVG path in the map's own units."""

PIN_RADIUS: Final = 7.5
_DOT: Final = 1.6
_LETTER: Final = 3.7  # units that a letter of a name takes, rather too many than too few
_ABOVE_LINE: Final = 4.6
_BELOW_LINE: Final = 1.4
_NEAR: Final = 14.0  # units between two pins, so that both can be read and hit


Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Town:
    """A dot with its name beside it."""

    name: str
    x: float
    y: float
    label_x: float
    label_y: float
    anchor: Anchor

    @property
    def box(self) -> tuple[float, float, float, float]:
        """What the name covers: left, top, right, bottom."""
        width = _LETTER * len(self.name)
        left = self.label_x - {"start": 0, "middle": width / 2, "end": width}[self.anchor]
        return left, self.label_y - _ABOVE_LINE, left + width, self.label_y + _BELOW_LINE


@dataclass(frozen=True, slots=True)
class Pin:
    """One place with the numbers of all that are there or too near to be told apart."""

    numbers: tuple[int, ...]
    x: float
    y: float

    @property
    def words(self) -> str:
        """What stands in the pin: its first number, and a plus where there are more."""
        return f"{self.numbers[0]}{'+' if len(self.numbers) > 1 else ''}"


def on_map(longitude: float, latitude: float) -> tuple[float, float] | None:
    """The map's units of a point (WGS 84), or None where it lies outside the map."""
    x, y = (longitude - 11.8) * 62.9, (51.75 - latitude) * 100
    return (round(x, 1), round(y, 1)) if 4 <= x <= WIDTH - 4 and 4 <= y <= HEIGHT - 4 else None


_TOWNS: Final = (
    ("Leipzig", 12.37, 51.34),
    ("Dresden", 13.74, 51.05),
    ("Chemnitz", 12.92, 50.83),
    ("Görlitz", 14.96, 51.15),
)


def named_towns(pins: Iterable[tuple[float, float]] = ()) -> list[Town]:
    """The towns with their names where no pin (its middle) and no other name covers them.

    A name that has no place left is left out.
    """
    taken = list(pins)
    shown: list[Town] = []
    for name, longitude, latitude in _TOWNS:
        place = on_map(longitude, latitude)
        if place is None:
            raise ValueError(f"{name} lies outside the map")
        town = next((one for one in _around(name, *place) if _is_free(one, taken, shown)), None)
        if town:
            shown.append(town)
    return shown


def _around(name: str, x: float, y: float) -> Iterator[Town]:
    """The name at each side of its dot, first close by, then beyond a pin that stands there."""
    sides: tuple[tuple[int, int, Anchor], ...] = (
        (1, 0, "start"), (-1, 0, "end"), (0, -1, "middle"), (0, 1, "middle"),
    )  # fmt: skip
    for gap in (_DOT + 1.4, PIN_RADIUS + 2):
        for right, down, anchor in sides:
            line = {-1: y - gap, 0: y + 1.8, 1: y + gap + _ABOVE_LINE}[down]
            yield Town(name, x, y, round(x + right * gap, 1), round(line, 1), anchor)


def _is_free(town: Town, pins: Iterable[tuple[float, float]], others: Iterable[Town]) -> bool:
    left, top, right, bottom = town.box
    if left < 1 or top < 1 or right > WIDTH - 1 or bottom > HEIGHT - 1:
        return False
    for x, y in pins:
        nearest = (min(max(x, left), right), min(max(y, top), bottom))
        if math.dist((x, y), nearest) < PIN_RADIUS + 1:
            return False
    return not any(
        left < box[2] and box[0] < right and top < box[3] and box[1] < bottom
        for box in (other.box for other in others)
    )


def gather(points: Iterable[tuple[int, tuple[float, float] | None]]) -> list[Pin]:
    """Numbered points as pins that do not cover each other; the first of a place stands for it.

    No pin leaves its place: on so small a map it would soon stand in another region.
    """
    pins: list[Pin] = []
    for number, place in points:
        if place is None:
            continue
        near = next((pin for pin in pins if math.dist(place, (pin.x, pin.y)) < _NEAR), None)
        if near is None:
            pins.append(Pin((number,), *place))
        else:
            pins[pins.index(near)] = replace(near, numbers=(*near.numbers, number))
    return pins
