"""The records of a source as a run finds them, so that it can tell what is new and what is gone."""

import hashlib
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from typing import Any, Final

from harvester.formats import SourceObject
from registry.store.records import Known
from vocab.documents import canonical_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """Sorted ids of the records that a run did not meet."""

    live: list[str]
    never_good: list[str]  # they were refused from the first time on, so nobody ever saw them


_DAMAGED: Final = b"!"


def digest_of(found: SourceObject, document_sha256: str | None = None) -> bytes:
    """What an object is known again by: the SHA-256 of it and of the document that goes with it.

    One that was damaged on the way has another digest than the same data undamaged: of a row with
    a cell too many the data is that of the mended row.
    """
    parts: Any = [found.data, document_sha256] if document_sha256 else found.data
    if found.problem is None:
        return hashlib.sha256(canonical_bytes(parts)).digest()
    told = [parts, found.problem.rule, dict(found.problem.fix)]
    return _DAMAGED + hashlib.sha256(canonical_bytes(told)).digest()


def is_damaged(raw_hash: str) -> bool:
    """Whether a raw form is that of a damaged object, of which its hub's page alone can tell."""
    return len(raw_hash) > 64


class KnownRecords:
    """Few bytes for each record: a source may have a million of them."""

    def __init__(self, known: Iterable[Known]) -> None:
        self.live = 0
        self.other: dict[str, str] = {}
        """Id -> raw hash of the records that must be mapped again, as another version did it."""
        current: dict[bytes, str] = {}
        self._rejected: set[str] = set()
        self._never_good: set[str] = set()
        for one in known:
            self.live += one.live
            if one.rejected:
                self._rejected.add(one.record_id)
            if not one.live:
                self._never_good.add(one.record_id)
            digest = bytes.fromhex(one.raw_hash)
            if one.current and digest not in current:
                current[digest] = one.record_id
            else:
                self.other[one.record_id] = one.raw_hash
        self._current = current
        self.current: Callable[[bytes], str | None] = current.get
        """The record whose raw form has this digest, if it need not be mapped again."""

    def is_rejected(self, record_id: str) -> bool:
        """Whether the latest form of a record was refused."""
        return record_id in self._rejected

    def unmet(self, met: Container[str]) -> Unmet:
        """The records that are not among those that the run met."""
        gone = sorted(id_ for ids in (self._current.values(), self.other) for id_ in ids
                      if id_ not in met)  # fmt: skip
        return Unmet(
            live=[id_ for id_ in gone if id_ not in self._never_good],
            never_good=[id_ for id_ in gone if id_ in self._never_good],
        )
