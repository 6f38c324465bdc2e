"""The schematic map."""

import math
import re

from hypothesis import given
from hypothesis import strategies as st

from registry.web.outline import (
    DISTRICTS,
    HEIGHT,
    LAND,
    PIN_RADIUS,
    WIDTH,
    gather,
    named_towns,
    on_map,
)


def test_north_is_up_and_east_is_right() -> None:
    leipzig, goerlitz = on_map(12.37, 51.34), on_map(14.96, 51.15)
    assert leipzig and goerlitz
    assert leipzig[0] < goerlitz[0]
    assert leipzig[1] < goerlitz[1]


def test_the_towns_lie_on_land_and_the_borders_on_the_map() -> None:
    def points(path: str) -> list[tuple[float, float]]:
        numbers = [float(number) for number in re.findall(r"[\d.]+", path)]
        return list(zip(numbers[::2], numbers[1::2], strict=True))

    def is_inside(x: float, y: float, ring: list[tuple[float, float]]) -> bool:
        return bool(
            sum(
                (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
                for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True)
            )
            % 2
        )

    land = points(LAND)
    for longitude, latitude in ((12.37, 51.34), (13.74, 51.05), (12.92, 50.83), (12.14, 50.49)):
        place = on_map(longitude, latitude)
        assert place
        assert is_inside(*place, land)
    for longitude, latitude in ((13.4, 51.6), (14.7, 50.8), (11.95, 51.1)):
        place = on_map(longitude, latitude)
        assert place
        assert not is_inside(*place, land)
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in points(DISTRICTS))


def test_what_lies_elsewhere_has_no_place() -> None:
    assert on_map(13.4, 52.5) is None
    assert gather([(1, None)]) == []


@given(st.lists(st.tuples(st.floats(4, WIDTH - 4), st.floats(4, HEIGHT - 4)), max_size=30))
def test_every_number_is_in_one_pin_and_pins_keep_apart(points: list[tuple[float, float]]) -> None:
    pins = gather(enumerate(points, 1))
    numbers = [number for pin in pins for number in pin.numbers]
    assert sorted(numbers) == list(range(1, len(points) + 1))
    for place, pin in enumerate(pins):
        assert all(math.dist((pin.x, pin.y), (o.x, o.y)) >= 14 for o in pins[:place])


def test_a_pin_stands_where_its_first_number_is() -> None:
    (pin,) = gather([(7, (50.0, 60.0)), (8, (51.0, 61.0))])
    assert (pin.numbers, pin.x, pin.y, pin.words) == ((7, 8), 50.0, 60.0, "7+")
    (pin,) = gather([(7, (50.0, 60.0))])
    assert pin.words == "7"


@given(st.lists(st.tuples(st.floats(4, WIDTH - 4), st.floats(4, HEIGHT - 4)), max_size=30))
def test_no_pin_and_no_other_name_covers_a_town_s_name(points: list[tuple[float, float]]) -> None:
    pins = [(pin.x, pin.y) for pin in gather(enumerate(points, 1))]
    towns = named_towns(pins)
    for place, town in enumerate(towns):
        left, top, right, bottom = town.box
        assert 0 <= left < right <= WIDTH
        assert 0 <= top < bottom <= HEIGHT
        for x, y in pins:
            beside = (max(left - x, 0, x - right), max(top - y, 0, y - bottom))
            assert math.hypot(*beside) >= PIN_RADIUS
        for other in towns[:place]:
            box = other.box
            assert right <= box[0] or box[2] <= left or bottom <= box[1] or box[3] <= top


def test_a_pin_on_a_town_moves_its_name_aside() -> None:
    leipzig = on_map(12.37, 51.34)
    assert leipzig
    free, moved = named_towns()[0], named_towns([leipzig])[0]
    assert free.name == moved.name == "Leipzig"
    assert abs(moved.label_x - leipzig[0]) > abs(free.label_x - leipzig[0])
    assert len(named_towns()) == 4
