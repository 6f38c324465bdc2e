"""What each copy of the published data holds, beside the release in force in SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import Connection

from registry.project.dumps import DUMP_EVERY, Dump
from registry.project.snapshots import newest_release
from registry.store import entities, releases
from registry.store.releases import Release
from registry.web.wiring import Services
from vocab.properties import KINDS, Kind

State = Literal["authoritative", "current", "due", "lagging", "absent"]
_LATE: Final = timedelta(minutes=5)
"""A dump takes its time to be written; beyond this it is late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One copy of the published data: the release that it holds (None: not there yet).

    `behind_s` counts from the first release that it lacks; `agrees` is False where it holds the
    release in force with another number of entities. `due_at` is the time by which a dump, which
    is not made for every release, will be made anew.
    """

    name: str
    release: int | None
    entities: int | None = None
    state: State
    behind_s: float = 0.0
    agrees: bool = True
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The release in force (None before the first), its live entities by kind, and the copies."""

    latest: Release | None
    counts: Mapping[Kind, int]
    database: Copy
    graph: Copy
    search: Copy
    dumps: Copy

    @property
    def number(self) -> int:
        """The number of the release in force; 0 before the first."""
        return self.latest.number if self.latest else 0

    @property
    def all(self) -> tuple[Copy, ...]:
        """The truth first."""
        return (self.database, self.graph, self.search, self.dumps)


def read_copies(connection: Connection, have: Services) -> Copies:
    """How the copies of this host stand now."""
    # The copies first: whatever they hold is in the database by then.
    held = newest_release(have.settings.graph_folder)
    searched, found = have.search.release() or None, sum(have.search.counts().values())
    dump = Dump.present(have.settings.home / "dumps")
    latest = releases.latest(connection)
    counted = entities.counts(connection)
    counts = {kind: counted.get((kind, "live"), 0) for kind in KINDS}
    number, published, now = latest.number if latest else 0, sum(counts.values()), have.now()

    def copy(name: str, held: int | None, held_entities: int | None = None) -> Copy:
        state = _state(held, number)
        return Copy(
            name=name,
            release=held,
            entities=held_entities,
            state=state,
            behind_s=0.0 if state == "current" else _behind_s(connection, held, latest, now),
            agrees=state != "current" or held_entities in (None, published),
        )

    return Copies(
        latest=latest,
        counts=counts,
        database=Copy(name="database", release=number, entities=published, state="authoritative"),
        graph=copy("graph", held),
        search=copy("search", searched, found),
        dumps=_perhaps_due(copy("dumps", dump.release if dump else None), dump, latest, now),
    )


def _state(held: int | None, number: int) -> State:
    if held is None:
        return "absent"
    return "current" if held == number else "lagging"


def _behind_s(
    connection: Connection, held: int | None, latest: Release | None, now: datetime
) -> float:
    missed = releases.release(connection, (held or 0) + 1) or latest
    return max(0.0, (now - missed.at).total_seconds()) if missed else 0.0


def _perhaps_due(copy: Copy, present: Dump | None, latest: Release | None, now: datetime) -> Copy:
    """The dump may be older than the release by its interval, without anything being amiss."""
    if latest is None or copy.state == "current":
        return copy
    since = datetime.fromisoformat(present.made_at) + DUMP_EVERY if present else latest.at
    due_at = max(since, latest.at)
    return replace(copy, state="due" if now <= due_at + _LATE else copy.state, due_at=due_at)
