"""The schematic map: an outline of Saxony and its districts, some towns, pins beside each other."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

WIDTH: Final = 206
HEIGHT: Final = 162
LAND: Final = (
    "M88.4 29.6 87.1 25.9 88.6 23.9 87.2 19.3 84.4 17.9 85.6 15.7 83.1 13 80.9 14.2 78.7 10.3"
    " 77 11.3 76.3 8.5 73.7 10 67 9.4 65.7 6.6 61.2 10.2 55.8 8.8 54.4 12 51 13.9 50.3 12.5 4"
    "6.5 14.8 40.5 14 39.3 16.8 33.8 16.3 30.7 18.9 28.4 19 24.8 21.7 25.4 26.5 21.9 28.9 24."
    "1 31.6 23.6 37.3 24.8 41.6 21.9 43 23 48.4 24.5 49.3 25.4 53.6 23.6 56.9 25.9 56.7 24.8 "
    "60.8 27.7 62.2 26.6 64 30.5 65.8 33.5 64.6 35.4 67.1 38.4 67.7 41.4 66.6 44.1 68.5 44.4 "
    "73.3 49.3 76.8 51.5 76.9 51.9 80.8 53.6 82.6 52.8 84.6 44.5 84.6 41.5 86.9 40.4 90.6 36."
    "3 89.8 34.4 92.7 27.9 94.1 30.8 96.7 26.9 99.2 29.9 106.3 32.7 107.3 29.3 112 25.2 111.1"
    " 24.1 113.8 19.6 116.2 22.6 117.5 17.5 117.3 14.6 119.7 14.8 115.6 12.8 113.6 7.9 116.6 "
    "8 119.3 4.6 120.8 5.5 123.3 8.3 122.8 10.2 126.2 5.7 131 8 131.7 9.5 135.5 11.5 136.5 11"
    ".5 139.9 15.5 142.5 18.3 141.8 20.5 143.4 23.6 142.7 25.3 144.3 25.2 147.7 28.6 148 27.7"
    " 150.4 31 152.8 30 155.9 33.7 157.8 33.6 150.8 35.9 146.6 37.7 145.8 37.8 142.8 39.7 142"
    ".7 45.1 135.3 49.3 134.3 54.9 133.3 57 135.2 58.8 131.8 64.1 129.1 72.2 134.6 77 129.7 7"
    "7.5 124.2 87.8 124.6 91.2 115.7 93.8 117.5 98.7 113.2 99 110.1 101.5 113.3 104.7 114.7 1"
    "07 111.7 109.4 108.2 108.5 104.7 113.2 104 116.5 102 114.2 100.1 118.8 103.1 121.3 101.7"
    " 129.2 102.3 132.2 99.5 132.3 95.6 134.4 96 137.8 93 140.2 94.6 144 92.4 152.4 89.1 152."
    "9 86.2 156.6 86.4 162.7 85 163.6 82.6 158 79.6 158.7 76.5 154.6 76.2 157.3 69.5 158.4 69"
    ".6 164.8 73.1 169.3 70.7 169.8 72.7 173.8 74 176 76.4 173.7 82.4 175 83.5 179.1 81.9 177"
    ".3 89.2 183.5 92.7 188.7 92.7 189.9 86.4 194.5 81.4 199.9 67.2 201 62.8 203.3 45.6 200.1"
    " 41.5 200.2 37.6 198.6 35.5 199.6 30.8 196.2 26.7 191.9 26 188.4 23.3 184.3 21.9 183.1 1"
    "8.8 184.2 16.8 182.1 15.3 180.9 19.8 176.7 19.9 174.3 17 170.8 19.6 166.7 19.4 166.5 20."
    "8 158.7 23.1 151.8 21 146.8 20.9 143.9 27.2 140.4 27.5 142.4 30.4 138.7 35.5 138.4 37.7 "
    "136.1 35.4 131.1 37.4 128 37.3 122.1 38.9 118.9 37.6 109.8 38 107.9 34.8 102.3 32.6 101 "
    "29.5 99.2 31.3 91.9 34.9 88.5 34.3z"
)
DISTRICTS: Final = (
    "M27.9 40 24.8 41.6M27.9 40 27.4 42.4 30.1 46.8 28.4 46.6 28.7 51.1 32.3 50.7 34.8 45.4 3"
    "6.5 46.9 40.7 46.8 43.3 49.2 44.4 44.7 46.4 44.4 46.5 41.2 44.1 38.9M44.1 38.9 42.7 38.9"
    " 41.6 33 43.5 31.9 40.4 30.2 40.4 31.9 35.2 33.2 29.6 33 27.9 40M45.8 120.4 39.6 117.4 4"
    "0.2 114.7 39.1 111.3 32.7 107.3M70.7 53.3 69.7 52.1 70.9 48.1 67.3 44.6 69.8 39.6 69.4 3"
    "5.1 71.7 33.6 67.9 30.4 62.7 28.2 59.9 29.6 53.7 30.6 53.4 34.2 44.1 38.9M45.8 120.4 41."
    "4 124.8 43.7 128.2 49.3 132.6 49.3 134.2M61.5 96.1 57.4 98 56.3 101.1 53.5 99.6 54.6 102"
    ".5 52.8 103.6 57.9 106.1 55.7 112 54.4 111 49.6 114.1 48.8 116.9 51.3 117.9 45.8 120.4M7"
    "0.7 53.3 69 53.9 66 59.6 68.9 61.9 67.5 65.6 63.6 65.8 60 64.5 57.6 68.8 55.8 76.5 51.5 "
    "76.9M53.7 82.6 54.8 84 59.1 84.5 61.5 88.3 63.2 88.5M63.2 88.5 60.8 93 61.5 96.1M61.5 96"
    ".1 65.4 94.9 68.8 96.8 68 98.4 71.6 100.6 76.7 97.9 78.5 94.5M78.5 94.5 78.5 90.8 74.2 9"
    "0.1 75.4 87.7 73.5 85.4 70.4 86.3 65.9 85.2 63.2 88.5M88 51.7 78.7 53.4 76.7 55 75 52.8 "
    "70.7 53.3M107 111.7 98.8 103.4 98.4 99.7 93.3 101 92.9 98.7 87.8 96.6 84.2 98 82.3 96 80"
    " 96.5 78.5 94.5M102.1 71.5 99.5 69.9 92.8 72 89.9 73.7 92.2 70 91.2 64 91.4 58.7 89.1 57"
    ".5 88 51.7M88.5 34.3 86.9 37.4 89.1 48 88 51.7M114.2 100.1 113.1 97.6 110.2 96.7 111.7 9"
    "3.9 107.3 91 107.8 89.4 104.5 84.8 104.2 80.8 102.4 80.6 105.3 76.7 102.8 76.6 103.6 72."
    "9 102.1 71.5M102.1 71.5 102.6 69.6 105.9 68.3 112 68.4M112 68.4 113.7 71.8 117.1 71.6 11"
    "8.7 74.8 121.7 74 125.2 77.3 129.5 75.8 131.1 76.7 132.9 73.3 136 71.7 136.2 68.8M123.6 "
    "57.5 123.3 60.2 120.9 61.1 119.3 66 113.2 65.1 112 68.4M136.2 68.8 131.1 67.9 132.8 66 1"
    "29.5 59.3 127.8 60.4 123.6 57.5M128 37.4 129.3 41.3 127.4 40.9 125.6 44.8 127.4 48.3 125"
    ".6 49.9 126.5 52 123.5 53.6 125.5 55.2 123.6 57.5M136.2 68.8 137.8 67.9 144.7 67.7 146.7"
    " 66 148.5 68.3 150.1 66.3 158.5 68.2 158.4 69.6M169.3 70.6 168.8 67.4 173.5 66.9 174.6 6"
    "3 177.2 63.2 182.2 56.3 181.3 53.9 177.4 52 178.4 50.1 176 43.8 171.3 41.6 168.6 42.9 16"
    "7.2 40.1 171.2 32.2 168.1 27.4 168.2 24 166 23.8 166.5 20.8"
)
"""The outline and the borders between the 13 districts: SVG paths in the map's own units, in which
a degree is 100 high and 62.9 wide. Simplified to less than two kilometres from VG5000 of 2021,
© GeoBasis-DE / BKG (2021), dl-de/by-2-0."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The map without its pins."""

    land: str
    districts: str
    towns: list[Town]


def drawn(pins: Iterable[tuple[float, float]] = ()) -> Drawing:
    """The map on which there will be these pins."""
    return Drawing(land=LAND, districts=DISTRICTS, towns=named_towns(pins))


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
