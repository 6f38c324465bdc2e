"""Publishing staged runs: one flip for all that are ready, one release at most."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from registry.errors import Gone, LeaseLost, RegistryError
from registry.instance import Instance
from registry.release.indexing import index_records
from registry.release.make import Made, make_release
from registry.release.resources import iso
from registry.release.writer import Planned
from registry.run.doubts import note_doubts
from registry.run.endings import forget_never_good, note_findings, note_success
from registry.run.lease import Clock
from registry.run.staged import Staged
from registry.store import entities, hubs, records, runs, staging
from registry.store.completeness import completeness


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A run that was taken over, with its final counts; `changed`: its source says other things."""

    staged: Staged
    counts: dict[str, int]
    touched: frozenset[str]  # ids of the records that were added, changed or removed
    content_changed: bool

    @property
    def changed(self) -> bool:
        """Whether taking it over changed what the source says."""
        return bool(self.touched)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What came of staged runs; `release` is None where nothing that is published changed."""

    release: int | None
    taken: tuple[Taken, ...]
    refused: tuple[tuple[Staged, RegistryError], ...]


def publish_runs(instance: Instance, staged: Sequence[Staged], clock: Clock) -> Published:
    """Take over what the runs staged and flip to the release that comes of it.

    A run that was given up for dead, or whose hub or source was removed, refused or paused since
    it began, is refused with the reason; that takes nothing from the others.

    Raises:
        StoreUnavailable: the database failed; nothing was taken over, the last release stays.
    """
    with instance.store.flip() as conn:
        now = clock()  # not before the lock is held: another one's release may come first
        taken, refused = [], []
        held_fast = hubs.lock_sources(conn, {one.source.id for one in staged})
        for one in staged:
            try:
                _refuse_unwanted(conn, one, held_fast.get(one.source.id))
                taken.append(_take_over(conn, one, now))
            except (LeaseLost, Gone) as reason:
                refused.append((one, reason))
        made = _released(instance, conn, taken, now)
        for each in taken:
            _finish(conn, each, made, now)
    release = made.release.number if made.release else None
    return Published(release=release, taken=tuple(taken), refused=tuple(refused))


def publish_hub(instance: Instance, hub_id: str, now: datetime) -> int | None:
    """Publish what the manifest of a hub says now, if the hub is published already.

    No run does so while its sources stay as they are. Returns the release's number; None where
    nothing that is published changed.
    """
    with instance.store.read() as conn:  # not to wait for others' releases for nothing
        published = entities.resource(conn, hub_id)
        planned = _hub_resource(conn, hub_id)
        if published is None or published.state != "live" or published.document == planned.document:
            return None
    with instance.store.flip() as conn:
        extras = [_hub_resource(conn, hub_id)]
        made = make_release(conn, touched=(), extras=extras, iris=instance.iris, now=now)
    return made.release.number if made.release else None


def publish_removal(instance: Instance, hub_id: str, now: datetime) -> int | None:
    """Remove a hub with all its records; tombstones remain. Returns the release's number."""
    with instance.store.flip() as conn:
        gone = [
            record
            for source in hubs.sources(conn, hub_id=hub_id)
            for record in records.live_ids(conn, source.id)
        ]
        runs.abandon_of_hub(conn, hub_id, now)
        hubs.remove_hub(conn, hub_id, now)
        records.mark_removed(conn, gone, now)
        for source in hubs.sources(conn, hub_id=hub_id):
            staging.drop_refused(conn, source.id)
        extras = [
            Planned(
                id=hub_id, kind=None, state="gone", document={"replaced_by": None, "at": iso(now)}
            )
        ]
        made = make_release(conn, touched=gone, extras=extras, iris=instance.iris, now=now)
    return made.release.number if made.release else None


def relink(instance: Instance, now: datetime) -> int | None:
    """Make every entity anew from its records; returns the release's number if anything changed."""
    with instance.store.flip() as conn:
        live = set(records.live_ids(conn))
        index_records(conn, live)
        extras = [_hub_resource(conn, hub.id) for hub in hubs.hubs(conn) if hub.state != "removed"]
        made = make_release(conn, touched=live, extras=extras, iris=instance.iris, now=now)
    return made.release.number if made.release else None


def _refuse_unwanted(conn: Connection, staged: Staged, source: hubs.Source | None) -> None:
    hub = hubs.hub(conn, staged.run.hub_id)
    states = {source.state if source else "removed", hub.state if hub else "removed"}
    # A person may harvest by hand what is paused; a pause that came while it was read is meant.
    wanted = {"active"} if staged.begun_active else {"active", "paused", "pending"}
    if not states <= wanted:
        raise Gone(
            f"Der Hub oder die Quelle {staged.source.id} wurde während des Laufs entfernt, "
            "abgelehnt oder angehalten; von diesem Lauf wurde nichts veröffentlicht.",
            f"The hub or source {staged.source.id} was removed, refused or paused while it was "
            "read; nothing of this run was published.",
            code="source_unwanted",
        )


def _released(instance: Instance, conn: Connection, taken: Sequence[Taken], now: datetime) -> Made:
    hub_ids = sorted({one.staged.run.hub_id for one in taken})
    extras = [_hub_resource(conn, hub_id) for hub_id in hub_ids]
    extras += [_run_resource(one.staged, now) for one in taken if one.content_changed]
    touched = frozenset[str]().union(*(one.touched for one in taken))
    made = make_release(conn, touched=touched, extras=extras, iris=instance.iris, now=now)
    note_doubts(conn, made)
    return made


def _take_over(conn: Connection, staged: Staged, now: datetime) -> Taken:
    promotion = staging.promote(conn, staged.run.id, now)
    fresh = {*promotion.added, *promotion.changed}
    index_records(conn, fresh)
    records.mark_removed(conn, staged.removals, now, by_run=staged.run.id)
    forget_never_good(conn, staged)
    counts = Counter(staged.counts) + Counter(
        added=len(promotion.added),
        changed=len(promotion.changed),
        unchanged=len(promotion.same),
        removed=len(staged.removals),
    )
    return Taken(
        staged=staged,
        counts=dict(counts),
        touched=frozenset(fresh | set(staged.removals)),
        content_changed=bool(fresh),
    )


def _finish(conn: Connection, taken: Taken, made: Made, now: datetime) -> None:
    staged = taken.staged
    runs.finish_run(
        conn,
        staged.run.id,
        "published" if taken.changed else "unchanged",
        now=now,
        counts=taken.counts,
        proof=staged.proof,
        unread=staged.unread,
        release=made.release.number if made.release and taken.changed else None,
        completeness=completeness(conn, staged.source.id),
    )
    note_findings(conn, staged)
    staging.drop_run_scratch(conn, staged.run.id)
    runs.keep_latest(conn, staged.source.id)
    note_success(conn, staged, now)


def _hub_resource(conn: Connection, hub_id: str) -> Planned:
    hub = hubs.hub(conn, hub_id)
    if hub is None:
        raise KeyError(hub_id)
    sources = [
        {"id": source.id, "iri": source.iri, **source.manifest}
        for source in sorted(hubs.sources(conn, hub_id=hub_id), key=lambda source: source.id)
    ]
    return Planned(
        id=hub_id, kind="hub", state="live", document={**hub.manifest, "sources": sources}
    )


def _run_resource(staged: Staged, now: datetime) -> Planned:
    run = staged.run
    return Planned(
        id=f"hubs/{run.hub_id}/runs/{run.number}",
        kind="run",
        state="live",
        document={
            "hub": run.hub_id,
            "source": run.source_id,
            "number": run.number,
            "started": iso(run.started_at),
            "ended": iso(now),
        },
    )
