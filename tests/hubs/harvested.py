"""A source read through format, mapping and rules, without network and store."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from harvester.fetch import Page, Validators
from harvester.formats import FORMATS
from harvester.formats.source_object import SourceObject
from harvester.manifest import Source
from harvester.mapping import Mapped, Mapper
from schemas.check import check
from vocab.types import Document, Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvested:
    """One source object, what the mapping made of it, and the document that passed the rules."""

    given: SourceObject
    mapped: Mapped
    document: Document | None
    findings: tuple[Finding, ...]

    @property
    def rejected(self) -> bool:
        return self.document is None and not self.mapped.skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """All of one source; `loose` are the findings that belong to no object."""

    source: Source
    entries: tuple[Harvested, ...]
    loose: tuple[Finding, ...]

    @property
    def records(self) -> dict[str, Document]:
        """The documents that passed, by local id."""
        return {
            str(entry.mapped.local_id): entry.document
            for entry in self.entries
            if entry.document is not None
        }

    @property
    def rejected(self) -> list[str | None]:
        return [entry.mapped.local_id for entry in self.entries if entry.rejected]

    @property
    def skipped(self) -> int:
        return sum(entry.mapped.skipped for entry in self.entries)

    def findings(self, rule: str) -> list[tuple[str | None, Finding]]:
        """Every finding of one rule, with the local id that it belongs to."""
        return [(e.mapped.local_id, f) for e in self.entries for f in e.findings if f.rule == rule]


def harvested(source: Source, body: bytes) -> Harvest:
    """Read the bytes of a source's only page."""
    page = Page(
        url=source.url,
        status=200,
        media_type=None,
        charset=None,
        validators=Validators(),
        links={},
        body=body,
        sha256=hashlib.sha256(body).hexdigest(),
    )
    mapper = Mapper(source)
    entries: list[Harvested] = []
    loose: list[Finding] = []
    for given in FORMATS[source.format].objects(page, source):
        if isinstance(given, Finding):
            loose.append(given)
        else:
            entries.append(_entry(given, mapper.map(given)))
    return Harvest(source=source, entries=tuple(entries), loose=tuple(loose))


def _entry(given: SourceObject, mapped: Mapped) -> Harvested:
    document = mapped.document
    found: list[Finding] = []
    if document is not None and mapped.kind is not None:
        found = check(document, mapped.kind)
        if any(finding.severity == "error" for finding in found):
            document = None
    findings = (*mapped.findings, *found)
    return Harvested(given=given, mapped=mapped, document=document, findings=findings)


def strings_of(value: Any) -> Iterator[str]:
    """Every string in a document, keys left out."""
    if isinstance(value, dict):
        for entry in value.values():
            yield from strings_of(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from strings_of(entry)
    elif isinstance(value, str):
        yield value


Harvests = dict[str, Harvest]
"""What was read of each source, by `hub/source`."""


def five(harvest: Harvest) -> list[tuple[str, Document]]:
    """Five records by a fixed seed."""
    chance = random.Random(5)  # noqa: S311 - no secret
    return chance.sample(sorted(harvest.records.items()), min(5, len(harvest.records)))
