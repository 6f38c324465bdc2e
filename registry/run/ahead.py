"""Whether a hub dates a change ahead of its time, to have the last word for good."""

from datetime import UTC, datetime, timedelta
from typing import Final

_CLOCKS_DIFFER: Final = timedelta(days=1)
"""A day begins in the east fourteen hours before it does in UTC, and clocks go wrong by some."""


def lies_ahead(modified_at: str, now: datetime) -> bool:
    """Whether a day or time in ISO 8601 has not come yet."""
    at = datetime.fromisoformat(modified_at)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) > now + _CLOCKS_DIFFER
