"""The forms of queries and the media types of their answers (SPARQL 1.1 Protocol, 2.1.6)."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Final


class QueryForm(StrEnum):
    """What a query asks for (SPARQL 1.1 Query, 16)."""

    SELECT = "SELECT"
    ASK = "ASK"
    CONSTRUCT = "CONSTRUCT"
    DESCRIBE = "DESCRIBE"


# In the order of our preference; the first is the answer to a request without wishes. The values
# are the names of pyoxigraph's formats, which the web process itself never imports.
RESULT_TYPES: Final[Mapping[str, str]] = {
    "application/sparql-results+json": "JSON",
    "application/sparql-results+xml": "XML",
    "text/csv": "CSV",
    "text/tab-separated-values": "TSV",
    "application/json": "JSON",
}
GRAPH_TYPES: Final[Mapping[str, str]] = {
    "text/turtle": "TURTLE",
    "application/n-triples": "N_TRIPLES",
    "application/rdf+xml": "RDF_XML",
    "application/ld+json": "STREAMING_JSON_LD",
}

_QVALUE: Final = re.compile(r"[0-9](\.[0-9]{0,3})?", re.ASCII)


def media_types(form: QueryForm) -> tuple[str, ...]:
    """The media types that a query of this form can be answered in, best first."""
    bindings = form in (QueryForm.SELECT, QueryForm.ASK)
    return tuple(RESULT_TYPES if bindings else GRAPH_TYPES)


@lru_cache(maxsize=256)
def negotiate(form: QueryForm, accept: str | None) -> str | None:
    """The media type that an Accept header asks for, or None where nothing fits (406).

    The most specific range decides over a type (RFC 9110, 12.5.1); among equals our preference.
    Parameters other than q are ignored: no type of ours has a variant.
    """
    offered = media_types(form)
    if accept is None or not accept.strip():
        return offered[0]
    ranges = dict(_ranges(accept))
    rated = [(_quality(media_type, ranges), -place) for place, media_type in enumerate(offered)]
    quality, place = max(rated)
    return offered[-place] if quality > 0 else None


def _ranges(accept: str) -> list[tuple[str, float]]:
    found = []
    for part in accept.lower().split(","):
        media_range, *parameters = (piece.strip() for piece in part.split(";"))
        if media_range:
            found.append((media_range, _weight(parameters)))
    return found


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            # What is no qvalue (RFC 9110, 12.4.2) asks for nothing.
            return min(float(value), 1.0) if _QVALUE.fullmatch(value.strip()) else 0.0
    return 1.0


def _quality(media_type: str, ranges: Mapping[str, float]) -> float:
    main = media_type.split("/", 1)[0]
    for media_range in (media_type, f"{main}/*", "*/*"):
        if media_range in ranges:
            return ranges[media_range]
    return 0.0
