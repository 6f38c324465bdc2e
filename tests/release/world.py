"""A small federation in a real store: hubs say things, releases come of it."""

import hashlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from registry.iris import Iris
from registry.release.indexing import index_records
from registry.release.make import Made, make_release
from registry.store import entities, hubs, records, runs, staging
from registry.store.engine import Store
from registry.store.staging import StagedRecord
from vocab.documents import canonical, canonical_bytes
from vocab.types import record_id

BASE = "https://verbund.example"


class World:
    """Says records of sources `hub/source` and publishes them; each `publish` is one release."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.iris = Iris(BASE)
        self.now = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
        self._pending: dict[str, dict[str, dict[str, Any] | None]] = {}
        self._known: set[str] = set()

    def hub(self, source_id: str, *, priority: int = 50) -> None:
        """Take a hub with one source in."""
        hub_id = source_id.split("/")[0]
        with self.store.write() as conn:
            hubs.put_hub(
                conn,
                hub_id,
                manifest={"name": {"de": hub_id}, "publisher": hub_id},
                priority=priority,
                at=self.now,
            )
            hubs.put_source(
                conn,
                source_id,
                iri=iri_of(source_id),
                folder="/",
                manifest={"url": "x", "licence": "unknown"},
                processing_version="1",
                next_due_at=None,
            )
        self._known.add(source_id)

    def say(
        self,
        source_id: str,
        local_id: str,
        kind: str = "actor",
        *,
        modified: str | None = None,
        **document: Any,
    ) -> str:
        """Let a source say (or say anew) one record; returns the record's id."""
        if source_id not in self._known:
            self.hub(source_id)
        full = canonical({"type": kind.title(), "id": local_id, **document})
        said = {"kind": kind, "document": full, "modified": modified}
        self._pending.setdefault(source_id, {})[local_id] = said
        return rid(source_id, local_id)

    def forget(self, source_id: str, local_id: str) -> None:
        """Let a record vanish from its source."""
        self._pending.setdefault(source_id, {})[local_id] = None

    def publish(self) -> Made:
        """Publish all that was said since the last time."""
        self.now += timedelta(minutes=1)
        with self.store.flip() as conn:
            touched: set[str] = set()
            for source_id, said in self._pending.items():
                run = runs.begin_run(conn, source_id, holder="test", now=self.now, lease_s=60)
                assert run is not None
                staging.stage(
                    conn, run.id, (_staged(source_id, id_, s) for id_, s in said.items() if s)
                )
                promotion = staging.promote(conn, run.id, self.now)
                fresh = {*promotion.added, *promotion.changed}
                index_records(conn, fresh)
                live = set(records.live_ids(conn, source_id))
                gone = live & {rid(source_id, id_) for id_, s in said.items() if s is None}
                records.mark_removed(conn, gone, self.now)
                touched |= fresh | set(gone)
                runs.finish_run(conn, run.id, "published", now=self.now, counts=Counter())
            made = make_release(conn, touched=touched, iris=self.iris, now=self.now)
        self._pending = {}
        return made

    def published(self) -> dict[str, entities.Resource]:
        """All published resources by id."""
        with self.store.read() as conn:
            return {one.id: one for one in entities.iterate(conn)}

    def live(self) -> dict[str, set[str]]:
        """Live entities: id -> ids of their records."""
        return {
            one.id: {record["id"] for record in one.document["records"]}
            for one in self.published().values()
            if one.state == "live"
        }


def iri_of(source_id: str) -> str:
    return f"https://{source_id.replace('/', '.example/')}"


def rid(source_id: str, local_id: str) -> str:
    return record_id(iri_of(source_id), local_id)


def _staged(source_id: str, local_id: str, said: dict[str, Any]) -> StagedRecord:
    raw = canonical_bytes(said)
    return StagedRecord(
        record_id=rid(source_id, local_id),
        local_id=local_id,
        kind=said["kind"],
        raw=raw,
        raw_hash=hashlib.sha256(raw).hexdigest(),
        processing_version="1",
        document=said["document"],
        document_hash=hashlib.sha256(canonical_bytes(said["document"])).hexdigest(),
        licence="unknown",
        modified_at=said["modified"],
    )
