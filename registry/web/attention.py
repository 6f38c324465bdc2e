"""What a steward of the registry looks after: runs that need a word, late hubs, merges, doubts."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection

from registry.project.search import ListQuery
from registry.store import records, refusals, releases, runs
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


def attention(
    connection: Connection, known: Iterable[Hub], their_sources: Iterable[Source]
) -> Attention:
    """What there is to look after among these hubs."""
    have = services()
    active = {hub.id: hub for hub in known if hub.state == "active"}
    sources = [one for one in their_sources if one.hub_id in active]
    latest = runs.latest_runs(connection)
    once = have.in_force.once
    seen = releases.latest_number(connection)
    # A run may refuse records without making a release.
    of = (seen, *((run.id, run.state) for run in latest.values()))
    refused = once("refused", lambda: _refused(connection), of)
    return Attention(
        stuck=[
            Stuck(hub=active[one.hub_id], source_key=_key(one), run=run)
            for one in sources
            if (run := latest.get(one.id)) and run.state in ("held", "failed", "abandoned")
        ],
        late=[
            Late(hub=active[one.hub_id], source_key=_key(one), due_at=one.next_due_at)
            for one in sources
            if one.state == "active" and one.next_due_at and one.next_due_at + _LATE < have.now()
        ],
        shares=_shares(active, sources, refused),
        merged=once("entities of several hubs", lambda: records.of_several_hubs(connection), seen),
        contradicted=have.search.contradicted(),
    )


def _refused(connection: Connection) -> dict[str, int]:
    """By source, how many of its entries were refused in their latest form, as its page counts."""
    kept = {id_: counted["refused"] for id_, counted in records.counts(connection).items()}
    return dict(Counter(kept) + Counter(refusals.counts(connection)))


def _shares(
    active: dict[str, Hub], sources: list[Source], refused_of: dict[str, int]
) -> list[Share]:
    have, found = services(), []
    for hub in active.values():
        refused = sum(refused_of.get(one.id, 0) for one in sources if one.hub_id == hub.id)
        query = ListQuery(kind=None, outvoted=hub.id, now=have.now())
        outvoted = have.in_force.once(f"outvoted of {hub.id}", partial(have.search.count, query))
        if refused or outvoted:
            found.append(Share(hub=hub, refused=refused, outvoted=outvoted))
    return found


def _key(source: Source) -> str:
    return source.id.partition("/")[2]
