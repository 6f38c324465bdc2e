"""The search projection: lists, facets, text and places come from here, never from SPARQL."""

from registry.project.search.happening import happening_of
from registry.project.search.index import Hit, ListResult, SearchIndex
from registry.project.search.query import ListQuery, When
from registry.project.search.summary import index_document, recognised_place, summary_of
from registry.project.search.writer import SearchWriter

__all__ = [
    "Hit",
    "ListQuery",
    "ListResult",
    "SearchIndex",
    "SearchWriter",
    "When",
    "happening_of",
    "index_document",
    "recognised_place",
    "summary_of",
]
