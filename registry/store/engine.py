"""Opening the database, and the three ways to use it: read, write, flip."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from registry.errors import StoreUnavailable
from registry.store.trouble import translated

# Any constant serves, as long as every process of the registry takes the same one.
_RELEASE_LOCK = 0x7665_7262_756E_6400
_SHARED_LOCK = _RELEASE_LOCK + 1
_BEGIN = "verbund_begin"
_QUERY_ONLY = "verbund_query_only"
_SET_UP = "verbund_set_up"
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "journal_size_limit = 67108864",  # bytes; a large release does not leave its log behind
)
# The cache is each connection's own, in KiB: many read, one writes at a time.
_READING = ("query_only = ON", "cache_size = -8192")
_WRITING = ("query_only = OFF", "cache_size = -65536")


class Store:
    """One database. Each context manager gives a connection inside one transaction of its own.

    All three raise `StoreUnavailable` when the database is gone, locked for longer than the busy
    time-out, damaged or not migrated. Leaving by an exception rolls everything back.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def read(self) -> AbstractContextManager[Connection]:
        """A consistent snapshot: no statement sees what was committed after the first one."""
        return self._transaction(self._reading)

    def write(self) -> AbstractContextManager[Connection]:
        """A transaction that may write. SQLite: at once the only writer, others wait their turn."""
        return self._transaction(self._writing)

    @contextmanager
    def flip(self) -> Iterator[Connection]:
        """A writing transaction that holds the one release lock until it ends."""
        with self.write() as connection:
            if connection.dialect.name == "postgresql":
                lock = text("SELECT pg_advisory_xact_lock(:lock)")
                connection.execute(lock, {"lock": _RELEASE_LOCK})
            yield connection

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """True for one host at a time, until it leaves: to write to what all hosts share.

        SQLite serves one host, whose processes keep each other out by locks of files.
        """
        with self.read() as connection:
            if connection.dialect.name != "postgresql":
                yield True
                return
            lock = text("SELECT pg_try_advisory_xact_lock(:lock)")
            yield bool(connection.scalar(lock, {"lock": _SHARED_LOCK}))

    def close(self) -> None:
        """Close all connections; the store must not be used afterwards."""
        self.engine.dispose()

    @property
    def _reading(self) -> dict[str, Any]:
        if self.engine.dialect.name == "sqlite":
            return {_BEGIN: "BEGIN", _QUERY_ONLY: True}
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    @property
    def _writing(self) -> dict[str, Any]:
        if self.engine.dialect.name == "sqlite":
            return {_BEGIN: "BEGIN IMMEDIATE", _QUERY_ONLY: False}
        return {"isolation_level": "READ COMMITTED", "postgresql_readonly": False}

    @contextmanager
    def _transaction(self, options: dict[str, Any]) -> Iterator[Connection]:
        with translated(), self.engine.connect() as connection:
            connection = connection.execution_options(**options)
            with connection.begin():
                yield connection


def open_store(url: str, *, busy_timeout_s: float = 60) -> Store:
    """The store at `sqlite:///path` or `postgresql://…`; `migrate` must have made its tables.

    `busy_timeout_s` is how long a writer waits for another one before `StoreUnavailable`.
    Nothing is connected before the first use.
    """
    return Store(make_engine(store_url(url), busy_timeout_s=busy_timeout_s))


def store_url(url: str) -> URL:
    """The URL with its driver named. Raises `StoreUnavailable` for any other kind of database."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise _not_a_store() from None
    kind = parsed.get_backend_name()
    if kind == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed.set(drivername="sqlite")
    if kind in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    raise _not_a_store()


def make_engine(url: URL, *, busy_timeout_s: float, create: bool = False) -> Engine:
    """An engine whose connections are set up as the store needs them.

    `create` lets SQLite make the file; without it a lost file is an error, not an empty registry.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite(Path(str(url.database)).absolute(), busy_timeout_s, create)
    settings = f"-c lock_timeout={int(busy_timeout_s * 1000)} -c timezone=UTC"
    return create_engine(
        url,
        connect_args={"options": settings, "connect_timeout": 10},
        pool_size=10,
        max_overflow=20,
        pool_timeout=10,
        hide_parameters=True,  # what hubs say does not belong into logs
        pool_pre_ping=True,
    )


def _sqlite(path: Path, busy_timeout_s: float, create: bool) -> Engine:
    address = f"{path.as_uri()}?mode={'rwc' if create else 'rw'}"

    def connect() -> sqlite3.Connection:
        # isolation_level None: by SQLAlchemy's and sqlite3's own idea of when a transaction begins,
        # a second SELECT sees what was committed after the first; so each is begun by hand below.
        # The pool lends a connection to one thread at a time, which need not be the same one.
        return sqlite3.connect(
            address, uri=True, timeout=busy_timeout_s, isolation_level=None, check_same_thread=False
        )

    engine = create_engine(
        "sqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=10,
        max_overflow=20,
        pool_timeout=10,
        hide_parameters=True,  # what hubs say does not belong into logs
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        until = time.monotonic() + busy_timeout_s
        for pragma in _PRAGMAS:
            _ask(connection, f"PRAGMA {pragma}", until)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        wanted = _READING if options.get(_QUERY_ONLY) else _WRITING
        if connection.info.get(_SET_UP) is not wanted:  # most connections stay with one use
            for pragma in wanted:
                connection.exec_driver_sql(f"PRAGMA {pragma}")
            connection.info[_SET_UP] = wanted
        connection.exec_driver_sql(options.get(_BEGIN, "BEGIN IMMEDIATE"))

    return engine


def _not_a_store() -> StoreUnavailable:
    return StoreUnavailable(
        de="Die Datenbank-Adresse ist unbrauchbar. Nötig ist sqlite:///Pfad oder "
        "postgresql://Benutzer@Rechner/Datenbank; bitte die Einstellung berichtigen.",
        en="The database address is unusable. It must be sqlite:///path or "
        "postgresql://user@host/database; please correct the setting.",
        code="store_url",
    )


def _ask(connection: sqlite3.Connection, pragma: str, until: float) -> None:
    """SQLite's own patience does not reach to the change to WAL: two at once, and one fails."""
    while True:
        try:
            connection.execute(pragma).close()
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)
