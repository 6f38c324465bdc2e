"""How a run ends that publishes nothing: what is noted, and when its source is asked again."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from harvester.errors import HarvestError
from registry.errors import LeaseLost, RegistryError
from registry.instance import Instance
from registry.run import untagged
from registry.run.staged import Staged
from registry.run.untagged import language_findings
from registry.store import findings, hubs, refusals, runs, staging
from registry.store.completeness import completeness
from registry.store.runs import Run, State
from vocab.types import Finding

log = logging.getLogger(__name__)

_RETRY: Final = timedelta(minutes=5)
_MOST_DOUBLINGS: Final = 20  # so that the waiting time stays a number


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

    def __str__(self) -> str:
        """One line for a log: what was counted, or why the run came to nothing."""
        told = ", ".join(f"{name} {number}" for name, number in (self.counts or {}).items())
        if self.explanation:
            told = f"{self.explanation['en']} ({self.explanation['code']})"
        return f"{self.source_id}: {self.state}" + (f": {told}" if told else "")


def busy(source_id: str) -> Report:
    """The report of a run that did not begin, as another one reads the source."""
    explanation = {
        "code": "run.busy",
        "de": "Ein anderer Vorgang liest diese Quelle oder eine andere desselben Hubs. Bitte "
        "später erneut versuchen; ist er abgestürzt, wird sie spätestens nach zehn Minuten frei.",
        "en": "Another process is reading this source or another one of its hub. Please try again "
        "later; if it has crashed, the source is free again after ten minutes at the latest.",
    }
    return Report(source_id=source_id, state="busy", explanation=explanation)


def end_unchanged(instance: Instance, staged: Staged, now: datetime) -> Report:
    """The source says nothing new. Raises LeaseLost."""
    with instance.store.write() as conn:
        _finish(conn, staged, "unchanged", now)
        note_success(conn, staged, now)
        runs.drop_unchanged_before(conn, staged.run)
    return Report(
        source_id=staged.source.id,
        state="unchanged",
        number=staged.run.number,
        counts=dict(staged.counts),
    )


def end_held(instance: Instance, staged: Staged, now: datetime) -> Report:
    """The run would take too much away, and waits for a person's word. Raises LeaseLost."""
    explanation = dict(staged.ruling.held or {})
    with instance.store.write() as conn:
        failures = _failures(conn, staged.run, "held", explanation)
        _finish(conn, staged, "held", now, explanation, {"failures": failures})
        _ask_again(conn, staged.source.id, staged.source.every_s, failures, now)
    return Report(
        source_id=staged.source.id,
        state="held",
        number=staged.run.number,
        counts=dict(staged.counts),
        explanation=explanation,
    )


def end_failed(
    instance: Instance,
    run: Run,
    failure: HarvestError,
    now: datetime,
    run_findings: list[Finding] | None = None,
) -> Report:
    """The source could not be read, or not taken over. Raises LeaseLost."""
    explanation = {"code": failure.code, "de": failure.de, "en": failure.en}
    wait = timedelta(seconds=getattr(failure, "retry_after_s", None) or 0)
    with instance.store.write() as conn:
        failures = _failures(conn, run, "failed", explanation)
        runs.finish_run(
            conn, run.id, "failed", now=now, counts={}, explanation=explanation,
            proof={"failures": failures},
        )  # fmt: skip
        if run_findings is not None:
            findings.add_to_source(conn, run.source_id, run.id, run_findings)
        staging.give_back(conn, run.id, run.source_id)
        source = hubs.source(conn, run.source_id)
        every_s = source.manifest.get("every_s") if source else None
        _ask_again(conn, run.source_id, every_s, failures, now, wait)
        runs.keep_latest(conn, run.source_id)
    return Report(
        source_id=run.source_id, state="failed", number=run.number, explanation=explanation
    )


def abandoned(run: Run, why: HarvestError | RegistryError) -> Report:
    """The report of a run that is no longer ours."""
    return Report(
        source_id=run.source_id,
        state="abandoned",
        number=run.number,
        explanation={"code": why.code, "de": why.de, "en": why.en},
    )


def give_up(
    instance: Instance, run: Run, now: datetime, why: HarvestError | RegistryError
) -> Report:
    """End a run that goes no further, if the database lets us, so that its source is free at once.

    Never raises what the store raises: if this fails too, the lease runs out.
    """
    report = abandoned(run, why)
    try:
        with instance.store.write() as conn:
            runs.finish_run(
                conn, run.id, "abandoned", now=now, counts={}, explanation=report.explanation
            )
            staging.give_back(conn, run.id, run.source_id)
            runs.keep_latest(conn, run.source_id)
    except LeaseLost:
        pass  # somebody else has ended it
    except RegistryError as error:
        log.warning("run %d of %s is left to its lease: %s", run.number, run.hub_id, error)
    return report


def defect(error: Exception) -> HarvestError:
    """A fault of this program's, as the reason why one source could not be read."""
    name = type(error).__name__
    return HarvestError(
        "run.defect",
        de=f"Beim Verarbeiten dieser Quelle versagte das Programm ({name}); Näheres steht in "
        "seinem Protokoll. Bitte melden. Veröffentlicht bleibt der letzte gute Stand.",
        en=f"The program failed while processing this source ({name}); its log says more. Please "
        "report it. The last good state stays published.",
    )


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


def note_findings(conn: Connection, staged: Staged) -> None:
    """Put what is wrong with the source as a whole in place of what earlier runs found."""
    id_ = staged.source.id
    if staged.read_nothing:
        # The pages are those of the last good run, and so is what was wrong with them.
        findings.drop_of_bad_runs(conn, id_)
        return
    found = [*staged.findings, *language_findings(conn, staged.source)]
    if staged.proof["unchanged"] and not staged.source.follow:  # only what is kept was mapped again
        findings.add_to_source(conn, id_, staged.run.id, found, in_place_of=untagged.RULES)
    else:
        findings.replace_findings(conn, id_, staged.run.id, {None: found})


def forget_never_good(conn: Connection, staged: Staged) -> None:
    """Forget refused entries that a run which saw all did not meet; they were never published."""
    staging.drop_never_good(conn, staged.source.id, staged.forgotten, by_run=staged.run.id)
    if staged.proof["complete"] and not staged.proof["unchanged"]:
        refusals.forget_unmet(conn, staged.source.id, staged.run.id)


def _finish(
    conn: Connection,
    staged: Staged,
    state: State,
    now: datetime,
    explanation: Mapping[str, Any] | None = None,
    more_proof: Mapping[str, Any] | None = None,
) -> None:
    runs.finish_run(
        conn,
        staged.run.id,
        state,
        now=now,
        counts=staged.counts,
        proof={**staged.proof, **(more_proof or {})},
        explanation=explanation,
        unread=staged.unread,
        completeness=_as_before(conn, staged.source.id) if state == "unchanged" else None,
    )
    if state == "held":
        findings.add_to_source(conn, staged.source.id, staged.run.id, staged.findings)
        staging.give_back(conn, staged.run.id, staged.source.id)
    else:
        note_findings(conn, staged)
        forget_never_good(conn, staged)
        staging.drop_run_scratch(conn, staged.run.id)
    runs.keep_latest(conn, staged.source.id)


def _as_before(conn: Connection, source_id: str) -> Mapping[str, Any]:
    """How complete the source's records were, as they are the same; counted where no run knows."""
    told = runs.latest_counted(conn, [source_id])
    return told.get(source_id) or completeness(conn, source_id)


def _failures(conn: Connection, run: Run, state: State, explanation: Mapping[str, Any]) -> int:
    """How often in a row the source has now failed or been held.

    The run before is forgotten where it ended in the same way: a hub that is down for a week is
    one line of its report, not a thousand.
    """
    before = runs.before(conn, run)
    if before is None or before.state not in ("failed", "held"):
        return 1
    if (before.state, (before.explanation or {}).get("code")) == (state, explanation["code"]):
        runs.drop_run(conn, before.id)
    return 1 + int((before.proof or {}).get("failures", 1))


def _ask_again(
    conn: Connection,
    source_id: str,
    every_s: int | None,
    failures: int,
    now: datetime,
    wait: timedelta = timedelta(0),
) -> None:
    """Ask again in five minutes, then in twice as many, never later than the timetable says.

    A source that is harvested by hand only stays so; `wait` is how long the hub wants to be left.
    """
    due = None
    if every_s:
        patience = _RETRY * 2 ** min(failures - 1, _MOST_DOUBLINGS)
        due = now + max(wait, min(timedelta(seconds=every_s), patience))
    hubs.touch_source(conn, source_id, checked_at=now, ok=False, next_due_at=due)
