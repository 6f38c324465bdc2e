"""Guarded clustering: judgements first, then edges by falling weight, never across a conflict."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from registry.link.evidence import Edge
from registry.link.names import Name, compatible

Verdict = Literal["same", "different", "unsure"]
Reason = Literal["judgement", "registered_id", "names", "too_many", "removed"]
_JUDGED_SAME: Final = "judgement"
MOST_RECORDS: Final = 60
"""No thing is described so often; what would grow beyond is somebody's mistake or mischief."""
ENOUGH: Final = 0.6
"""Share of the pairs across two groups whose names must go together: one record that calls itself
by many names, or links to many, does not make one thing of them."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Judgement:
    """A person's (or rule's) word on one pair, a < b."""

    a: str
    b: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Refusal:
    """An edge that the guard did not let through, with the reason."""

    a: str
    b: str
    rule: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustering:
    """The partition of the records, and what was refused on the way."""

    clusters: tuple[frozenset[str], ...]
    refused: tuple[Refusal, ...]


Identifiers = Mapping[str, frozenset[str]]
"""Register -> the numbers that one record states there."""

Group = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What the guard looks at in one record."""

    identifiers: Identifiers = field(default_factory=dict)
    names: tuple[Name, ...] = ()  # without any, it goes together with everything
    removed: bool = False


def cluster(
    records: Mapping[str, Traits], evidence: Iterable[Edge], judgements: Iterable[Judgement]
) -> Clustering:
    """Partition `records` (id -> traits); independent of the order of all three arguments.

    The partition of a connected component depends on that component alone, so components may be
    clustered apart. An edge whose end is not among the records is ignored. A removed record joins
    what is there, yet never joins two groups that live without it: what a hub took back, or had
    taken from it, must not hold others together.
    """
    words = sorted(set(judgements))
    apart = {frozenset((w.a, w.b)) for w in words if w.verdict == "different"}
    steps = [(w.a, w.b, _JUDGED_SAME) for w in words if w.verdict == "same"]
    steps += [
        (e.a, e.b, e.rule) for e in sorted(evidence, key=lambda e: (-e.weight, e.a, e.b, e.rule))
    ]
    known = [step for step in steps if step[0] in records and step[1] in records]
    home: dict[str, Group] = {record: frozenset((record,)) for record in records}
    refused = []
    # The removed come after all others, whatever their evidence weighs; sorting keeps the order.
    for a, b, rule in sorted(known, key=lambda step: _removed(step, records)):
        left, right = home[a], home[b]
        if left is right:
            continue
        reason = _conflict(left, right, records, apart)
        if reason is None and _removed((a, b), records) and _both_live(left, right, records):
            reason = "removed"
        if reason is None and rule != _JUDGED_SAME:
            reason = _doubt(left, right, records)
        if reason:
            refused.append(Refusal(a=a, b=b, rule=rule, reason=reason))
            continue
        merged = left | right
        home.update(dict.fromkeys(merged, merged))
    distinct = {id(group): group for group in home.values()}.values()
    return Clustering(
        clusters=tuple(sorted(distinct, key=min)),
        refused=tuple(sorted(set(refused))),
    )


def _removed(pair: Sequence[str], records: Mapping[str, Traits]) -> bool:
    return records[pair[0]].removed or records[pair[1]].removed


def _both_live(left: Group, right: Group, records: Mapping[str, Traits]) -> bool:
    return all(any(not records[id_].removed for id_ in group) for group in (left, right))


def _conflict(
    left: Group, right: Group, records: Mapping[str, Traits], apart: set[frozenset[str]]
) -> Reason | None:
    """What forbids two groups to be one, whatever speaks for it."""
    if apart and any(frozenset((a, b)) in apart for a in left for b in right):
        return "judgement"
    for a in left:
        for register, numbers in records[a].identifiers.items():
            for b in right:
                others = records[b].identifiers.get(register)
                if others and not (numbers & others):
                    return "registered_id"
    return None


def _doubt(left: Group, right: Group, records: Mapping[str, Traits]) -> Reason | None:
    """What makes evidence too weak to join two groups; a person's word passes over it."""
    if len(left) + len(right) > MOST_RECORDS:
        return "too_many"
    pairs = len(left) * len(right)
    if pairs == 1:
        return None  # the evidence itself looked at the two names
    together = sum(_go_together(records[a], records[b]) for a in left for b in right)
    return None if together >= ENOUGH * pairs else "names"


def _go_together(a: Traits, b: Traits) -> bool:
    return not (a.names and b.names) or compatible(a.names, b.names)


def identifiers_by_register(identifiers: Iterable[tuple[str, str]]) -> Identifiers:
    """Group (register, number) pairs for `Traits`."""
    grouped: dict[str, frozenset[str]] = {}
    for register, number in identifiers:
        grouped[register] = grouped.get(register, frozenset()) | {number}
    return grouped
