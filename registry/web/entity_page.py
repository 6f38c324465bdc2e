"""What the page of one entity shows: facts, exchange, what refers to it, its place."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from markupsafe import Markup

from registry.iris import Iris
from registry.project.search import ListQuery, happening_of, recognised_place
from registry.store.entities import Published
from registry.store.releases import Step
from registry.web import outline
from registry.web.event_rows import series_query
from registry.web.exchange import matches
from registry.web.frame import evidence_key, href, join_and, language, t
from registry.web.language import (
    REGISTRY_ZONE,
    any_date,
    clocks,
    in_language,
    local_moment,
    long_date,
)
from registry.web.list_query import parameters
from registry.web.place_choices import listed, place_words
from registry.web.reading import Read, newest_that, page_path
from registry.web.reporting import reports
from registry.web.rows import Row, row
from registry.web.shown import label_of
from registry.web.strands import MAX_STRANDS, Voice, by_hub, facts, strand_count, voices
from registry.web.wiring import services
from schemas.complete import absent
from vocab.concepts import label
from vocab.places import places
from vocab.properties import ENTITY_TYPES, Kind, properties_of

_RELATED: Final[dict[Kind, tuple[tuple[str, Kind, tuple[str, ...]], ...]]] = {
    "actor": (
        ("projects", "project", ("carriedBy",)),
        ("takes_part", "project", ("partner", "cooperatesWith", "funder")),
        ("events", "event", ("organizer",)),
        ("members", "actor", ("memberOf", "partOf")),
    ),
    "project": (),
    "event": (),
}
"""What refers to an entity: heading, kind of list, properties."""

_RELATED_SHOWN: Final = 5
_NEAR_DEGREES: Final = (0.36, 0.225)  # about 25 km east-west and north-south at 51 degrees


@dataclass(frozen=True, slots=True)
class Related:
    """Entities that refer to this one: how many, the first of them, and the list of them all."""

    heading: str
    kind: str
    total: int
    rows: list[Row]
    address: str


def content(read: Read, kind: Kind) -> dict[str, Any]:
    """The values of the template `entity.html` for a live entity."""
    tag = language()
    document = read.resource.document
    merged = document["merged"]
    heard = voices(document, read.hub_names)
    types = [label("actor-types", one, tag) for one in merged.get("actorType", ())]
    rows = facts(kind, document, heard, read.names, tag)
    town, place = _where(merged)
    point = _point(merged)
    spot = outline.on_map(*point) if point else None
    return {
        "entity_id": read.resource.id,
        "name": merged["name"],
        "types": types,
        "lead": lead_of(merged.get("description"), tag),
        "state": _state(merged, tag),
        "completeness": document["completeness"],
        "absent": [words[tag] for words in absent(merged, kind)],
        "homepage": merged.get("homepage", ""),
        "when": _period(merged, kind, tag),
        "town": town,
        "town_listed": place,
        "voices": heard,
        "hub_count": len({voice.hub_id for voice in heard}),
        "facts": rows,
        "sources": by_hub(heard),
        "strand_count": strand_count(heard),
        "strands_beyond": len(heard[MAX_STRANDS:]),
        "offers": _exchange(read.resource, "makesOffer", "seeks"),
        "seeks": _exchange(read.resource, "seeks", "offers"),
        "related": _related(kind, read.resource) or _same_series(read.resource, kind),
        "calendar": _calendar(merged, page_path(kind, read.resource.id)),
        "history": [(_did(read, step, kind), step) for step in read.history],
        "former_ids": [former for former, _ in read.absorbed],
        "evidence": [
            t(key)
            for key in dict.fromkeys(evidence_key(one["rule"]) for one in document["evidence"])
        ],
        "point": spot,
        "nearby": _around(point) if point else "",
        "map": outline.drawn([spot] if spot else []),
        "pages": _pages(heard),
        "reports": reports(
            Iris(services().settings.base_iri).entity(read.resource.id), read, heard
        ),
    }


def _pages(heard: Sequence[Voice]) -> list[tuple[Markup, str]]:
    """The pages at the hubs: words and address; several of one hub are told apart by local id."""
    shown = {voice.page: voice for voice in heard if voice.page}
    of_hub = Counter(voice.hub_id for voice in shown.values())
    pages = []
    for address, voice in shown.items():
        key = "report_at" if of_hub[voice.hub_id] == 1 else "report_at_one"
        hub = in_language(voice.hub_name, language())[0]
        pages.append((t(f"entity.{key}", hub=hub, id=voice.local), address))
    return pages


def _did(read: Read, step: Step, kind: Kind) -> Markup:
    """What a release did: which ids it merged into this one, or else what changed and by whom.

    Of a hub only its last change is known; what was said before is not kept.
    """
    if step.operation != "update":
        return t(f"entity.did_{step.operation}")
    ids = [former for former, release in read.absorbed if release == step.release]
    if ids:
        return t("entity.did_absorb", ids=", ".join(ids))
    hubs = [
        in_language(read.hub_names.get(hub, hub), language())[0]
        for hub in read.spoken.get(step.release, ())
    ]
    changed = [
        label_of(prop, language())
        for name, prop in properties_of(kind).items()
        if name in (step.properties or ())
    ]
    if changed and hubs:
        return t("entity.did_change_by", what=join_and(changed), hubs=", ".join(hubs))
    if changed:
        return t("entity.did_change", what=join_and(changed))
    if hubs:
        return t("entity.did_update_by", hubs=", ".join(hubs))
    return t("entity.did_update")


def _where(merged: dict[str, Any]) -> tuple[str, str]:
    """What the place is called, and the value by which lists filter for it.

    A place that is recognised within Saxony goes before the town of the address, which is a name
    alone; that goes before a country.
    """
    code, town = recognised_place(merged), town_of(merged)
    if code and (code in places() or not town):
        return place_words(code, language()), listed(code)
    return town, town


def town_of(merged: dict[str, Any]) -> str:
    """The town of the first address, of the entity or of where it takes place."""
    places = merged.get("address") or [
        one for spot in merged.get("location", ()) for one in spot.get("address", ())
    ]
    return str(places[0].get("postName", "")) if places else ""


def lead_of(description: Any, tag: Any) -> dict[str, str]:
    """The first paragraph, cut at a sentence or word so that a glance takes it in."""
    words, found = in_language(description, tag)
    first = words.strip().split("\n", 1)[0].strip()
    if len(first) > 320:
        cut = first[:320]
        end = cut.rfind(". ")
        first = cut[: end + 1] if end > 120 else cut.rsplit(" ", 1)[0] + " …"
    return {found or "und": first} if first else {}


def _state(merged: dict[str, Any], tag: Any) -> tuple[str, str]:
    """Words and look of the state badge."""
    if "eventStatus" in merged:
        value = merged["eventStatus"]
        look = {"cancelled": "stop", "scheduled": "ok"}.get(value, "warn")
        return label("event-statuses", value, tag), look
    if "status" in merged:
        value = merged["status"]
        look = "ok" if value in ("active", "running") else ""
        return label("statuses", value, tag), look
    return "", ""


def _period(merged: dict[str, Any], kind: Kind, tag: Any) -> str:
    """Start and end in words; one day and two clocks where both are on one day."""
    start, end = (
        merged.get("startDate") or merged.get("starts"),
        merged.get("endDate") or merged.get("ends"),
    )
    if not start:
        return ""
    first = any_date(start, tag)
    if not end and kind == "project":
        return str(t(f"entity.{_open_end(start, merged.get('status'))}", date=first))
    if not end:
        return first
    begins, finishes = local_moment(start), local_moment(end)
    if begins and finishes and begins[0] == finishes[0]:
        if begins[1] and finishes[1] and begins[1] != finishes[1]:
            return f"{long_date(begins[0], tag)}, {clocks(begins[1], finishes[1], tag)}"
        return first
    return f"{first} – {any_date(end, tag)}"


def _open_end(start: Any, status: str | None) -> str:
    """Which words tell a start without an end: it runs since then, will from then, or began."""
    moment, now = local_moment(start), services().now().astimezone(REGISTRY_ZONE)
    if moment:
        day, at = moment
        ahead = day > now.date() or (at is not None and at.tzinfo is not None and at > now)
    else:  # a year or a month
        words = str(start.get("@value", "") if isinstance(start, dict) else start)
        ahead = words > now.isoformat()[: len(words)]
    if ahead:
        return "period_from"
    return "period_since" if status in (None, "running") else "period_began"


def _exchange(
    resource: Published, own: str, elsewhere: Literal["offers", "seeks"]
) -> list[dict[str, Any]]:
    """What an entity offers or seeks (`own`), each with what fits it `elsewhere`."""
    merged, tag = resource.document["merged"], language()
    nodes = merged.get(own, ())
    others = newest_that(elsewhere) if any("offerKind" in node for node in nodes) else []
    shown = []
    for node in nodes:
        until = node.get("validThrough")
        topics = merged.get("topic", ())
        shown.append(
            {
                "name": node["name"],
                "description": node.get("description"),
                "kind": label("offer-kinds", node["offerKind"], tag) if "offerKind" in node else "",
                "until": any_date(until, tag) if until else "",
                "url": node.get("url", ""),
                "fitting": matches(resource.id, node, topics, others, elsewhere),
            }
        )
    return shown


def _related(kind: Kind, resource: Published) -> list[Related]:
    """The entities that refer to this one, by how they do."""
    have = services()
    groups = []
    for heading, other, properties in _RELATED[kind]:
        rows: list[Row] = []
        total = 0
        refers = tuple((name, resource.id) for name in properties)
        # What is still to come before what is over; other kinds have no time.
        for span in ("upcoming", "past") if other == "event" else ("all",):
            result = have.search.search(
                ListQuery(
                    kind=other,
                    refers_to=refers,
                    when=span,
                    sort="start" if other == "event" else "name",
                    size=_RELATED_SHOWN,
                    now=have.now(),
                ),
                facets=False,
            )
            total += result.total
            rows += [row(hit, language()) for hit in result.hits]
        if rows:
            address = href(
                f"/{ENTITY_TYPES[other].path}",
                refers=[":".join(one) for one in refers],
                when="all" if other == "event" else None,
            )
            groups.append(Related(heading, str(other), total, rows[:_RELATED_SHOWN], address))
    return groups


def _same_series(resource: Published, kind: Kind) -> list[Related]:
    """The other events of the series of an event."""
    have = services()
    series = series_query(happening_of(resource.document["merged"]), have.now())
    if kind != "event" or series is None:
        return []
    shown = replace(series, sort="start", when="all", size=_RELATED_SHOWN + 1)
    upcoming = have.search.search(replace(shown, when="upcoming"), facets=False)
    past = have.search.search(replace(shown, when="past"), facets=False)
    others = [hit for hit in (*upcoming.hits, *past.hits) if hit.id != resource.id]
    rows = [row(hit, language()) for hit in others[:_RELATED_SHOWN]]
    address = href("/events", **parameters(series))
    total = have.search.count(series) - 1
    return [Related("series", "event", total, rows, address)] if rows else []


def _calendar(merged: dict[str, Any], path: str) -> str:
    """The address of an event as a calendar's entry, where it has a day."""
    day = local_moment(merged.get("startDate"))
    return href(f"{path}.ics", lang=language()) if day else ""


def _point(merged: dict[str, Any]) -> tuple[float, float] | None:
    for node in (merged, *merged.get("location", ())):
        words = node.get("geometry", {}).get("asWKT", "")
        parts = words.removeprefix("POINT(").rstrip(")").split()
        if words.startswith("POINT(") and len(parts) == 2:
            return float(parts[0]), float(parts[1])
    return None


def _around(point: tuple[float, float]) -> str:
    (east, north), (wide, high) = point, _NEAR_DEGREES
    edges = (east - wide, north - high, east + wide, north + high)
    return ",".join(f"{edge:.3f}" for edge in edges)
