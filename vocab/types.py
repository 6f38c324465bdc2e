"""Records, entities and findings: the values that flow from hub to publication."""

import hashlib
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from vocab.properties import Kind

Document = dict[str, Any]
"""A JSON document of one thing; its properties are those of `vocab.properties`."""

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One problem in one record (or row): what, where, and how to mend it in German and English.

    An `error` rejects the record (its last good version stays); a `warning` does not.
    """

    rule: str
    severity: Severity
    path: str  # JSON pointer into the document, or a field or row of the source
    value: str  # what stands there, shortened; never a person's mail address or number
    fix: Mapping[str, str]  # {"de": …, "en": …}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one source says of one thing."""

    id: str
    source_id: str  # "hub/source"
    local_id: str
    kind: Kind
    document: Document
    licence: str  # IRI, or "unknown"
    modified_at: str | None = None  # as the hub dates it, ISO 8601
    page_url: str | None = None  # where the hub shows or serves it


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One value of one property in one record: a document value, of a text that of one language."""

    record_id: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Why a value won where claims differ."""

    property: str
    language: str | None
    rule: str
    won_by: tuple[str, ...]  # record ids
    lost: tuple[Claim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """The merged description of one cluster."""

    id: str
    kind: Kind
    document: Document
    decisions: tuple[Decision, ...] = field(default=())


def record_id(source_iri: str, local_id: str) -> str:
    """The permanent id of a record: base32 of SHA-256 over source IRI and local id, 16 characters.

    A NUL stands between the two, which neither may hold, so that no two pairs read alike.
    """
    digest = hashlib.sha256(f"{source_iri}\0{local_id}".encode()).digest()
    return b32encode(digest[:10]).decode().lower()  # ten bytes are sixteen characters
