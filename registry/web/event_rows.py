"""Lists of events as a calendar: by month and day, with what one has to know before going there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from registry.iris import ENTITY_PATH
from registry.project.search import Hit, ListQuery
from registry.web.frame import href, language, t
from registry.web.language import (
    REGISTRY_ZONE,
    Language,
    any_date,
    clock,
    in_language,
    local_moment,
    long_date,
    month,
    weekday,
)
from registry.web.list_query import parameters
from registry.web.reading import names_of
from registry.web.rows import Row
from registry.web.shown import Named, language_name
from registry.web.wiring import services
from vocab.concepts import label

_LOOKS: Final = {"cancelled": "stop", "scheduled": "ok"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The series of an event: how many events it has, and the list of them."""

    name: Any
    count: int
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRow:
    """One event of a calendar; `number` ties it to its pin, `when` stands by the large day."""

    number: int
    row: Row
    when: str
    where: str
    badge: tuple[str, str] | None  # words and look
    series: Series | None
    organizers: tuple[Any, ...]  # names
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The events of one month; `heading` is empty where a list is not in the order of days."""

    heading: str
    rows: list[CalendarRow]


def calendar_rows(
    numbered: Iterable[tuple[tuple[int, Row], Hit]], query: ListQuery
) -> list[CalendarRow]:
    """The rows of a list, with their numbers and the hits that they show."""
    found = list(numbered)
    events = [hit.summary.get("event") or {} for _, hit in found]
    names = names_of(
        one.removeprefix(ENTITY_PATH)
        for event in events
        for one in event.get("organizers", ())
        if isinstance(one, str) and one.startswith(ENTITY_PATH)
    )
    counted: dict[ListQuery, int] = {}
    return [_row(number, row, hit, query, names, counted) for (number, row), hit in found]


def by_month(rows: list[CalendarRow], query: ListQuery) -> list[Month]:
    """The events under the months in which they begin; those that have begun already stand apart.

    Only the order of days has months; any other list is one without a heading.
    """
    if query.sort != "start":
        return [Month(heading="", rows=rows)] if rows else []
    return [
        Month(heading=heading, rows=list(some))
        for heading, some in groupby(rows, lambda one: _heading(one.row, query))
    ]


def _heading(row: Row, query: ListQuery) -> str:
    if row.day is None:
        return str(t("events.no_day"))
    if _has_begun(row.day, query):
        return str(t("events.running"))
    return month(row.day, language())


def _row(
    number: int,
    row: Row,
    hit: Hit,
    query: ListQuery,
    names: Mapping[str, Named],
    counted: dict[ListQuery, int],
) -> CalendarRow:
    tag, event = language(), hit.summary.get("event") or {}
    mode = [label("attendance-modes", event["attendance"], tag)] if "attendance" in event else []
    status = event.get("status")
    words = [language_name(one, tag) for one in event.get("languages", ())]
    facts = [
        *_until(hit.summary, tag),
        *([str(t("events.free"))] if event.get("free") else []),
        *([", ".join(words)] if words else []),
        *row.topics,
    ]
    return CalendarRow(
        number=number,
        row=row,
        when=_when(row, hit.summary, query, tag),
        where=" · ".join([*([row.town] if row.town else []), *mode]) or row.heading,
        badge=(label("event-statuses", status, tag), _LOOKS.get(status, "warn"))
        if status and status != "scheduled"
        else None,
        series=_series(event, query, counted),
        organizers=tuple(_name(one, names) for one in event.get("organizers", ())),
        facts=tuple(facts),
    )


def _when(row: Row, summary: Mapping[str, Any], query: ListQuery, tag: Language) -> str:
    """Weekday and clock below a month's heading, month and year elsewhere."""
    moment = local_moment(summary.get("start"))
    if moment is None:
        return any_date(summary["start"], tag) if summary.get("start") else ""
    day, at = moment
    if query.sort != "start" or _has_begun(day, query):
        return row.when
    return ", ".join([weekday(day, tag), *([clock(at, tag)] if at else [])])


def _has_begun(day: date, query: ListQuery) -> bool:
    """Whether it began before today, in a list of what is not over."""
    today = query.now.astimezone(REGISTRY_ZONE).date()
    return query.when in ("upcoming", "week", "month") and day < today


def _until(summary: Mapping[str, Any], tag: Language) -> list[str]:
    """»bis 20:00 Uhr«, or until which day."""
    start, end = local_moment(summary.get("start")), local_moment(summary.get("end"))
    if start is None or end is None or end == start:
        return []
    day, at = end
    if day != start[0]:
        return [str(t("events.until", end=long_date(day, tag)))]
    return [str(t("events.until", end=clock(at, tag)))] if at else []


def series_query(event: Mapping[str, Any], now: datetime) -> ListQuery | None:
    """The list of the series of an event; None where it belongs to none.

    The series is known by its name and, where one alone organises the event, by whom: two may have
    series of the same name.
    """
    name = in_language(event.get("series"), language())[0]
    if not name:
        return None
    organizers = event.get("organizers", ())
    by = organizers[0] if len(organizers) == 1 else None
    known = isinstance(by, str) and by.startswith(ENTITY_PATH)
    refers = (("organizer", str(by).removeprefix(ENTITY_PATH)),) if known else ()
    return ListQuery(kind="event", now=now, series=name, refers_to=refers, sort="start")


def _series(
    event: Mapping[str, Any], query: ListQuery, counted: dict[ListQuery, int]
) -> Series | None:
    whole = series_query(event, query.now)
    if whole is None:
        return None
    if whole not in counted:
        counted[whole] = services().search.count(whole)
    address = href("/events", **parameters(whole))
    return Series(name=event["series"], count=counted[whole], address=address)


def _name(organizer: Any, names: Mapping[str, Named]) -> Any:
    """The name of an organiser that is an entity, or that a hub only names."""
    if isinstance(organizer, Mapping):
        return organizer.get("name", organizer.get("id", ""))
    found = names.get(str(organizer).removeprefix(ENTITY_PATH))
    return found.name if found else ""
