"""Which clusters a change touches, and which id each of them publishes under."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from registry.link.cluster import Judgement, Refusal, Traits, cluster, identifiers_by_register
from registry.link.evidence import MAX_HOLDERS, Doubt, Edge, telling, weigh
from registry.link.features import Features, features_of
from registry.store import judgements, reach, records
from registry.store.bulk import portions
from registry.store.reach import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """The clusters of every record that a change can reach."""

    members: Mapping[str, frozenset[str]]  # entity id -> its records, removed ones included
    standing: Mapping[str, Standing]  # of each of these records, before this release
    edges: tuple[Edge, ...] = field(default=())
    doubts: tuple[Doubt, ...] = field(default=())
    refused: tuple[Refusal, ...] = field(default=())

    @property
    def entity_of(self) -> dict[str, str]:
        """Record id -> id of its entity."""
        return {record: entity for entity, group in self.members.items() for record in group}


def partition(conn: Connection, touched: Iterable[str], release: int) -> Partition:
    """Cluster the components that hold the touched records, as if all records were clustered anew.

    A removed record keeps its place: it bears the entity's id, and goes where its evidence leads,
    yet joins nothing that does not join without it. A record that is published for the first time
    counts as of `release`.
    """
    reached, groups = _component(conn, set(touched))
    words = [
        Judgement(a=word.a, b=word.b, verdict=word.verdict)
        for word in judgements.judgements_among(conn, reached)
    ]
    # A record that shares no key is a cluster of its own; its document need not be read.
    social = {record for group in groups for record in group} | {
        r for w in words for r in (w.a, w.b)
    }
    features = dict(_features(conn, social))
    edges, doubts = weigh([[r for r in group if r in features] for group in groups], features)
    standing = reach.standing(conn, reached)
    traits = {
        record: Traits(
            identifiers=identifiers_by_register(f.identifiers),
            names=f.all_names,
            removed=not standing[record].live,
        )
        for record, f in features.items()
    }
    clustering = cluster(traits, edges, words)
    alone = (frozenset((record,)) for record in reached - features.keys())

    def seniority(record: str) -> tuple[int, str]:
        return standing[record].first_release or release, record

    return Partition(
        members={min(group, key=seniority): group for group in (*clustering.clusters, *alone)},
        standing=standing,
        edges=tuple(edges),
        doubts=tuple(doubts),
        refused=clustering.refused,
    )


def _component(conn: Connection, touched: set[str]) -> tuple[set[str], list[list[str]]]:
    """Everything that shared keys, judgements or a cluster connect with the touched records."""
    reached, frontier = set(touched), set(touched)
    groups: dict[str, list[str]] = {}
    while frontier:
        found = reach.shared_keys(conn, frontier, at_most=MAX_HOLDERS)
        groups |= found
        neighbours = {record for holders in found.values() for record in holders}
        # A key may just have become too common: those whom it joined before must be looked at, too.
        crowded = reach.crowded_keys(
            conn, frontier, above=MAX_HOLDERS, at_most=MAX_HOLDERS + len(frontier)
        )
        groups |= {key: telling(sides) for key, sides in crowded.items()}
        neighbours |= {r for sides in crowded.values() for held in sides.values() for r in held}
        neighbours |= reach.judged_with(conn, frontier)
        neighbours |= reach.cluster_mates(conn, frontier)
        frontier = neighbours - reached
        reached |= frontier
    return reached, list(groups.values())


def _features(conn: Connection, ids: Iterable[str]) -> Iterator[tuple[str, Features]]:
    for portion in portions(sorted(ids)):
        for row in records.stored(conn, portion):
            if row.document is not None:
                yield (
                    row.id,
                    features_of(row.id, row.source_id, row.local_id, row.kind, row.document),
                )
