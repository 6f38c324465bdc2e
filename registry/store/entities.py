"""What is published: entities, hubs and runs, and what remains of merged and removed ones."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final, Literal

import orjson
from sqlalchemy import Connection, LargeBinary, Select, bindparam, func, select, type_coerce

from registry.store.bulk import portions, upsert_rows
from registry.store.columns import unpack
from registry.store.tables import entities as _entities
from registry.store.tables import records as _records
from registry.store.tables import releases as _releases

ResourceKind = Literal["actor", "project", "event", "hub", "run"]
State = Literal["live", "merged", "gone"]

_STREAMED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One published thing: all that is published for it, and the hash over that."""

    id: str
    kind: ResourceKind
    state: State
    document: dict[str, Any]
    hash: str  # SHA-256, hexadecimal
    replaced_by: str | None = None
    first_release: int
    changed_release: int


def put_resources(connection: Connection, resources: Iterable[Resource]) -> None:
    """Keep these, each once, in place of what was there under the same id."""
    # Not `asdict`, which copies every document to its leaves.
    names = [one.name for one in fields(Resource)]
    rows = ({name: getattr(one, name) for name in names} for one in resources)
    upsert_rows(connection, _entities, rows)


def resource(connection: Connection, resource_id: str) -> Resource | None:
    """The published thing with this id, in whatever state; None if there never was one."""
    return resources(connection, [resource_id]).get(resource_id)


@dataclass(frozen=True)
class Published:
    """A published thing as it was read, with the release in force; unpacked when it is needed."""

    id: str
    kind: ResourceKind
    state: State
    hash: str
    replaced_by: str | None
    packed: bytes
    release: int | None

    @cached_property
    def document(self) -> dict[str, Any]:
        """All that is published for it."""
        found: dict[str, Any] = orjson.loads(unpack(self.packed))
        return found


_PUBLISHED: Final = select(
    *(_entities.c[name] for name in ("id", "kind", "state", "hash", "replaced_by")),
    type_coerce(_entities.c.document, LargeBinary),
    select(func.max(_releases.c.number)).scalar_subquery(),
).where(_entities.c.id == bindparam("wanted"))


def published(connection: Connection, resource_id: str) -> Published | None:
    """The published thing with this id, in whatever state, read by one statement.

    None if there never was one.
    """
    row = connection.execute(_PUBLISHED, {"wanted": resource_id}).first()
    if row is None:
        return None
    values: tuple[Any, ...] = tuple(row)
    return Published(*values)


def resources(connection: Connection, ids: Iterable[str]) -> dict[str, Resource]:
    """Those of these that were ever published, by id."""
    found: dict[str, Resource] = {}
    for portion in portions(ids):
        rows = connection.execute(select(_entities).where(_entities.c.id.in_(portion)))
        found.update((row["id"], Resource(**row)) for row in rows.mappings())
    return found


def iterate(
    connection: Connection,
    *,
    kinds: Iterable[ResourceKind] | None = None,
    states: Iterable[State] | None = None,
) -> Iterator[Resource]:
    """Everything published, or that of some kinds and states; streamed, by id."""
    wanted = _chosen(select(_entities), kinds, states).order_by(_entities.c.id)
    rows = connection.execute(wanted.execution_options(yield_per=_STREAMED))
    names = tuple(rows.keys())  # row by row, SQLAlchemy's own mappings take twice as long
    for row in rows:
        yield Resource(**dict(zip(names, row, strict=True)))


def hashes(connection: Connection) -> Iterator[tuple[str, str]]:
    """Id and hash of everything published, in whatever state; streamed, by id."""
    wanted = select(_entities.c.id, _entities.c.hash).order_by(_entities.c.id)
    for row in connection.execute(wanted.execution_options(yield_per=_STREAMED)):
        yield row[0], row[1]


def absorbed(connection: Connection, resource_id: str) -> list[tuple[str, int]]:
    """Ids that once had a page of their own and became part of this one: id, release of that."""
    members = select(_records.c.id).where(_records.c.entity_id == resource_id)
    wanted = select(_entities.c.id, _entities.c.changed_release).where(
        _entities.c.id.in_(members),
        _entities.c.state == "merged",
        _entities.c.replaced_by == resource_id,
        _entities.c.first_release < _entities.c.changed_release,
    )
    return [(row[0], row[1]) for row in connection.execute(wanted.order_by(_entities.c.id))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A published resource without its document."""

    kind: ResourceKind
    state: State
    hash: str
    replaced_by: str | None
    first_release: int


def heads(connection: Connection, ids: Iterable[str]) -> dict[str, Head]:
    """Id -> head of each of these resources that was ever published."""
    columns = [_entities.c[name] for name in ("id", *(one.name for one in fields(Head)))]
    found: dict[str, Head] = {}
    for portion in portions(ids):
        rows = connection.execute(select(*columns).where(_entities.c.id.in_(portion)))
        found.update(
            (row[0], Head(**{k: v for k, v in row._mapping.items() if k != "id"})) for row in rows
        )
    return found


def counts(connection: Connection) -> dict[tuple[ResourceKind, State], int]:
    """How many there are of each kind and state; what there is none of is left out."""
    columns = (_entities.c.kind, _entities.c.state)
    rows = connection.execute(select(*columns, func.count()).group_by(*columns).order_by(*columns))
    return {(row[0], row[1]): row[2] for row in rows}


def _chosen(
    wanted: Select[Any], kinds: Iterable[str] | None, states: Iterable[str] | None
) -> Select[Any]:
    if kinds is not None:
        wanted = wanted.where(_entities.c.kind.in_(list(kinds)))
    if states is not None:
        wanted = wanted.where(_entities.c.state.in_(list(states)))
    return wanted
