"""The catalog for data portals, and the same as a page."""

from collections.abc import Mapping
from typing import Any, Final, cast

from flask import Blueprint, Response, request

from registry.errors import NotFound
from registry.project.dumps import Dump
from registry.publish.catalog import WRITERS, describe_catalog
from registry.publish.catalog_facts import CatalogFacts, Share
from registry.publish.catalog_licence import OTHER_CLOSED, OTHER_OPEN
from registry.publish.description import Description
from registry.publish.jsonld import nodes_of
from registry.store import releases
from registry.web.catalog_licences import by_licence
from registry.web.entities import content_type
from registry.web.frame import page, with_release
from registry.web.language import in_language
from registry.web.negotiation import HTML, JSONLD, RDFXML, TURTLE, choose_form
from registry.web.reading import PublishedHub, hubs_in
from registry.web.wiring import services
from vocab.licences import licence_name

blueprint = Blueprint("catalog", __name__)

# Turtle first: CKAN and udata ask for nothing in particular, browsers name HTML.
FORMS: Final = (TURTLE, RDFXML, JSONLD, HTML)


_WHOLE: Final = {OTHER_OPEN: "open", OTHER_CLOSED: "closed"}


@blueprint.get("/catalog")
@blueprint.get("/catalog.<any(ttl, rdf, jsonld, html):ending>")
def show(ending: str | None = None) -> Response:
    """What this instance offers as open data."""
    form = choose_form(request, FORMS, ending)
    facts, hubs = _facts()
    description = describe_catalog(facts)
    if form is HTML:
        response = _page(description, facts, hubs)
        response.add_etag(weak=True)
    else:
        body = WRITERS[form.ending](description, facts.base)
        response = Response(body, content_type=content_type(form))
        response.vary.add("Accept")
        response.add_etag()
    for other in FORMS:
        if other is not form:
            response.headers.add(
                "Link", f'</catalog.{other.ending}>; rel="alternate"; type="{other.media_type}"'
            )
    response.headers["Cache-Control"] = "no-cache"
    with_release(response, facts.release)
    return cast(Response, response.make_conditional(request))


def _facts() -> tuple[CatalogFacts, list[PublishedHub]]:
    settings = services().settings
    with services().store.read() as connection:
        latest = releases.latest(connection)
        first = releases.release(connection, 1)
        hubs = hubs_in(connection)
    if latest is None:
        # Not an empty catalog: importers take that for the word that everything was removed.
        raise NotFound(
            "Hier ist noch nichts veröffentlicht; versuchen Sie es in einigen Minuten.",
            "Nothing has been published here yet; try again in a few minutes.",
            code="no_release",
        )
    facts = CatalogFacts(
        base=settings.base_iri,
        title=settings.title,
        contact=settings.contact,
        release=latest.number,
        issued_at=(first or latest).at,
        modified_at=latest.at,
        shares=[_share(hub) for hub in hubs],
        dump=Dump.present(settings.home / "dumps"),
    )
    return facts, hubs


def _share(hub: PublishedHub) -> Share:
    return Share(
        publisher=hub.document.get("publisher") or in_language(hub.name, "de")[0],
        licences=tuple(source["licence"] for source in hub.document.get("sources", ())),
    )


def _page(description: Description, facts: CatalogFacts, hubs: list[PublishedHub]) -> Response:
    nodes = nodes_of(description.statements())
    dataset = nodes[facts.node("dataset")]
    return page(
        "catalog.html",
        release=facts.release,
        section="data",
        title=_by_language(dataset["dct:title"]),
        description=_by_language(dataset["dct:description"]),
        licence=(facts.licence, licence_name(facts.licence)),
        whole=_WHOLE.get(facts.licence, "one"),
        licences=by_licence(hubs),
        files=[
            (
                _by_language(node["dct:title"]),
                _by_language(node["dct:description"]),
                node.get("dcat:downloadURL", node["dcat:accessURL"])["id"],
            )
            for node in (nodes[link["id"]] for link in dataset["dcat:distribution"])
        ],
        forms=FORMS[:-1],
    )


def _by_language(texts: list[Mapping[str, Any]]) -> dict[str, str]:
    return {text["@language"]: text["@value"] for text in texts}
