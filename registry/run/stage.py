"""One harvest run up to the point where it may be published: read, map, check, stage, judge."""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import orjson

from harvester.errors import HarvestError
from harvester.fetch import Fetcher
from harvester.formats import FORMATS, SourceObject
from harvester.gazetteer import Gazetteer
from harvester.mapping import Mapped, Mapper
from harvester.origins import Origins
from harvester.reading import Walk, walk_pages
from harvester.source import Source
from registry.errors import RegistryError
from registry.iris import Iris
from registry.run.ahead import lies_ahead
from registry.run.budget import Budget
from registry.run.doubts import RULES
from registry.run.guard import Seen, rule
from registry.run.known import KnownRecords
from registry.run.lease import Leases
from registry.run.ownership import ownership
from registry.run.record_findings import any_error, most_telling
from registry.run.staged import Staged
from registry.run.unread import UnreadFields
from registry.run.usable import check_usable, unusable
from registry.store import findings, records, refusals, staging
from registry.store.engine import Store
from registry.store.runs import Run
from registry.store.staging import StagedRecord
from schemas.check import check
from schemas.limits import LONGEST_ID
from schemas.rules import finding
from vocab.documents import canonical_bytes
from vocab.types import Finding, record_id

log = logging.getLogger(__name__)

_PERSONAL: Final = ("contact.personal-dropped", "text.personal-dropped")
BATCH: Final = 500
_SIGN_OF_LIFE: Final = 100  # objects
_MOST_RUN_FINDINGS: Final = 1_000
_MISSING_NAMED: Final = 20

Progress = Callable[[str, int], None]
"""Told the source's id and how many records were read so far."""


class Stager:
    """Reads one source once. Everything it writes is scratch until `publish_runs` takes it over."""

    def __init__(
        self,
        store: Store,
        run: Run,
        leases: Leases,
        *,
        iris: Iris,
        active: bool,
        progress: Progress | None = None,
    ) -> None:
        self.run = run
        self.run_findings: list[Finding] = []
        self._store, self._leases, self._iris = store, leases, iris
        self._active, self._progress = active, progress
        self._met: set[str] = set()  # ids of records that this run met
        self._counts: Counter[str] = Counter()
        self._unread = UnreadFields()
        self._whole = True  # every row could be read and told apart
        self._rows: list[StagedRecord] = []
        self._findings: dict[str | None, list[Finding]] = {}
        self._kept_rules: tuple[str, ...] = tuple(RULES)

    def stage(
        self,
        source: Source,
        version: str,
        fetcher: Fetcher,
        known_pages: Mapping[str, Any],
        gazetteer: Gazetteer,
        *,
        accepted: bool,
    ) -> Staged:
        """Read the source and judge what it would change.

        Raises:
            SourceError: the source cannot be read, or not within its limits; what was staged is to
                be dropped.
            LeaseLost: somebody else took the run for dead.
            RunStopped: the worker is to end.
        """
        self._source, self._version = source, version
        self._mapper = Mapper(source, gazetteer)
        self._origins = Origins(source)
        self._budget = Budget(source, self.run.started_at)
        with self._store.read() as conn:
            self._ownership = ownership(conn, source, self._iris)
        self._known = KnownRecords(())
        self._live = 0
        walk = Walk()
        for page in walk_pages(self._source, fetcher, known_pages, walk):
            self._keep()
            if walk.pages == 1:  # what is known matters only now that there is something to read
                self._recall()
            objects = FORMATS[self._source.format].objects(page, self._source)
            for number, found in enumerate(objects, start=1):
                self._take(found)
                if number % _SIGN_OF_LIFE == 0:
                    self._keep()
                if number % BATCH == 0:
                    self._tell()
                if len(self._findings) >= BATCH:
                    self._flush()
        if walk.unchanged:
            self._take_stored()
        self._flush()
        self._tell()
        return self._judged(walk, accepted)

    def _recall(self) -> None:
        with self._store.read() as conn:
            self._known = KnownRecords(records.index_of(conn, self._source.id, self._version))
        self._live = self._known.live

    def _keep(self) -> None:
        """Show that the run gets on, and that it does not do so for ever."""
        self._leases.keep(self.run)
        self._budget.check_time(self._leases.now())

    def _take_stored(self) -> None:
        """Nothing is new at the hub: only what our own rules would read differently is mapped.

        All other records are met by that alone; they are counted, and not even looked at.
        """
        # The raw forms hold no personal data any more, so what was found of it is not found anew.
        self._kept_rules = (*self._kept_rules, *_PERSONAL)
        with self._store.read() as conn:
            tally = records.tally(conn, self._source.id, self._version)
            told = refusals.count(conn, source_id=self._source.id)
            self._live = tally.live
            self._counts["read"] += tally.known + told
            self._counts["unchanged"] += tally.current - tally.rejected
            self._counts["rejected"] += tally.rejected + told
            if tally.current == tally.known:
                return
            others = records.index_of(conn, self._source.id, self._version, outdated=True)
            self._known = KnownRecords(others)
            for id_, raw in records.raw_forms(conn, self._known.other):
                self._leases.keep(self.run)
                found = SourceObject(data=orjson.loads(raw), position="")
                self._tried(found, self._map, self._known.other[id_])
                if len(self._findings) >= BATCH:
                    self._flush()

    def _take(self, found: SourceObject | Finding) -> None:
        self._budget.take()
        if isinstance(found, Finding):
            self._note(found)
            if found.severity == "error":
                self._whole = False
                self._counts["read"] += 1
                self._counts["rejected"] += 1
            return
        self._counts["read"] += 1
        self._tried(found, self._look_at)

    def _tried(self, found: SourceObject, step: Callable[..., None], *more: str) -> None:
        """Whatever one object brings out in us is that object's fault alone."""
        try:
            step(found, *more)
        except (HarvestError, RegistryError):
            raise
        except Exception as error:
            level = logging.ERROR if self._whole else logging.DEBUG  # the first tells enough
            log.log(level, "%s: an object is left out", self._source.id, exc_info=True)
            # Whose last good version this is cannot be told, so no record may be called missing.
            self._whole = False
            self._counts["rejected"] += 1
            self._note(unusable(found.position, error))

    def _look_at(self, found: SourceObject) -> None:
        digest = hashlib.sha256(canonical_bytes(found.data))
        known = self._known.current(digest.digest())
        if known is None:
            self._map(found, digest.hexdigest())
        elif known in self._met:
            id_ = self._mapper.map(found).local_id
            self._note(finding("record.duplicate-id", path=found.position, value=id_))
        else:
            self._met.add(known)
            self._counts["rejected" if self._known.is_rejected(known) else "unchanged"] += 1

    def _map(self, found: SourceObject, digest: str) -> None:
        mapped = self._mapper.map(found)
        if mapped.skipped:
            self._counts["read"] -= 1
            self._counts["skipped"] += 1
            return
        self._counts["mapped"] += 1
        self._unread.add(mapped.unread)
        problems = list(mapped.findings)
        if mapped.modified_at and lies_ahead(mapped.modified_at, self.run.started_at):
            problems.append(finding("modified.ahead", path="modified", value=mapped.modified_at))
            mapped = replace(mapped, modified_at=None)
        if mapped.local_id is None or not _can_be_kept(mapped.local_id):
            # Whose last good version this is cannot be told, so no record may be called missing.
            self._whole = False
            self._counts["rejected"] += 1
            for problem in problems or [finding("id.form", path=found.position, limit=LONGEST_ID)]:
                self._note(problem)
            return
        id_ = record_id(self._source.iri, mapped.local_id)
        if id_ in self._met:
            self._note(finding("record.duplicate-id", path=found.position, value=mapped.local_id))
            return
        self._met.add(id_)
        if mapped.kind and mapped.document is not None:
            problems += check(mapped.document, mapped.kind)
        owner = self._ownership.owner_of_foreign(mapped.local_id)
        if owner and not any(problem.rule == "record.foreign-id" for problem in problems):
            problems.append(finding("record.foreign-id", id=mapped.local_id, owner=owner))
        row = self._staged(id_, mapped, digest) if mapped.raw is not None else None
        if row and not any_error(problems):
            problems += check_usable(row, self._source.id, self._iris)
        bad = any_error(problems)
        self._counts["rejected"] += bad
        self._counts["warned"] += any(problem.severity == "warning" for problem in problems)
        self._findings[mapped.local_id] = self._origins.told(most_telling(problems))
        if row:
            self._rows.append(_refused(row) if bad else row)

    def _staged(self, id_: str, mapped: Mapped, digest: str) -> StagedRecord:
        document = mapped.document
        return StagedRecord(
            record_id=id_,
            local_id=mapped.local_id or "",
            kind=mapped.kind or "actor",
            raw=canonical_bytes(mapped.raw),
            raw_hash=digest,
            processing_version=self._version,
            document=document,
            document_hash=_digest(canonical_bytes(document)) if document else None,
            licence=self._source.licence,
            modified_at=mapped.modified_at,
            page_url=mapped.page_url,
            untagged=mapped.untagged,
        )

    def _note(self, found: Finding) -> None:
        if len(self.run_findings) < _MOST_RUN_FINDINGS:
            self.run_findings.append(found)

    def _flush(self) -> None:
        if not self._findings:
            return
        with self._store.write() as conn:
            self._leases.renew(conn, self.run.id)
            staging.stage(conn, self.run.id, self._rows)
            findings.replace_findings(
                conn, self._source.id, self.run.id, self._findings, but=self._kept_rules
            )
        self._counts["staged"] += len(self._rows)
        self._rows, self._findings = [], {}

    def _tell(self) -> None:
        if self._progress:
            self._progress(self._source.id, self._counts["read"])

    def _total_met(self, walk: Walk) -> bool:
        """A hub that says how many it has must have shown as many, those not ours included."""
        met = self._counts["read"] + self._counts["skipped"]
        return walk.declared is None or met >= walk.declared

    def _judged(self, walk: Walk, accepted: bool) -> Staged:
        unmet = self._known.unmet(self._met)
        seen = Seen(
            complete=walk.complete and self._whole and self._total_met(walk),
            read=self._counts["read"],
            live_before=self._live,
            missing=len(unmet.live),
        )
        ruling = rule(
            seen,
            source_id=self._source.id,
            minimum=self._source.minimum,
            limits=self._source.limits,
            accepted=accepted,
        )
        return Staged(
            run=self.run,
            source=self._source,
            begun_active=self._active,
            processing_version=self._version,
            counts=dict(self._counts),
            removals=unmet.live if ruling.remove else [],
            forgotten=unmet.never_good if seen.complete else [],
            validators=walk.validators,
            proof={
                "pages": walk.pages,
                "complete": seen.complete,
                "unchanged": walk.unchanged,
                "declared": walk.declared,
                "missing": seen.missing,
                "live_before": seen.live_before,
                # Who has to decide wants to see what would go.
                **({"examples": unmet.live[:_MISSING_NAMED]} if ruling.held else {}),
            },
            unread=self._unread.counts(),
            findings=self.run_findings,
            ruling=ruling,
        )


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _can_be_kept(local_id: str) -> bool:
    """Whether a database takes the id: PostgreSQL wants no NUL, none a lone surrogate, and what is
    indexed must be short."""
    return local_id.isprintable() and len(local_id) <= LONGEST_ID


def _refused(row: StagedRecord) -> StagedRecord:
    """What is kept of a record that is not to be published: enough to know it again."""
    return replace(row, document=None, document_hash=None, modified_at=None, page_url=None)
