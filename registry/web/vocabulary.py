"""The vocabulary: every class, property, term and list in both languages, and as data."""

from functools import cache
from importlib import resources
from typing import Any, Final, cast

import rdflib
from flask import Blueprint, Response, request

from registry.errors import NotFound
from registry.web.frame import language, page
from registry.web.negotiation import HTML, JSONLD, TURTLE, Form, choose_form
from vocab.concepts import Concept, Scheme, schemes
from vocab.places import STATE, places_scheme
from vocab.properties import ENTITY_TYPES, KINDS, NODE_TYPES, properties_of
from vocab.terms import PREFIXES, expand

blueprint = Blueprint("vocabulary", __name__)

FORMS: Final = (HTML, TURTLE, JSONLD)
SCHEMA_NAMES: Final = (*KINDS, "hub")


@blueprint.get("/vocab")
@blueprint.get("/vocab.<any(html, ttl, jsonld):ending>")
def show(ending: str | None = None) -> Response:
    """All of the vocabulary; the ontology as data."""
    form = choose_form(request, FORMS, ending)
    if form is not HTML:
        return _file("ontology.ttl", form)
    tag = language()
    owners = [
        (kind, t_iri, [properties_of(kind)[name] for name in properties_of(kind)])
        for kind, t_iri in (
            *((kind, ENTITY_TYPES[kind].iri) for kind in KINDS),
            *NODE_TYPES.items(),
        )
    ]
    return page(
        "vocab.html",
        owners=owners,
        kinds=KINDS,
        types={kind: ENTITY_TYPES[kind] for kind in KINDS},
        terms=own_terms(),
        schemes=list(_lists().values()),
        expand=expand,
        forms=FORMS[1:],
        schema_names=SCHEMA_NAMES,
        other="en" if tag == "de" else "de",
    )


@blueprint.get("/vocab/<name>")
@blueprint.get("/vocab/<name>.<any(html, ttl, jsonld):ending>")
def show_scheme(name: str, ending: str | None = None) -> Response:
    """One list of concepts."""
    if name not in _lists():
        raise NotFound(
            f"Eine Liste {name[:40]} gibt es nicht; /vocab nennt alle.",
            f"There is no list {name[:40]}; /vocab names them all.",
        )
    form = choose_form(request, FORMS, ending)
    if form is not HTML:
        return _file("places.ttl" if name == "places" else f"schemes/{name}.ttl", form)
    scheme: Scheme = _lists()[name]
    districts = _districts(scheme) if name == "places" else []
    folded = {one.notation for district, within in districts for one in (district, *within)}
    return page(
        "scheme.html",
        scheme=scheme,
        concepts=[one for one in scheme.concepts.values() if one.notation not in folded],
        districts=districts,
        forms=FORMS[1:],
        path=f"/vocab/{name}",
    )


def _districts(places: Scheme) -> list[tuple[Concept, list[Concept]]]:
    """Each district of the state with its municipalities."""
    every = places.concepts.values()
    return [
        (district, [one for one in every if one.broader == district.notation])
        for district in every
        if district.broader == STATE
    ]


def _lists() -> dict[str, Scheme]:
    """The concept schemes, and the places beside them."""
    return {**schemes(), "places": places_scheme()}


@cache
def own_terms() -> list[dict[str, Any]]:
    """The terms of our own namespace with labels and definitions, from the ontology."""
    graph = _graph("ontology.ttl")
    namespace = PREFIXES["verbund"]
    found = []
    for subject in sorted({s for s in graph.subjects() if str(s).startswith(namespace)}, key=str):
        labels = _by_language(graph, subject, rdflib.RDFS.label)
        if labels:
            found.append(
                {
                    "name": str(subject).removeprefix(namespace),
                    "iri": str(subject),
                    "labels": labels,
                    "definitions": _by_language(graph, subject, rdflib.RDFS.comment)
                    or _by_language(graph, subject, rdflib.SKOS.definition),
                }
            )
    return found


def _by_language(graph: rdflib.Graph, subject: Any, predicate: Any) -> dict[str, str]:
    return {
        str(value.language): str(value)
        for value in graph.objects(subject, predicate)
        if isinstance(value, rdflib.Literal) and value.language
    }


@cache
def _text(name: str) -> bytes:
    return (resources.files("vocab") / name).read_bytes()


@cache
def _graph(name: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=_text(name), format="turtle")


def _file(name: str, form: Form) -> Response:
    if form is TURTLE:
        content, content_type = _text(name), "text/turtle; charset=utf-8"
    else:
        written = _graph(name).serialize(format="json-ld", context=dict(PREFIXES), sort_keys=True)
        content, content_type = written.encode(), form.media_type
    response = Response(content, content_type=content_type)
    response.add_etag()
    response.vary.add("Accept")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return cast(Response, response.make_conditional(request))
