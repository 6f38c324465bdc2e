"""Guarded clustering: judgements first, then edges by falling weight, never across a conflict."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from registry.link.evidence import Edge

Verdict = Literal["same", "different", "unsure"]
_JUDGED_SAME: Final = "judgement"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Judgement:
    """A person's (or rule's) word on one pair, a < b."""

    a: str
    b: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Refusal:
    """An edge that the guard did not let through; `reason`: `judgement` or `registered_id`."""

    a: str
    b: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustering:
    """The partition of the records, and what was refused on the way."""

    clusters: tuple[frozenset[str], ...]
    refused: tuple[Refusal, ...]


Identifiers = Mapping[str, frozenset[str]]
"""Register -> the numbers that one record states there."""


def cluster(
    records: Mapping[str, Identifiers], evidence: Iterable[Edge], judgements: Iterable[Judgement]
) -> Clustering:
    """Partition `records` (id -> registered ids); independent of the order of all three arguments.

    The partition of a connected component depends on that component alone, so components may be
    clustered apart. An edge whose end is not among the records is ignored.
    """
    words = sorted(set(judgements))
    apart = {frozenset((w.a, w.b)) for w in words if w.verdict == "different"}
    steps = [(w.a, w.b, _JUDGED_SAME) for w in words if w.verdict == "same"]
    steps += [
        (e.a, e.b, e.rule) for e in sorted(evidence, key=lambda e: (-e.weight, e.a, e.b, e.rule))
    ]
    home = {record: frozenset((record,)) for record in records}
    refused = []
    for a, b, rule in steps:
        if a not in home or b not in home or home[a] is home[b]:
            continue
        reason = _conflict(home[a], home[b], records, apart)
        if reason:
            refused.append(Refusal(a=a, b=b, rule=rule, reason=reason))
            continue
        merged = home[a] | home[b]
        home.update(dict.fromkeys(merged, merged))
    distinct = {id(group): group for group in home.values()}.values()
    return Clustering(
        clusters=tuple(sorted(distinct, key=min)),
        refused=tuple(sorted(set(refused))),
    )


def _conflict(
    left: frozenset[str],
    right: frozenset[str],
    records: Mapping[str, Identifiers],
    apart: set[frozenset[str]],
) -> str | None:
    if any(frozenset((a, b)) in apart for a in left for b in right) if apart else False:
        return "judgement"
    for a in left:
        for register, numbers in records[a].items():
            for b in right:
                others = records[b].get(register)
                if others and not (numbers & others):
                    return "registered_id"
    return None


def identifiers_by_register(identifiers: Iterable[tuple[str, str]]) -> Identifiers:
    """Group (register, number) pairs for `cluster`."""
    grouped: dict[str, frozenset[str]] = {}
    for register, number in identifiers:
        grouped[register] = grouped.get(register, frozenset()) | {number}
    return grouped
