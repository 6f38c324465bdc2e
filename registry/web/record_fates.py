"""What became of single entries of a hub, as rows for a page or a file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from registry.merge.same_value import given_way
from registry.store import entities, findings, records
from registry.store.entities import Resource
from registry.store.fates import Entry, Fate
from registry.store.findings import StoredFinding
from registry.store.records import StoredRecord
from registry.store.runs import Run
from registry.web.hub_report import SEVERITIES
from registry.web.reading import page_path

_MOST_FINDINGS = 100_000  # of the records of one portion


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One entry: its fate, where it is published and with whom, what lost, what is to mend.

    `path` is the record's own page and `entity_path` that of its entity; "" where there is none.
    What was refused and is not kept has no `record`, and without a local id a `place` instead.
    """

    source_id: str
    local_id: str
    place: str
    record: StoredRecord | None
    fate: Fate
    name: Any
    path: str
    entity_id: str
    entity_path: str
    others: tuple[str, ...]  # ids of the other hubs that speak of the entity
    lost: int  # values in whose place another one holds
    findings: list[StoredFinding]  # the severest first

    def by_rule(self) -> list[list[StoredFinding]]:
        """Its findings by rule, the severest first."""
        grouped: dict[str, list[StoredFinding]] = {}
        for one in self.findings:
            grouped.setdefault(one.finding.rule, []).append(one)
        return list(grouped.values())

    def done_by(self, run: Run) -> str:
        """What this run did with the record."""
        if self.record is None:
            return "rejected"
        end = run.ended_at or run.heartbeat_at
        for what, at in (
            ("removed", self.record.removed_at),
            ("rejected", self.record.rejected_at),
        ):
            if at and run.started_at <= at <= end:
                return what
        if self.record.document is None:  # whatever later runs refused, too
            return "rejected"
        first = run.release is not None and self.record.first_release == run.release
        return "added" if first else "changed"


def rows_of(connection: Connection, hub_id: str, entries: Sequence[Entry]) -> list[Row]:
    """The rows of these entries, in this order."""
    kept = rows(connection, hub_id, [one.id for one in entries if one.id])
    by_id = {one.record.id: one for one in kept if one.record}
    told = [one for one in entries if not one.id]
    found = _findings(connection, [(one.source_id, one.local_id) for one in told if one.local_id])
    for source_id in sorted({one.source_id for one in told if one.local_id is None}):
        for said in findings.without_entry(connection, source_id):
            found.setdefault((source_id, said.finding.path), []).append(said)
    made = (by_id.get(one.id) if one.id else _told(one, found) for one in entries)
    return [one for one in made if one]


def rows(connection: Connection, hub_id: str, record_ids: Sequence[str]) -> list[Row]:
    """The rows of these records, in this order."""
    stored = {one.id: one for one in records.stored(connection, record_ids)}
    published = entities.resources(
        connection, sorted({one.entity_id for one in stored.values() if one.entity_id})
    )
    found = _findings(connection, [(one.source_id, one.local_id) for one in stored.values()])
    return [
        _row(hub_id, stored[id_], published, found.get((one.source_id, one.local_id), []))
        for id_ in record_ids
        if (one := stored.get(id_))
    ]


def _told(entry: Entry, found: Mapping[tuple[str, str], list[StoredFinding]]) -> Row:
    """Of such an entry nothing is known but what its findings say."""
    return Row(
        source_id=entry.source_id,
        local_id=entry.local_id or "",
        place=entry.place,
        record=None,
        fate="rejected",
        name="",
        path="",
        entity_id="",
        entity_path="",
        others=(),
        lost=0,
        findings=found.get((entry.source_id, entry.local_id or entry.place), []),
    )


def _row(
    hub_id: str, record: StoredRecord, published: Mapping[str, Resource], found: list[StoredFinding]
) -> Row:
    entity = published.get(record.entity_id or "")
    live = entity if entity and entity.state == "live" and not record.removed_at else None
    said = live.document["records"] if live else []
    others = tuple(sorted({one["hub"] for one in said} - {hub_id}))
    shown = record.first_release is not None and record.document and not record.removed_at
    return Row(
        source_id=record.source_id,
        local_id=record.local_id,
        place="",
        record=record,
        fate=_fate(record, bool(others)),
        name=(record.document or {}).get("name", ""),
        path=f"/records/{record.id}" if shown else "",
        entity_id=live.id if live else "",
        entity_path=page_path(live.kind, live.id) if live else "",
        others=others,
        lost=_lost(record.id, live) if live and others else 0,
        findings=found,
    )


def _fate(record: StoredRecord, shared: bool) -> Fate:
    if record.removed_at:
        return "removed"
    if record.document is None:
        return "rejected"
    if record.rejected_at:
        return "outdated"
    return "merged" if shared else "accepted"


def _lost(record_id: str, entity: Resource) -> int:
    return sum(
        claim["record_id"] == record_id
        for decision in entity.document["decisions"]
        for claim in given_way(entity.kind, decision, entity.document["merged"])
    )


def _findings(
    connection: Connection, of: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], list[StoredFinding]]:
    by_source: dict[str, list[str]] = {}
    for source_id, local_id in of:
        by_source.setdefault(source_id, []).append(local_id)
    grouped: dict[tuple[str, str], list[StoredFinding]] = {}
    for source_id, local_ids in by_source.items():
        for found in findings.findings_of(
            connection, source_id, local_ids=local_ids, limit=_MOST_FINDINGS
        ):
            grouped.setdefault((source_id, found.local_id or ""), []).append(found)
    for several in grouped.values():
        several.sort(key=lambda one: SEVERITIES.index(one.finding.severity))
    return grouped
