"""What a list shows and searches of one entity, read from its published resource."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
from tantivy import Document as IndexDocument

from registry.iris import ENTITY_PATH
from registry.merge.same_value import given_way
from registry.project.search.happening import happening_of, series_keys
from registry.project.search.words import address_words, joined
from vocab.concepts import label
from vocab.folding import fold
from vocab.places import codes_of
from vocab.properties import KINDS, Range, properties_of

Resource = dict[str, Any]

_EXCERPT: Final = 240
_POINT: Final = re.compile(r"POINT\((-?[\d.]+) (-?[\d.]+)\)")
_BERLIN: Final = ZoneInfo("Europe/Berlin")
_FULLEST: Final = 1_010


def summary_of(kind: str, resource: Resource, changed_release: int) -> Resource:
    """The stored part of a hit: JSON with what rows, CSV and GeoJSON show; texts by language."""
    merged, records = resource["merged"], resource["records"]
    address = next(iter(_addresses(merged)), {})
    return {
        "name": merged["name"],
        "description": {tag: _shorten(text) for tag, text in merged.get("description", {}).items()},
        "types": merged.get("actorType", []),
        "topics": merged.get("topic", []),
        "status": merged.get("status"),
        "place": {k: address[v] for k, v in _PLACE.items() if v in address},
        "where": recognised_place(merged),
        "point": point_of(merged),
        "homepage": merged.get("homepage"),
        "start": merged.get("startDate") or merged.get("starts"),
        "end": merged.get("endDate") or merged.get("ends"),
        "event": happening_of(merged) if kind == "event" else None,
        "offers": [_offer(node) for node in merged.get("makesOffer", [])],
        "seeks": [_offer(node) for node in merged.get("seeks", [])],
        "hubs": sorted({record["hub"] for record in records}),
        "licences": sorted({record["licence"] for record in records}),
        "sources": len(records),
        "changed": changed_release,
        "modified": max((r["modified"] for r in records if r.get("modified")), default=None),
        "completeness": resource.get("completeness"),
    }


_PLACE: Final = {
    "label": "postName",
    "postCode": "postCode",
    "street": "thoroughfare",
    "house": "locatorDesignator",
    "line": "fullAddress",
    "country": "adminUnitL1",
}


def index_document(
    entity_id: str, kind: str, resource: Resource, changed_release: int
) -> IndexDocument:
    """One entity as the index takes it."""
    summary = summary_of(kind, resource, changed_release)
    # Spellings that fold alike are one.
    names = sorted({fold(name) for name in _names(resource)})
    place = summary["place"].get("label", "")
    labels = [
        word
        for scheme, key in (("topics", "topics"), ("actor-types", "types"))
        for notation in summary[key]
        for word in _labels(scheme, notation)
    ]
    labels.append(fold(place))
    event = summary["event"] or {}
    codes = place_codes(resource["merged"])
    document = IndexDocument(
        id=entity_id,
        kind=kind,
        type=summary["types"],
        topic=summary["topics"],
        place=[*codes, place] if place and not _has_municipality(codes) else codes,
        place_key=[place_key(one) for one in (*codes, place) if one],
        postcode=[summary["place"]["postCode"]] if "postCode" in summary["place"] else [],
        outvoted=_outvoted(kind, resource),
        hub=summary["hubs"],
        flag=[flag for flag in ("offers", "seeks", "free") if summary.get(flag) or event.get(flag)],
        attendance=[event["attendance"]] if "attendance" in event else [],
        language=event.get("languages", []),
        series=series_keys(event),
        refers_to=sorted(set(_references(resource["merged"]))),
        name=names,
        text=[
            *(fold(text) for text in _texts(resource["merged"])),
            *labels,
            *map(joined, names),
            address_words(_addresses(resource["merged"])),
        ],
        grams=[*names, *(word for word in labels if word)],
        # With the id, so that things of one name stand in one order on every host and page.
        name_order=f"{fold(_first(summary['name']))}\t{entity_id}",
        changed=changed_release,
        fullness=fullness_of(summary),
        freshness=changed_release * _FULLEST + fullness_of(summary),
        summary=orjson.dumps(summary).decode(),
    )
    if summary["point"]:
        document.add_float("lon", summary["point"][0])
        document.add_float("lat", summary["point"][1])
    start = _epoch(summary["start"], time.min)
    if start is not None:
        document.add_integer("start", start)
        # Without a stated end an event is over with the day on which it starts.
        end = _epoch(summary["end"], time.max)
        document.add_integer("end", end if end is not None else _day_end(start))
    return document


def fullness_of(summary: Resource) -> int:
    """Below `_FULLEST`: first by how many hubs speak, then by how complete it is."""
    return min(len(summary["hubs"]), 9) * 101 + round((summary["completeness"] or 0) * 100)


def place_key(name: str) -> str:
    """What spellings of a town's name share that differ in capitals (or ß and ss) alone."""
    return name.casefold()


def place_codes(document: Resource) -> list[str]:
    """The codes of all places that an entity is in: municipality, district, state, country."""
    codes = {code for iri in document.get("place", ()) for code in codes_of(iri)}
    codes |= {a["adminUnitL1"] for a in _addresses(document) if "adminUnitL1" in a}
    return sorted(codes)


def recognised_place(document: Resource) -> str | None:
    """The code of the place that an entity is in; None where it is in none or in several."""
    chains = [codes_of(iri) for iri in document.get("place", ())]
    wider = {code for codes in chains for code in codes[1:]}
    narrowest = {codes[0] for codes in chains if codes} - wider
    return narrowest.pop() if len(narrowest) == 1 else None


def _has_municipality(codes: list[str]) -> bool:
    return any(len(code) == 12 for code in codes)


def _outvoted(kind: str, resource: Resource) -> list[str]:
    """The hubs of which some value gave way to one that only others say."""
    hub_of = {record["id"]: record["hub"] for record in resource["records"]}
    found: set[str] = set()
    for decision in resource["decisions"]:
        claims = given_way(kind, decision, resource["merged"])
        lost = {hub_of[claim["record_id"]] for claim in claims}
        found |= lost - {hub_of[record_id] for record_id in decision["won_by"]}
    return sorted(found)


@cache
def _labels(scheme: str, notation: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold(label(scheme, notation, tag)) for tag in ("de", "en")))


def point_of(document: Resource) -> list[float] | None:
    """[lon, lat] of an entity, or of the place where an event is held."""
    for node in (document, *document.get("location", ())):
        match = _POINT.fullmatch(node.get("geometry", {}).get("asWKT", ""))
        if match:
            return [float(match[1]), float(match[2])]
    return None


def _addresses(document: Resource) -> Iterator[Resource]:
    yield from document.get("address", ())
    for location in document.get("location", ()):
        yield from location.get("address", ())


def _offer(node: Resource) -> Resource:
    kept = ("name", "description", "offerKind", "validThrough", "topic")
    return {key: node[key] for key in kept if key in node}


def _names(resource: Resource) -> Iterator[str]:
    """Every name that any hub gives: a spelling that lost must still be found."""
    for document in (resource["merged"], *(record["document"] for record in resource["records"])):
        for key in ("name", "alternateName", "legalName"):
            for texts in document.get(key, {}).values():
                yield from [texts] if isinstance(texts, str) else texts


def _texts(value: Any) -> Iterator[str]:
    """All text of a document: language maps at any depth."""
    for key, child in value.items():
        for node in child if isinstance(child, list) else [child]:
            if isinstance(node, dict):
                if "type" in node:
                    yield from _texts(node)
                elif "@value" not in node and key != "id":
                    for texts in node.values():
                        yield from [texts] if isinstance(texts, str) else texts


_REFERENCES: Final = frozenset(
    prop.name
    for kind in KINDS
    for prop in properties_of(kind).values()
    if prop.range is Range.REFERENCE
)


def _references(document: Resource) -> Iterator[str]:
    for name in _REFERENCES & document.keys():
        for value in document[name]:
            if isinstance(value, str) and value.startswith(ENTITY_PATH):
                yield f"{name} {value.removeprefix(ENTITY_PATH)}"


def _first(texts: dict[str, str]) -> str:
    return texts.get("de") or next(iter(texts.values()))


def _shorten(text: str) -> str:
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1].rsplit(" ", 1)[0] + "…"


def _epoch(value: Any, day_part: time) -> int | None:
    """Seconds since 1970 of a moment, or of the start or end of a day, month or year."""
    if value is None:
        return None
    text = value["@value"] if isinstance(value, dict) else value
    try:
        if len(text) > 10:
            return int(datetime.fromisoformat(text).timestamp())
        day = (text + "-01-01")[:10] if day_part == time.min else (text + "-12-31")[:10]
        return int(datetime.combine(datetime.fromisoformat(day), day_part, _BERLIN).timestamp())
    except ValueError:  # "2023-02-31" of a month without that day
        return None


def _day_end(start: int) -> int:
    try:
        day = datetime.fromtimestamp(start, UTC).astimezone(_BERLIN)
    except OverflowError:  # the last hour that Python can count, in UTC
        return start
    return int(day.replace(hour=23, minute=59, second=59).timestamp())
