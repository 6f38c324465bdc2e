"""What one run makes of the documents that the entries of a directory lead to.

A record's digest is that of its entry and of the document it was made from, so that a document
which is the same, or cannot be read, leaves the record met and as it was.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import orjson

from harvester.fetch import Validators
from harvester.follow import Answer, Document, Follower, Lead, Reason, Unread
from harvester.follow.addresses import spelling
from harvester.formats import SourceObject
from harvester.mapping import Mapper
from harvester.source import Follow, Source
from registry.run.known import digest_of
from registry.store import records
from registry.store.engine import Store
from schemas.check import check
from schemas.rules import RULES, finding
from vocab.types import Finding, record_id

RECORD_RULES: Final = ("follow.unread", "follow.shared", "follow.unusable")
"""Findings of records that this module alone makes and takes away."""

STATE: Final = "@documents"
"""Where a source's validators hold what is known of its documents; no page has such an address."""

MOST_FOLLOWED: Final = 10_000
TIME_SHARE: Final = 0.8
"""So much of a run's time may pass until following ends; the rest is for taking over."""

State = Mapping[str, Any]
"""Of one entry's document: url, etag, last_modified, asked (number of the run), sha256 of the one
that the record is made from, and seen, that of the last one read, which may have been refused."""


@dataclass(slots=True, kw_only=True)
class Entry:
    """An entry of the directory with what is known of its document."""

    found: SourceObject
    key: str | None = None  # its id; None where there is none or an entry before has it
    before: State = field(default_factory=dict)
    document: Document | None = None  # read anew in this run

    @property
    def digest(self) -> bytes:
        """The digest of what the record is to be made from."""
        used = self.document.sha256 if self.document else self.before.get("sha256")
        return digest_of(self.found, used)


class Following:
    """The documents of one source in one run: `add` every entry, then read `entries`."""

    def __init__(
        self,
        source: Source,
        follow: Follow,
        mapper: Mapper,
        store: Store,
        follower: Follower,
        *,
        before: Mapping[str, State],
        run_number: int,
    ) -> None:
        self.findings: dict[str, list[Finding]] = {}
        """By the records of which something new was learnt; none: what was wrong no longer is."""
        self.run_findings: list[Finding] = []
        self.counts: Counter[str] = Counter(asked=0, read=0, unread=0)
        self._source, self._follow, self._mapper = source, follow, mapper
        self._store = store
        self._follower, self._before, self._run_number = follower, before, run_number
        self._after: dict[str, State] = {}
        self._given: list[tuple[SourceObject, str]] = []

    def add(self, found: SourceObject, page_url: str) -> None:
        """Take an entry in. What it holds itself under the document's key is not read."""
        data = {name: value for name, value in found.data.items() if name != self._follow.under}
        self._given.append((replace(found, data=data), page_url))

    def entries(
        self, is_current: Callable[[bytes], bool], go_on: Callable[[], bool]
    ) -> Iterator[Entry]:
        """Every entry once, as soon as its document has come or is known not to come.

        `is_current` tells whether a record of this digest need not be mapped again; for `go_on` see
        `harvester.follow.rounds.ask_all`.
        """
        asked, others = self._planned(is_current)
        leads = sorted(asked.values(), key=lambda pair: pair[1].before.get("asked", -1))
        late = 0
        for lead, answer in self._follower.ask((lead for lead, _ in leads), go_on):
            entry = asked.pop(lead.key)[1]
            late += answer is None
            self._take(entry, lead, answer, again=is_current(entry.digest))
            yield entry
        if late:
            seconds = int(self._source.limits.max_seconds * TIME_SHARE)
            self.run_findings.append(finding("follow.out-of-time", seconds=seconds, count=late))
        yield from others

    def chosen(self, entry: Entry) -> tuple[SourceObject, bytes] | None:
        """What to map, and its digest: with the new document, the one it had, or the entry alone.

        The first that is not rejected counts. Two things are not published in place of what is
        rejected: what a document calls a natural person, and less than there was before; a rejected
        record keeps its last good form. None: there is nothing to make the record from that would
        not take something from it, so it stays as it is.
        """
        tried: list[tuple[SourceObject, str | None, Finding | None]] = []
        chosen = 0
        for found, sha256 in self._ways(entry):
            why = self._refusal(found)
            tried.append((found, sha256, why))
            if not why or why.rule == "actor.person":
                chosen = len(tried) - 1
                break
        if not tried:
            return None
        found, sha256, _ = tried[chosen]
        if entry.key and chosen and entry.document is not None and (wrong := tried[0][2]):
            reason = RULES[wrong.rule].title
            under, url = self._follow.under, self._url(entry)
            unusable = finding("follow.unusable", path=under, value=url, reason=reason)
            self.findings[entry.key] = [unusable]
        if entry.key in self._after:
            self._settle(entry, sha256)
        return found, digest_of(entry.found, sha256)

    def _ways(self, entry: Entry) -> Iterator[tuple[SourceObject, str | None]]:
        """What a record can be made of, the best first, with the digest of the document in it."""
        had = entry.before.get("sha256")
        if entry.document is not None:
            yield self._with(entry, entry.document.content), entry.document.sha256
        if had and (content := self._stored(entry.key or "")) is not None:
            yield self._with(entry, content), had
        if not had:
            yield entry.found, None

    def state(self, *, complete: bool) -> dict[str, State]:
        """What to note of the documents; what a run did not get to see is not forgotten."""
        return dict(self._after) if complete else {**self._before, **self._after}

    def _planned(
        self, is_current: Callable[[bytes], bool]
    ) -> tuple[dict[str, tuple[Lead, Entry]], list[Entry]]:
        """The entries whose document is asked for, by id, and all others in their order."""
        others: list[Entry] = []
        leading: dict[str, tuple[Entry, str, str]] = {}
        met: set[str] = set()
        for found, page_url in self._given:
            key = self._mapper.entry_id(found.data)
            if key is None or key in met:
                others.append(Entry(found=found))
                continue
            met.add(key)
            url = self._mapper.text(self._follow.url, found.data)
            if url is None:
                self.findings[key] = []
                others.append(Entry(found=found, key=key))
            else:
                entry = Entry(found=found, key=key, before=self._before.get(key, {}))
                leading[key] = entry, url, page_url
        self._given = []
        spelt = {key: spelling(url) for key, (_, url, _) in leading.items()}
        times = Counter(spelt.values())
        asked: dict[str, tuple[Lead, Entry]] = {}
        offline = 0
        for number, (key, (entry, url, page_url)) in enumerate(leading.items()):
            if entry.before:
                self._after[key] = entry.before
            reason = self._follower.refusal(url, page_url)
            if number >= MOST_FOLLOWED:
                pass
            elif (count := times[spelt[key]]) > 1:
                under = self._follow.under
                self.findings[key] = [finding("follow.shared", path=under, value=url, count=count)]
            elif reason is not None:
                self._note_unread(key, url, reason)
            elif self._follower.is_out_of_reach(url):
                offline += 1
            else:
                lead = self._follower.lead(key, url, page_url)
                if entry.before.get("url") == url and is_current(entry.digest):
                    lead = replace(lead, validators=_validators(entry.before))
                asked[key] = lead, entry
                continue
            others.append(entry)
        if offline:
            self.run_findings.append(finding("follow.offline", count=offline))
        if (more := len(leading) - MOST_FOLLOWED) > 0:
            self.run_findings.append(finding("follow.too-many", limit=MOST_FOLLOWED, count=more))
        return asked, others

    def _take(self, entry: Entry, lead: Lead, answer: Answer, *, again: bool) -> None:
        """Note what was answered; `again`: the record need not be mapped for its own sake."""
        if answer is None:
            return
        self.counts["asked"] += 1
        had: dict[str, Any] = {**entry.before, "asked": self._run_number}
        had.setdefault("url", lead.url)
        self._after[lead.key] = had
        if isinstance(answer, Unread):
            self.counts["unread"] += 1
            if had.get("seen") != had.get("sha256"):
                # What was refused is to be told again when it is back, so it must come in full.
                for name in ("seen", "etag", "last_modified"):
                    had.pop(name, None)
            self._note_unread(lead.key, lead.url, answer.reason)
            return
        self.counts["read"] += 1
        seen = answer.sha256 or str(entry.before.get("seen"))
        self._after[lead.key] = _without_none(
            {
                **had,
                "url": lead.url,
                "etag": answer.validators.etag,
                "last_modified": answer.validators.last_modified,
                "seen": seen,
            }
        )
        if again and seen == entry.before.get("seen"):
            # The same as before, also where it was refused: what was found of it then still holds.
            if seen == entry.before.get("sha256"):
                self.findings[lead.key] = []
            return
        self.findings[lead.key] = []
        entry.document = answer
        self._after[lead.key] = {**self._after[lead.key], "sha256": seen}

    def _settle(self, entry: Entry, sha256: str | None) -> None:
        """Note which document the record is made from after all."""
        state = {**self._after[entry.key or ""], "sha256": sha256}
        if entry.document is None:
            # Mapped from what is stored: whether what was refused would now pass is to be tried.
            state |= {"seen": None, "etag": None, "last_modified": None}
        self._after[entry.key or ""] = _without_none(state)

    def _with(self, entry: Entry, content: Any) -> SourceObject:
        return replace(entry.found, data={**entry.found.data, self._follow.under: content})

    def _stored(self, key: str) -> Any:
        """The document that a record was made from, as it is stored; None where there is none."""
        with self._store.read() as conn:
            ids = [record_id(self._source.iri, key)]
            raws = [orjson.loads(raw) for _, raw in records.raw_forms(conn, ids)]
        return raws[0].get(self._follow.under) if raws else None

    def _refusal(self, found: SourceObject) -> Finding | None:
        """Why a record made from this would be rejected."""
        mapped = self._mapper.map(found)
        problems = list(mapped.findings)
        if mapped.kind and mapped.document is not None:
            problems += check(mapped.document, mapped.kind)
        return next((problem for problem in problems if problem.severity == "error"), None)

    def _url(self, entry: Entry) -> str:
        return str(self._after.get(entry.key or "", {}).get("url", ""))

    def _note_unread(self, key: str, url: str, reason: Reason) -> None:
        self.findings[key] = [
            finding("follow.unread", path=self._follow.under, value=url, reason=reason)
        ]


def _validators(before: State) -> Validators:
    return Validators(etag=before.get("etag"), last_modified=before.get("last_modified"))


def _without_none(state: State) -> State:
    return {name: value for name, value in state.items() if value is not None}
