"""What one seeks beside what another offers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from registry.project.search import Hit
from vocab.properties import ENTITY_TYPES, Kind


@dataclass(frozen=True, slots=True)
class Notice:
    """One offer or need with the entity that makes it known."""

    entity_id: str
    path: str
    name: Any
    town: str
    kind: str
    topics: frozenset[str]


@dataclass(frozen=True, slots=True)
class Pair:
    """A need and the offer that fits it best."""

    sought: Notice
    offered: Notice


def pairs(seekers: Sequence[Hit], offerers: Sequence[Hit], limit: int) -> list[Pair]:
    """Needs with an offer of the same kind by somebody else, most common topics first.

    Where both name topics and none in common, kind alone joins what has nothing to do with each
    other. Every offer and every entity's need is shown once; the order of the lists settles ties.
    """
    offers = list(_notices(offerers, "offers"))
    found: list[Pair] = []
    seen: set[str] = set()
    for need in _notices(seekers, "seeks"):
        fitting = [o for o in offers if _fits(o, need)]
        if not fitting or need.entity_id in seen:
            continue
        best = max(fitting, key=lambda offer: len(offer.topics & need.topics))
        offers.remove(best)
        seen.add(need.entity_id)
        found.append(Pair(need, best))
        if len(found) == limit:
            break
    return found


def _fits(offer: Notice, need: Notice) -> bool:
    if offer.kind != need.kind or offer.entity_id == need.entity_id:
        return False
    return not (offer.topics and need.topics and offer.topics.isdisjoint(need.topics))


def matches(
    entity_id: str,
    node: Mapping[str, Any],
    topics: Iterable[str],
    others: Sequence[Hit],
    field: Literal["offers", "seeks"],
    limit: int = 3,
) -> list[Notice]:
    """What others offer or seek (`field`) of the kind that an entity's own need or offer is of.

    Those that share most topics stand first, then in the order of the hits; each entity once.
    """
    wanted = frozenset(topics) | frozenset(node.get("topic", ()))
    fitting: dict[str, Notice] = {}
    for one in _notices(others, field):
        if one.kind == node.get("offerKind") and one.entity_id != entity_id:
            known = fitting.get(one.entity_id)
            if known is None or len(one.topics & wanted) > len(known.topics & wanted):
                fitting[one.entity_id] = one
    return sorted(fitting.values(), key=lambda one: -len(one.topics & wanted))[:limit]


def _notices(hits: Sequence[Hit], field: str) -> Iterator[Notice]:
    for hit in hits:
        for node in hit.summary.get(field, ()):
            if "offerKind" in node and "name" in node:
                yield Notice(
                    entity_id=hit.id,
                    path=f"/{ENTITY_TYPES[cast(Kind, hit.kind)].path}/{hit.id}",
                    name=node["name"],
                    town=(hit.summary.get("place") or {}).get("label", ""),
                    kind=node["offerKind"],
                    topics=frozenset(node.get("topic", ()))
                    | frozenset(hit.summary.get("topics", ())),
                )
