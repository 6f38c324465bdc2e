"""Events as a calendar that programs subscribe to: iCalendar (RFC 5545), streamed.

Times are written in UTC, which needs no VTIMEZONE and names the same instant whatever zone a hub
gave it in; whole days are dates. What has no day (a year, a month, nothing) is left out: a calendar
has no place for it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from registry.iris import Iris
from registry.project.search import Hit
from registry.web.language import REGISTRY_ZONE, Language, in_language, parse_moment, plain
from vocab.concepts import label
from vocab.licences import licence_name

STATUSES: Final = {
    "scheduled": "CONFIRMED",
    "moved-online": "CONFIRMED",
    "rescheduled": "CONFIRMED",
    "postponed": "TENTATIVE",
    "cancelled": "CANCELLED",
}
_LONGEST_LINE: Final = 75  # octets, without the line break (RFC 5545, 3.1)
_REFRESH: Final = "PT6H"
_DAY: Final = timedelta(days=1)
_ESCAPED: Final = re.compile(r"([\\;,])")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_TAG: Final = re.compile("[A-Za-z0-9-]+")
# A calendar needs at least one component (RFC 5545, 3.6), and an empty one is no error.
_NOTHING: Final = (
    "BEGIN:VTIMEZONE", "TZID:UTC", "BEGIN:STANDARD", "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000", "TZOFFSETTO:+0000", "END:STANDARD", "END:VTIMEZONE",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What a calendar says of itself, and what its events are written with."""

    name: str
    address: str
    iris: Iris
    language: Language
    hub_names: Mapping[str, Any]


def calendar_parts(calendar: Calendar, hits: Iterable[tuple[Hit, datetime]]) -> Iterator[bytes]:
    """A calendar of these events, each with the time of the release that changed it last."""
    yield _written(
        (
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Verbund//Verbund//DE",
            "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH",
            f"NAME:{_text(calendar.name)}",
            f"X-WR-CALNAME:{_text(calendar.name)}",
            f"SOURCE;VALUE=URI:{calendar.address}",
            f"REFRESH-INTERVAL;VALUE=DURATION:{_REFRESH}",
            f"X-PUBLISHED-TTL:{_REFRESH}",
        )
    )
    empty = True
    for hit, changed_at in hits:
        span = _span(hit.summary)
        if span:
            empty = False
            yield _written(_event(calendar, hit, changed_at, span))
    yield _written((*(_NOTHING if empty else ()), "END:VCALENDAR"))


def _event(
    calendar: Calendar, hit: Hit, changed_at: datetime, span: tuple[str, ...]
) -> Iterator[str]:
    summary, tag = hit.summary, calendar.language
    event = summary.get("event") or {}
    iri = calendar.iris.entity(hit.id)
    name, found = in_language(summary["name"], tag)
    point, where = summary.get("point"), _where(summary, tag)
    yield "BEGIN:VEVENT"
    yield f"UID:{iri}"
    yield f"DTSTAMP:{_utc(changed_at)}"
    yield f"LAST-MODIFIED:{_utc(changed_at)}"
    yield f"SEQUENCE:{summary['changed']}"
    yield from span
    yield f"SUMMARY{_language(found)}:{_text(name)}"
    yield f"DESCRIPTION:{_text(_description(calendar, summary))}"
    if where:
        yield f"LOCATION:{_text(where)}"
    if point:
        yield f"GEO:{point[1]:.6f};{point[0]:.6f}"
    if event.get("status") in STATUSES:
        yield f"STATUS:{STATUSES[event['status']]}"
    if summary.get("topics"):
        words = (_text(label("topics", topic, tag)) for topic in summary["topics"])
        yield f"CATEGORIES:{','.join(words)}"
    yield f"URL:{iri}"
    yield "END:VEVENT"


def _span(summary: Mapping[str, Any]) -> tuple[str, ...]:
    """DTSTART and, where it is stated and later, DTEND; nothing without a day."""
    start, end = parse_moment(summary.get("start")), parse_moment(summary.get("end"))
    if start is None:
        return ()
    day, at = start
    try:
        first = f"DTSTART:{_utc(at)}" if at else f"DTSTART;VALUE=DATE:{_plain(day)}"
    except OverflowError:  # at the end of what Python can count
        return ()
    try:
        return (first, *_end(day, at, end)) if end else (first,)
    except OverflowError:
        return (first,)


def _end(day: date, at: datetime | None, end: tuple[date, datetime | None]) -> tuple[str, ...]:
    """An end of the same type as the start, and behind it (RFC 5545, 3.8.2.2)."""
    last, until = end
    if at is None:  # the day after the last one
        return (f"DTEND;VALUE=DATE:{_plain(last + _DAY)}",) if last >= day else ()
    if until is None:  # a day is over at the following midnight
        until = datetime.combine(last + _DAY, time.min, REGISTRY_ZONE)
    return (f"DTEND:{_utc(until)}",) if _zoned(until) > _zoned(at) else ()


def _zoned(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=REGISTRY_ZONE)


def _utc(at: datetime) -> str:
    value = _zoned(at).astimezone(UTC).replace(microsecond=0, tzinfo=None)
    return value.isoformat().replace("-", "").replace(":", "") + "Z"


def _plain(day: date) -> str:
    return day.isoformat().replace("-", "")


def _where(summary: Mapping[str, Any], tag: Language) -> str:
    """Venue, street, town; the address on the web where there is no other."""
    event, place = summary.get("event") or {}, summary.get("place") or {}
    street = " ".join(place[key] for key in ("street", "house") if key in place)
    town = " ".join(place[key] for key in ("postCode", "label") if key in place)
    venue = in_language(event.get("venue"), tag)[0]
    parts = [venue, *([street, town] if street or town else [place.get("line", "")])]
    return ", ".join(dict.fromkeys(part for part in parts if part)) or event.get("online", "")


def _description(calendar: Calendar, summary: Mapping[str, Any]) -> str:
    """The description, how the event stands where that is not as planned, and who says so."""
    tag, event = calendar.language, summary.get("event") or {}
    status = event.get("status")
    said = [label("event-statuses", status, tag)] if status not in (None, "scheduled") else []
    said.append(in_language(summary.get("description"), tag)[0])
    if event.get("online"):
        said.append(event["online"])
    said.append(_origin(calendar, summary))
    return "\n\n".join(part for part in said if part)


def _origin(calendar: Calendar, summary: Mapping[str, Any]) -> str:
    """Who says so and under which licence, in the language that is wished for."""
    tag = calendar.language
    hubs = [in_language(calendar.hub_names.get(hub, hub), tag)[0] for hub in summary["hubs"]]
    licences = [
        plain(tag, "events.licence", licence=name) if name else plain(tag, "entity.licence_unknown")
        for name in map(_licence, summary["licences"])
    ]
    return plain(tag, "events.origin", hubs=", ".join(hubs), licences=", ".join(licences))


def _licence(licence: str) -> str:
    """The short name of a licence with its IRI, which attribution asks for; "" if not known."""
    name = licence_name(licence)
    return name if name in ("", licence) else f"{name} ({licence})"


def _language(tag: str) -> str:
    return f";LANGUAGE={tag}" if _TAG.fullmatch(tag) else ""


def _text(value: str) -> str:
    """A value of type TEXT (RFC 5545, 3.3.11)."""
    lines = "\n".join(_CONTROLS.sub("", line) for line in value.splitlines())
    return _ESCAPED.sub(r"\\\1", lines).replace("\n", "\\n")


def _written(lines: Iterable[str]) -> bytes:
    return b"".join(_folded(line.encode()) + b"\r\n" for line in lines)


def _folded(line: bytes) -> bytes:
    """A line as it is written: what is longer goes on in the next one, behind a space."""
    pieces, first = [], 0
    while len(line) - first > (room := _LONGEST_LINE - (1 if first else 0)):
        end = first + room
        while line[end] & 0xC0 == 0x80:  # never within a character
            end -= 1
        pieces.append(line[first:end])
        first = end
    return b"\r\n ".join([*pieces, line[first:]])
