"""Reading the search index: lists, facets, counts, all from one release per answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson
import tantivy
from tantivy import Order, Query, Searcher

from registry.project.search.query import MAX_SIZE, ListQuery, index_query
from registry.project.search.schema import FACETS, SCHEMA, commit_file, open_index, release_of
from registry.project.search.summary import place_key
from vocab.properties import KINDS

_BUCKETS: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One entity in a list; `summary` is what `summary_of` made."""

    id: str
    kind: str
    summary: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListResult:
    """One page of a list with total, facets (value, count; by falling count) and release."""

    total: int
    hits: list[Hit]
    facets: dict[str, list[tuple[str, int]]]
    release: int


class SearchIndex:
    """A reader of the index in `folder`.

    Follows its writer, needs no thread, and may be shared by threads.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index = open_index(folder)
        self._seen = 0

    def release(self) -> int:
        """The release that the index holds; 0 while it is empty."""
        return release_of(self._searcher())

    def search(self, query: ListQuery, *, facets: bool = True) -> ListResult:
        """One page of a list with its facets, which cost most of the time: leave out the unused."""
        searcher = self._searcher()
        asked = index_query(query)
        size = min(query.size, MAX_SIZE)
        found = _run(searcher, asked, query, limit=size, offset=(query.page - 1) * size)
        return ListResult(
            total=_count(found),
            hits=[_hit(searcher, address) for _, address in found.hits],
            facets=_facets(searcher, query) if facets else {},
            release=release_of(searcher),
        )

    def iterate(self, query: ListQuery) -> Iterator[Hit]:
        """Every hit of a list in its order, from one release however long it takes."""
        searcher = self._searcher()
        found = _run(searcher, index_query(query), query, limit=max(searcher.num_docs, 1), offset=0)
        return (_hit(searcher, address) for _, address in found.hits)

    def counts(self) -> dict[str, int]:
        """Live entities per kind."""
        searcher = self._searcher()
        return {
            kind: _count(searcher.search(Query.term_query(SCHEMA, "kind", kind), limit=1))
            for kind in KINDS
        }

    def kinds(self, text: str, now: datetime) -> dict[str, int]:
        """How many of each kind have these words."""
        asked = index_query(ListQuery(kind=None, text=text, now=now), rated=False)
        return dict(_counted(self._searcher(), asked, ["kind"])["kind"])

    def _searcher(self) -> Searcher:
        changed = commit_file(self._folder).stat().st_mtime_ns
        if changed != self._seen:
            self._index.reload()
            self._seen = changed
        return self._index.searcher()


def _run(
    searcher: Searcher, asked: Query, query: ListQuery, *, limit: int, offset: int
) -> tantivy.SearchResult:
    # tantivy makes room for all that it is asked for, and ends the process where there is none.
    held = max(searcher.num_docs, 1)
    limit, offset = min(limit, held), min(offset, held)
    sort = query.sort
    if sort == "best" and not query.text:
        sort = "start" if query.kind == "event" else "name"
    if sort == "best":
        return searcher.search(asked, limit=limit, offset=offset)
    field, order = {
        "newest": ("changed", Order.Desc),
        "name": ("name_order", Order.Asc),
        # What is over is of interest from its end backwards.
        "start": ("start", Order.Desc if query.when == "past" else Order.Asc),
    }[sort]
    return searcher.search(asked, limit=limit, offset=offset, order_by_field=field, order=order)


def _facets(searcher: Searcher, query: ListQuery) -> dict[str, list[tuple[str, int]]]:
    chosen = {
        "type": query.types,
        "topic": query.topics,
        "place": query.places,
        "hub": query.hubs,
        "flag": query.offers or query.seeks,
    }
    free = [facet for facet in FACETS if not chosen[facet]]
    # One pass for all that count the same hits.
    facets = _counted(searcher, index_query(query, rated=False), free)
    for facet in FACETS:
        if facet not in facets:
            others = index_query(query, without=facet, rated=False)
            facets |= _counted(searcher, others, [facet])
    return facets


def _counted(
    searcher: Searcher, asked: Query, facets: list[str]
) -> dict[str, list[tuple[str, int]]]:
    """How many hits have each value, for each of these facets."""
    wanted = {facet: {"terms": {"field": facet, "size": _BUCKETS}} for facet in facets}
    found = searcher.aggregate(asked, wanted) if wanted else {}
    counted = {}
    for facet in facets:
        pairs = [(bucket["key"], int(bucket["doc_count"])) for bucket in found[facet]["buckets"]]
        if facet == "place":
            pairs = _one_spelling(pairs)
        counted[facet] = sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
    return counted


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


def _hit(searcher: Searcher, address: tantivy.DocAddress) -> Hit:
    document = searcher.doc(address)
    return Hit(
        id=document["id"][0], kind=document["kind"][0], summary=orjson.loads(document["summary"][0])
    )


def _count(found: tantivy.SearchResult) -> int:
    count: int | None = found.count  # type: ignore[attr-defined]  # the stubs do not know it
    return count or 0
