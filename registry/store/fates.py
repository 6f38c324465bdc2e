"""What became of each entry of a hub: found by fate, local id or run, and counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    FromClause,
    Select,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from registry.store import refusals
from registry.store.runs import Run
from registry.store.tables import records, sources

Fate = Literal["merged", "accepted", "outdated", "rejected", "removed"]
FATES: Final[tuple[Fate, ...]] = ("merged", "accepted", "outdated", "rejected", "removed")
"""Each entry has one: it is published with what other hubs say, or alone; its latest form was
refused and the last good one stays; it never had a good form; its hub gave it up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a source delivers as one: a record, or with "" as `id` what findings alone tell of.

    `place` is where in the source one without a local id stands.
    """

    id: str
    source_id: str
    local_id: str | None
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of a hub's entries are asked for.

    `text` is a part of the local id; a record of one of `entity_ids` fits without it. `run`: the
    records that it brought, changed, refused or removed, as far as no later run did so.
    """

    hub_id: str
    fate: Fate | None = None
    text: str = ""
    entity_ids: Sequence[str] = ()
    run: Run | None = None


def count(connection: Connection, wanted: Wanted) -> int:
    """How many entries that are."""
    total = sum(int(connection.scalar(each) or 0) for each in _found(wanted, func.count()))
    if _without_record(wanted):
        total += refusals.count(connection, hub_id=wanted.hub_id, text=wanted.text)
    return total


def entries(
    connection: Connection, wanted: Wanted, *, limit: int | None = None, offset: int = 0
) -> list[Entry]:
    """These entries by local id; those without one come last, by their place in the source."""
    columns = (records.c.id, records.c.source_id, records.c.local_id, literal("").label("place"))
    found = _found(wanted, *columns)
    ordered: Select[Any] | CompoundSelect[Any]
    told = refusals.refusals(hub_id=wanted.hub_id, text=wanted.text)
    if _without_record(wanted) and connection.scalar(select(told.exists())):
        few = told.subquery().c
        rest = select(literal(""), few.source_id, few.local_id, few.place)
        one = union_all(*found, rest).subquery().c
        by = (one.local_id.is_(None), one.local_id, one.source_id, one.place)
        ordered = select(*one).order_by(*by)
    else:
        ordered = union_all(*found) if len(found) > 1 else found[0]
        ordered = ordered.order_by("local_id", "source_id")
    rows = connection.execute(ordered.limit(limit).offset(offset))
    return [
        Entry(id=row.id, source_id=row.source_id, local_id=row.local_id, place=row.place)
        for row in rows
    ]


def shared(connection: Connection, hub_id: str) -> int:
    """How many of the hub's published records speak of what another hub speaks of, too."""
    counted = _of_hub(hub_id, func.count()).where(_live(records), _others(hub_id))
    return int(connection.scalar(counted) or 0)


def days(connection: Connection, hub_id: str) -> dict[str, int]:
    """How many published records the hub dates to each day ("2026-09-14"); "" without a date."""
    day = func.coalesce(func.substr(records.c.modified_at, 1, 10), "")
    counted = _of_hub(hub_id, day, func.count()).where(_live(records)).group_by(day)
    return {row[0]: int(row[1]) for row in connection.execute(counted)}


def _of_hub(hub_id: str, *columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(*columns)
        .select_from(records.join(sources, sources.c.id == records.c.source_id))
        .where(sources.c.hub_id == hub_id)
    )


def _without_record(wanted: Wanted) -> bool:
    """Whether what findings alone tell of is asked for: no run changed anything about it."""
    return wanted.fate in (None, "rejected") and wanted.run is None


def _found(wanted: Wanted, *columns: ColumnElement[Any]) -> list[Select[Any]]:
    """The records, in one statement for each index by which they are found; none in two of them."""
    tests = [_fate(wanted.fate, wanted.hub_id)] if wanted.fate else []
    if wanted.text:
        named = records.c.local_id.icontains(wanted.text, autoescape=True)
        tests.append(or_(named, records.c.entity_id.in_(wanted.entity_ids)))
    if wanted.run is None:
        return [_of_hub(wanted.hub_id, *columns).where(*tests)]
    return [select(*columns).where(*touched, *tests) for touched in _touched_by(wanted.run)]


def _fate(fate: Fate, hub_id: str) -> ColumnElement[bool]:
    removed = records.c.removed_at.is_not(None)
    refused = records.c.rejected_at.is_not(None)
    return {
        "merged": and_(_live(records), ~refused, _others(hub_id)),
        "accepted": and_(_live(records), ~refused, ~_others(hub_id)),
        "outdated": and_(_live(records), refused),
        "rejected": and_(~removed, records.c.document.is_(None)),
        "removed": removed,
    }[fate]


def _touched_by(run: Run) -> list[list[ColumnElement[bool]]]:
    """What it brought or changed, what it removed, what it refused.

    A source has one run at a time, so what happened to its records meanwhile was this one. An OR of
    the three would read every record of the source.
    """
    during = (run.started_at, run.ended_at or run.heartbeat_at)
    removed = records.c.removed_at.between(*during)
    others = [records.c.source_id == run.source_id, records.c.run_id != run.id]
    return [
        [records.c.run_id == run.id],
        [*others, removed],
        [*others, records.c.rejected_at.between(*during), removed.is_not(true())],
    ]


def _live(table: FromClause) -> ColumnElement[bool]:
    return and_(table.c.removed_at.is_(None), table.c.document.is_not(None))


def _others(hub_id: str) -> ColumnElement[bool]:
    """Another hub speaks of the same entity."""
    other = records.alias("other")
    of_other = sources.alias("of_other")
    return exists().where(
        other.c.entity_id == records.c.entity_id,
        of_other.c.id == other.c.source_id,
        of_other.c.hub_id != hub_id,
        _live(other),
    )
