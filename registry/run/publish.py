"""Publishing staged runs: one flip for all that are ready, one release at most."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from registry.instance import Instance
from registry.release.indexing import index_records
from registry.release.make import Made, make_release
from registry.release.resources import iso
from registry.release.writer import Planned
from registry.run.doubts import note_doubts
from registry.run.stage import Staged
from registry.store import findings, hubs, records, runs, staging


def publish_runs(instance: Instance, staged: Sequence[Staged], now: datetime) -> int | None:
    """Take over what the runs staged and flip to the release that comes of it.

    Returns the release's number, or None where nothing that is published changed. Either all of
    the runs are taken over, or none.

    Raises:
        LeaseLost: one of the runs was given up for dead meanwhile.
        StoreUnavailable: the database failed; the last release stays.
    """
    with instance.store.flip() as conn:
        touched: set[str] = set()
        for run in staged:
            touched |= _take_over(conn, run, now)
        extras = [
            _hub_resource(conn, hub_id) for hub_id in sorted({run.run.hub_id for run in staged})
        ]
        extras += [_run_resource(run, now) for run in staged if run.content_changed]
        made = make_release(conn, touched=touched, extras=extras, iris=instance.iris, now=now)
        note_doubts(conn, made)
        for run in staged:
            _finish(conn, run, made, now)
    return made.release.number if made.release else None


def publish_removal(instance: Instance, hub_id: str, now: datetime) -> int | None:
    """Remove a hub with all its records; tombstones remain. Returns the release's number."""
    with instance.store.flip() as conn:
        gone = [
            record
            for source in hubs.sources(conn, hub_id=hub_id)
            for record in records.live_ids(conn, source.id)
        ]
        hubs.remove_hub(conn, hub_id, now)
        records.mark_removed(conn, gone, now)
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


def _take_over(conn: Connection, staged: Staged, now: datetime) -> set[str]:
    promotion = staging.promote(conn, staged.run.id, now)
    fresh = {*promotion.added, *promotion.changed}
    index_records(conn, fresh)
    records.mark_removed(conn, staged.removals, now)
    forget_never_good(conn, staged)
    staged.counts = Counter(staged.counts) + Counter(
        added=len(promotion.added),
        changed=len(promotion.changed),
        unchanged=len(promotion.same),
        removed=len(staged.removals),
    )
    staged.content_changed = bool(fresh)
    return fresh | set(staged.removals)


def _finish(conn: Connection, staged: Staged, made: Made, now: datetime) -> None:
    release = made.release.number if made.release and staged.changed else None
    runs.finish_run(
        conn,
        staged.run.id,
        "published" if staged.changed else "unchanged",
        now=now,
        counts=staged.counts,
        proof=staged.proof,
        unread=staged.unread,
        release=release,
    )
    findings.replace_findings(conn, staged.run.source_id, staged.run.id, {None: staged.findings})
    staging.drop_run_scratch(conn, staged.run.id)
    note_success(conn, staged, now)


def note_success(conn: Connection, staged: Staged, now: datetime) -> None:
    """Note on the source that all went well, what its pages looked like, and when to ask again."""
    source = staged.source
    hubs.set_processing_version(conn, source.id, staged.processing_version)
    hubs.touch_source(
        conn,
        source.id,
        checked_at=now,
        ok=True,
        next_due_at=now + timedelta(seconds=source.every_s) if source.every_s else None,
        validators=staged.validators,
    )


def forget_never_good(conn: Connection, staged: Staged) -> None:
    """Forget refused records that a run which saw everything did not meet: nothing of them was published."""
    if staged.proof["complete"]:
        staging.drop_never_good(conn, staged.source.id, staged.run.id)


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
