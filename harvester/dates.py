"""Days and times as hubs write them, read without guessing."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "januar jänner january jan", "februar feber february feb",
            "märz maerz march mär mrz mar",
            "april apr", "mai may", "juni june jun", "juli july jul", "august aug",
            "september sept sep",
            "oktober october okt oct", "november nov", "dezember december dez dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_WEEKDAY: Final = re.compile(
    r"(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|monday|tuesday|wednesday|"
    r"thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)\b\.?,?\s*",
    re.IGNORECASE,
)
_DAYS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)",
        r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})(?!\d)",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?!\d)",
        r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})(?!\d)",
        r"(?P<d>\d{1,2})\.?\s+(?P<name>[a-zäöü]{3,9})\.?,?\s+(?P<y>\d{4})(?!\d)",
        r"(?P<name>[a-z]{3,9})\.?\s+(?P<d>\d{1,2}),\s+(?P<y>\d{4})(?!\d)",
    )
)
_SLASHED: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)")
_TIME: Final = re.compile(
    r"(?:\s*[T,]\s*|\s+(?:um\s+|at\s+|-\s+)?)"
    r"(?P<h>\d{1,2})(?:[:.]?(?P<min>\d{2})(?:[:.]?(?P<s>\d{2})(?:[.,]\d{1,9})?)?)?"
    r"\s*(?:Uhr|h)?\s*(?P<zone>Z|UTC|GMT|MEZ|MESZ|CET|CEST|[+-]\d{2}(?::?\d{2})?)?",
    re.IGNORECASE,
)
_ZONES: Final = {"Z": 0, "UTC": 0, "GMT": 0, "MEZ": 1, "CET": 1, "MESZ": 2, "CEST": 2}
_YEAR: Final = re.compile(r"\d{4}")
_MONTH: Final = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})|(?P<m2>\d{1,2})[./](?P<y2>\d{4})")
_NAMED_MONTH: Final = re.compile(r"(?P<name>[a-zäöü]{3,9})\.?\s+(?P<y>\d{4})", re.IGNORECASE)
_YEARS: Final = range(1000, 2201)


class Moment(NamedTuple):
    """A year, month or day as ISO 8601, or a time with its offset."""

    precision: str  # year, month, day or time
    text: str
    zone_assumed: bool = False
    ambiguous: bool = False  # the hour that occurs twice when summer time ends


def read_moment(raw: Any, zone: ZoneInfo) -> Moment | None:
    """What a hub means by a date or time, or None where it is not certain.

    Times without an offset are of `zone`. Numbers may be years, or seconds or milliseconds since
    1970. `03/04/2021` is None: the third of April or the fourth of March.
    """
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | float):
        return _from_number(raw)
    text = _WEEKDAY.sub("", str(raw).strip()[:80], count=1).strip()
    try:
        return _day_or_time(text, zone) or _year_or_month(text) or _from_http_date(str(raw))
    except (ValueError, OverflowError):
        return None  # the calendar has no such day


def _from_number(number: float) -> Moment | None:
    if number in _YEARS:
        return Moment("year", f"{int(number):04d}")
    if 10**8 <= number < 10**11:
        return Moment("time", _written(datetime.fromtimestamp(number, UTC)))
    if 10**11 <= number < 10**14:
        return Moment("time", _written(datetime.fromtimestamp(number / 1000, UTC)))
    return None


def _day_or_time(text: str, zone: ZoneInfo) -> Moment | None:
    for pattern in _DAYS:
        match = pattern.match(text)
        if match is None:
            continue
        parts = match.groupdict()
        month = _MONTHS.get(parts["name"].lower()) if "name" in parts else int(parts["m"])
        if month is None:
            continue
        return _with_time(date(int(parts["y"]), month, int(parts["d"])), text[match.end() :], zone)
    if match := _SLASHED.match(text):
        first, second, year = (int(part) for part in match.groups())
        if first > 12 or first == second:
            return _with_time(date(year, second, first), text[match.end() :], zone)
        if second > 12:
            return _with_time(date(year, first, second), text[match.end() :], zone)
    return None


def _with_time(day: date, rest: str, zone: ZoneInfo) -> Moment | None:
    if day.year not in _YEARS:
        return None
    if not rest.strip():
        return Moment("day", day.isoformat())
    match = _TIME.fullmatch(rest)
    if match is None:
        return None
    local = datetime(  # noqa: DTZ001 - the zone follows below
        day.year, day.month, day.day, int(match["h"]), int(match["min"] or 0), int(match["s"] or 0)
    )
    if match["zone"]:
        return Moment("time", _written(local.replace(tzinfo=_offset(match["zone"].upper()))))
    aware = local.replace(tzinfo=zone)
    twice = aware.utcoffset() != aware.replace(fold=1).utcoffset()
    return Moment("time", _written(aware), zone_assumed=True, ambiguous=twice)


def _offset(zone: str) -> timezone:
    if zone in _ZONES:
        return timezone(timedelta(hours=_ZONES[zone]))
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if zone[0] == "-" else offset)


def _year_or_month(text: str) -> Moment | None:
    if _YEAR.fullmatch(text):
        return Moment("year", text) if int(text) in _YEARS else None
    if match := _MONTH.fullmatch(text):
        year, month = int(match["y"] or match["y2"]), int(match["m"] or match["m2"])
    elif (match := _NAMED_MONTH.fullmatch(text)) and match["name"].lower() in _MONTHS:
        year, month = int(match["y"]), _MONTHS[match["name"].lower()]
    else:
        return None
    return (
        Moment("month", f"{year:04d}-{month:02d}") if year in _YEARS and 1 <= month <= 12 else None
    )


def _from_http_date(text: str) -> Moment | None:
    try:
        when = parsedate_to_datetime(text[:80])
    except (ValueError, TypeError, IndexError):
        return None
    return Moment("time", _written(when)) if when.tzinfo and when.year in _YEARS else None


def _written(when: datetime) -> str:
    return when.isoformat(timespec="seconds").replace("+00:00", "Z")
