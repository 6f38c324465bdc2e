"""GeoJSON (RFC 7946): one object for each feature, its properties by name."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from harvester.formats.decoding import absolute, count, unreadable, whole_json
from harvester.formats.grouping import GROUP, grouped
from harvester.formats.options import Option, option
from harvester.formats.paging import PAGING, declared_total, next_page
from harvester.formats.source_object import SourceObject
from harvester.places import point
from schemas.rules import finding
from vocab.types import Finding

if TYPE_CHECKING:
    from harvester.fetch import Page
    from harvester.source import Source

_IN_DEGREES: Final = ("CRS84", "4326")
"""What the names of longitude and latitude by WGS 84 end with; the RFC knows no other system."""

_MOST_POSITIONS: Final = 100_000
_NO_FEATURE: Final = {"de": "kein Feature", "en": "no feature"}


class GeoJson:
    """The features of a collection, or a single one.

    A feature's properties are the object; beside them stand its `id` as `@id` and its place as
    `@point`, in WKT. Of a line or an area that is the middle of its bounds.
    """

    name: Final = "geojson"
    accept: Final = "application/geo+json, application/json;q=0.9, */*;q=0.1"
    expressions: Final = "json"
    options: Final[Mapping[str, Option]] = {
        "encoding": option("encoding"),
        "group": GROUP,
        **PAGING,
    }

    def objects(self, page: "Page", source: "Source") -> Iterator[SourceObject | Finding]:
        return grouped(self._objects(page, source), source)

    def _objects(self, page: "Page", source: "Source") -> Iterator[SourceObject | Finding]:
        _refuse_other_coordinates(page, source)
        for number, feature in enumerate(_features(page, source), start=1):
            position = f"feature {number}"
            if not isinstance(feature, dict) or feature.get("type") != "Feature":
                yield finding(
                    "row.bad", path=position, value=feature, row=number, reason=_NO_FEATURE
                )
                continue
            yield _object(feature, position)

    def next_url(self, page: "Page", source: "Source") -> str | None:
        found = next_page(page, source, len(_features(page, source)))
        if found or "next" in source.options or "parameter" in source.options:
            return found
        return absolute(_ogc_next(whole_json(page, source)), page)

    def total(self, page: "Page", source: "Source") -> int | None:
        if "total" in source.options:
            return declared_total(page, source)
        document = whole_json(page, source)
        return count(document.get("numberMatched")) if isinstance(document, dict) else None


def _features(page: "Page", source: "Source") -> list[Any]:
    document = whole_json(page, source)
    if isinstance(document, dict) and document.get("type") == "Feature":
        return [document]
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise unreadable(source, "document.bad", reason="no FeatureCollection")
    return features


def _refuse_other_coordinates(page: "Page", source: "Source") -> None:
    """SourceError for the coordinates of another system, which older GeoJSON may declare."""
    document = whole_json(page, source)
    declared = document.get("crs") if isinstance(document, dict) else None
    if not isinstance(declared, dict):
        return
    properties = declared.get("properties")
    name = (properties if isinstance(properties, dict) else declared).get("name")
    if not (isinstance(name, str) and name.endswith(_IN_DEGREES)):
        reason = f"crs {name}: coordinates must be longitude and latitude (WGS 84)"
        raise unreadable(source, "document.bad", reason=reason)


def _ogc_next(document: Any) -> Any:
    """The address of the next page as OGC API Features names it."""
    links = document.get("links") if isinstance(document, dict) else None
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("rel") == "next":
            return link.get("href")
    return None


def _object(feature: dict[str, Any], position: str) -> SourceObject:
    properties = feature.get("properties")
    data = dict(properties) if isinstance(properties, dict) else {}
    if isinstance(feature.get("id"), str | int):
        data["@id"] = feature["id"]
    geometry = feature.get("geometry")
    if isinstance(geometry, dict):
        # What is no place is handed on as it is, so that the mapping tells of it.
        data["@point"] = _middle(geometry) or str(geometry.get("coordinates"))[:200]
    return SourceObject(data=data, position=position)


def _middle(geometry: dict[str, Any]) -> str | None:
    """The point of a geometry, or the middle of its bounds; None where it has no coordinates."""
    longitudes: list[float] = []
    latitudes: list[float] = []
    waiting = [geometry]
    for one in waiting:
        parts = one.get("geometries") if isinstance(one, dict) else one
        if isinstance(parts, list) and len(parts) >= 2 and _are_numbers(parts[:2]):
            longitudes.append(parts[0])
            latitudes.append(parts[1])
            continue
        if isinstance(one, dict) and parts is None:
            parts = [one.get("coordinates")]
        if not isinstance(parts, list) or len(waiting) + len(parts) > _MOST_POSITIONS:
            return None
        waiting += parts
    if not longitudes:
        return None
    if len(longitudes) == 1:
        return point(longitudes[0], latitudes[0])
    bounds = (min(n) + (max(n) - min(n)) / 2 for n in (longitudes, latitudes))
    return point(*bounds)


def _are_numbers(values: list[Any]) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
