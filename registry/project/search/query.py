"""What a list is asked for, and the index query that answers it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from tantivy import FieldType, Occur, Query

from registry.folding import fold
from registry.project.search.schema import SCHEMA
from registry.project.search.summary import place_key
from vocab.properties import KINDS

MAX_WORDS: Final = 12
MAX_SIZE: Final = 1_000
_FUZZY_FROM: Final = 5  # a shorter word has too many neighbours


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """One list as a person or program asks for it; values within one filter are alternatives."""

    kind: str | None
    now: datetime
    text: str = ""
    types: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    hubs: tuple[str, ...] = ()
    offers: bool = False
    seeks: bool = False
    bbox: tuple[float, float, float, float] | None = None  # west, south, east, north in degrees
    when: Literal["upcoming", "past", "all"] = "all"
    refers_to: tuple[tuple[str, str], ...] = ()  # (property, entity id)
    outvoted: str | None = None  # hub of which some value lost against another one's
    sort: Literal["best", "newest", "name", "start"] = "best"
    page: int = 1
    size: int = 20


def index_query(query: ListQuery, *, without: str | None = None) -> Query:
    """The index query of a list.

    `without` leaves one facet's own filter out, to count its alternatives.
    """
    must = [_any("kind", (query.kind,) if query.kind else KINDS)]
    filters = {"type": query.types, "topic": query.topics, "hub": query.hubs}
    must += [
        _any(field, values) for field, values in filters.items() if values and field != without
    ]
    if query.places and without != "place":
        must.append(_any("place_key", tuple(place_key(place) for place in query.places)))
    flags = [flag for flag, wanted in (("offers", query.offers), ("seeks", query.seeks)) if wanted]
    if without != "flag":
        must += [_any("flag", (flag,)) for flag in flags]
    if query.refers_to:
        must.append(_any("refers_to", tuple(" ".join(one) for one in query.refers_to)))
    if query.outvoted:
        must.append(_any("outvoted", (query.outvoted,)))
    if query.bbox:
        west, south, east, north = query.bbox
        must += [
            _between("lon", FieldType.Float, west, east),
            _between("lat", FieldType.Float, south, north),
        ]
    moment = int(query.now.timestamp())
    if query.when == "upcoming":
        must.append(_between("end", FieldType.Integer, moment, None))
    elif query.when == "past":
        must.append(_between("end", FieldType.Integer, None, moment - 1))
    words = fold(query.text).split()[:MAX_WORDS]
    if query.text.strip() and not words:
        return Query.empty_query()
    # Filters do not rate: only the words decide which hit fits best.
    filtered = Query.const_score_query(Query.boolean_query([(Occur.Must, q) for q in must]), 0.0)
    return Query.boolean_query(
        [(Occur.Must, filtered), *((Occur.Must, _word(word)) for word in words)]
    )


def _any(field: str, values: tuple[str, ...]) -> Query:
    return Query.term_set_query(SCHEMA, field, list(values))


def _between(field: str, type_: FieldType, low: float | None, high: float | None) -> Query:
    return Query.range_query(SCHEMA, field, type_, low, high)


def _word(word: str) -> Query:
    """A word as name, as text, with one slip of the finger, or as part of a German compound."""
    ways = [
        Query.boost_query(Query.term_query(SCHEMA, "name", word), 4.0),
        Query.term_query(SCHEMA, "text", word),
    ]
    if len(word) >= _FUZZY_FROM:
        ways.append(Query.boost_query(Query.fuzzy_term_query(SCHEMA, "name", word, 1), 0.8))
    if len(word) >= 3:
        grams = {word[i : i + 3] for i in range(len(word) - 2)}
        part = Query.boolean_query(
            [(Occur.Must, Query.term_query(SCHEMA, "grams", g)) for g in sorted(grams)]
        )
        ways.append(Query.const_score_query(part, 0.5))
    return Query.disjunction_max_query(ways, 0.1)
