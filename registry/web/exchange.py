"""What one seeks beside what another offers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

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

    Every offer and every entity's need is shown once; ties are settled by the order of the lists.
    """
    offers = list(_notices(offerers, "offers"))
    found: list[Pair] = []
    seen: set[str] = set()
    for need in _notices(seekers, "seeks"):
        fitting = [o for o in offers if o.kind == need.kind and o.entity_id != need.entity_id]
        if not fitting or need.entity_id in seen:
            continue
        best = max(fitting, key=lambda offer: len(offer.topics & need.topics))
        offers.remove(best)
        seen.add(need.entity_id)
        found.append(Pair(need, best))
        if len(found) == limit:
            break
    return found


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
