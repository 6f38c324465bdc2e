"""One harvest run up to the point where it may be published: read, map, check, stage, judge."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from harvester.errors import SourceError
from harvester.fetch import Fetcher
from harvester.formats import FORMATS, SourceObject
from harvester.mapping import Mapped, Mapper
from harvester.reading import Walk, walk_pages
from harvester.source import Source
from registry.run.doubts import RULES
from registry.run.guard import Ruling, Seen, rule
from registry.run.lease import Leases
from registry.store import findings, records, staging
from registry.store.engine import Store
from registry.store.records import Known
from registry.store.runs import Run
from registry.store.staging import StagedRecord
from schemas.check import check
from schemas.rules import finding
from vocab.documents import canonical_bytes
from vocab.types import Document, Finding, record_id

_PERSONAL: Final = ("contact.personal-dropped", "text.personal-dropped")
BATCH: Final = 500
_MOST_RUN_FINDINGS: Final = 1_000

Progress = Callable[[str, int], None]
"""Told the source's id and how many records were read so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """What one run holds ready; `counts` are finished when it is published."""

    run: Run
    source: Source
    begun_active: bool  # hub and source were in use when the run began
    processing_version: str
    counts: Mapping[str, int]
    removals: list[str]
    validators: dict[str, Any]
    proof: dict[str, Any]
    unread: dict[str, int]
    findings: list[Finding]
    ruling: Ruling

    @property
    def kept_rules(self) -> tuple[str, ...]:
        """Run-wide findings that only mapping can make anew: they stay where nothing was mapped."""
        return () if self.counts.get("mapped") else ("language.assumed", "language.undetermined")

    @property
    def anything(self) -> bool:
        """Whether there is something to take over."""
        return bool(self.removals or self.counts.get("staged"))


class Stager:
    """Reads one source once. Everything it writes is scratch until `publish_runs` takes it over."""

    def __init__(
        self,
        store: Store,
        run: Run,
        leases: Leases,
        *,
        active: bool,
        progress: Progress | None = None,
    ) -> None:
        self.run = run
        self.run_findings: list[Finding] = []
        self._store, self._leases, self._active, self._progress = store, leases, active, progress
        self._met: set[str] = set()  # ids of records that this run met
        self._counts: Counter[str] = Counter()
        self._unread: Counter[str] = Counter()
        self._untagged = 0
        self._whole = True  # every row could be read and told apart
        self._rows: list[StagedRecord] = []
        self._seen: list[str] = []
        self._findings: dict[str | None, list[Finding]] = {}
        self._kept_rules: tuple[str, ...] = tuple(RULES)

    def stage(
        self,
        source: Source,
        version: str,
        fetcher: Fetcher,
        known_pages: Mapping[str, Any],
        *,
        accepted: bool,
    ) -> Staged:
        """Read the source and judge what it would change.

        Raises:
            SourceError: the source cannot be read; what was staged is to be dropped.
            LeaseLost: somebody else took the run for dead.
            RunStopped: the worker is to end.
        """
        self._source, self._version, self._mapper = source, version, Mapper(source)
        with self._store.read() as conn:
            self._known: dict[str, Known] = {
                one.raw_hash: one for one in records.index_of(conn, source.id) if not one.removed
            }
            self._live = sum(1 for _ in records.live_ids(conn, source.id))
        walk = Walk()
        for page in walk_pages(self._source, fetcher, known_pages, walk):
            self._leases.keep(self.run)
            for found in FORMATS[self._source.format].objects(page, self._source):
                self._take(found)
                self._leases.keep(self.run)
                if self._counts["read"] % BATCH == 0:
                    self._flush()
        if walk.unchanged:
            self._take_stored()
        self._flush()
        return self._judged(walk, accepted)

    def _take_stored(self) -> None:
        """Nothing is new at the hub: only what our own rules would read differently is mapped."""
        self._flush()
        # The raw forms hold no personal data any more, so what was found of it is not found anew.
        self._kept_rules = (*self._kept_rules, *_PERSONAL)
        hashes = {}
        for one in self._known.values():
            self._counts["read"] += 1
            if one.processing_version == self._version:
                self._meet(one)
            else:
                hashes[one.record_id] = one.raw_hash
        with self._store.read() as conn:
            for id_, raw in records.raw_forms(conn, hashes):
                self._leases.keep(self.run)
                self._map(SourceObject(data=orjson.loads(raw), position=""), hashes[id_])

    def _take(self, found: SourceObject | Finding) -> None:
        if isinstance(found, Finding):
            self._note(found)
            if found.severity == "error":
                self._whole = False
                self._counts["read"] += 1
                self._counts["rejected"] += 1
            return
        self._counts["read"] += 1
        if self._counts["read"] > self._source.limits.max_records:
            raise _too_many_records(self._source)
        digest = _digest(canonical_bytes(found.data))
        known = self._known.get(digest)
        if known is None or known.processing_version != self._version:
            self._map(found, digest)
        elif known.record_id in self._met:
            self._note(finding("record.duplicate-id", path=found.position, value=known.local_id))
        else:
            self._meet(known)

    def _meet(self, known: Known) -> None:
        self._met.add(known.record_id)
        self._seen.append(known.record_id)
        self._counts["rejected" if known.rejected else "unchanged"] += 1

    def _map(self, found: SourceObject, digest: str) -> None:
        mapped = self._mapper.map(found)
        if mapped.skipped:
            self._counts["read"] -= 1
            self._counts["skipped"] += 1
            return
        self._counts["mapped"] += 1
        self._unread.update(mapped.unread)
        self._untagged += mapped.untagged
        problems = list(mapped.findings)
        if mapped.local_id is None:
            # Whose last good version this is cannot be told, so no record may be called missing.
            self._whole = False
            self._counts["rejected"] += 1
            for problem in problems:
                self._note(problem)
            return
        id_ = record_id(self._source.iri, mapped.local_id)
        if id_ in self._met:
            self._note(finding("record.duplicate-id", path=found.position, value=mapped.local_id))
            return
        self._met.add(id_)
        if mapped.kind and mapped.document is not None:
            problems += check(mapped.document, mapped.kind)
        bad = any(problem.severity == "error" for problem in problems)
        self._counts["rejected"] += bad
        self._counts["warned"] += any(problem.severity == "warning" for problem in problems)
        self._findings[mapped.local_id] = problems
        if mapped.raw is not None:
            self._rows.append(self._staged(id_, mapped, digest, None if bad else mapped.document))

    def _staged(
        self, id_: str, mapped: Mapped, digest: str, document: Document | None
    ) -> StagedRecord:
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
        )

    def _note(self, found: Finding) -> None:
        if len(self.run_findings) < _MOST_RUN_FINDINGS:
            self.run_findings.append(found)

    def _flush(self) -> None:
        if self._progress:
            self._progress(self._source.id, self._counts["read"])
        if not (self._rows or self._seen):
            return
        with self._store.write() as conn:
            self._leases.renew(conn, self.run.id)
            staging.stage(conn, self.run.id, self._rows)
            staging.see(conn, self.run.id, self._seen)
            findings.replace_findings(conn, self._source.id, self.run.id, self._findings, but=self._kept_rules)
        self._counts["staged"] += len(self._rows)
        self._rows, self._seen, self._findings = [], [], {}

    def _total_met(self, walk: Walk) -> bool:
        """A hub that says how many it has must have shown as many, those not ours included."""
        met = self._counts["read"] + self._counts["skipped"]
        return walk.declared is None or met >= walk.declared

    def _judged(self, walk: Walk, accepted: bool) -> Staged:
        language = self._source.language
        if self._untagged and language:
            self._note(finding("language.assumed", value=self._untagged, language=language))
        elif self._untagged:
            self._note(finding("language.undetermined", value=self._untagged))
        with self._store.read() as conn:
            missing = staging.missing(conn, self._source.id, self.run.id)
        seen = Seen(
            complete=walk.complete and self._whole and self._total_met(walk),
            read=self._counts["read"],
            live_before=self._live,
            missing=len(missing),
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
            removals=missing if ruling.remove else [],
            validators=walk.validators,
            proof={
                "pages": walk.pages,
                "complete": seen.complete,
                "unchanged": walk.unchanged,
                "declared": walk.declared,
                "missing": seen.missing,
                "live_before": seen.live_before,
            },
            unread=dict(sorted(self._unread.items())),
            findings=self.run_findings,
            ruling=ruling,
        )


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _too_many_records(source: Source) -> SourceError:
    limit = source.limits.max_records
    return SourceError(
        "records.too-many",
        de=f"Die Quelle hat mehr als {limit} Einträge. Ist das richtig, im Manifest "
        "limits.max_records erhöhen.",
        en=f"The source has more than {limit} records. If that is right, raise limits.max_records "
        "in the manifest.",
    )
