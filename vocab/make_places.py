"""Writes the places and outlines: `python -m vocab.make_places MUNICIPALITIES DISTRICTS`.

MUNICIPALITIES is a CSV file with the columns regional_key, name, nuts3, lon, lat; DISTRICTS a
GeoJSON file of polygons with the properties district_key, name, kind, nuts3. Both hold what the
Federal Agency for Cartography and Geodesy (BKG) publishes as VG5000 or VG250 under dl-de/by-2-0.
"""

import csv
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from vocab.places import GEOCODING, NUTS, OUTLINES_FILE, PLACES_FILE, SOURCE, iri_of_key
from vocab.terms import PREFIXES, SCHEMES_BASE

LICENCE: Final = "http://dcat-ap.de/def/licenses/dl-by-de/2.0"
CHANGES_DE: Final = (
    "Auszug und eigene Zusammenstellung: Schlüssel, Namen, NUTS 3 und je ein Punkt im Inneren."
)
CHANGES_EN: Final = "An extract, arranged anew: keys, names, NUTS 3 and one point inside of each."
SORBIAN: Final = {"146265242600": "Běła Woda"}
"""Upper Sorbian names by key, each from a published source: here the official directory of
municipalities, `Weißwasser/O.L., Stadt / Běła Woda`. None is translated."""

_SCHEME: Final = f"<{SCHEMES_BASE}places/>"
_SAXONY: Final = ("14", {"de": "Sachsen", "en": "Saxony"}, "DED")

Rows = list[Mapping[str, str]]


def turtle(municipalities: Rows, districts: Rows) -> str:
    """The state, its districts and municipalities as SKOS concepts, each after what it lies in."""
    key, labels, nuts = _SAXONY
    blocks = [_head(), _concept(key, labels, nuts=nuts)]
    for district in sorted(districts, key=lambda row: row["district_key"]):
        name = district["name"]
        is_city = district["kind"] == "Kreisfreie Stadt"
        labels = {"de": f"{name}, Stadt", "en": f"{name}, city"} if is_city else _rural(name)
        blocks.append(
            _concept(district["district_key"], labels, broader=key, nuts=district["nuts3"])
        )
    for row in sorted(municipalities, key=lambda row: row["regional_key"]):
        own = row["regional_key"]
        labels = {"de": row["name"], "en": row["name"]}
        if own in SORBIAN:
            labels["hsb"] = SORBIAN[own]
        blocks.append(
            _concept(own, labels, broader=own[:5], point=f"POINT({row['lon']} {row['lat']})")
        )
    return "\n".join(blocks)


def outlines_json(features: list[dict[str, Any]]) -> str:
    """The outer ring of each district in ten-thousandths of a degree, a district a line."""
    rings = {one["properties"]["district_key"]: _ring(one) for one in features}
    lines = [
        f'"{key}": {json.dumps(ring, separators=(",", ":"))}' for key, ring in sorted(rings.items())
    ]
    head = {
        "source": SOURCE,
        "licence": LICENCE,
        "changes": "Simplified; outer rings only, in ten-thousandths of a degree (WGS 84).",
    }
    said = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    return said + ',\n "districts": {\n' + ",\n".join(lines) + "\n}}\n"


def main(municipalities: Path, districts: Path) -> None:
    """Write both files."""
    with municipalities.open(encoding="utf-8", newline="") as stream:
        rows: Rows = list(csv.DictReader(stream))
    features = json.loads(districts.read_text("utf-8"))["features"]
    PLACES_FILE.write_text(turtle(rows, [one["properties"] for one in features]), "utf-8")
    OUTLINES_FILE.write_text(outlines_json(features), "utf-8")


def _rural(name: str) -> dict[str, str]:
    """`Landkreis Bautzen`, but `Erzgebirgskreis`."""
    if name.endswith("kreis"):
        return {"de": name, "en": name}
    return {"de": f"Landkreis {name}", "en": f"{name} district"}


def _head() -> str:
    prefixes = "".join(f"@prefix {p}: <{PREFIXES[p]}> .\n" for p in ("dcat", "dct", "geo", "skos"))
    return f"""# {SOURCE}
# {CHANGES_EN} Made by vocab/make_places.py.
{prefixes}
{_SCHEME} a skos:ConceptScheme ;
    dct:title "Orte in Sachsen"@de, "Places of Saxony"@en ;
    dct:description
        "Der Freistaat Sachsen, seine Kreise und Gemeinden mit ihren amtlichen Schlüsseln."@de,
        "The Free State of Saxony, its districts and municipalities with their official keys."@en ;
    dct:rights "{SOURCE}. {CHANGES_DE}"@de, "{SOURCE}. {CHANGES_EN}"@en ;
    dct:license <{LICENCE}> .
"""


def _concept(
    key: str, labels: Mapping[str, str], *, broader: str = "", nuts: str = "", point: str = ""
) -> str:
    said = [
        "a skos:Concept, dct:Location",
        f'skos:notation "{key}"',
        "skos:prefLabel " + ", ".join(f'"{text}"@{tag}' for tag, text in labels.items()),
        f"skos:inScheme {_SCHEME}",
        *_related(key, broader, nuts),
    ]
    if point:
        said.append(f'dcat:centroid "{point}"^^geo:wktLiteral')
    return f"<{iri_of_key(key)}> " + " ;\n    ".join(said) + " .\n"


def _related(key: str, broader: str, nuts: str) -> Iterator[str]:
    yield f"skos:broader <{iri_of_key(broader)}>" if broader else f"skos:topConceptOf {_SCHEME}"
    if nuts:
        yield f"skos:exactMatch <{NUTS}{nuts}>"
    if len(key) > 5:
        yield f"skos:exactMatch <{GEOCODING}municipalityKey/{key[:5]}{key[9:]}>"


def _ring(feature: dict[str, Any]) -> list[list[int]]:
    (outer, *_) = feature["geometry"]["coordinates"]
    return [[round(x * 10_000), round(y * 10_000)] for x, y in outer]


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
