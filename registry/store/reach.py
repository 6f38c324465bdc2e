"""What a changed record can reach: by a shared key, a judgement, a cluster or a reference."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

from registry.store.bulk import portions
from registry.store.tables import judgements, keys, records, refs, sources

Side = tuple[bool, str]
"""Whether records are removed, and the hub that they are of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """One live record that bears a hub's id."""

    record_id: str
    source_id: str
    local_id: str
    entity_id: str | None


class Standing(NamedTuple):
    """Where a record stands; a tuple, since a release asks after every record that it touches."""

    entity_id: str | None
    first_release: int | None
    live: bool


def shared_keys(
    connection: Connection, record_ids: Iterable[str], *, at_most: int
) -> dict[str, list[str]]:
    """Key -> its holders, sorted, for each key of these records that 2 to `at_most` hold."""
    found: dict[str, list[str]] = {}
    for portion in portions(record_ids):
        own = select(keys.c.key).where(keys.c.record_id.in_(portion)).distinct()
        shared = (
            select(keys.c.key)
            .where(keys.c.key.in_(own))
            .group_by(keys.c.key)
            .having(func.count().between(2, at_most))
        )
        rows = connection.execute(
            select(keys.c.key, keys.c.record_id)
            .where(keys.c.key.in_(shared))
            .order_by(keys.c.key, keys.c.record_id)
        )
        portion_found: dict[str, list[str]] = {}
        for key, record_id in rows:
            portion_found.setdefault(key, []).append(record_id)
        found |= portion_found
    return found


def crowded_keys(
    connection: Connection, record_ids: Iterable[str], *, above: int, at_most: int
) -> dict[str, dict[Side, list[str]]]:
    """Key -> its holders side by side, for each key of these records that more than `above` hold.

    Sides of more than `at_most` records are left out.
    """
    found: dict[str, dict[Side, list[str]]] = {}
    for portion in portions(record_ids):
        own = select(keys.c.key).where(keys.c.record_id.in_(portion)).distinct()
        crowded = connection.scalars(
            select(keys.c.key)
            .where(keys.c.key.in_(own))
            .group_by(keys.c.key)
            .having(func.count() > above)
        )
        # Each is asked after once, however many of its holders are among the records.
        fresh = sorted(key for key in crowded if key not in found)
        found |= _sides(connection, fresh, at_most)
    return found


def _sides(
    connection: Connection, wanted: Iterable[str], at_most: int
) -> dict[str, dict[Side, list[str]]]:
    found: dict[str, dict[Side, list[str]]] = {}
    removed = records.c.removed_at.is_not(None)
    for portion in portions(wanted):
        size = func.count().over(partition_by=(keys.c.key, removed, sources.c.hub_id))
        held = (
            select(keys, removed.label("removed"), sources.c.hub_id, size.label("size"))
            .join(records, records.c.id == keys.c.record_id)
            .join(sources, sources.c.id == records.c.source_id)
            .where(keys.c.key.in_(portion))
            .subquery()
        )
        rows = connection.execute(
            select(held.c.key, held.c.removed, held.c.hub_id, held.c.record_id)
            .where(held.c.size <= at_most)
            .order_by(held.c.key, held.c.record_id)
        )
        found |= {key: {} for key in portion}
        for key, gone, hub_id, record_id in rows:
            found[key].setdefault((bool(gone), hub_id), []).append(record_id)
    return found


def judged_with(connection: Connection, record_ids: Iterable[str]) -> set[str]:
    """Records that a person's word on one of these names as well."""
    pairs = ((judgements.c.a, judgements.c.b), (judgements.c.b, judgements.c.a))
    found: set[str] = set()
    for portion in portions(record_ids):
        for own, other in pairs:
            found.update(connection.scalars(select(other).where(own.in_(portion))))
    return found


def cluster_mates(connection: Connection, record_ids: Iterable[str]) -> set[str]:
    """Records that are now in one cluster with one of these, removed ones too."""
    mates: set[str] = set()
    for portion in portions(record_ids):
        own = select(records.c.entity_id).where(
            records.c.id.in_(portion), records.c.entity_id.is_not(None)
        )
        mates.update(connection.scalars(select(records.c.id).where(records.c.entity_id.in_(own))))
    return mates


def referring(connection: Connection, record_ids: Iterable[str]) -> set[str]:
    """Live records that point at the hub's id of one of these."""
    found: set[str] = set()
    for portion in portions(record_ids):
        targets = select(records.c.local_id).where(records.c.id.in_(portion))
        rows = (
            select(refs.c.record_id)
            .join(records, records.c.id == refs.c.record_id)
            .where(refs.c.target.in_(targets), *_live())
        )
        found.update(connection.scalars(rows))
    return found


def bearing(connection: Connection, local_ids: Iterable[str]) -> list[Bearing]:
    """The live records that have one of these local ids, by id, in whatever source."""
    found: list[Bearing] = []
    for portion in portions(local_ids):
        rows = connection.execute(
            select(records.c.id, records.c.source_id, records.c.local_id, records.c.entity_id)
            .where(records.c.local_id.in_(portion), *_live())
            .order_by(records.c.id)
        )
        found += [
            Bearing(record_id=id_, source_id=source, local_id=local, entity_id=entity)
            for id_, source, local, entity in rows
        ]
    return found


def standing(connection: Connection, record_ids: Iterable[str]) -> dict[str, Standing]:
    """Where each of these records stands."""
    found: dict[str, Standing] = {}
    live = records.c.document.is_not(None) & records.c.removed_at.is_(None)
    for portion in portions(record_ids):
        rows = connection.execute(
            select(records.c.id, records.c.entity_id, records.c.first_release, live).where(
                records.c.id.in_(portion)
            )
        )
        found |= {
            id_: Standing(entity, first, bool(alive)) for id_, entity, first, alive in rows.all()
        }
    return found


def _live() -> tuple[ColumnElement[bool], ...]:
    return records.c.removed_at.is_(None), records.c.document.is_not(None)
