"""From the records of a cluster to the resource that is published for it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from registry.link.evidence import Edge
from registry.merge.merge import Member, merge
from registry.release.references import resolve_references
from registry.store.records import StoredRecord
from schemas.check import completeness
from vocab.properties import Kind

Resource = dict[str, Any]
Resolve = Callable[[str, str], str | None]
"""(source id, the hub's id of a thing) -> id of a live entity, or None."""


def entity_resource(
    entity_id: str,
    members: Sequence[StoredRecord],
    *,
    resolve: Resolve,
    priorities: Mapping[str, int],
    edges: Iterable[Edge],
) -> tuple[Kind, Resource]:
    """(kind, resource) of a cluster, from its live records, of which there is at least one.

    `priorities` rates the hubs. A cluster is of one kind: the guard lets no other evidence through.
    """
    rows = sorted(members, key=lambda row: row.id)
    records = [_record(row, entity_id, resolve, priorities) for row in rows]
    kind = rows[0].kind
    entity = merge(
        entity_id,
        kind,
        [
            Member(
                record_id=record["id"],
                priority=record["priority"],
                modified=record["modified"] or "",
                document=record["document"],
            )
            for record in records
        ],
    )
    live = {record["id"] for record in records}
    resource = {
        "merged": entity.document,
        "records": records,
        "decisions": [
            {
                "property": decision.property,
                "language": decision.language,
                "rule": decision.rule,
                "won_by": list(decision.won_by),
                "lost": [
                    {"record_id": claim.record_id, "value": claim.value} for claim in decision.lost
                ],
            }
            for decision in entity.decisions
        ],
        "evidence": [
            {"a": edge.a, "b": edge.b, "rule": edge.rule, "detail": edge.detail}
            for edge in sorted(edges)
            if edge.a in live and edge.b in live
        ],
        "completeness": round(completeness(entity.document, kind), 2),
    }
    return kind, resource


def tombstone(replaced_by: str | None, at: datetime) -> Resource:
    """What remains of an entity that is merged into another one (`replaced_by`), or gone."""
    return {"replaced_by": replaced_by, "at": iso(at)}


def iso(at: datetime) -> str:
    """A moment as published: UTC, whole seconds."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _record(
    row: StoredRecord, entity_id: str, resolve: Resolve, priorities: Mapping[str, int]
) -> Resource:
    document = resolve_references(
        row.document or {}, row.kind, lambda target: resolve(row.source_id, target), entity_id
    )
    document.pop("id", None)
    return {
        "id": row.id,
        "source": row.source_id,
        "hub": row.hub_id,
        "run": f"hubs/{row.hub_id}/runs/{row.run_number}",
        "local_id": row.local_id,
        "licence": row.licence,
        "priority": priorities[row.hub_id],
        "modified": row.modified_at,
        "page": row.page_url,
        "generated": iso(row.generated_at),
        "document": document,
    }
