"""Dates of documents as spans, so that a year, a day and a point in time can be compared."""

from calendar import monthrange
from datetime import UTC, date, datetime
from typing import Any


def days(value: Any) -> tuple[date, date]:
    """The first and the last day that a well-formed date or time (of `schemas.patterns`) covers."""
    text = value["@value"] if isinstance(value, dict) else value
    parts = [int(part) for part in text[:10].split("-")]
    if len(parts) == 3:
        day = date(*parts)
        return day, day
    if len(parts) == 2:
        year, month = parts
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    return date(parts[0], 1, 1), date(parts[0], 12, 31)


def surely_before(earlier: Any, later: Any) -> bool:
    """Whether one well-formed date or time lies before another, however vague the two are."""
    if isinstance(earlier, str) and isinstance(later, str) and "T" in earlier and "T" in later:
        return datetime.fromisoformat(earlier) < datetime.fromisoformat(later)
    return days(earlier)[1] < days(later)[0]


def today_utc() -> date:
    """The day that it is now; the one place of this package that reads the clock."""
    return datetime.now(UTC).date()
