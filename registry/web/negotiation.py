"""Which form of a resource a request asks for: its ending, `?format=`, or its Accept header."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from flask import Request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from registry.errors import NotAcceptable


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a resource: the ending of its address and its media type."""

    ending: str
    media_type: str
    label: str


HTML: Final = Form("html", "text/html", "HTML")
JSONLD: Final = Form("jsonld", "application/ld+json", "JSON-LD")
TURTLE: Final = Form("ttl", "text/turtle", "Turtle")
NTRIPLES: Final = Form("nt", "application/n-triples", "N-Triples")
RDFXML: Final = Form("rdf", "application/rdf+xml", "RDF/XML")
JSON: Final = Form("json", "application/json", "JSON")
CSV: Final = Form("csv", "text/csv", "CSV")
GEOJSON: Final = Form("geojson", "application/geo+json", "GeoJSON")
ATOM: Final = Form("atom", "application/atom+xml", "Atom")
ICAL: Final = Form("ics", "text/calendar", "iCal")


FORMS: Final = (HTML, JSONLD, TURTLE, NTRIPLES, RDFXML, JSON, CSV, GEOJSON, ATOM, ICAL)


@lru_cache(maxsize=256)
def wish(accept: str) -> tuple[int, ...]:
    """What an Accept header says of the forms above: two with the same ranks choose alike.

    The rank of each form is 0 where it is refused, and higher the more it is wished for.
    """
    accepted = parse_accept_header(accept if accept.strip() else "*/*", MIMEAccept)
    qualities = [accepted.quality(form.media_type) for form in FORMS]
    ranks = sorted({0.0, *qualities})
    return tuple(ranks.index(quality) for quality in qualities)


def choose_form(request: Request, forms: Sequence[Form], ending: str | None = None) -> Form:
    """The form that is asked for: the ending wins over `?format=`, that over Accept.

    `forms` stand in the order of our preference; the first is the answer to a request without
    wishes (no Accept, an empty one, or `*/*`), as RFC 9110, 12.5.1 leaves that to us.

    Raises:
        NotAcceptable: nothing on offer fits (406); the text lists what there is.
    """
    named = ending or request.args.get("format")
    if named is not None:
        for form in forms:
            if named in (form.ending, form.media_type):
                return form
        raise _nothing_fits(named, forms)
    if not request.headers.get("Accept", "").strip():
        return forms[0]
    accept = request.accept_mimetypes
    # Werkzeug's best_match falls back to its default for an unknown type; that has to be a 406.
    quality, _, chosen = max(
        ((accept.quality(form.media_type), -place, form) for place, form in enumerate(forms)),
        key=lambda rated: rated[:2],
    )
    if quality <= 0:
        raise _nothing_fits(request.headers["Accept"], forms)
    return chosen


def _nothing_fits(wanted: str, forms: Sequence[Form]) -> NotAcceptable:
    offered = ", ".join(f"{form.media_type} (.{form.ending})" for form in forms)
    return NotAcceptable(
        f"»{wanted[:80]}« gibt es hier nicht. Im Angebot: {offered}.",
        f"“{wanted[:80]}” is not offered here. There is: {offered}.",
    )


def wants_page(request: Request) -> bool:
    """Whether an error is shown as a page: only to those who name HTML, as browsers do."""
    return prefers_html(request.headers.get("Accept", ""))


@lru_cache(maxsize=256)
def prefers_html(header: str) -> bool:
    """Whether an Accept header names HTML, and wishes for nothing else more."""
    accept = parse_accept_header(header, MIMEAccept)
    named = any(value.split(";")[0].strip() == "text/html" for value in accept.values())
    return named and accept.quality("text/html") >= accept.quality("application/problem+json")
