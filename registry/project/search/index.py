"""Reading the search index: lists, facets, counts, all from one release per answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import tantivy
from tantivy import Order, Query, Searcher

from registry.project.search.counts import Facets, count_all
from registry.project.search.query import MAX_SIZE, ListQuery, index_query
from registry.project.search.schema import SCHEMA, commit_file, open_index, release_of
from vocab.properties import KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One entity in a list; `summary` is what `summary_of` made."""

    id: str
    kind: str
    summary: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListResult:
    """One page of a list with total, facets (value, count; by falling count) and release.

    `kinds` are how many of each kind have the words, whatever else is asked for.
    """

    total: int
    hits: list[Hit]
    facets: Facets
    kinds: dict[str, int]
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
        """One page of a list; `facets` and `kinds` where they are wanted."""
        searcher = self._searcher()
        size = min(query.size, MAX_SIZE)
        offset = (query.page - 1) * size
        counts = count_all(searcher, query) if facets else None
        if counts and counts.total <= offset:
            hits, total = [], counts.total
        else:
            found = _run(searcher, index_query(searcher, query), query, limit=size, offset=offset)
            hits, total = [_hit(searcher, address) for _, address in found.hits], _total(found)
        return ListResult(
            total=total,
            hits=hits,
            facets=counts.facets if counts else {},
            kinds=counts.kinds if counts else {},
            release=release_of(searcher),
        )

    def iterate(self, query: ListQuery) -> Iterator[Hit]:
        """Every hit of a list in its order, from one release however long it takes."""
        searcher = self._searcher()
        found = _run(
            searcher, index_query(searcher, query), query, limit=max(searcher.num_docs, 1), offset=0
        )
        return (_hit(searcher, address) for _, address in found.hits)

    def count(self, query: ListQuery) -> int:
        """How many hits a list has."""
        searcher = self._searcher()
        return _total(searcher.search(index_query(searcher, query, rated=False), limit=1))

    def counts(self) -> dict[str, int]:
        """Live entities per kind."""
        searcher = self._searcher()
        return {
            kind: _total(searcher.search(Query.term_query(SCHEMA, "kind", kind), limit=1))
            for kind in KINDS
        }

    def contradicted(self) -> int:
        """How many entities have some value that gave way to another hub's."""
        some_hub = Query.regex_query(SCHEMA, "outvoted", ".+")
        return _total(self._searcher().search(some_hub, limit=1))

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
        # Of one release the fullest first: with the first one, all is equally new.
        "newest": ("freshness", Order.Desc),
        "fullest": ("fullness", Order.Desc),
        "name": ("name_order", Order.Asc),
        # What is over is of interest from its end backwards.
        "start": ("start", Order.Desc if query.when == "past" else Order.Asc),
    }[sort]
    return searcher.search(asked, limit=limit, offset=offset, order_by_field=field, order=order)


def _hit(searcher: Searcher, address: tantivy.DocAddress) -> Hit:
    document = searcher.doc(address)
    return Hit(
        id=document["id"][0], kind=document["kind"][0], summary=orjson.loads(document["summary"][0])
    )


def _total(found: tantivy.SearchResult) -> int:
    count: int | None = found.count  # type: ignore[attr-defined]  # the stubs do not know it
    return count or 0
