"""Releases and the change log: what was published when, and what changed with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import Connection, exists, func, insert, select, tuple_

from registry.store.bulk import insert_rows, portions
from registry.store.tables import changes, releases

Operation = Literal["create", "update", "delete", "merge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One atomic publication of the registry."""

    number: int
    at: datetime
    counts: dict[str, Any]
    set_hash: bytes  # 256 bytes
    base_iri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a release did to one published thing."""

    release: int
    entity_id: str
    operation: Operation


def latest(connection: Connection) -> Release | None:
    """The newest release; None before the first."""
    return next(iter(newest(connection, 1)), None)


def latest_number(connection: Connection) -> int:
    """The number of the newest release; 0 before the first."""
    return connection.execute(select(func.max(releases.c.number))).scalar() or 0


def newest(connection: Connection, limit: int = 20) -> list[Release]:
    """The newest releases, newest first."""
    rows = connection.execute(select(releases).order_by(releases.c.number.desc()).limit(limit))
    return [Release(**row) for row in rows.mappings()]


def release(connection: Connection, number: int) -> Release | None:
    """The release of that number."""
    rows = connection.execute(select(releases).where(releases.c.number == number))
    row = rows.mappings().first()
    return None if row is None else Release(**row)


def times(connection: Connection, numbers: Iterable[int]) -> dict[int, datetime]:
    """When each of these releases was published."""
    found: dict[int, datetime] = {}
    for portion in portions(sorted(set(numbers))):
        rows = connection.execute(
            select(releases.c.number, releases.c.at).where(releases.c.number.in_(portion))
        )
        found.update((number, at) for number, at in rows)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a release did to one published thing, in the course of its history.

    `properties`: those whose merged values an update changed; None where that is not known.
    """

    release: int
    at: datetime
    operation: Operation
    properties: list[str] | None


def add_release(
    connection: Connection,
    new: Release,
    operations: Mapping[str, Operation],
    properties: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> None:
    """Add the release and what it does to each thing, by id; only inside `Store.flip`.

    `properties`: of updated entities those that changed, by id.

    Raises `ValueError` unless its number follows the latest one's (the first is 1).
    """
    last = latest(connection)
    expected = 1 if last is None else last.number + 1
    if new.number != expected:
        raise ValueError(f"the next release is {expected}, not {new.number}")
    connection.execute(
        insert(releases).values(
            number=new.number,
            at=new.at,
            counts=new.counts,
            set_hash=new.set_hash,
            base_iri=new.base_iri,
        )
    )
    rows = (
        {
            "release": new.number,
            "entity_id": entity_id,
            "operation": operation,
            "properties": properties.get(entity_id),
        }
        for entity_id, operation in sorted(operations.items())
    )
    insert_rows(connection, changes, rows)


def history(connection: Connection, entity_id: str, limit: int = 20) -> list[Step]:
    """What releases did to one published thing, newest first."""
    rows = connection.execute(
        select(changes.c.release, releases.c.at, changes.c.operation, changes.c.properties)
        .join(releases, releases.c.number == changes.c.release)
        .where(changes.c.entity_id == entity_id)
        .order_by(changes.c.release.desc())
        .limit(limit)
    )
    return [Step(**row) for row in rows.mappings()]


def changes_since(
    connection: Connection,
    number: int,
    *,
    upto: int,
    after: Change | None = None,
    limit: int = 1000,
) -> list[Change]:
    """One page of what changed after release `number`, up to and with `upto`.

    Each thing occurs once, with its latest operation in that span, by release and id. `after` is
    the last change of the page before; fewer than `limit` mean that this was the last page.
    """
    later = changes.alias()
    wanted = (
        select(changes.c.release, changes.c.entity_id, changes.c.operation)
        .where(changes.c.release > number, changes.c.release <= upto)
        .where(
            ~exists().where(
                later.c.entity_id == changes.c.entity_id,
                later.c.release > changes.c.release,
                later.c.release <= upto,
            )
        )
        .order_by(changes.c.release, changes.c.entity_id)
        .limit(limit)
    )
    if after is not None:
        place = tuple_(changes.c.release, changes.c.entity_id)
        wanted = wanted.where(place > tuple_(after.release, after.entity_id))
    return [Change(**row) for row in connection.execute(wanted).mappings()]
