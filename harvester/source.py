"""A hub and its sources: who publishes what, where, under which licence, and how it is read."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from harvester.fields import Field, FieldMap
from harvester.gazetteer import Gazetteer, known_places
from harvester.prefixes import Prefixes
from schemas.rules import RULES
from vocab.concepts import schemes
from vocab.properties import PROPERTIES
from vocab.types import Finding

MAPPING_VERSION: Final = 6
"""To be raised whenever code below harvester/ maps the same source object to another document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """An organisation that publishes into the federation."""

    id: str
    name: Mapping[str, str]
    homepage: str | None
    contact: str | None  # role mailbox or web address
    publisher: str
    priority: int  # trust, 0..100, higher wins
    description: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one run of a source may cost, and how much it may remove without being asked."""

    max_page_bytes: int = 100 * 2**20  # on the wire
    max_decoded_bytes: int = 500 * 2**20  # after decompression
    max_pages: int = 10_000
    max_records: int = 1_000_000
    max_document_bytes: int = 2**20  # of a followed document, packed and unpacked
    max_seconds: int = 3600  # from the first question to the last record
    max_removed_percent: int = 30
    max_removed: int = -1  # absolute, besides the share; -1: no such limit


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMap:
    """How a source object becomes a document; all of it compiled."""

    kind: Field
    id: Field
    modified: Field | None
    page: Field | None
    where: Field | None  # objects for which it finds nothing (or false) are deliberately not ours
    skip: Field | None  # objects for which it finds something are deliberately not ours
    person: Field | None  # objects for which it finds something are natural persons
    contact_person: Field | None  # … name a person whose telephone number it may be
    fields: FieldMap

    def of_record(self) -> tuple[Field, ...]:
        """The fields that speak of the record, not of a property."""
        ways = (
            self.kind, self.id, self.modified, self.page,
            self.where, self.skip, self.person, self.contact_person,
        )  # fmt: skip
        return tuple(way for way in ways if way is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """How an entry of a directory leads to a document that its member keeps elsewhere."""

    url: Field  # where the entry's document is
    under: str  # the key of the source object that the document is put under


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One endpoint of a hub."""

    hub_id: str
    key: str  # its id within the hub
    iri: str  # permanent: record ids are made from it
    url: str  # http(s) or file
    licence: str  # IRI, or "unknown"
    format: str
    language: str | None  # of texts without a tag
    zone: ZoneInfo  # of times without an offset
    every_s: int
    minimum: int
    own_ids: tuple[str, ...]  # prefixes of the IRIs that the hub may speak of
    options: Mapping[str, Any]
    limits: Limits
    ignore: tuple[str, ...]
    prefixes: Prefixes
    map: SourceMap | None  # None for our own format
    follow: Follow | None  # None where the source says everything itself
    definition: Mapping[str, Any] = field(repr=False)  # as written, tables included

    @property
    def id(self) -> str:
        """`hub/source`, the id of the source everywhere."""
        return f"{self.hub_id}/{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One hub with its sources, as read from a folder."""

    folder: Path
    hub: Hub
    sources: tuple[Source, ...]
    advice: tuple[Finding, ...] = ()  # what is not wrong, but could be better

    def source(self, source_id: str) -> Source:
        """One source by `hub/source`; KeyError where the manifest has none of that name."""
        return {source.id: source for source in self.sources}[source_id]


_TIMETABLE: Final = frozenset({"every", "minimum", "limits", "url"})
"""What of a source does not change how a record is read."""


def processing_version(source: Source, gazetteer: Gazetteer | None = None) -> str:
    """A hash over all that decides what becomes of a source object: 16 hex digits.

    Manifest and tables, property table, concept schemes, places, rules and the version of the
    mapping code; not the timetable, the limits and the address. When it changes, records are mapped
    anew from their raw form.
    """
    definition = {k: v for k, v in source.definition.items() if k not in _TIMETABLE}
    concepts = {
        name: [(c.notation, sorted(c.exact_match)) for c in scheme.concepts.values()]
        for name, scheme in schemes().items()
    }
    rules = {name: (rule.severity, dict(rule.fix)) for name, rule in RULES.items()}
    located = (gazetteer or known_places()).version
    parts = [MAPPING_VERSION, source.id, source.iri, definition, concepts, located, rules]
    return _version([*parts, repr(PROPERTIES)])


_OF_THE_PAGE: Final = ("iri", "format", "options", "ignore", "map")
"""What of a source decides which objects are kept, and what of them."""


def reading_version(source: Source) -> str:
    """A hash over all that decides what of a page is kept at all: 16 hex digits.

    When it changes, raw forms do not tell what a page would give now: they lack the objects that
    were skipped or had no id, the fields that were ignored, the contacts that seemed a person's.
    """
    parts = [MAPPING_VERSION, *map(source.definition.get, _OF_THE_PAGE)]
    # Without documents the raw forms tell less, or other things, than what was made with them.
    return _version([*parts, *filter(None, [source.definition.get("follow")])])


def _version(parts: list[Any]) -> str:
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
