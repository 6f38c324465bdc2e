"""What a steward of the registry looks after: runs that need a word, late hubs, merges, doubts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from registry.project.search import ListQuery
from registry.store import hubs, records, runs
from registry.store.hubs import Hub, Source
from registry.store.runs import Run
from registry.web.wiring import services

_LATE: Final = timedelta(hours=1)
"""So long a worker may be busy with other hubs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """A source of which the latest run was held, failed or broke off."""

    hub: Hub
    source_key: str
    run: Run

    @property
    def command(self) -> str:
        """What lets a held run through; "" where nothing does."""
        return str((self.run.explanation or {}).get("command", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A source that should have been read by now."""

    hub: Hub
    source_key: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One hub's records that were refused, and its entries in which another's value holds."""

    hub: Hub
    refused: int
    outvoted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """All of it; the counts are those of the release in force."""

    stuck: list[Stuck]
    late: list[Late]
    shares: list[Share]  # of the hubs that have any
    merged: int  # entities that several hubs describe
    contradicted: int  # entities in which hubs disagree on some value


def attention(connection: Connection, known: Iterable[Hub]) -> Attention:
    """What there is to look after among these hubs."""
    have = services()
    active = {hub.id: hub for hub in known if hub.state == "active"}
    sources = [one for one in hubs.sources(connection) if one.hub_id in active]
    once = have.in_force.once
    return Attention(
        stuck=[one for source in sources for one in _stuck(connection, active, source)],
        late=[
            Late(hub=active[one.hub_id], source_key=_key(one), due_at=one.next_due_at)
            for one in sources
            if one.state == "active" and one.next_due_at and one.next_due_at + _LATE < have.now()
        ],
        shares=_shares(connection, active, sources),
        merged=once("entities of several hubs", lambda: records.of_several_hubs(connection)),
        contradicted=have.search.contradicted(),
    )


def _stuck(connection: Connection, active: dict[str, Hub], source: Source) -> list[Stuck]:
    run = runs.latest_run(connection, source.id)
    if run is None or run.state not in ("held", "failed", "abandoned"):
        return []
    return [Stuck(hub=active[source.hub_id], source_key=_key(source), run=run)]


def _shares(connection: Connection, active: dict[str, Hub], sources: list[Source]) -> list[Share]:
    have = services()
    counted = have.in_force.once("records by source", lambda: records.counts(connection))
    found = []
    for hub in active.values():
        of_hub = [counted[one.id] for one in sources if one.hub_id == hub.id and one.id in counted]
        refused = sum(one["refused"] for one in of_hub)
        outvoted = have.search.count(ListQuery(kind=None, outvoted=hub.id, now=have.now()))
        if refused or outvoted:
            found.append(Share(hub=hub, refused=refused, outvoted=outvoted))
    return found


def _key(source: Source) -> str:
    return source.id.partition("/")[2]
