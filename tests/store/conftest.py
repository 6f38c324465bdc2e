"""One suite for both databases: every test that asks for `store` runs on SQLite and PostgreSQL."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from registry.store import hubs, runs, staging
from registry.store.engine import Store, open_store
from registry.store.migrate import migrate
from registry.store.tables import metadata
from vocab.types import record_id

START = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


class Clock:
    """A time that passes only when told to."""

    def __init__(self) -> None:
        self.now = START

    def forward(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


class Federation:
    """Fictitious hubs with what they say, put into a store by the store's own functions."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    def add(self, source_id: str) -> str:
        hub_id, _, name = source_id.partition("/")
        with self.store.write() as connection:
            hubs.put_hub(connection, hub_id, manifest={}, priority=50, at=self.clock.now)
            hubs.put_source(
                connection,
                source_id,
                iri=self.iri(source_id),
                folder=f"/hubs/{hub_id}",
                manifest={"id": name},
                processing_version="v1",
                next_due_at=self.clock.now,
            )
        return source_id

    def iri(self, source_id: str) -> str:
        return f"https://{source_id.replace('/', '.example/')}"

    def id(self, source_id: str, local_id: str) -> str:
        return record_id(self.iri(source_id), local_id)

    def begin(self, source_id: str) -> runs.Run:
        with self.store.write() as connection:
            run = runs.begin_run(
                connection, source_id, holder="worker", now=self.clock.now, lease_s=60
            )
        assert run is not None
        return run

    def form(self, source_id: str, local_id: str, title: str | None, **other: Any) -> Any:
        """A staged form; no title means that it was refused."""
        document = None if title is None else {"type": "Actor", "name": {"de": title}}
        fields: dict[str, Any] = {
            "record_id": self.id(source_id, local_id),
            "local_id": local_id,
            "kind": "actor",
            "raw": f"<{local_id}|{title}>".encode(),
            "raw_hash": f"raw of {title}",
            "processing_version": "v1",
            "document": document,
            "document_hash": None if title is None else f"hash of {title}",
            "licence": "unknown",
        }
        return staging.StagedRecord(**{**fields, **other})

    def say(self, source_id: str, titles: dict[str, str | None]) -> staging.Promotion:
        """A whole run: the source says this of these local ids."""
        run = self.begin(source_id)
        with self.store.write() as connection:
            forms = [self.form(source_id, local, title) for local, title in titles.items()]
            staging.stage(connection, run.id, forms)
        with self.store.flip() as connection:
            promotion = staging.promote(connection, run.id, self.clock.now)
            staging.drop_run_scratch(connection, run.id)
            runs.finish_run(connection, run.id, "published", now=self.clock.now, counts={})
        return promotion


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty registry in SQLite, to be copied."""
    path = tmp_path_factory.mktemp("template") / "registry.sqlite"
    migrate(f"sqlite:///{path}", path.parent)
    return path


@pytest.fixture(scope="session")
def postgresql_template(pg_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty registry in PostgreSQL, emptied again after each test."""
    with psycopg.connect(pg_server.get_uri(), autocommit=True) as connection:
        # The server need not survive a power cut, and emptying tables is five times as fast.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE store_suite TEMPLATE template0 ENCODING utf8")
        url = pg_server.get_uri(database="store_suite")
        migrate(url, tmp_path_factory.mktemp("backups"))
        yield url
        connection.execute("DROP DATABASE store_suite WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def store_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty registry of this test's own."""
    if request.param == "sqlite":
        path = tmp_path / "registry.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    url = request.getfixturevalue("postgresql_template")
    yield url
    tables = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE".encode())


@pytest.fixture
def store(store_address: str) -> Iterator[Store]:
    """An empty registry, open."""
    opened = open_store(store_address, busy_timeout_s=20)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def federation(store: Store, clock: Clock) -> Federation:
    return Federation(store, clock)


@pytest.fixture
def records_of(store: Store) -> Callable[..., Any]:
    """The stored records with these ids."""
    from registry.store import records

    def read(*ids: str) -> list[records.StoredRecord]:
        with store.read() as connection:
            return records.stored(connection, ids)

    return read
