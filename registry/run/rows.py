"""What is kept of a mapped record until its run is published."""

import hashlib
from dataclasses import replace

from harvester.mapping import Mapped
from harvester.source import Source
from registry.store.staging import StagedRecord
from schemas.limits import LONGEST_ID
from vocab.documents import canonical_bytes


def row_of(
    id_: str, mapped: Mapped, digest: str, source: Source, version: str
) -> StagedRecord | None:
    """The row of a record whose source object has this digest; None where nothing is stored."""
    if mapped.raw is None:
        return None
    document = mapped.document
    return StagedRecord(
        record_id=id_,
        local_id=mapped.local_id or "",
        kind=mapped.kind or "actor",
        raw=canonical_bytes(mapped.raw),
        raw_hash=digest,
        processing_version=version,
        document=document,
        document_hash=_digest(canonical_bytes(document)) if document else None,
        licence=source.licence,
        modified_at=mapped.modified_at,
        page_url=mapped.page_url,
        untagged=mapped.untagged,
    )


def refused(row: StagedRecord) -> StagedRecord:
    """What is kept of a record that is not to be published: enough to know it again."""
    return replace(row, document=None, document_hash=None, modified_at=None, page_url=None)


def can_be_kept(local_id: str) -> bool:
    """Whether a database takes the id: PostgreSQL wants no NUL, none a lone surrogate, and what is
    indexed must be short."""
    return local_id.isprintable() and len(local_id) <= LONGEST_ID


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
