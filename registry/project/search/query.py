"""What a list is asked for, and the index query that answers it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from tantivy import FieldType, Occur, Query, Searcher

from registry.project.search.happening import series_key
from registry.project.search.schema import SCHEMA
from registry.project.search.summary import place_key
from registry.project.search.words import asked_words
from vocab.properties import KINDS

When = Literal["upcoming", "week", "month", "past", "all"]
"""`week` and `month` are what is still to come of the present one."""

MAX_SIZE: Final = 1_000
_GRAM: Final = 3  # letters, as the schema cuts them
_FUZZY_FROM: Final = 5  # a shorter word has too many neighbours
_ZONE: Final = ZoneInfo("Europe/Berlin")
_QUOTED: Final = re.compile(r'(["\\])')
_BACKSLASHED: Final = r"\\\1"


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
    free: bool = False  # this and the next three: of events
    attendance: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    series: str | None = None  # its name
    bbox: tuple[float, float, float, float] | None = None  # west, south, east, north in degrees
    when: When = "all"
    refers_to: tuple[tuple[str, str], ...] = ()  # (property, entity id)
    outvoted: str | None = None  # hub of which some value lost against another one's
    postcode: str | None = None  # of the first address
    sort: Literal["best", "newest", "name", "start", "fullest"] = "best"
    page: int = 1
    size: int = 20


def index_query(searcher: Searcher, query: ListQuery, *, rated: bool = True) -> Query:
    """The query of a list for this index; what is not `rated` is only counted."""
    words = asked_words(query.text)
    if query.text.strip() and not words:
        return Query.empty_query()
    # Filters do not rate: only the words decide which hit fits best.
    must = _filters(query, bool(words))
    filtered = Query.const_score_query(_all(must), 0.0) if must else None
    if not words and filtered:
        return filtered
    return _all([_word(searcher, word, filtered, rated) for word in words])


def unchosen(query: ListQuery) -> ListQuery:
    """The list without what is chosen of any facet; with words, those of every kind."""
    return replace(
        query,
        kind=None if query.text else query.kind,
        types=(),
        topics=(),
        places=(),
        hubs=(),
        offers=False,
        seeks=False,
        free=False,
        attendance=(),
        languages=(),
    )


def chosen(query: ListQuery) -> dict[str, str]:
    """What is chosen of each facet, as the query language of the index says it."""
    flags = [_said("flag", (flag,)) for flag in _flags(query)]
    said = {
        "type": _said("type", query.types),
        "topic": _said("topic", query.topics),
        "place": _said("place_key", map(place_key, query.places)),
        "hub": _said("hub", query.hubs),
        "attendance": _said("attendance", query.attendance),
        "language": _said("language", query.languages),
        "flag": " AND ".join(flags),
    }
    return {facet: words for facet, words in said.items() if words}


def _said(field: str, values: Iterable[str]) -> str:
    # Alternatives one by one: IN […] takes twice as long as all the rest.
    terms = [f'{field}:"{_QUOTED.sub(_BACKSLASHED, value)}"' for value in values]
    return f"({' OR '.join(terms)})" if terms else ""


def _flags(query: ListQuery) -> list[str]:
    return [flag for flag in ("offers", "seeks", "free") if getattr(query, flag)]


def _filters(query: ListQuery, has_words: bool) -> list[Query]:
    must = []
    if query.kind or not has_words:  # words are found in what has a kind alone
        must.append(_any("kind", (query.kind,) if query.kind else KINDS))
    filters = {
        "type": query.types,
        "topic": query.topics,
        "hub": query.hubs,
        "attendance": query.attendance,
        "language": query.languages,
        "series": (series_key(query.series),) if query.series else (),
        "place_key": tuple(map(place_key, query.places)),
        "refers_to": tuple(map(" ".join, query.refers_to)),
        "postcode": (query.postcode,) if query.postcode else (),
        "outvoted": (query.outvoted,) if query.outvoted else (),
    }
    must += [_any(field, values) for field, values in filters.items() if values]
    must += [_any("flag", (flag,)) for flag in _flags(query)]
    if query.bbox:
        west, south, east, north = query.bbox
        must += [
            _between("lon", FieldType.Float, west, east),
            _between("lat", FieldType.Float, south, north),
        ]
    moment = int(query.now.timestamp())
    if query.when in ("upcoming", "week", "month"):
        must.append(_between("end", FieldType.Integer, moment, None))
    elif query.when == "past":
        must.append(_between("end", FieldType.Integer, None, moment - 1))
    if query.when in ("week", "month"):
        must.append(_between("start", FieldType.Integer, None, _end_of(query.when, query.now) - 1))
    return must


def _end_of(span: Literal["week", "month"], now: datetime) -> int:
    """The first second after the present week or month, in the zone of the registry."""
    today = now.astimezone(_ZONE).date()
    if span == "week":
        after = today + timedelta(days=7 - today.weekday())
    else:
        after = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return int(datetime.combine(after, time.min, _ZONE).timestamp())


def _all(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Must, query) for query in queries])


def _any(field: str, values: tuple[str, ...]) -> Query:
    if len(values) == 1:  # a set reads all that have one of its values, however few are wanted
        return Query.term_query(SCHEMA, field, values[0], "basic")
    return Query.term_set_query(SCHEMA, field, list(values))


def _between(field: str, type_: FieldType, low: float | None, high: float | None) -> Query:
    return Query.range_query(SCHEMA, field, type_, low, high)


def _word(searcher: Searcher, word: str, filtered: Query | None, rated: bool) -> Query:
    """A word as name, as text, with one slip of the finger, or as part of a German compound."""
    text = Query.term_query(SCHEMA, "text", word)
    ways = [text]
    # Another postcode is no slip of the finger, and a part of a number is another number.
    has_letters, has_parts = not word.isdigit(), len(word) >= _GRAM and not word.isdigit()
    if rated or not has_parts:  # all parts of a name that has the word are there as well
        ways.append(Query.boost_query(Query.term_query(SCHEMA, "name", word), 4.0))
    if len(word) >= _FUZZY_FROM and has_letters:
        ways.append(Query.boost_query(Query.fuzzy_term_query(SCHEMA, "name", word, 1), 0.8))
    if filtered:
        # Each way by itself: what is left of it is little, so that little is to be put together.
        ways = [_all([filtered, way]) for way in ways]
    if has_parts:
        part = _part(searcher, word, filtered, None if rated else text)
        ways.append(Query.const_score_query(part, 0.5))
    if rated:
        return Query.disjunction_max_query(ways, 0.1)
    return Query.boolean_query([(Occur.Should, way) for way in ways])


def _part(searcher: Searcher, word: str, filtered: Query | None, known: Query | None) -> Query:
    """What has a word as a part, as far as its letters tell, and is not `known` already."""
    grams = sorted({word[i : i + _GRAM] for i in range(len(word) - _GRAM + 1)})
    # Who has the rarest has most often the others as well, so the rest is asked before them.
    grams.sort(key=lambda gram: searcher.doc_freq("grams", gram))
    rarest, *others = (Query.term_query(SCHEMA, "grams", gram) for gram in grams)
    first = [(Occur.Must, rarest)]
    if filtered:
        first.append((Occur.Must, filtered))
    if known:
        first.append((Occur.MustNot, known))
    return _all([Query.boolean_query(first), *others])
