"""Writing one release: only what differs, with hash, change and its share in the set hash."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from registry.iris import Iris
from registry.publish.quads import resource_hash, resource_quads
from registry.release.resources import Resource
from registry.release.sethash import SetHash
from registry.store import entities, releases
from registry.store.bulk import portions
from registry.store.entities import Head, ResourceKind
from registry.store.releases import Operation, Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One resource as the next release shows it; `kind` None: a tombstone keeps the kind it had."""

    id: str
    kind: ResourceKind | None
    state: Literal["live", "merged", "gone"]
    document: Resource
    replaced_by: str | None = None


class ReleaseWriter:
    """Collects a release inside the caller's transaction; `finish` logs it."""

    def __init__(self, conn: Connection, *, iris: Iris, now: datetime, fresh: bool = False) -> None:
        """`fresh` leaves the previous release's set hash behind."""
        latest = releases.latest(conn)
        self.number = latest.number + 1 if latest else 1
        self._conn, self._iris = conn, iris
        # Another host's clock, or a wait for the lock, must not make a release older than the last.
        self._at = max(now, latest.at) if latest else now
        self._sum = SetHash(latest.set_hash) if latest and not fresh else SetHash()
        self._changes: dict[str, Operation] = {}
        self._properties: dict[str, list[str]] = {}

    def write(self, planned: Iterable[Planned]) -> None:
        """Publish what differs from what is published now."""
        wanted = list(planned)
        heads = entities.heads(self._conn, [plan.id for plan in wanted])
        rows = [row for plan in wanted if (row := self._row(plan, heads.get(plan.id)))]
        self._note_properties(rows)
        entities.put_resources(self._conn, rows)

    def write_again(self, resources: Iterable[entities.Resource]) -> None:
        """Publish resources as they are, under this writer's base IRI."""
        rows = []
        for one in resources:
            lines = resource_quads(one.kind, one.id, one.state, one.document, self._iris)
            digest = resource_hash(lines)
            self._sum.add(self._iris.resource(one.kind, one.id), digest)
            self._changes[one.id] = "update"
            rows.append(replace(one, hash=digest, changed_release=self.number))
        entities.put_resources(self._conn, rows)

    def finish(self) -> Release | None:
        """Log the release with its changes; None where nothing changed."""
        if not self._changes:
            return None
        release = Release(
            number=self.number,
            at=self._at,
            counts={
                kind: n
                for (kind, state), n in entities.counts(self._conn).items()
                if state == "live"
            },
            set_hash=self._sum.digest,
            base_iri=self._iris.base,
        )
        releases.add_release(self._conn, release, self._changes, self._properties)
        return release

    def _note_properties(self, rows: Iterable[entities.Resource]) -> None:
        """Note whose merged values differ from what is published now."""
        updated = {
            row.id: row.document["merged"]
            for row in rows
            if self._changes[row.id] == "update" and "merged" in row.document
        }
        for id_, before in entities.resources(self._conn, updated).items():
            old, new = before.document["merged"], updated[id_]
            self._properties[id_] = sorted(
                name for name in old.keys() | new.keys() if old.get(name) != new.get(name)
            )

    def _row(self, plan: Planned, head: Head | None) -> entities.Resource | None:
        kind = plan.kind or (head.kind if head else None)
        if kind is None or _stands(plan, head):
            return None
        lines = resource_quads(kind, plan.id, plan.state, plan.document, self._iris)
        digest = resource_hash(lines)
        if head and (head.state, head.hash) == (plan.state, digest):
            return None
        iri = self._iris.resource(kind, plan.id)
        if head:
            self._sum.remove(self._iris.resource(head.kind, plan.id), head.hash)
        self._sum.add(iri, digest)
        self._changes[plan.id] = _operation(plan, head)
        return entities.Resource(
            id=plan.id,
            kind=kind,
            state=plan.state,
            document=plan.document,
            hash=digest,
            replaced_by=plan.replaced_by,
            first_release=head.first_release if head else self.number,
            changed_release=self.number,
        )


def _stands(plan: Planned, head: Head | None) -> bool:
    """A tombstone that is there already stays as it is, with the time at which it was made."""
    return bool(
        head
        and plan.state != "live"
        and (head.state, head.replaced_by) == (plan.state, plan.replaced_by)
    )


def _operation(plan: Planned, head: Head | None) -> Operation:
    if plan.state == "live":
        return "update" if head and head.state == "live" else "create"
    return "merge" if plan.state == "merged" else "delete"


def rehash(conn: Connection, iris: Iris, now: datetime) -> Release | None:
    """Publish everything again under another base IRI, in one release; None in an empty registry.

    Runs inside `Store.flip()`. The set hash starts from nothing, as no IRI stays what it was.
    """
    writer = ReleaseWriter(conn, iris=iris, now=now, fresh=True)
    ids = [id_ for id_, _ in entities.hashes(conn)]
    for portion in portions(ids):
        writer.write_again(entities.resources(conn, portion).values())
    return writer.finish()
