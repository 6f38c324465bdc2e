"""One harvest run up to the point where it may be published: read, map, check, stage, judge."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import orjson

from harvester.errors import HarvestError
from harvester.fetch import Fetcher
from harvester.follow import Follower
from harvester.formats import FORMATS, SourceObject
from harvester.gazetteer import Gazetteer
from harvester.mapping import Mapper
from harvester.origins import Origins
from harvester.reading import Walk, walk_pages
from harvester.source import Source
from registry.errors import RegistryError
from registry.iris import Iris
from registry.run.ahead import lies_ahead
from registry.run.budget import Budget
from registry.run.doubts import RULES
from registry.run.following import RECORD_RULES, STATE, TIME_SHARE, Entry, Following
from registry.run.guard import Seen, rule
from registry.run.known import KnownRecords, digest_of, is_damaged
from registry.run.lease import Leases
from registry.run.ownership import ownership
from registry.run.record_findings import any_error, most_telling
from registry.run.rows import can_be_kept, refused, row_of
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
from vocab.types import Finding, record_id

log = logging.getLogger(__name__)

_PERSONAL: Final = ("contact.personal-dropped", "telephone.dropped", "text.personal-dropped")
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
        self._persons: set[str] = set()  # those of which nothing may be kept
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
        follower: Follower,
        accepted: bool,
    ) -> Staged:
        """Read the source and judge what it would change.

        `known_pages` is what its last good run noted; `follower` is for sources that are followed.

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
        pages = {url: about for url, about in known_pages.items() if url != STATE}
        self._following = self._begun_following(follower, known_pages.get(STATE, {}))
        walk = Walk()
        for page in walk_pages(self._source, fetcher, pages, walk):
            self._keep()
            if walk.pages == 1:  # what is known matters only now that there is something to read
                self._recall()
            objects = FORMATS[self._source.format].objects(page, self._source)
            for number, found in enumerate(objects, start=1):
                self._take(found, page.url)
                if number % _SIGN_OF_LIFE == 0:
                    self._keep()
                if number % BATCH == 0:
                    self._tell()
                if len(self._findings) >= BATCH:
                    self._flush()
        if walk.unchanged:
            self._take_stored()
        if self._following:
            self._follow(self._following)
        self._flush()
        self._tell()
        return self._judged(walk, accepted)

    def _begun_following(self, follower: Follower, before: Mapping[str, Any]) -> Following | None:
        if self._source.follow is None:
            return None
        self._kept_rules = (*self._kept_rules, *RECORD_RULES)
        return Following(
            self._source, self._source.follow, self._mapper, self._store, follower,
            before=before, run_number=self.run.number,
        )  # fmt: skip

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
            damaged = {id_ for id_, raw_hash in self._known.other.items() if is_damaged(raw_hash)}
            self._met |= damaged
            self._counts["rejected"] += len(damaged)
            for id_, raw in records.raw_forms(conn, self._known.other.keys() - damaged):
                self._leases.keep(self.run)
                found = SourceObject(data=orjson.loads(raw), position="")
                self._tried(found, self._map, self._known.other[id_])
                if len(self._findings) >= BATCH:
                    self._flush()

    def _follow(self, following: Following) -> None:
        """Take every entry with its document; what cannot be read is a finding of its record.

        When the time for that is over, what remains is taken as it is: the directory has been read
        to its end, so no more can come, and to drop it all would help nobody.
        """

        def is_current(digest: bytes) -> bool:
            return self._known.current(digest) is not None

        for entry in following.entries(is_current, self._goes_on_following):
            self._counts["read"] += 1
            self._tried(entry.found, self._look_at_entry, following, entry)
            if len(self._findings) >= BATCH:
                self._flush()
            if self._counts["read"] % _SIGN_OF_LIFE == 0:
                self._leases.keep(self.run)
        self._flush()
        with self._store.write() as conn:
            findings.renew_findings(
                conn, self._source.id, self.run.id, following.findings, RECORD_RULES
            )
        for found in following.run_findings:
            self._note(found)

    def _goes_on_following(self) -> bool:
        self._leases.keep(self.run)
        self._tell()
        return self._budget.share_left(TIME_SHARE, self._leases.now())

    def _look_at_entry(self, found: SourceObject, following: Following, entry: Entry) -> None:
        if self._known.current(entry.digest) is not None:
            self._look_at(found, entry.digest)
        elif chosen := following.chosen(entry):
            self._look_at(*chosen)
        else:
            self._met.add(record_id(self._source.iri, entry.key or ""))
            self._counts["unchanged"] += 1

    def _take(self, found: SourceObject | Finding, page_url: str) -> None:
        self._budget.take()
        if isinstance(found, Finding):
            self._note(found)
            if found.severity == "error":
                self._whole = False
                self._counts["read"] += 1
                self._counts["rejected"] += 1
            return
        if self._following:
            self._following.add(found, page_url)
            return
        self._counts["read"] += 1
        self._tried(found, self._look_at, digest_of(found))

    def _tried(self, found: SourceObject, step: Callable[..., None], *more: Any) -> None:
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

    def _look_at(self, found: SourceObject, digest: bytes) -> None:
        known = self._known.current(digest)
        if known is None:
            self._map(found, digest.hex())
        elif known in self._met:
            self._note_double(found, self._mapper.map(found).local_id)
        else:
            self._met.add(known)
            self._counts["rejected" if self._known.is_rejected(known) else "unchanged"] += 1

    def _map(self, found: SourceObject, digest: str) -> None:
        mapped = self._mapper.map(found)
        if mapped.skipped:
            self._skip()
            return
        self._counts["mapped"] += 1
        self._unread.add(mapped.unread)
        problems = list(mapped.findings)
        if mapped.modified_at and lies_ahead(mapped.modified_at, self.run.started_at):
            problems.append(finding("modified.ahead", path="modified", value=mapped.modified_at))
            mapped = replace(mapped, modified_at=None)
        if mapped.local_id is None or not can_be_kept(mapped.local_id):
            # Whose last good version this is cannot be told, so no record may be called missing.
            self._whole = False
            self._counts["rejected"] += 1
            for problem in problems or [finding("id.form", path=found.position, limit=LONGEST_ID)]:
                self._note(problem)
            return
        id_ = record_id(self._source.iri, mapped.local_id)
        if id_ in self._met:
            self._note_double(found, mapped.local_id)
            return
        self._met.add(id_)
        if mapped.kind and mapped.document is not None:
            problems += check(mapped.document, mapped.kind)
        owner = self._ownership.owner_of_foreign(mapped.local_id)
        if owner and not any(problem.rule == "record.foreign-id" for problem in problems):
            problems.append(finding("record.foreign-id", id=mapped.local_id, owner=owner))
        row = row_of(id_, mapped, digest, self._source, self._version)
        if row and not any_error(problems):
            problems += check_usable(row, self._source.id, self._iris)
        bad = any_error(problems)
        self._counts["rejected"] += bad
        self._counts["warned"] += any(problem.severity == "warning" for problem in problems)
        self._findings[mapped.local_id] = self._origins.told(most_telling(problems))
        if row:
            self._rows.append(refused(row) if bad else row)
        else:
            self._persons.add(id_)

    def _note_double(self, found: SourceObject, local_id: str | None) -> None:
        """Of a double the first one counts; nothing is known of which is right."""
        self._skip()
        self._note(finding("record.duplicate-id", path=found.position, value=local_id))

    def _skip(self) -> None:
        """It was read, but is no entry by itself."""
        self._counts["read"] -= 1
        self._counts["skipped"] += 1

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
        # What turns out to be a person has no last good version to fall back on: it is gone.
        unmet = self._known.unmet(self._met - self._persons)
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
        # Of a person whose record stays nothing is kept that could say so without the page.
        stays = not seen.complete and self._persons & {*unmet.live, *unmet.never_good}
        pages = {} if stays else walk.validators
        return Staged(
            run=self.run,
            source=self._source,
            begun_active=self._active,
            processing_version=self._version,
            counts=dict(self._counts),
            removals=unmet.live if ruling.remove else [],
            forgotten=unmet.never_good if seen.complete else [],
            validators={**pages, **self._documents(complete=seen.complete)},
            proof={
                "pages": walk.pages,
                "complete": seen.complete,
                "unchanged": walk.unchanged,
                "declared": walk.declared,
                "missing": seen.missing,
                "live_before": seen.live_before,
                **({"documents": dict(self._following.counts)} if self._following else {}),
                # Who has to decide wants to see what would go.
                **({"examples": unmet.live[:_MISSING_NAMED]} if ruling.held else {}),
            },
            unread=self._unread.counts(),
            findings=self.run_findings,
            ruling=ruling,
        )

    def _documents(self, *, complete: bool) -> dict[str, Any]:
        return {STATE: self._following.state(complete=complete)} if self._following else {}
