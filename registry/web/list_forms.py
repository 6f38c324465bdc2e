"""Lists for programs: CSV and GeoJSON of all hits, JSON-LD page by page with hydra:view."""

from collections.abc import Iterable, Iterator
from typing import Any, Final, cast
from urllib.parse import urlencode

import orjson

from registry.iris import Iris
from registry.project.search import Hit, ListQuery, ListResult
from registry.web.csv_lines import csv_line
from registry.web.language import in_language
from registry.web.list_query import parameters
from vocab.properties import ENTITY_TYPES, Kind

HYDRA: Final = "http://www.w3.org/ns/hydra/core#"
COLUMNS: Final = (
    "iri", "kind", "name", "name_de", "name_en", "types", "topics", "postcode", "town", "longitude",
    "latitude", "start", "end", "homepage", "licences", "hubs", "records", "modified",
)  # fmt: skip


def csv_lines(hits: Iterable[Hit], iris: Iris) -> Iterator[bytes]:
    """CSV (RFC 4180) with a head line; several values of a cell stand apart by a semicolon.

    `name` is in the first language that there is: de, en, none stated, any other. The licences are
    those of all records that an entity was merged from, `unknown` among them.
    """
    yield csv_line(COLUMNS)
    for hit in hits:
        summary = hit.summary
        name, place, point = summary["name"], summary.get("place") or {}, summary.get("point")
        yield csv_line(
            (
                iris.entity(hit.id),
                hit.kind,
                in_language(name, "de")[0],
                _text(name, "de"),
                _text(name, "en"),
                ";".join(summary.get("types") or ()),
                ";".join(summary.get("topics") or ()),
                place.get("postCode"),
                place.get("label"),
                point[0] if point else None,
                point[1] if point else None,
                _plain(summary.get("start")),
                _plain(summary.get("end")),
                summary.get("homepage"),
                ";".join(summary["licences"]),
                ";".join(summary.get("hubs") or ()),
                summary.get("sources"),
                summary.get("modified"),
            )
        )


def geojson_parts(hits: Iterable[Hit], iris: Iris) -> Iterator[bytes]:
    """A FeatureCollection (RFC 7946); what has no point is a feature without geometry (3.2)."""
    yield b'{"type":"FeatureCollection","features":['
    comma = b""
    for hit in hits:
        summary, point = hit.summary, hit.summary.get("point")
        yield comma + orjson.dumps(
            {
                "type": "Feature",
                "id": iris.entity(hit.id),
                "geometry": {"type": "Point", "coordinates": point} if point else None,
                "properties": {
                    "kind": hit.kind,
                    "name": summary["name"],
                    "types": summary.get("types") or [],
                    "topics": summary.get("topics") or [],
                    "town": (summary.get("place") or {}).get("label"),
                    "start": _plain(summary.get("start")) or None,
                    "end": _plain(summary.get("end")) or None,
                    "homepage": summary.get("homepage"),
                    "licences": summary["licences"],
                    "hubs": summary.get("hubs") or [],
                },
            }
        )
        comma = b",\n"
    yield b"]}\n"


def collection(query: ListQuery, result: ListResult, path: str, base: str) -> dict[str, Any]:
    """One page as hydra:Collection with a hydra:PartialCollectionView (absolute links)."""
    iris = Iris(base)
    pages = max(1, -(-result.total // query.size))

    def address(page: int | None) -> str:
        values = parameters(query, for_data=True) | ({"page": page} if page else {})
        encoded = urlencode(values, doseq=True)
        return f"{base}{path}{'?' + encoded if encoded else ''}"

    view: dict[str, Any] = {"id": address(query.page), "type": "hydra:PartialCollectionView"}
    links = {
        "hydra:first": 1,
        "hydra:previous": query.page - 1,
        "hydra:next": query.page + 1,
        "hydra:last": pages,
    }
    for name, page in links.items():
        if 1 <= page <= pages:
            view[name] = {"id": address(page)}
    return {
        "@context": [f"{base}/context.jsonld", {"hydra": HYDRA}],
        "id": address(None),
        "type": "hydra:Collection",
        "hydra:totalItems": result.total,
        "hydra:member": [
            {
                "id": iris.entity(hit.id),
                "type": ENTITY_TYPES[cast(Kind, hit.kind)].type,
                "name": hit.summary["name"],
            }
            for hit in result.hits
        ],
        "hydra:view": view,
    }


def _text(name: Any, language: str) -> str:
    value = name.get(language, "") if isinstance(name, dict) else name
    return str(value[0] if isinstance(value, list) else value)


def _plain(value: Any) -> str:
    return str(value.get("@value", "") if isinstance(value, dict) else value or "")
