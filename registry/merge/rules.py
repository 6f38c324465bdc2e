"""The small named rules by which one value wins over another; each reads as one sentence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from vocab.properties import Property, Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One value as one record states it, with what the rules look at."""

    record_id: str
    priority: int  # trust in the hub, higher is better
    modified: str  # ISO 8601, "" where the hub does not date its records
    value: Any


Rule = Callable[[Said], Any]
"""A rule rates a claim; the highest rating wins."""

Form = Callable[[Any], Any]
"""What two values have in common that say the same."""

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def trusted(said: Said) -> int:
    """The hub that the operator trusts most."""
    return said.priority


def newest(said: Said) -> datetime:
    """The record that its hub changed last; one without a date is older than all others.

    A day counts from its beginning in UTC, and times are compared as moments, not as texts.
    """
    try:
        at = datetime.fromisoformat(said.modified)
    except ValueError:
        return _NEVER
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def most_complete(said: Said) -> int:
    """The fullest form: the longest text, the exactest date, the node with most in it."""
    return _extent(said.value)


RULES: Final[dict[str, Rule]] = {
    "trusted": trusted,
    "newest": newest,
    "most_complete": most_complete,
}

_TEXTS: Final = ("trusted", "most_complete", "newest")
_FACTS: Final = ("trusted", "newest", "most_complete")

# Lists of which one hub's whole list wins: two hubs' addresses are rather one moved house than two.
WHOLE: Final = frozenset({"address", "location"})


def rules_for(prop: Property) -> tuple[str, ...]:
    """The names of the rules that decide this property, in their order."""
    return _TEXTS if prop.range is Range.TEXT else _FACTS


def decide(claims: Sequence[Said], rules: Sequence[str], form: Form) -> tuple[Said, str]:
    """The winning claim and the first rule that told its value from the others.

    Values of one form say the same; the later rules choose among their spellings, and `record_id`
    settles what no rule does.
    """
    left, decisive = list(claims), None
    for name in rules:
        rate = RULES[name]
        best = max(rate(said) for said in left)
        left = [said for said in left if rate(said) == best]
        if decisive is None and len({form(said.value) for said in left}) == 1:
            decisive = name
        if len(left) == 1:
            break
    return min(left, key=lambda said: said.record_id), decisive or "first_record"


def _extent(value: Any) -> int:
    """How many characters a value says; names of types and white space say nothing."""
    if isinstance(value, str):
        return len(" ".join(value.split()))
    if isinstance(value, dict):
        return sum(_extent(one) for key, one in value.items() if key not in ("type", "@type"))
    return sum(map(_extent, value)) if isinstance(value, list) else 1
