"""The schematic map."""

import math

from hypothesis import given
from hypothesis import strategies as st

from registry.web.outline import HEIGHT, WIDTH, on_map, spread


def test_north_is_up_and_east_is_right() -> None:
    leipzig, goerlitz = on_map(12.37, 51.34), on_map(14.96, 51.15)
    assert leipzig and goerlitz
    assert leipzig[0] < goerlitz[0]
    assert leipzig[1] < goerlitz[1]


def test_what_lies_elsewhere_has_no_place() -> None:
    assert on_map(13.4, 52.5) is None
    assert spread([(1, None)]) == []


@given(st.lists(st.tuples(st.floats(4, WIDTH - 4), st.floats(4, HEIGHT - 4)), max_size=20))
def test_pins_keep_apart_and_inside(points: list[tuple[float, float]]) -> None:
    pins = spread(enumerate(points, 1))
    assert [pin.number for pin in pins] == list(range(1, len(points) + 1))
    for place, pin in enumerate(pins):
        assert 0 <= pin.x <= WIDTH
        assert 0 <= pin.y <= HEIGHT
        assert all(math.dist((pin.x, pin.y), (o.x, o.y)) > 12 for o in pins[:place])


def test_a_lone_pin_stays_where_it_is() -> None:
    (pin,) = spread([(7, (50.0, 60.0))])
    assert (pin.number, pin.x, pin.y) == (7, 50.0, 60.0)
