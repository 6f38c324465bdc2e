"""Actors, projects and events by id: the page, the RDF forms, plain JSON; merged and removed ids."""

from typing import Any, Final, cast
from urllib.parse import quote

import orjson
from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from registry.errors import NotFound
from registry.iris import Iris
from registry.project.search import ListQuery
from registry.publish.description import describe
from registry.publish.forms import WRITERS
from registry.publish.plain import entity_json
from registry.store.entities import Resource
from registry.web import outline
from registry.web.frame import href, language, page, parse_time, t, with_release
from registry.web.language import any_date, in_language, long_date
from registry.web.negotiation import (
    HTML,
    JSON,
    JSONLD,
    NTRIPLES,
    RDFXML,
    TURTLE,
    Form,
    choose_form,
)
from registry.web.reading import Read, page_path, read_resource
from registry.web.rows import Row, row
from registry.web.strands import facts, voices
from registry.web.wiring import services
from vocab.concepts import label
from vocab.properties import ENTITY_TYPES, KINDS, Kind

blueprint = Blueprint("entities", __name__)

RDF_FORMS: Final = (JSONLD, TURTLE, NTRIPLES, RDFXML)
FORMS: Final = (HTML, *RDF_FORMS, JSON)
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


@blueprint.get("/id/<entity_id>")
def by_id(entity_id: str) -> AnyResponse:
    """303 to the document about a thing (it is no document itself), 308 to what it became."""
    found = _found(entity_id)
    if found.resource.state == "merged" and found.resource.replaced_by:
        return _moved(f"/id/{found.resource.replaced_by}")
    response = redirect(href(page_path(found.resource.kind, entity_id), **_kept()), code=303)
    response.vary.add("Accept")
    return with_release(cast(Response, response), _number(found))


@blueprint.get("/<any(actors, projects, events):folder>/<entity_id>")
@blueprint.get(
    "/<any(actors, projects, events):folder>/<entity_id>"
    ".<any(html, jsonld, ttl, nt, rdf, json):ending>"
)
def show(folder: str, entity_id: str, ending: str | None = None) -> AnyResponse:
    """One entity in the form that is asked for."""
    found = _found(entity_id)
    resource = found.resource
    suffix = f".{ending}" if ending else ""
    if resource.state == "merged" and resource.replaced_by:
        return _moved(_successor(resource.replaced_by) + suffix)
    if page_path(resource.kind, entity_id) != f"/{folder}/{entity_id}":
        return _moved(page_path(resource.kind, entity_id) + suffix)
    form = choose_form(request, FORMS, ending)
    response = _page(found) if form is HTML else _data(found, form)
    return finished(response, found, form, page_path(resource.kind, entity_id), FORMS)


def finished(
    response: Response, read: Read, form: Form, path: str, forms: tuple[Form, ...]
) -> Response:
    """Adds what all forms of one resource share: Link, ETag, Vary, Release; answers 304.

    The ETag is that of the content and its form. A page also shows what others say of the entity,
    so its ETag is weak and names the release and the language too.
    """
    for other in forms:
        if other is not form:
            response.headers.add(
                "Link", f'<{path}.{other.ending}>; rel="alternate"; type="{other.media_type}"'
            )
    response.headers.add("Link", '</context.jsonld>; rel="describedby"; type="application/ld+json"')
    if form is HTML:
        tag = f"{read.resource.hash[:24]}-{_number(read)}-{language()}"
        response.set_etag(tag, weak=True)
    else:
        response.set_etag(f"{read.resource.hash[:24]}-{form.ending}")
        response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-cache"
    with_release(response, _number(read))
    return response.make_conditional(request) if response.status_code == 200 else response


def _found(entity_id: str) -> Read:
    found = read_resource(entity_id)
    if found is None or found.resource.kind not in KINDS:
        raise NotFound(
            f"Die Kennung {entity_id[:60]} wurde nie vergeben. "
            "Vielleicht fehlt ein Zeichen oder eines ist vertauscht.",
            f"The identifier {entity_id[:60]} was never given out. "
            "Perhaps a character is missing or two are swapped.",
        )
    return found


def _number(read: Read) -> int | None:
    return read.release.number if read.release else None


def _kept() -> dict[str, str]:
    form = request.args.get("format")
    return {"format": form} if form else {}


def _moved(path: str) -> AnyResponse:
    return redirect(href(path, **_kept()), code=308)


def _successor(entity_id: str) -> str:
    """Where a merged id leads: one step, as the successor's page answers for its own state."""
    found = read_resource(entity_id)
    return page_path(found.resource.kind, entity_id) if found else f"/id/{entity_id}"


def _data(read: Read, form: Form) -> Response:
    resource = read.resource
    iris = Iris(services().settings.base_iri)
    status = 200 if resource.state == "live" else 410
    if form is JSON:
        if status == 200:
            body = entity_json(resource.kind, resource.id, resource.document, iris)
        else:
            body = {"id": iris.entity(resource.id), "kind": resource.kind, "gone": True}
        content = orjson.dumps(body, option=orjson.OPT_INDENT_2)
    else:
        description = describe(
            resource.kind, resource.id, resource.state, resource.document, iris
        )
        content = WRITERS[form.ending](description, iris.base)
    return Response(content, status=status, content_type=content_type(form))


def content_type(form: Form) -> str:
    """The media type with its charset where the type has one."""
    return f"{form.media_type}; charset=utf-8" if form.media_type.startswith("text/") else form.media_type


def _page(read: Read) -> Response:
    resource = read.resource
    kind = cast(Kind, resource.kind)
    shared: dict[str, Any] = {
        "release": _number(read),
        "release_at": read.release.at if read.release else None,
        "section": ENTITY_TYPES[kind].path,
        "list_path": ENTITY_TYPES[kind].path,
        "kind": kind,
        "path": page_path(kind, resource.id),
        "iri": Iris(services().settings.base_iri).entity(resource.id),
        "forms": FORMS[1:],
    }
    if resource.state != "live":
        at = parse_time(resource.document.get("at", ""))
        return page("gone.html", status=410, at=long_date(at, language()) if at else "", **shared)
    return page("entity.html", **shared, **_content(read, kind))


def _content(read: Read, kind: Kind) -> dict[str, Any]:
    tag = language()
    document = read.resource.document
    merged = document["merged"]
    heard = voices(document, read.hub_names)
    types = [label("actor-types", one, tag) for one in merged.get("actorType", ())]
    rows = facts(kind, document, heard, read.names, tag)
    place = merged.get("address") or [
        one for spot in merged.get("location", ()) for one in spot.get("address", ())
    ]
    town = place[0].get("postName", "") if place else ""
    point = _point(merged)
    return {
        "entity_id": read.resource.id,
        "name": merged["name"],
        "types": types,
        "lead": _lead(merged.get("description"), tag),
        "state": _state(merged, tag),
        "completeness": document["completeness"],
        "homepage": merged.get("homepage", ""),
        "when": _period(merged, tag),
        "town": town,
        "voices": heard,
        "facts": rows,
        "strand_count": min(len(heard), 6),
        "offers": [_exchange(node, tag) for node in merged.get("makesOffer", ())],
        "seeks": [_exchange(node, tag) for node in merged.get("seeks", ())],
        "related": _related(kind, read.resource),
        "evidence": sorted({one["rule"] for one in document["evidence"]}),
        "point": outline.on_map(*point) if point else None,
        "nearby": _around(point) if point else "",
        "land": outline.LAND,
        "towns": outline.TOWNS,
        "report": report_link(Iris(services().settings.base_iri).entity(read.resource.id)),
    }


def report_link(iri: str) -> str:
    """Where an error is reported: a mail to the steward with the entry's address, or a page."""
    contact = services().settings.steward_contact
    if contact.startswith(("http://", "https://")):
        return contact
    if "@" in contact:
        return f"mailto:{contact}?subject={quote(str(t('entity.report_subject', iri=iri)))}"
    return ""


def _lead(description: Any, tag: Any) -> dict[str, str]:
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


def _period(merged: dict[str, Any], tag: Any) -> str:
    """Start and end in words; the end's clock alone where both are on one day."""
    start, end = (
        merged.get("startDate") or merged.get("starts"),
        merged.get("endDate") or merged.get("ends"),
    )
    if not start:
        return ""
    first = any_date(start, tag)
    if not end:
        return first
    last = any_date(end, tag)
    day, _, clock = last.partition(", ")
    return f"{first} – {clock}" if clock and first.startswith(day) else f"{first} – {last}"


def _exchange(node: dict[str, Any], tag: Any) -> dict[str, Any]:
    until = node.get("validThrough")
    return {
        "name": node["name"],
        "description": node.get("description"),
        "kind": label("offer-kinds", node["offerKind"], tag) if "offerKind" in node else "",
        "until": any_date(until, tag) if until else "",
        "url": node.get("url", ""),
    }


def _related(kind: Kind, resource: Resource) -> list[tuple[str, str, int, list[Row]]]:
    """Heading, kind, number and rows of the entities that refer to this one."""
    have = services()
    groups = []
    for heading, other, properties in _RELATED[kind]:
        rows: dict[str, Row] = {}
        total = 0
        for name in properties:
            result = have.search.search(
                ListQuery(
                    kind=other,
                    refers_to=(name, resource.id),
                    sort="start" if other == "event" else "name",
                    size=_RELATED_SHOWN,
                    now=have.now(),
                )
            )
            total += result.total
            rows |= {hit.id: row(hit, language()) for hit in result.hits}
        if rows:
            groups.append((heading, str(other), total, list(rows.values())[:_RELATED_SHOWN]))
    return groups


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

