"""What went wrong with the database, in words that an operator can act on."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from sqlalchemy import exc

from registry.errors import StoreUnavailable

_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_GONE = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
_TEXTS = {
    "store_locked": (
        "Die Datenbank ist durch einen anderen Vorgang gesperrt. Bitte später erneut versuchen; "
        "bleibt es dabei, zeigt „verbund status“, welcher Lauf noch arbeitet.",
        "The database is locked by another operation. Please try again later; if it stays so, "
        "`verbund status` shows which run is still at work.",
    ),
    "store_damaged": (
        "Die Datenbank-Datei ist beschädigt oder keine Datenbank. Bitte die letzte Sicherung "
        "zurückspielen.",
        "The database file is damaged or not a database. Please restore the last backup.",
    ),
    "store_schema": (
        "Der Datenbank fehlen Tabellen oder Spalten. Bitte „verbund init“ ausführen; das richtet "
        "sie ein oder bringt sie auf den Stand dieser Version.",
        "The database lacks tables or columns. Please run `verbund init`, which sets it up or "
        "brings it to this version.",
    ),
    "store_gone": (
        "Die Datenbank ist nicht erreichbar oder nicht beschreibbar. Bitte Adresse, Rechte, freien "
        "Speicherplatz und, bei PostgreSQL, den Server prüfen.",
        "The database cannot be reached or written. Please check its address, permissions, free "
        "disk space and, with PostgreSQL, the server.",
    ),
    "store_busy": (
        "Alle Verbindungen zur Datenbank sind belegt. Bitte in einigen Sekunden erneut versuchen.",
        "All connections to the database are in use. Please try again in a few seconds.",
    ),
}

_DRIVER_ERRORS: Final = (sqlite3.Error, psycopg.Error)


@contextmanager
def translated() -> Iterator[None]:
    """Turn what means "the database cannot be used" into `StoreUnavailable`; pass the rest on."""
    try:
        yield
    except exc.TimeoutError as error:
        raise unavailable("store_busy") from error
    except (exc.DBAPIError, sqlite3.Error, psycopg.Error) as error:
        code = _code(error.orig if isinstance(error, exc.DBAPIError) else error)
        if code is None:
            raise
        raise unavailable(code) from error


def unavailable(code: str) -> StoreUnavailable:
    """The error for one of the cases named above."""
    de, en = _TEXTS[code]
    return StoreUnavailable(de, en, code=code)


def told_by_database(error: StoreUnavailable) -> str:
    """What the database itself said, for the operator: it names paths, users and hosts; "" where
    it said nothing."""
    cause = error.__cause__
    said = cause.orig if isinstance(cause, exc.DBAPIError) else cause
    return " ".join(str(said).split())[:500] if isinstance(said, _DRIVER_ERRORS) else ""


def _code(cause: BaseException | None) -> str | None:
    if isinstance(cause, sqlite3.Error):
        return _sqlite_code(cause)
    if isinstance(cause, psycopg.Error):
        return _postgresql_code(cause)
    return None


def _sqlite_code(error: sqlite3.Error) -> str | None:
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest is the extended code
    if primary in _LOCKED:
        return "store_locked"
    if primary in _DAMAGED:
        return "store_damaged"
    if primary in _GONE:
        return "store_gone"
    if str(error).startswith(("no such table", "no such column")):
        return "store_schema"
    return None


def _postgresql_code(error: psycopg.Error) -> str | None:
    state = error.sqlstate
    if state is None:  # the connection itself failed
        return "store_gone" if isinstance(error, psycopg.OperationalError) else None
    if state in ("55P03", "40P01", "40001"):  # lock time-out, deadlock, serialisation
        return "store_locked"
    if state in ("42P01", "42703"):  # undefined table, undefined column
        return "store_schema"
    # Connection trouble, authorisation, unknown database, resources, shutdown, disk.
    if state[:2] in ("08", "28", "3D", "53", "57", "58"):
        return "store_gone"
    return None
