"""Harvesting a source from its manifest to the published release."""

import gc
import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from harvester.errors import HarvestError
from harvester.fetch import Fetcher
from harvester.follow import Follower
from harvester.manifest import load_manifest
from harvester.reading import fetch_limits
from harvester.source import Source, processing_version
from registry.errors import LeaseLost, NotFound, RegistryError
from registry.instance import Instance
from registry.run import endings
from registry.run.endings import Report
from registry.run.lease import LEASE_S, Clock, Leases, RunStopped
from registry.run.publish import publish_runs
from registry.run.stage import Progress, Stager
from registry.run.staged import Staged
from registry.store import hubs, releases
from registry.store.hubs import Source as StoredSource
from registry.store.runs import Run

log = logging.getLogger(__name__)

_GARBAGE: Final = 100_000, 100, 100
"""How rarely a process that harvests looks for cycles: reading makes millions of objects and hardly
a cycle, and looking for them among all the others takes longer than reading itself."""

RELEASE_PAUSE_S: Final = 2.0
"""At most one release in so many seconds; what arrives meanwhile goes into the next."""


def stage_source(
    instance: Instance,
    source_id: str,
    clock: Clock,
    leases: Leases,
    *,
    accept_removals: bool = False,
    progress: Progress | None = None,
) -> Staged | Report:
    """Run one source up to where it can be published; a Report where there is nothing to publish.

    A hub's failure ends in a Report with state `failed` or `held`, not in an exception; so does a
    fault of ours that one source's data brings out, with the trace in the log.

    Raises:
        NotFound: there is no such source.
        StoreUnavailable: the database failed.
    """
    gc.set_threshold(*_GARBAGE)
    with instance.store.read() as conn:
        row = hubs.source(conn, source_id)
        hub = hubs.hub(conn, row.hub_id) if row else None
    if row is None or hub is None or row.state == "removed":
        raise _unknown(source_id)
    run = leases.begin(source_id)
    if run is None:
        return endings.busy(source_id)
    try:
        active = (row.state, hub.state) == ("active", "active")
        stager = Stager(
            instance.store, run, leases, iris=instance.iris, active=active, progress=progress
        )
        outcome = _staged(instance, row, stager, clock, accepted=accept_removals)
    except LeaseLost as lost:
        outcome = endings.abandoned(run, lost)
    except RunStopped as stop:
        outcome = endings.give_up(instance, run, clock(), stop)
    except BaseException as error:  # the database, or Ctrl-C
        why = error if isinstance(error, RegistryError) else RunStopped()
        endings.give_up(instance, run, clock(), why)
        leases.end(run)
        raise
    if isinstance(outcome, Staged):
        leases.wait(run)
    else:
        leases.end(run)
    return outcome


def publish(
    instance: Instance, staged: Sequence[Staged], clock: Clock, leases: Leases
) -> list[Report]:
    """Publish staged runs in one release and report on each, in their order.

    Where they cannot be published together for a fault of ours, each is published by itself, and
    the one that brings the fault out fails alone.

    Raises:
        StoreUnavailable: the database failed; the runs are given up, the last release stays.
    """
    try:
        return _published(instance, staged, clock)
    except RegistryError as error:
        for one in staged:
            endings.give_up(instance, one.run, clock(), error)
        raise
    except Exception as error:
        log.exception("publishing %s", ", ".join(one.source.id for one in staged))
        if len(staged) == 1:
            return [_failed(instance, staged[0].run, endings.defect(error), clock)]
        return [report for one in staged for report in publish(instance, [one], clock, leases)]
    finally:
        for one in staged:
            leases.end(one.run)


def harvest(
    instance: Instance,
    source_ids: Sequence[str],
    clock: Clock,
    *,
    accept_removals: bool = False,
    progress: Progress | None = None,
    lease_s: float = LEASE_S,
) -> list[Report]:
    """Harvest sources one after the other and publish all of them in one release."""
    leases = Leases(instance.store, clock, lease_s=lease_s)
    outcomes: list[Staged | Report] = []
    ready: list[Staged] = []
    published: dict[str, Report] = {}
    try:
        for id_ in source_ids:
            outcome = stage_source(
                instance, id_, clock, leases, accept_removals=accept_removals, progress=progress
            )
            outcomes.append(outcome)
            ready += [outcome] if isinstance(outcome, Staged) else []
        if ready:
            await_turn(instance, clock)
            published = {one.source_id: one for one in publish(instance, ready, clock, leases)}
    finally:
        for one in ready:
            if one.source.id not in published:
                endings.give_up(instance, one.run, clock(), RunStopped())
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


def _staged(
    instance: Instance, row: StoredSource, stager: Stager, clock: Clock, *, accepted: bool
) -> Staged | Report:
    try:
        source = _source(row)
        gazetteer = instance.gazetteer()
        version = processing_version(source, gazetteer)
        policy = instance.fetch_policy()
        follower = Follower(source, policy, own_base=instance.iris.base)
        with Fetcher(policy, fetch_limits(source)) as fetcher:
            staged = stager.stage(
                source, version, fetcher, row.validators, gazetteer,
                follower=follower, accepted=accepted,
            )  # fmt: skip
    except RunStopped:
        raise
    except HarvestError as failure:
        return _failed(instance, stager.run, failure, clock, stager)
    except RegistryError:
        raise
    except Exception as error:
        log.exception("harvest of %s", row.id)
        return _failed(instance, stager.run, endings.defect(error), clock, stager)
    if staged.ruling.held:
        return endings.end_held(instance, staged, clock())
    return staged if staged.anything else endings.end_unchanged(instance, staged, clock())


def _published(instance: Instance, staged: Sequence[Staged], clock: Clock) -> list[Report]:
    published = publish_runs(instance, staged, clock)
    reports = {
        one.run.id: endings.give_up(instance, one.run, clock(), reason)
        for one, reason in published.refused
    }
    for taken in published.taken:
        run = taken.staged.run
        reports[run.id] = Report(
            source_id=run.source_id,
            state="published" if taken.changed else "unchanged",
            number=run.number,
            counts=taken.counts,
            release=published.release if taken.changed else None,
        )
    return [reports[one.run.id] for one in staged]


def _failed(
    instance: Instance,
    run: Run,
    failure: HarvestError,
    clock: Clock,
    stager: Stager | None = None,
) -> Report:
    try:
        found = stager.run_findings if stager else None
        return endings.end_failed(instance, run, failure, clock(), found)
    except LeaseLost as lost:
        return endings.abandoned(run, lost)


def _source(row: StoredSource) -> Source:
    """The source as its manifest has it now. Raises HarvestError."""
    try:
        source = load_manifest(Path(row.folder)).source(row.id)
    except KeyError:
        raise _not_in_manifest(row.id, row.folder) from None
    if source.iri != row.iri:
        raise _other_iri(row.id, source.iri, row.iri)
    return source


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


def _other_iri(source_id: str, new: str, old: str) -> HarvestError:
    return HarvestError(
        "manifest.iri-changed",
        de=f"Das Manifest gibt der Quelle {source_id} die IRI {new}, bisher war es {old}; davon "
        "hängen die Kennungen ihrer Datensätze ab. Bitte die alte IRI eintragen oder der Quelle "
        "einen neuen Namen geben.",
        en=f"The manifest gives the source {source_id} the IRI {new}, so far it was {old}; its "
        "records' ids depend on it. Please put the old IRI there or give the source a new name.",
    )
