"""Runs: one harvest of one source, by one worker at a time, proved by a lease with a heartbeat."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Text,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    tuple_,
    type_coerce,
    update,
)

from registry.errors import LeaseLost
from registry.store.bulk import portions
from registry.store.hubs import lease_over
from registry.store.staging import give_back
from registry.store.tables import entities, findings, hubs, records, runs, sources

MOST_UNNAMED: Final = 200
"""So many runs of one source stay without anything that refers to them."""

State = Literal["running", "published", "unchanged", "held", "failed", "abandoned"]

_ABANDONED = {
    "code": "abandoned",
    "de": "Der Lauf gab kein Lebenszeichen mehr und wurde beendet; er hat nichts veröffentlicht.",
    "en": "The run gave no sign of life any more and was ended; nothing of it was published.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run as it stands in the store; `number` is counted per hub."""

    id: int
    hub_id: str
    source_id: str
    number: int
    state: State
    started_at: datetime
    heartbeat_at: datetime
    ended_at: datetime | None
    counts: dict[str, Any]
    proof: dict[str, Any] | None
    explanation: dict[str, Any] | None
    unread: dict[str, Any] | None
    release: int | None
    completeness: dict[str, Any] | None  # as `store.completeness` has it; None in older runs


def begin_run(
    connection: Connection, source_id: str, *, holder: str, now: datetime, lease_s: float
) -> Run | None:
    """Begin a run and take the source's lease; None if somebody else holds it, or its hub.

    A hub is somebody else's while another holder has the lease of another of its sources. What a
    predecessor left `running` without renewing its lease is marked abandoned.
    """
    taken = connection.execute(
        update(sources)
        .where(sources.c.id == source_id)
        .where(lease_over(now))
        .values(lease_holder=holder, lease_until=now + timedelta(seconds=lease_s))
        .returning(sources.c.hub_id)
    ).first()
    if taken is None:
        return None
    _abandon(connection, _running_of(connection, [source_id]), now)
    # Two sources of one hub may begin at once: the hub's row makes the second wait.
    connection.execute(select(hubs.c.id).where(hubs.c.id == taken.hub_id).with_for_update())
    of_hub = (sources.c.hub_id == taken.hub_id, sources.c.id != source_id)
    if connection.scalar(
        select(sources.c.id).where(*of_hub, sources.c.lease_holder != holder, ~lease_over(now))
    ):
        connection.execute(
            update(sources)
            .where(sources.c.id == source_id)
            .values(lease_holder=None, lease_until=None)
        )
        return None
    last = connection.scalar(
        select(func.coalesce(func.max(runs.c.number), 0)).where(runs.c.hub_id == taken.hub_id)
    )
    row = connection.execute(
        insert(runs)
        .values(
            hub_id=taken.hub_id,
            source_id=source_id,
            number=int(last or 0) + 1,
            state="running",
            started_at=now,
            heartbeat_at=now,
            counts={},
        )
        .returning(runs)
    )
    return Run(**row.mappings().one())


def heartbeat(connection: Connection, run_id: int, *, now: datetime, lease_s: float) -> None:
    """Renew the lease of a run. Raises `LeaseLost` when the run was taken for dead meanwhile."""
    _lock_source_of(connection, run_id)
    source_id = connection.scalar(
        update(runs)
        .where(runs.c.id == run_id, runs.c.state == "running")
        .values(heartbeat_at=now)
        .returning(runs.c.source_id)
    )
    if source_id is None:
        raise LeaseLost.of(run_id)
    connection.execute(
        update(sources)
        .where(sources.c.id == source_id)
        .values(lease_until=now + timedelta(seconds=lease_s))
    )


def reap(connection: Connection, now: datetime) -> list[Run]:
    """Mark runs abandoned whose lease ran out, drop what they staged, and return them."""
    # The sources first, as in `begin_run`: whoever wants both rows waits here, in one order.
    over = connection.scalars(
        update(sources)
        .where(sources.c.lease_until.is_not(None), lease_over(now))
        .values(lease_holder=None, lease_until=None)
        .returning(sources.c.id)
    ).all()
    return _abandon(connection, _running_of(connection, list(over)), now)


def abandon_of_hub(connection: Connection, hub_id: str, now: datetime) -> list[Run]:
    """End whatever the hub's runs are doing, as when the hub is removed; returns those runs."""
    of_hub = connection.scalars(
        update(sources)
        .where(sources.c.hub_id == hub_id)
        .values(lease_holder=None, lease_until=None)
        .returning(sources.c.id)
    ).all()
    return _abandon(connection, _running_of(connection, list(of_hub)), now)


def finish_run(
    connection: Connection,
    run_id: int,
    state: State,
    *,
    now: datetime,
    counts: Mapping[str, Any],
    proof: Mapping[str, Any] | None = None,
    explanation: Mapping[str, Any] | None = None,
    unread: Mapping[str, Any] | None = None,
    release: int | None = None,
    completeness: Mapping[str, Any] | None = None,
) -> None:
    """End a run and give its source's lease back, in the transaction that takes its effect over.

    Raises `LeaseLost`, upon which nothing of that transaction holds, when the run is not running.
    """
    _lock_source_of(connection, run_id)
    source_id = connection.scalar(
        update(runs)
        .where(runs.c.id == run_id, runs.c.state == "running")
        .values(
            state=state,
            ended_at=now,
            counts=counts,
            proof=proof,
            explanation=explanation,
            unread=unread,
            release=release,
            completeness=completeness,
        )
        .returning(runs.c.source_id)
    )
    if source_id is None:
        raise LeaseLost.of(run_id)
    connection.execute(
        update(sources).where(sources.c.id == source_id).values(lease_holder=None, lease_until=None)
    )


def before(connection: Connection, run: Run) -> Run | None:
    """The source's run before this one; those that were abandoned do not count."""
    wanted = (
        select(runs)
        .where(runs.c.source_id == run.source_id, runs.c.id < run.id)
        .where(runs.c.state != "abandoned")
        .order_by(runs.c.id.desc())
        .limit(1)
    )
    row = connection.execute(wanted).mappings().first()
    return None if row is None else Run(**row)


def drop_unchanged_before(connection: Connection, run: Run) -> None:
    """Forget the source's earlier runs that found nothing new, as frequent ones are many.

    One that findings or records still name stays.
    """
    _forget(
        connection,
        runs.c.source_id == run.source_id,
        runs.c.state == "unchanged",
        runs.c.id < run.id,
    )


def keep_latest(connection: Connection, source_id: str, most: int = MOST_UNNAMED) -> None:
    """Forget the source's ended runs that are older than the latest `most` and that nothing names.

    One that findings or records name stays, and so does one that is a published resource.
    """
    of_source = runs.c.source_id == source_id
    oldest = select(runs.c.id).where(of_source).order_by(runs.c.id.desc()).offset(most).limit(1)
    address = literal("hubs/") + runs.c.hub_id + "/runs/" + cast(runs.c.number, Text)
    published = exists().where(entities.c.id == address)
    older = connection.scalars(
        select(runs.c.id).where(of_source, runs.c.id <= oldest.scalar_subquery(), ~published)
    ).all()
    if older:
        _forget(connection, of_source, runs.c.id.in_(older[:most]), runs.c.state != "running")


def drop_run(connection: Connection, run_id: int) -> None:
    """Forget a run that has ended, unless findings or records still name it."""
    _forget(connection, runs.c.id == run_id, runs.c.state != "running")


def run(connection: Connection, hub_id: str, number: int) -> Run | None:
    """The hub's run of that number."""
    wanted = select(runs).where(runs.c.hub_id == hub_id, runs.c.number == number)
    row = connection.execute(wanted).mappings().first()
    return None if row is None else Run(**row)


def releases_of(
    connection: Connection, numbered: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], int]:
    """The release that each of these runs, named by hub and number, made; without those of none."""
    found: dict[tuple[str, int], int] = {}
    for portion in portions(numbered):
        asked = tuple_(runs.c.hub_id, runs.c.number).in_(portion)
        wanted = select(runs.c.hub_id, runs.c.number, runs.c.release).where(asked)
        rows = connection.execute(wanted.where(runs.c.release.is_not(None)))
        found |= {(row.hub_id, row.number): row.release for row in rows}
    return found


def runs_of(connection: Connection, hub_id: str, limit: int = 20) -> list[Run]:
    """The hub's latest runs, newest first."""
    wanted = select(runs).where(runs.c.hub_id == hub_id).order_by(runs.c.number.desc()).limit(limit)
    return [Run(**row) for row in connection.execute(wanted).mappings()]


def latest_run(connection: Connection, source_id: str) -> Run | None:
    """The source's newest run, running ones included."""
    found = _newest(connection, runs.c.source_id, runs.c.source_id == source_id)
    return found.get(source_id)


def latest_runs(connection: Connection, hub_id: str | None = None) -> dict[str, Run]:
    """The newest run of each source, or of each of the hub's, that has any."""
    only = () if hub_id is None else (runs.c.hub_id == hub_id,)
    return _newest(connection, runs.c.source_id, *only)


def latest_of_hubs(connection: Connection) -> dict[str, Run]:
    """The newest run of each hub that has any, whichever of its sources it read."""
    return _newest(connection, runs.c.hub_id)


def count_by_state(connection: Connection) -> dict[str, int]:
    """How many runs that are kept stand in each state."""
    counted = select(runs.c.state, func.count().label("number")).group_by(runs.c.state)
    counted = counted.order_by(runs.c.state)
    return {row.state: row.number for row in connection.execute(counted)}


def last_published(connection: Connection) -> dict[str, datetime]:
    """When the last run that published something ended, by hub."""
    newest = select(runs.c.hub_id, func.max(runs.c.ended_at).label("at")).group_by(runs.c.hub_id)
    rows = connection.execute(newest.where(runs.c.state == "published"))
    return {row.hub_id: row.at for row in rows}


def latest_mapping(connection: Connection, hub_id: str) -> dict[str, Run]:
    """By source the hub's newest run that mapped records: it knows which fields nobody reads."""
    counts = type_coerce(runs.c.counts, Text)  # as orjson writes them
    mapped = (counts.contains('"mapped":'), ~counts.contains('"mapped":0'))
    return _newest(connection, runs.c.source_id, runs.c.hub_id == hub_id, *mapped)


def latest_counted(
    connection: Connection, source_ids: Iterable[str], *, before: int | None = None
) -> dict[str, dict[str, Any]]:
    """By source the completeness that its newest run told which has one; `before` that run's id."""
    of_sources = runs.c.source_id.in_(list(source_ids))
    earlier = () if before is None else (runs.c.id < before,)
    tests = (of_sources, runs.c.completeness.is_not(None), *earlier)
    found = _newest(connection, runs.c.source_id, *tests)
    return {id_: run.completeness for id_, run in found.items() if run.completeness is not None}


def _newest(connection: Connection, by: Column[str], *tests: ColumnElement[bool]) -> dict[str, Run]:
    """The newest of these runs for each value of a column."""
    ids = select(func.max(runs.c.id)).where(*tests).group_by(by)
    rows = connection.execute(select(runs).where(runs.c.id.in_(ids))).mappings()
    return {row[by.name]: Run(**row) for row in rows}


def last_number(connection: Connection, hub_id: str) -> int:
    """The number of the hub's newest run; 0 before the first."""
    highest = select(func.coalesce(func.max(runs.c.number), 0)).where(runs.c.hub_id == hub_id)
    return int(connection.scalar(highest) or 0)


def _forget(connection: Connection, *which: ColumnElement[bool]) -> None:
    named = [exists().where(table.c.run_id == runs.c.id) for table in (findings, records)]
    connection.execute(delete(runs).where(*which, *(~one for one in named)))


def _lock_source_of(connection: Connection, run_id: int) -> None:
    """Lock the run's source before the run itself: all do it in this order, so none deadlock."""
    source_id = select(runs.c.source_id).where(runs.c.id == run_id).scalar_subquery()
    connection.execute(select(sources.c.id).where(sources.c.id == source_id).with_for_update())


def _running_of(connection: Connection, source_ids: list[str]) -> list[int]:
    wanted = select(runs.c.id).where(runs.c.state == "running", runs.c.source_id.in_(source_ids))
    return list(connection.scalars(wanted))


def _abandon(connection: Connection, run_ids: list[int], now: datetime) -> list[Run]:
    abandoned = connection.execute(
        update(runs)
        .where(runs.c.id.in_(run_ids), runs.c.state == "running")
        .values(state="abandoned", ended_at=now, explanation=_ABANDONED)
        .returning(runs)
    )
    found = sorted((Run(**row) for row in abandoned.mappings()), key=lambda one: one.id)
    for one in found:
        give_back(connection, one.id, one.source_id)
    return found
