"""Actors, projects and events by id: the page and the data forms; merged and removed ids."""

from typing import Any, Final, cast

import orjson
from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from registry.errors import NotFound
from registry.iris import Iris
from registry.publish.description import describe
from registry.publish.forms import WRITERS
from registry.publish.plain import entity_json
from registry.web.entity_page import content
from registry.web.front import keep
from registry.web.frame import edition, href, language, page, parse_time, with_release
from registry.web.language import long_date
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
from registry.web.wiring import services
from vocab.properties import ENTITY_TYPES, KINDS, Kind

blueprint = Blueprint("entities", __name__)

RDF_FORMS: Final = (JSONLD, TURTLE, NTRIPLES, RDFXML)
FORMS: Final = (HTML, *RDF_FORMS, JSON)


@blueprint.get("/id/<entity_id>")
@blueprint.get("/id/<entity_id>.<any(html, jsonld, ttl, nt, rdf, json):ending>")
def by_id(entity_id: str, ending: str | None = None) -> AnyResponse:
    """303 to the document about a thing (it is no document itself), 308 to what it became.

    An ending that is written behind the permanent address stays.
    """
    found = _found(entity_id)
    suffix = f".{ending}" if ending else ""
    if found.resource.state == "merged" and found.resource.replaced_by:
        return _moved(f"/id/{found.resource.replaced_by}{suffix}")
    path = page_path(found.resource.kind, entity_id) + suffix
    response = redirect(href(path, **_kept()), code=303)
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
        # Not for good: a thing can be found to be of another kind again.
        return _moved(page_path(resource.kind, entity_id) + suffix, code=307)
    form = choose_form(request, FORMS, ending)
    if form is not HTML and resource.state == "live":
        keep(request)
    response = _page(found) if form is HTML else _data(found, form)
    return finished(response, found, form, page_path(resource.kind, entity_id), FORMS)


def finished(
    response: Response, read: Read, form: Form, path: str, forms: tuple[Form, ...]
) -> Response:
    """Adds what all forms of one resource share: Link, ETag, Vary, Release; answers 304.

    The ETag is that of the content and its form. A page also shows what others say of the entity,
    so its ETag is weak and names release, language and edition of the pages too.
    """
    for other in forms:
        if other is not form:
            response.headers.add(
                "Link", f'<{path}.{other.ending}>; rel="alternate"; type="{other.media_type}"'
            )
    response.headers.add("Link", '</context.jsonld>; rel="describedby"; type="application/ld+json"')
    for licence in sorted({one["licence"] for one in read.resource.document.get("records", ())}):
        if licence.startswith(("http://", "https://")):
            response.headers.add("Link", f'<{licence}>; rel="license"')
    if form is HTML:
        tag = f"{read.resource.hash[:24]}-{_number(read)}-{language()}-{edition()}"
        response.set_etag(tag, weak=True)
    else:
        response.set_etag(f"{read.resource.hash[:24]}-{form.ending}")
        response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-cache"
    with_release(response, _number(read))
    if response.status_code != 200:
        return response
    return cast(Response, response.make_conditional(request))


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


def _moved(path: str, code: int = 308) -> AnyResponse:
    """A redirect that nobody keeps without asking: undoing a merge brings the old id back."""
    response = redirect(href(path, **_kept()), code=code)
    response.headers["Cache-Control"] = "no-cache"
    return response


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
        description = describe(resource.kind, resource.id, resource.state, resource.document, iris)
        content = WRITERS[form.ending](description, iris.base)
    return Response(content, status=status, content_type=content_type(form))


def content_type(form: Form) -> str:
    """The media type with its charset where the type has one."""
    return (
        f"{form.media_type}; charset=utf-8"
        if form.media_type.startswith("text/")
        else form.media_type
    )


def _page(read: Read) -> Response:
    resource = read.resource
    kind = cast(Kind, resource.kind)
    shared: dict[str, Any] = {
        "release": _number(read),
        "section": ENTITY_TYPES[kind].path,
        "kind": kind,
        "path": page_path(kind, resource.id),
        "iri": Iris(services().settings.base_iri).entity(resource.id),
        "forms": FORMS[1:],
    }
    if resource.state != "live":
        at = parse_time(resource.document.get("at", ""))
        return page("gone.html", status=410, at=long_date(at, language()) if at else "", **shared)
    return page("entity.html", **shared, **content(read, kind))
