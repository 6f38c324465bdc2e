"""The small named rules by which one value wins over another; each reads as one sentence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from vocab.documents import canonical_bytes
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


def trusted(said: Said) -> int:
    """The hub that the operator trusts most."""
    return said.priority


def newest(said: Said) -> str:
    """The record that its hub changed last; one without a date is older than all others."""
    return said.modified


def most_complete(said: Said) -> int:
    """The fullest form: the longest text, the node with most in it."""
    return len(canonical_bytes(said.value))


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


def decide(claims: Sequence[Said], rules: Sequence[str]) -> tuple[Said, str]:
    """The winning claim and the first rule that told it apart.

    `record_id` settles what no rule does.
    """
    left = list(claims)
    for name in rules:
        rate = RULES[name]
        best = max(rate(said) for said in left)
        kept = [said for said in left if rate(said) == best]
        if len({canonical_bytes(said.value) for said in kept}) == 1:
            return min(kept, key=lambda said: said.record_id), name
        left = kept
    return min(left, key=lambda said: said.record_id), "first_record"
