"""A registry with a release in it: real store, real projections, fictitious hubs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry.app import create_app
from registry.iris import Iris
from registry.project.projector import Projector
from registry.project.search import SearchIndex
from registry.release.indexing import index_records
from registry.release.make import make_release
from registry.release.writer import Planned
from registry.settings import load_settings
from registry.sparql.pool import QueryPool
from registry.sparql.schedule import PoolLimits
from registry.store import findings, hubs, records, runs, staging
from registry.store.completeness import completeness
from registry.store.engine import open_store
from registry.store.migrate import migrate
from registry.web.in_force import InForce, look_at
from registry.web.wiring import Services
from schemas.rules import finding
from vocab.documents import canonical, canonical_bytes
from vocab.properties import Kind
from vocab.types import Finding, record_id

BASE = "https://verbund.example"
CC_BY = "http://dcat-ap.de/def/licenses/cc-by/4.0"
NOW = datetime(2026, 11, 22, 6, 10, tzinfo=UTC)


class Registry:
    """A registry that a test fills by saying what hubs say; everything below is the real thing."""

    def __init__(self, home: Path, **settings: str) -> None:
        environ = {"VERBUND_HOME": str(home), "VERBUND_BASE_IRI": BASE, **settings}
        self.settings = load_settings(environ)
        home.mkdir(parents=True, exist_ok=True)
        migrate(self.settings.store_url, home / "backups")
        self.store = open_store(self.settings.store_url)
        self.now = NOW
        self.iris = Iris(self.settings.base_iri)
        self.projector = Projector(self.store, home, self.iris)
        self.search = SearchIndex(home / "search")
        self.pool = QueryPool(home / "graph", PoolLimits(workers=1))

    def services(self) -> Services:
        """What the application gets."""
        return Services(
            settings=self.settings,
            store=self.store,
            search=self.search,
            queries=lambda: self.pool,
            now=lambda: self.now,
            in_force=InForce(look_at(self.store, self.search), every_s=0),
        )

    def app(self, **changes: Any) -> Flask:
        """The application over this registry, with some settings changed."""
        settings = replace(self.settings, **changes)
        return create_app(replace(self.services(), settings=settings))

    def record_of(self, hub_id: str, local_id: str) -> str:
        """The record id of a hub's local id."""
        return local_record(hub_id, local_id)

    def entity_of(self, hub_id: str, local_id: str) -> str:
        """The entity id of a hub's local id."""
        record = local_record(hub_id, local_id)
        with self.store.read() as connection:
            return records.entities_of(connection, [record])[record]

    def add_hub(self, hub_id: str, name: dict[str, str], *, priority: int = 50) -> None:
        """A hub with one source, `{hub_id}/all`."""
        described = {
            "name": name,
            "publisher": name["de"],
            "contact": f"daten@{hub_id}.example",
            "homepage": f"https://{hub_id}.example/",
        }
        with self.store.write() as connection:
            hubs.put_hub(connection, hub_id, manifest=described, priority=priority, at=self.now)
        self.add_source(hub_id, "all")

    def add_source(self, hub_id: str, key: str) -> None:
        """A further source of a hub."""
        with self.store.write() as connection:
            hubs.put_source(
                connection,
                f"{hub_id}/{key}",
                iri=source_iri(hub_id, key),
                folder=f"/hubs/{hub_id}",
                manifest={
                    "url": source_iri(hub_id, key),
                    "licence": CC_BY,
                    "format": "json",
                    "every_s": 86400,
                },
                processing_version="v1",
                next_due_at=None,
            )

    def find(self, hub_id: str, problems: Mapping[str, Sequence[Finding]]) -> None:
        """A run that finds this wrong with records, and nothing new: no release comes of it."""
        source_id = f"{hub_id}/all"
        with self.store.write() as connection:
            run = runs.begin_run(connection, source_id, holder="test", now=self.now, lease_s=60)
            findings.replace_findings(connection, source_id, run.id, problems)
            runs.finish_run(connection, run.id, "unchanged", now=self.now, counts={})

    def say(
        self,
        hub_id: str,
        documents: Mapping[str, dict[str, Any] | None],
        *,
        removed: tuple[str, ...] = (),
        problems: dict[str | None, list[Finding]] | None = None,
        state: runs.State = "published",
        modified: str | None = "2026-09-14",
        source: str = "all",
        unread: dict[str, int] | None = None,
        counts: dict[str, int] | None = None,
        proof: dict[str, Any] | None = None,
        explanation: dict[str, Any] | None = None,
    ) -> int:
        """One run: the hub says this of these local ids; returns the release in force after it.

        None as what it says of an id: a form that was refused. `counts` come on top of those that
        the run itself finds.
        """
        self.now += timedelta(minutes=1)
        source_id = f"{hub_id}/{source}"
        with self.store.write() as connection:
            run = runs.begin_run(connection, source_id, holder="test", now=self.now, lease_s=60)
            assert run is not None
            staging.stage(
                connection,
                run.id,
                [_staged(hub_id, local, body, modified) for local, body in documents.items()],
            )
        with self.store.flip() as connection:
            promotion = staging.promote(connection, run.id, self.now)
            gone = [local_record(hub_id, local) for local in removed]
            index_records(connection, {*promotion.added, *promotion.changed})
            records.mark_removed(connection, gone, self.now)
            findings.replace_findings(connection, source_id, run.id, problems or {})
            made = make_release(
                connection,
                touched={*promotion.added, *promotion.changed, *gone},
                extras=[self._hub(connection, hub_id), self._run(run)],
                iris=self.iris,
                now=self.now,
            )
            number = made.release.number if made.release else None
            runs.finish_run(
                connection,
                run.id,
                state,
                now=self.now + timedelta(seconds=41),
                counts={
                    "added": len(promotion.added),
                    "changed": len(promotion.changed),
                    "mapped": len(documents),
                    **(counts or {}),
                },
                proof=proof,
                explanation=explanation,
                unread=unread or {},
                release=number,
                completeness=completeness(connection, source_id) if state == "published" else None,
            )
            hubs.touch_source(connection, source_id, checked_at=self.now, ok=True, next_due_at=None)
        return self.projector.follow()

    def close(self) -> None:
        """Ends everything that was started."""
        self.pool.close()
        self.projector.close()
        self.store.close()

    def _hub(self, connection: Any, hub_id: str) -> Planned:
        hub = hubs.hub(connection, hub_id)
        assert hub is not None
        sources = [
            {"id": source.id, "iri": source.iri, **source.manifest}
            for source in hubs.sources(connection, hub_id=hub_id)
        ]
        document = {**hub.manifest, "sources": sources}
        return Planned(id=hub_id, kind="hub", state="live", document=document)

    def _run(self, run: runs.Run) -> Planned:
        return Planned(
            id=f"hubs/{run.hub_id}/runs/{run.number}",
            kind="run",
            state="live",
            document={
                "hub": run.hub_id,
                "source": run.source_id,
                "number": run.number,
                "started": run.started_at.isoformat(),
                "ended": self.now.isoformat(),
            },
        )


def source_iri(hub_id: str, key: str = "all") -> str:
    """The IRI of a hub's source."""
    return f"https://{hub_id}.example/{key}"


def local_record(hub_id: str, local_id: str) -> str:
    """The record id of a hub's local id."""
    return record_id(source_iri(hub_id), local_id)


def _staged(
    hub_id: str, local_id: str, body: dict[str, Any] | None, modified: str | None
) -> staging.StagedRecord:
    kinds: dict[str, Kind] = {"Actor": "actor", "Project": "project", "Event": "event"}
    document = canonical({"id": local_id, **body}) if body else None
    digest = f"{hash(canonical_bytes(document)):x}"
    return staging.StagedRecord(
        record_id=local_record(hub_id, local_id),
        local_id=local_id,
        kind=kinds[body["type"]] if body else "actor",
        raw=json.dumps(body).encode(),
        raw_hash=digest,
        processing_version="v1",
        document=document,
        document_hash=digest if document else None,
        licence="unknown" if hub_id == "karte" else CC_BY,
        modified_at=modified,
        page_url=f"https://{hub_id}.example/seite/{local_id}",
    )


ADDRESS = {
    "type": "Address",
    "thoroughfare": "Musterstraße",
    "locatorDesignator": "12",
    "postCode": "02943",
    "postName": "Weißwasser",
    "adminUnitL1": "DE",
}
REGISTER = {"type": "Identifier", "notation": "VR 0000", "schemaAgency": "AG Musterstadt"}

ATLAS = {
    "werkhof": {
        "type": "Actor",
        "name": {"de": "Werkhof Neißebogen e. V."},
        "description": {
            "de": "Eine offene Werkstatt, in der Menschen gemeinsam reparieren & bauen.",
            "en": "An open workshop where people repair and build together.",
        },
        "actorType": ["social-enterprise"],
        "topic": ["rural-areas", "structural-change"],
        "homepage": "https://werkhof.example/",
        "address": [ADDRESS],
        "geometry": {"type": "Geometry", "asWKT": "POINT(14.64 51.5)"},
        "identifier": [REGISTER],
        "status": "active",
        "foundingDate": {"@value": "2017", "@type": "xsd:gYear"},
        "contactPoint": [{"type": "ContactPoint", "email": "kontakt@werkhof.example"}],
        "makesOffer": [
            {
                "type": "Offer",
                "name": {"de": "Werkstatt mit zwölf Plätzen"},
                "offerKind": "space",
                "validThrough": "2027-06-30",
            }
        ],
    },
    "mobil": {
        "type": "Actor",
        "name": {"de": "Dorfmobil Beispieltal", "en": "Village van Beispieltal"},
        "description": {"de": "=HYPERLINK ist kein Verweis, sondern ein Test."},
        "actorType": ["network"],
        "topic": ["rural-areas"],
        "address": [{**ADDRESS, "postCode": "08523", "postName": "Plauen"}],
        "geometry": {"type": "Geometry", "asWKT": "POINT(12.13 50.49)"},
        "seeks": [{"type": "Demand", "name": {"de": "Raum für den Bus"}, "offerKind": "space"}],
    },
    "rad": {
        "type": "Project",
        "name": {"de": "Werkzeug auf Rädern", "en": "Tools on wheels"},
        "carriedBy": ["werkhof", {"name": {"de": "Freundeskreis Lastenrad"}}],
        "topic": ["rural-areas"],
        "status": "running",
        "starts": "2026-03-01",
    },
    "abend": {
        "type": "Event",
        "name": {"de": "Reparierabend"},
        "startDate": "2026-12-04T17:00:00+01:00",
        "endDate": "2026-12-04T20:00:00+01:00",
        "organizer": ["werkhof"],
        "isAccessibleForFree": True,
        "inLanguage": ["de", "hsb"],
        "location": [
            {"type": "Place", "name": {"de": "Werkhof"}, "address": [ADDRESS]},
        ],
    },
    "rueckblick": {
        "type": "Event",
        "name": {"de": "Auftakt im Frühjahr"},
        "startDate": "2026-03-04T17:00:00+01:00",
        "organizer": ["werkhof"],
    },
}
BOERSE = {
    "w1": {
        "type": "Actor",
        "name": {"de": "WERKHOF NEISSEBOGEN E.V."},
        "actorType": ["civil-society-initiative"],
        "topic": ["climate-change"],
        "homepage": "https://werkhof.example/",
        "identifier": [REGISTER],
        "address": [{**ADDRESS, "locatorDesignator": "3"}],
    },
    "formel": {
        "type": "Actor",
        "name": {"de": '=HYPERLINK("https://boese.example/";"Klick")'},
        "actorType": ["network"],
    },
}


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry with two hubs and one entity that both describe; tests only read it."""
    registry = Registry(
        tmp_path_factory.mktemp("filled"), VERBUND_STEWARD_CONTACT="redaktion@verbund.example"
    )
    registry.add_hub("atlas", {"de": "Sozialatlas", "en": "Social atlas"}, priority=60)
    registry.add_hub("boerse", {"de": "Mitmach-Börse", "en": "Join-in exchange"})
    registry.say("atlas", ATLAS)
    registry.say(
        "boerse",
        BOERSE,
        problems={
            "w1": [
                finding(
                    "concept.unknown",
                    path="/topic/0",
                    value="Nachbarschaft",
                    scheme="topics",
                    similar="x",
                    allowed="a",
                )
            ]
        },
        modified="2026-06-02",
    )
    registry.projector.dump(at_most_every=timedelta(0))
    yield registry
    registry.close()


@pytest.fixture(scope="session")
def app(filled: Registry) -> Flask:
    """The application over the filled registry."""
    return filled.app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of it."""
    return app.test_client()


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """An empty registry of this test's own."""
    made = Registry(tmp_path / "home")
    yield made
    made.close()


@pytest.fixture(scope="session")
def ids(filled: Registry) -> dict[str, str]:
    """The entity ids by the local ids above."""
    wanted = {local: local_record("atlas", local) for local in ATLAS} | {
        local: local_record("boerse", local) for local in BOERSE
    }
    with filled.store.read() as connection:
        of = records.entities_of(connection, wanted.values())
    return {local: of[record] for local, record in wanted.items()}
