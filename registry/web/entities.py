"""Actors, projects and events by id: the page and the data forms; merged and removed ids."""

from typing import Any, Final, cast

import orjson
from flask import Blueprint, Response, redirect, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from registry.errors import NotAcceptable
from registry.iris import Iris
from registry.publish.description import describe
from registry.publish.forms import WRITERS
from registry.publish.plain import entity_json
from registry.store import entities, records
from registry.store.entities import Published
from registry.web.entity_page import content
from registry.web.frame import edition, href, language, page, parse_time, with_release
from registry.web.front import keep
from registry.web.language import long_date
from registry.web.mistyped import meant
from registry.web.negotiation import (
    HTML,
    JSON,
    JSONLD,
    NTRIPLES,
    RDFXML,
    TURTLE,
    Form,
    choose_form,
    wants_page,
)
from registry.web.not_there import NoSuchForm, RecordOnly, UnknownId
from registry.web.reading import Read, named, page_path, read_around
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
    with services().store.read() as connection:
        found = _found(connection, entity_id)
    suffix = f".{ending}" if ending else ""
    if found.state == "merged" and found.replaced_by:
        return _moved(f"/id/{found.replaced_by}{suffix}")
    path = page_path(found.kind, entity_id) + suffix
    response = redirect(href(path, **_kept()), code=303)
    response.vary.add("Accept")
    return with_release(cast(Response, response), found.release)


@blueprint.get("/<any(actors, projects, events):folder>/<entity_id>")
@blueprint.get(
    "/<any(actors, projects, events):folder>/<entity_id>"
    ".<any(html, jsonld, ttl, nt, rdf, json):ending>"
)
def show(folder: str, entity_id: str, ending: str | None = None) -> AnyResponse:
    """One entity in the form that is asked for."""
    with services().store.read() as connection:
        found = _found(connection, entity_id)
        suffix = f".{ending}" if ending else ""
        if found.state == "merged" and found.replaced_by:
            return _moved(_successor(connection, found.replaced_by) + suffix)
        path = page_path(found.kind, entity_id)
        if path != f"/{folder}/{entity_id}":
            # Not for good: a thing can be found to be of another kind again.
            return _moved(path + suffix, code=307)
        form = _form(path, ending)
        known = found.state == "live" and _is_known(found, form)
        read = read_around(connection, found) if form is HTML and not known else None
    if found.state == "live" and form is not HTML:
        keep(request)
    if known:
        return finished(Response(status=304), found, form, path, FORMS)
    response = _page(read) if read else _data(found, form)
    return finished(response, found, form, path, FORMS)


def finished(
    response: Response, found: Published, form: Form, path: str, forms: tuple[Form, ...]
) -> Response:
    """Adds what all forms of one resource share: Link, ETag, Vary, Release; answers 304."""
    if response.status_code != 304:
        _link(response, found, form, path, forms)
    tag, weak = _tag(found, form)
    response.set_etag(tag, weak=weak)
    if form is not HTML:
        response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-cache"
    with_release(response, found.release)
    if response.status_code != 200:
        return response
    return cast(Response, response.make_conditional(request))


def _link(
    response: Response, found: Published, form: Form, path: str, forms: tuple[Form, ...]
) -> None:
    for other in forms:
        if other is not form:
            response.headers.add(
                "Link", f'<{path}.{other.ending}>; rel="alternate"; type="{other.media_type}"'
            )
    response.headers.add("Link", '</context.jsonld>; rel="describedby"; type="application/ld+json"')
    for licence in sorted({one["licence"] for one in found.document.get("records", ())}):
        if licence.startswith(("http://", "https://")):
            response.headers.add("Link", f'<{licence}>; rel="license"')


def _tag(found: Published, form: Form) -> tuple[str, bool]:
    """The ETag and whether it is weak: that of the content and its form.

    A page also shows what others say of the entity, so its ETag is weak and names release, language
    and edition of the pages too.
    """
    if form is HTML:
        return f"{found.hash[:24]}-{found.release}-{language()}-{edition()}", True
    return f"{found.hash[:24]}-{form.ending}", False


def _is_known(found: Published, form: Form) -> bool:
    """Whether the client has this answer, so that it need not be made."""
    return request.if_none_match.contains_weak(_tag(found, form)[0])


def _found(connection: Connection, entity_id: str) -> Published:
    found = entities.published(connection, entity_id)
    if found is None or found.kind not in KINDS:
        _refuse_other_ending(connection, entity_id)
        if _is_record(connection, entity_id):
            raise RecordOnly(entity_id)
        near = named(connection, meant(entity_id)) if wants_page(request) else {}
        raise UnknownId(entity_id, list(near.values()))
    return found


def _refuse_other_ending(connection: Connection, name: str) -> None:
    """Raises NoSuchForm where a name is an id with an ending that no form has, such as .pdf."""
    entity_id, _, ending = name.partition(".")
    found = entities.published(connection, entity_id) if ending else None
    if found and found.kind in KINDS:
        _form(page_path(found.kind, entity_id), ending)


def _form(path: str, ending: str | None) -> Form:
    """The form that is asked for of the entity with this page. Raises NoSuchForm."""
    try:
        return choose_form(request, FORMS, ending)
    except NotAcceptable as why:
        raise NoSuchForm(why, path) from None


def _is_record(connection: Connection, record_id: str) -> bool:
    """Whether a record with this id was ever published."""
    found = records.stored(connection, [record_id])
    return any(one.entity_id and one.first_release is not None for one in found)


def _kept() -> dict[str, str]:
    form = request.args.get("format")
    return {"format": form} if form else {}


def _moved(path: str, code: int = 308) -> AnyResponse:
    """A redirect that nobody keeps without asking: undoing a merge brings the old id back."""
    response = redirect(href(path, **_kept()), code=code)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _successor(connection: Connection, entity_id: str) -> str:
    """Where a merged id leads: one step, as the successor's page answers for its own state."""
    found = entities.published(connection, entity_id)
    return page_path(found.kind, entity_id) if found else f"/id/{entity_id}"


def _data(resource: Published, form: Form) -> Response:
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
        "release": resource.release,
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
