"""The part of the map that a list is about, where its filters say so."""

from collections.abc import Iterable

from registry.project.search import ListQuery
from registry.web.place_choices import listed
from vocab.places import outlines, places

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

_AROUND = (0.16, 0.1)  # about 11 km to each side of the middle of a municipality


def area_of(query: ListQuery) -> Box | None:
    """The box that is asked for, or around the places; None where a filter says no area."""
    if query.bbox:
        return query.bbox
    boxes = [_box(place) for place in query.places]
    known = [box for box in boxes if box]
    if not known or len(known) < len(boxes):
        return None
    wests, souths, easts, norths = zip(*known, strict=True)
    return min(wests), min(souths), max(easts), max(norths)


def _box(place: str) -> Box | None:
    """Around a district or municipality of Saxony."""
    outline = outlines().get(listed(place))
    if outline:
        return _around(outline)
    known = places().get(place)
    if known is None or known.point is None:
        return None
    (east, north), (wide, high) = known.point, _AROUND
    return east - wide, north - high, east + wide, north + high


def _around(points: Iterable[tuple[float, float]]) -> Box:
    easts, norths = zip(*points, strict=True)
    return min(easts), min(norths), max(easts), max(norths)
