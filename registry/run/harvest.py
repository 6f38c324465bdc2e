"""Harvesting a source from its manifest to the published release."""

import platform
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from os import getpid
from pathlib import Path
from typing import Any, Final

from harvester.errors import HarvestError
from harvester.fetch import Fetcher
from harvester.manifest import load_manifest
from harvester.reading import fetch_limits
from harvester.source import processing_version
from registry.errors import LeaseLost, NotFound
from registry.instance import Instance
from registry.run.publish import forget_never_good, note_success, publish_runs
from registry.run.stage import LEASE_S, Clock, Progress, Staged, Stager
from registry.store import findings, hubs, releases, runs, staging
from registry.store.runs import Run

RELEASE_PAUSE_S: Final = 2.0
"""At most one release in so many seconds; what arrives meanwhile goes into the next."""

_RETRY: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How one run of one source ended.

    `state` as in the store, or `busy` when another run has the lease.
    """

    source_id: str
    state: str
    number: int | None = None
    counts: dict[str, int] | None = None
    explanation: dict[str, Any] | None = None
    release: int | None = None


def stage_source(
    instance: Instance,
    source_id: str,
    clock: Clock,
    *,
    accept_removals: bool = False,
    progress: Progress | None = None,
) -> Staged | Report:
    """Run one source up to where it can be published; a Report where there is nothing to publish.

    A hub's failure ends in a Report with state `failed` or `held`, not in an exception.

    Raises:
        NotFound: there is no such source.
        StoreUnavailable: the database failed.
    """
    with instance.store.write() as conn:
        row = hubs.source(conn, source_id)
        if row is None or row.state == "removed":
            raise _unknown(source_id)
        run = runs.begin_run(conn, source_id, holder=_holder(), now=clock(), lease_s=LEASE_S)
    if run is None:
        return Report(source_id=source_id, state="busy")
    try:
        source = load_manifest(Path(row.folder)).source(source_id)
        version = processing_version(source)
        with Fetcher(instance.fetch_policy(), fetch_limits(source)) as fetcher:
            stager = Stager(instance.store, run, source, version, clock, progress)
            staged = stager.stage(fetcher, row.validators, accepted=accept_removals)
    except LeaseLost as lost:
        return Report(
            source_id=source_id, state="abandoned", number=run.number, explanation=_told(lost)
        )
    except HarvestError as failure:
        return _failed(instance, run, failure, clock())
    except KeyError:
        return _failed(instance, run, _not_in_manifest(source_id, row.folder), clock())
    if staged.ruling.held:
        return _held(instance, staged, clock())
    return staged if staged.anything else _unchanged(instance, staged, clock())


def publish(instance: Instance, staged: Sequence[Staged], clock: Clock) -> list[Report]:
    """Publish staged runs in one release and report on each."""
    release = publish_runs(instance, staged, clock())
    return [
        Report(
            source_id=one.source.id,
            state="published" if one.changed else "unchanged",
            number=one.run.number,
            counts=dict(one.counts),
            release=release if one.changed else None,
        )
        for one in staged
    ]


def harvest(
    instance: Instance,
    source_ids: Sequence[str],
    clock: Clock,
    *,
    accept_removals: bool = False,
    progress: Progress | None = None,
) -> list[Report]:
    """Harvest sources one after the other and publish all of them in one release."""
    outcomes = [
        stage_source(instance, id_, clock, accept_removals=accept_removals, progress=progress)
        for id_ in source_ids
    ]
    ready = [outcome for outcome in outcomes if isinstance(outcome, Staged)]
    if not ready:
        return [outcome for outcome in outcomes if isinstance(outcome, Report)]
    await_turn(instance, clock)
    published = {report.source_id: report for report in publish(instance, ready, clock)}
    return [o if isinstance(o, Report) else published[o.source.id] for o in outcomes]


def await_turn(instance: Instance, clock: Clock, stopped: threading.Event | None = None) -> None:
    """Wait until the last release is old enough for the next one, or until `stopped`."""
    with instance.store.read() as conn:
        latest = releases.latest(conn)
    if latest:
        age = (clock() - latest.at).total_seconds()
        # A clock that was set back must not make us wait for longer than the pause.
        if 0 <= age < RELEASE_PAUSE_S:
            (stopped or threading.Event()).wait(RELEASE_PAUSE_S - age)


def _unchanged(instance: Instance, staged: Staged, now: datetime) -> Report:
    with instance.store.write() as conn:
        runs.finish_run(
            conn, staged.run.id, "unchanged", now=now, counts=staged.counts, proof=staged.proof,
            unread=staged.unread,
        )  # fmt: skip
        findings.replace_findings(conn, staged.source.id, staged.run.id, {None: staged.findings})
        forget_never_good(conn, staged)
        staging.drop_run_scratch(conn, staged.run.id)
        note_success(conn, staged, now)
        runs.drop_unchanged_before(conn, staged.run)
    return Report(
        source_id=staged.source.id,
        state="unchanged",
        number=staged.run.number,
        counts=dict(staged.counts),
    )


def _held(instance: Instance, staged: Staged, now: datetime) -> Report:
    explanation = dict(staged.ruling.held or {})
    with instance.store.write() as conn:
        runs.finish_run(
            conn, staged.run.id, "held", now=now, counts=staged.counts, proof=staged.proof,
            explanation=explanation, unread=staged.unread,
        )  # fmt: skip
        staging.drop_run_scratch(conn, staged.run.id)
        hubs.touch_source(
            conn,
            staged.source.id,
            checked_at=now,
            ok=False,
            next_due_at=_later(staged.source.every_s, now),
        )
    return Report(
        source_id=staged.source.id,
        state="held",
        number=staged.run.number,
        counts=dict(staged.counts),
        explanation=explanation,
    )


def _failed(instance: Instance, run: Run, failure: HarvestError, now: datetime) -> Report:
    explanation = _told(failure)
    wait = getattr(failure, "retry_after_s", None)
    with instance.store.write() as conn:
        source = hubs.source(conn, run.source_id)
        every = source.manifest.get("every_s") if source else None
        runs.finish_run(conn, run.id, "failed", now=now, counts={}, explanation=explanation)
        staging.drop_run_scratch(conn, run.id)
        hubs.touch_source(
            conn,
            run.source_id,
            checked_at=now,
            ok=False,
            next_due_at=max(_later(every, now) or now, now + timedelta(seconds=wait or 0))
            if every
            else None,
        )
    return Report(
        source_id=run.source_id, state="failed", number=run.number, explanation=explanation
    )


def _later(every_s: int | None, now: datetime) -> datetime | None:
    """A source that failed is asked again in five minutes, or sooner if its timetable says so."""
    return now + min(timedelta(seconds=every_s), _RETRY) if every_s else None


def _told(error: HarvestError | LeaseLost) -> dict[str, str]:
    return {"code": error.code, "de": error.de, "en": error.en}


def _holder() -> str:
    return f"{platform.node()}:{getpid()}:{threading.get_native_id()}"


def _unknown(source_id: str) -> NotFound:
    return NotFound(
        f"Die Quelle {source_id} gibt es nicht; »verbund hub list« nennt alle.",
        f"There is no source {source_id}; `verbund hub list` names all.",
        code="source_unknown",
    )


def _not_in_manifest(source_id: str, folder: str) -> HarvestError:
    return HarvestError(
        "manifest.source-missing",
        de=f"Im Manifest in {folder} steht keine Quelle {source_id} mehr; bitte das Manifest "
        "berichtigen oder den Hub neu aufnehmen (»verbund hub add«).",
        en=f"The manifest in {folder} has no source {source_id} any more; please correct the "
        "manifest or add the hub again (`verbund hub add`).",
    )
