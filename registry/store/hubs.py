"""Hubs and their sources: manifest, state and when they are due."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, Table, and_, case, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from registry.errors import BadRequest
from registry.store.tables import hubs as _hubs
from registry.store.tables import sources as _sources

FROM_THE_FUTURE: Final = timedelta(hours=1)
"""No lease is as long, and no two hosts' clocks differ by as much."""

State = Literal["pending", "active", "paused", "refused", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """One hub as it stands in the store."""

    id: str
    manifest: dict[str, Any]
    state: State
    priority: int
    added_at: datetime
    removed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source as it stands in the store; `id` is "hub/source"."""

    id: str
    hub_id: str
    iri: str
    folder: str
    manifest: dict[str, Any]
    state: State
    processing_version: str
    last_checked_at: datetime | None
    last_ok_at: datetime | None
    next_due_at: datetime | None  # None: never by itself
    validators: dict[str, Any]  # {url: {etag, last_modified, sha256}}
    lease_holder: str | None
    lease_until: datetime | None


def forget_pages(connection: Connection, source_id: str) -> None:
    """Forget what the source's pages looked like, so that the next run reads them."""
    known = connection.scalar(select(_sources.c.validators).where(_sources.c.id == source_id))
    kept = {name: value for name, value in (known or {}).items() if name.startswith("@")}
    connection.execute(update(_sources).where(_sources.c.id == source_id).values(validators=kept))


def key_of(source_id: str) -> str:
    """What a source is called within its hub: all for hub/all."""
    return source_id.partition("/")[2]


def put_hub(
    connection: Connection,
    hub_id: str,
    *,
    manifest: Mapping[str, Any],
    priority: int,
    at: datetime,
    state: State = "active",
) -> None:
    """Add a hub, or renew its manifest and priority.

    `state` counts for a new or a removed hub; a hub that an operator paused or refused stays so.
    """
    row = {"manifest": manifest, "priority": priority, "state": state, "removed_at": None}
    _put(connection, _hubs, {"id": hub_id, "added_at": at}, row)


def put_source(
    connection: Connection,
    source_id: str,
    *,
    iri: str,
    folder: str,
    manifest: Mapping[str, Any],
    processing_version: str,
    next_due_at: datetime | None,
    state: State = "active",
) -> None:
    """Add a source ("hub/source") of a hub that is there, or renew its manifest and timetable.

    Raises `BadRequest` when the source had another IRI (its records' ids depend on it) or when
    another source has this one.
    """
    for other in connection.execute(
        select(_sources.c.id, _sources.c.iri).where(
            (_sources.c.id == source_id) | (_sources.c.iri == iri)
        )
    ):
        if (other.id, other.iri) != (source_id, iri):
            raise _other_iri(source_id, iri, other.id, other.iri)
    row = {
        "folder": folder,
        "manifest": manifest,
        "processing_version": processing_version,
        "next_due_at": next_due_at,
        "state": state,
    }
    hub_id = source_id.partition("/")[0]
    key = {"id": source_id, "hub_id": hub_id, "iri": iri, "validators": {}}
    _put(connection, _sources, key, row)


def hub(connection: Connection, hub_id: str) -> Hub | None:
    """The hub, removed or not; None if there never was one."""
    row = connection.execute(select(_hubs).where(_hubs.c.id == hub_id)).mappings().first()
    return None if row is None else Hub(**row)


def hubs(connection: Connection) -> list[Hub]:
    """All hubs, removed ones too, by id."""
    return [Hub(**row) for row in connection.execute(select(_hubs).order_by(_hubs.c.id)).mappings()]


def source(connection: Connection, source_id: str) -> Source | None:
    """The source, removed or not; None if there never was one."""
    row = connection.execute(select(_sources).where(_sources.c.id == source_id)).mappings().first()
    return None if row is None else Source(**row)


def sources(
    connection: Connection, *, hub_id: str | None = None, due_before: datetime | None = None
) -> list[Source]:
    """Sources, removed ones too, by id; of one hub, or of all.

    With `due_before` only those to be harvested by then, the longest waiting first: source and hub
    active, nobody at work on it.
    """
    wanted = select(_sources)
    if hub_id is not None:
        wanted = wanted.where(_sources.c.hub_id == hub_id)
    if due_before is None:
        wanted = wanted.order_by(_sources.c.id)
    else:
        # Checked in the future, or new and not due at once: a clock has been set back since.
        of_old = func.coalesce(_sources.c.last_checked_at, _sources.c.next_due_at)
        due = (_sources.c.next_due_at <= due_before) | (
            _sources.c.next_due_at.is_not(None) & (of_old > due_before + FROM_THE_FUTURE)
        )
        wanted = (
            wanted.join(_hubs, and_(_hubs.c.id == _sources.c.hub_id, _hubs.c.state == "active"))
            .where(_sources.c.state == "active", due, lease_over(due_before))
            .order_by(_sources.c.next_due_at, _sources.c.id)
        )
    return [Source(**row) for row in connection.execute(wanted).mappings()]


def lease_over(now: datetime) -> ColumnElement[bool]:
    """Nobody is at work on the source: no lease, or one that ran out or that nobody can have given.

    One that ends so far ahead is of a clock that has been set back since.
    """
    until = _sources.c.lease_until
    return until.is_(None) | (until < now) | (until > now + FROM_THE_FUTURE)


def lock_sources(connection: Connection, source_ids: Iterable[str]) -> dict[str, Source]:
    """Sources by id, kept as they are until the transaction ends; unknown ids are left out."""
    wanted = select(_sources).where(_sources.c.id.in_(list(source_ids))).order_by(_sources.c.id)
    rows = connection.execute(wanted.with_for_update()).mappings()
    return {row["id"]: Source(**row) for row in rows}


def set_hub_state(connection: Connection, hub_id: str, state: State) -> None:
    """Pause, refuse or (re)activate a hub; for removal there is `remove_hub`."""
    connection.execute(update(_hubs).where(_hubs.c.id == hub_id).values(state=state))


def set_source_state(connection: Connection, source_id: str, state: State) -> None:
    """Pause, refuse, remove or (re)activate a source."""
    connection.execute(update(_sources).where(_sources.c.id == source_id).values(state=state))


def remove_hub(connection: Connection, hub_id: str, at: datetime) -> None:
    """Mark a hub and its sources removed; its records are `records.mark_removed`'s affair."""
    connection.execute(
        update(_hubs).where(_hubs.c.id == hub_id).values(state="removed", removed_at=at)
    )
    connection.execute(
        update(_sources)
        .where(_sources.c.hub_id == hub_id)
        .values(state="removed", next_due_at=None, validators={})
    )


def set_processing_version(connection: Connection, source_id: str, version: str) -> None:
    """Note with which manifest, vocabulary and rules the source's records were read last."""
    wanted = update(_sources).where(_sources.c.id == source_id)
    connection.execute(wanted.values(processing_version=version))


def touch_source(
    connection: Connection,
    source_id: str,
    *,
    checked_at: datetime,
    ok: bool,
    next_due_at: datetime | None,
    validators: Mapping[str, Any] | None = None,
) -> None:
    """Note that a source was asked, with what success, and when to ask again.

    `validators` replace the old ones when given. They say "this was taken over": give them only
    once what came with them is kept.
    """
    new: dict[str, Any] = {"last_checked_at": checked_at, "next_due_at": next_due_at}
    if ok:
        new["last_ok_at"] = checked_at
    if validators is not None:
        new["validators"] = validators
    connection.execute(update(_sources).where(_sources.c.id == source_id).values(new))


def _put(
    connection: Connection, table: Table, first: Mapping[str, Any], always: Mapping[str, Any]
) -> None:
    """Insert, or renew what is `always` written and leave what only the `first` time is."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).values({**first, **always})
    kept = case((table.c.state == "removed", literal(always["state"])), else_=table.c.state)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_={**always, "state": kept})
    )


def _other_iri(source_id: str, iri: str, other_id: str, other_iri: str) -> BadRequest:
    if other_id == source_id:
        return BadRequest(
            de=f"Die Quelle {source_id} hatte bisher die IRI {other_iri}; davon hängen die "
            "Kennungen ihrer Datensätze ab. Bitte die alte IRI ins Manifest eintragen oder der "
            "Quelle einen neuen Namen geben.",
            en=f"The source {source_id} had the IRI {other_iri} so far; its records' ids depend on "
            "it. Please put the old IRI into the manifest or give the source a new name.",
            code="source_iri_changed",
        )
    return BadRequest(
        de=f"Die IRI {iri} gehört schon der Quelle {other_id}. Bitte im Manifest von {source_id} "
        "eine eigene angeben.",
        en=f"The IRI {iri} belongs to the source {other_id} already. Please give one of its own in "
        f"the manifest of {source_id}.",
        code="source_iri_taken",
    )
