"""Counting a list: how many hits, how many of them with each value of each facet, of each kind."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from tantivy import Searcher

from registry.project.search.query import ListQuery, chosen, index_query, unchosen
from registry.project.search.schema import facets_of
from registry.project.search.summary import place_key

Facets = dict[str, list[tuple[str, int]]]
"""Each facet's values with their numbers, by falling number."""

_BUCKETS: Final = 1_000  # of places, there are Saxony's 433 and any number of towns
_FREE: Final = ""  # of what is chosen nothing is left out

_Bucket = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What one list counts; `kinds` are how many of each kind have its words, if it has any."""

    total: int
    facets: Facets
    kinds: dict[str, int]


def count_all(searcher: Searcher, query: ListQuery) -> Counts:
    """All counts in one pass: to find what has the words takes far longer than to count it."""
    filters, facets = chosen(query), facets_of(query.kind)
    counted = {facet: facet if facet in filters else _FREE for facet in facets}
    wanted = {
        left_out: {
            # The alternatives of a chosen value are counted without it.
            "filter": " AND ".join(said for facet, said in filters.items() if facet != left_out)
            or "*",
            "aggs": {facet: _terms(facet) for facet in facets if counted[facet] == left_out},
        }
        for left_out in (_FREE, *filters)
    }
    asked = index_query(searcher, unchosen(query), rated=False)
    found = searcher.aggregate(asked, {"kind": _terms("kind") | {"aggs": wanted}})
    kinds = found["kind"]["buckets"]
    own = [kind for kind in kinds if query.kind in (None, kind["key"])]
    return Counts(
        total=sum(int(kind[_FREE]["doc_count"]) for kind in own),
        facets={
            facet: _sorted(facet, [kind[left_out][facet]["buckets"] for kind in own])
            for facet, left_out in counted.items()
        },
        kinds=_kinds(searcher, query, kinds),
    )


def _kinds(searcher: Searcher, query: ListQuery, found: list[_Bucket]) -> dict[str, int]:
    if not query.text:
        return {}
    if query.bbox or query.refers_to or query.outvoted or query.when != "all":
        words = index_query(
            searcher, ListQuery(kind=None, text=query.text, now=query.now), rated=False
        )
        found = searcher.aggregate(words, {"kind": _terms("kind")})["kind"]["buckets"]
    return dict(_pairs(found))


def _terms(field: str) -> dict[str, Any]:
    return {"terms": {"field": field, "size": _BUCKETS}}


def _pairs(buckets: list[_Bucket]) -> list[tuple[str, int]]:
    return [(bucket["key"], int(bucket["doc_count"])) for bucket in buckets]


def _sorted(facet: str, by_kind: list[list[_Bucket]]) -> list[tuple[str, int]]:
    summed: Counter[str] = Counter()
    for buckets in by_kind:
        summed.update(dict(_pairs(buckets)))
    pairs = list(summed.items())
    if facet == "place":
        pairs = _one_spelling(pairs)
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


def _one_spelling(counted: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Towns that differ in capitals alone are one, under the most frequent spelling."""
    spellings: dict[str, list[tuple[str, int]]] = {}
    for name, count in counted:
        spellings.setdefault(place_key(name), []).append((name, count))
    return [
        (
            min(some, key=lambda pair: (-pair[1], pair[0]))[0],
            sum(count for _, count in some),
        )
        for some in spellings.values()
    ]
