"""From features to keys, and from shared keys to evidence that two records speak of one thing.

Only certain evidence counts here: a shared registered id or `sameAs` with compatible names, or an
equal name together with the same own web host or the same street and postcode.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2s
from typing import Final

from registry.link.features import Features
from registry.link.names import Name, compatible, equal

MAX_HOLDERS: Final = 60
"""A key that more records share than this says nothing: it is a default value, not an identity."""

MOST_DOUBTS: Final = 20
"""Of one record: its hub needs no more to see what is wrong."""


# Weights in millibits (log2 odds * 1000); among certain evidence they only order the decisions.
WEIGHTS: Final = {
    "registered_id": 30_000,
    "same_as": 26_000,
    "name_and_place": 24_000,
    "name_and_host": 22_000,
}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Edge:
    """Evidence for one pair, a < b. `rule` is a key of WEIGHTS, `detail` what the two share."""

    a: str
    b: str
    rule: str
    detail: str

    @property
    def weight(self) -> int:
        """Strength in millibits."""
        return WEIGHTS[self.rule]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Doubt:
    """A shared id or link that is not believed; `rule` names the finding for both hubs."""

    a: str
    b: str
    rule: str
    detail: str


def keys_of(features: Features) -> frozenset[str]:
    """The keys under which other records that may be the same thing are found."""
    return frozenset(_short(key) for key in _keys(features))


def _keys(f: Features) -> Iterator[str]:
    for register, number in f.identifiers:
        yield f"id|{register}|{number}"
    for iri in f.same_as | ({f.iri} if f.iri else set()):
        yield f"iri|{iri}"
    for name in f.names:
        stem = f"{f.kind}|{name.text}|{f.start or ''}"
        if f.host:
            yield f"host|{stem}|{f.host}"
        for place in f.places:
            yield f"place|{stem}|{place}"


def _short(key: str) -> str:
    return (
        key
        if len(key) <= 120
        else f"{key[:80]}#{blake2s(key.encode(), digest_size=16).hexdigest()}"
    )


def telling(holders: Mapping[tuple[bool, str], Sequence[str]]) -> list[str]:
    """Those holders of a key that too many hold, for which it says something all the same.

    Holders are given by whether they are removed and by their hub.

    The hubs that hold it least often come first, and the removed behind the living: no hub can part
    what others say is one by saying the same of ever more records.
    """
    told: list[str] = []
    for side in sorted(holders, key=lambda side: (side[0], len(holders[side]), side[1])):
        if len(told) + len(holders[side]) <= MAX_HOLDERS:
            told += holders[side]
    return told


def weigh(
    groups: Iterable[Iterable[str]], features: Mapping[str, Features]
) -> tuple[list[Edge], list[Doubt]]:
    """Rate every pair that shares a key, once; groups are the holders of one key each.

    A doubt is left out where there are MOST_DOUBTS of both records already.
    """
    edges: list[Edge] = []
    doubts: list[Doubt] = []
    told: Counter[str] = Counter()
    for a, b in _pairs(groups):
        verdict = _rate(features[a], features[b])
        if isinstance(verdict, Edge):
            edges.append(verdict)
        elif verdict and min(told[a], told[b]) < MOST_DOUBTS:
            doubts.append(verdict)
            told.update((a, b))
    return edges, doubts


def _pairs(groups: Iterable[Iterable[str]]) -> Iterator[tuple[str, str]]:
    """Every two that are in one group, once and in order.

    Those of one record after the other: a hub can give each of its records a hundred keys, and all
    pairs together would fill the memory.
    """
    groups_of: dict[str, list[frozenset[str]]] = {}
    for group in map(frozenset, groups):
        for record in group:
            groups_of.setdefault(record, []).append(group)
    for a in sorted(groups_of):
        for b in sorted(frozenset().union(*groups_of[a])):
            if a < b:
                yield a, b


def _rate(a: Features, b: Features) -> Edge | Doubt | None:
    def edge(rule: str, detail: str) -> Edge:
        return Edge(a=a.record_id, b=b.record_id, rule=rule, detail=detail)

    def doubt(rule: str, detail: str) -> Doubt:
        return Doubt(a=a.record_id, b=b.record_id, rule=rule, detail=detail)

    shared_ids = sorted(":".join(pair) for pair in a.identifiers & b.identifiers)
    links = sorted(_linked(a, b))
    if a.kind != b.kind:
        return (
            doubt("sameas.kinds-differ", (links or shared_ids)[0]) if links or shared_ids else None
        )
    if a.start and b.start and a.start != b.start:
        return None  # two dates of one series share everything but the start
    if shared_ids or links:
        if not compatible(a.all_names, b.all_names):
            rule = "id.names-differ" if shared_ids else "sameas.names-differ"
            return doubt(rule, (shared_ids or links)[0])
        return edge("registered_id", shared_ids[0]) if shared_ids else edge("same_as", links[0])
    name = _equal_name(a.names, b.names)
    if name is None:
        return None
    if common := sorted(a.places & b.places):
        return edge("name_and_place", f"{name.text}, {common[0]}")
    # One hub that lists a name twice at two places means two things; so do two places of an event.
    apart = a.places and b.places and (a.source_id == b.source_id or a.kind == "event")
    if a.host and a.host == b.host and not apart:
        return edge("name_and_host", f"{name.text}, {a.host}")
    return None


def _linked(a: Features, b: Features) -> set[str]:
    """IRIs by which one of the two calls itself the other, or both the same third."""
    linked = {iri for iri in (a.iri,) if iri and iri in b.same_as}
    linked |= {iri for iri in (b.iri,) if iri and iri in a.same_as}
    if a.iri and a.iri == b.iri:
        linked.add(a.iri)
    # A hub that calls two of its own records the same third keeps them apart itself: a real one
    # says so of an association and of its office, which is another legal person.
    if a.hub_id != b.hub_id:
        linked |= a.same_as & b.same_as
    return linked


def _equal_name(left: Iterable[Name], right: tuple[Name, ...]) -> Name | None:
    return next((a for a in left for b in right if equal(a, b)), None)
