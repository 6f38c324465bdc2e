"""Features become objects with their place, whatever its shape; other coordinates are refused."""

import json
from typing import Any

import pytest

from harvester.errors import SourceError
from harvester.formats import FORMATS, SourceObject
from harvester.manifest import Source
from tests.harvester.conftest import MakeSource
from tests.harvester.hub_folders import page_of

MAP = 'format = "geojson"\n[source.map]\nkind = "\'actor\'"\nid = "nr"\nname = "name"\n'


def feature(geometry: object, **properties: object) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: object, **members: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **members}).encode()


def objects(source: Source, body: bytes) -> list[dict[str, Any]]:
    found = FORMATS["geojson"].objects(page_of(body), source)
    return [one.data for one in found if isinstance(one, SourceObject)]


@pytest.mark.parametrize(
    ("geometry", "point"),
    [
        ({"type": "Point", "coordinates": [14.5, 51.25]}, "POINT(14.5 51.25)"),
        ({"type": "Point", "coordinates": [14.5, 51.25, 180.0]}, "POINT(14.5 51.25)"),
        (
            {"type": "LineString", "coordinates": [[14, 51], [15, 52], [14.2, 51]]},
            "POINT(14.5 51.5)",
        ),
        (
            {"type": "Polygon", "coordinates": [[[14, 51], [16, 51], [16, 53], [14, 51]]]},
            "POINT(15 52)",
        ),
        (
            {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Point", "coordinates": [14, 51]},
                    {"type": "Point", "coordinates": [16, 51]},
                ],
            },
            "POINT(15 51)",
        ),
    ],
)
def test_a_feature_has_its_properties_and_a_point(
    make_source: MakeSource, geometry: object, point: str
) -> None:
    body = collection({**feature(geometry, nr="1", name="Eins"), "id": 7})
    expected = {"nr": "1", "name": "Eins", "@id": 7, "@point": point}
    assert objects(make_source(MAP), body) == [expected]


def test_a_feature_without_a_place_has_no_point(make_source: MakeSource) -> None:
    assert objects(make_source(MAP), collection(feature(None, nr="1"))) == [{"nr": "1"}]


@pytest.mark.parametrize(
    "coordinates",
    ["Bautzen", [], [None, 1], ["14", "51"], [[[[]]]], [True, False], [1e400, 2], [500, 51], {}],
)
def test_what_is_no_place_is_handed_on_for_a_finding(
    make_source: MakeSource, coordinates: object
) -> None:
    body = collection(feature({"type": "Point", "coordinates": coordinates}, nr="1"))
    (data,) = objects(make_source(MAP), body.replace(b"Infinity", b"1e400"))
    assert not data["@point"].startswith("POINT")


def test_a_shape_of_a_million_corners_is_not_walked(make_source: MakeSource) -> None:
    body = collection(feature({"type": "LineString", "coordinates": [[14, 51]] * 300_000}, nr="1"))
    (data,) = objects(make_source(MAP), body)
    assert len(data["@point"]) <= 200


def test_what_is_no_feature_is_a_finding(make_source: MakeSource) -> None:
    body = collection(7, {"type": "Point"}, feature(None, nr="1"))
    found = list(FORMATS["geojson"].objects(page_of(body), make_source(MAP)))
    assert [type(one) is SourceObject for one in found] == [False, False, True]


def test_a_single_feature_is_read_too(make_source: MakeSource) -> None:
    assert objects(make_source(MAP), json.dumps(feature(None, nr="1")).encode()) == [{"nr": "1"}]


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"features": {}}', b"null"])
def test_another_document_is_unreadable(make_source: MakeSource, body: bytes) -> None:
    with pytest.raises(SourceError):
        objects(make_source(MAP), body)


@pytest.mark.parametrize(
    ("crs", "fits"),
    [
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, True),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}, True),
        ({"type": "name", "name": "EPSG:4326"}, True),
        (None, True),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25833"}}, False),
        ({"type": "link", "properties": {"href": "https://crs.example/1"}}, False),
        ({"properties": {"name": 4326}}, False),
    ],
)
def test_only_longitude_and_latitude_are_read(
    make_source: MakeSource, crs: object, fits: bool
) -> None:
    """Metres of another system would put everything into the Gulf of Guinea."""
    body = collection(feature(None, nr="1"), crs=crs)
    if fits:
        assert objects(make_source(MAP), body) == [{"nr": "1"}]
    else:
        with pytest.raises(SourceError, match="crs"):
            objects(make_source(MAP), body)


def test_pages_go_on_as_ogc_api_features_says(make_source: MakeSource) -> None:
    links = [{"rel": "self", "href": "/1"}, "next", {"rel": "next", "href": "/items?offset=1"}]
    page = page_of(
        collection(feature(None, nr="1"), links=links, numberMatched=2),
        url="https://hub.example/items",
    )
    source = make_source(MAP)
    assert FORMATS["geojson"].next_url(page, source) == "https://hub.example/items?offset=1"
    assert FORMATS["geojson"].total(page, source) == 2
    last = page_of(collection(links={"rel": "next"}))
    assert FORMATS["geojson"].next_url(last, source) is None
    assert FORMATS["geojson"].total(last, source) is None
