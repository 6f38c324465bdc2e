"""A copy of the whole registry in one file, from which either kind of database can be filled again.

The file is zstd over JSON lines (`zstdcat` shows it): a head with the schema's revision; for each
table its name and columns, and its rows; an end with the SHA-256 of every line before it. Which
tables there are is asked of the database, so that one of an older version can be backed up too.
"""

import base64
import hashlib
import io
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, ClassVar, Final

import orjson
import zstandard
from sqlalchemy import Connection, DateTime, LargeBinary, MetaData, Table, func, select

from registry.errors import RegistryError, StoreUnavailable
from registry.store.bulk import insert_rows
from registry.store.columns import ISO
from registry.store.tables import VERSION_TABLE, staged

FORMAT: Final = "verbund-backup-1"
ENDING: Final = ".jsonl.zst"

# Scratch of runs that are under way: those runs have ended by the time of a restore.
_LEFT_OUT: Final = {VERSION_TABLE, staged.name}
_UNFINISHED: Final = ".unfinished"
_LEVEL: Final = 3
_STREAMED: Final = 1_000
_FORSAKEN_S: Final = 3_600

Progress = Callable[[str, int], None]
"""Told a table's name and how many of its rows are done."""


class BackupUnusable(RegistryError):
    """The file is no backup, or is damaged; nothing was restored from it."""

    status = 422
    title: ClassVar = {"de": "Sicherung unbrauchbar", "en": "Backup unusable"}
    code = "backup_unusable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was written."""

    path: Path
    rows: int
    size: int  # bytes


def back_up(
    connection: Connection,
    folder: Path,
    name: str,
    *,
    revision: str,
    progress: Progress | None = None,
) -> Backup:
    """Write all tables, as the connection's one snapshot shows them, into a new file.

    The file is there whole, and on disk, or not at all; an older one is never overwritten. Raises
    `StoreUnavailable` (store_backup) when that is impossible.
    """
    target = _unused(folder, name)
    unfinished = target.with_name(f"{target.name}.{os.getpid()}{_UNFINISHED}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_forsaken(folder)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            packing = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
            with packing.stream_writer(file, closefd=False) as out:
                rows = _write(connection, out, revision, progress)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
        return Backup(path=target, rows=rows, size=target.stat().st_size)
    except OSError as error:
        raise _not_written(error) from error
    finally:
        with suppress(OSError):  # the folder may be what is wrong
            unfinished.unlink()


class BackupReader:
    """Reads one backup from its head to its end, once."""

    def __init__(self, file: IO[bytes]) -> None:
        self._lines = _sound_lines(file)
        head = next(self._lines, None)
        if not isinstance(head, dict) or head.get("format") != FORMAT:
            raise _unusable("no backup of this program", "keine Sicherung dieses Programms")
        self.revision = str(head["schema"])
        """Of the schema that the tables have."""

    def restore(self, connection: Connection, progress: Progress | None = None) -> int:
        """Put all rows into the connection's empty tables of that schema; returns how many.

        Raises `BackupUnusable` at the end of a damaged file: roll back then.
        """
        tables = _tables(connection)
        total = 0
        line = next(self._lines, None)
        while isinstance(line, dict) and "table" in line:
            table, names = tables[line["table"]], line["columns"]
            reading = _Rows(self._lines, table, names, progress)
            insert_rows(connection, table, reading)
            _number_on(connection, table)
            total += reading.count
            line = reading.after
        if not isinstance(line, dict) or line.get("rows") != total:
            raise _unusable("it has no end", "sie hat kein Ende")
        return total


@contextmanager
def open_backup(path: Path) -> Iterator[BackupReader]:
    """The backup in a file. Raises `BackupUnusable` where there is none or it is damaged."""
    try:
        with (
            path.open("rb") as file,
            zstandard.ZstdDecompressor().stream_reader(file) as plain,
        ):
            yield BackupReader(io.BufferedReader(plain, 1 << 20))
    except (OSError, zstandard.ZstdError, KeyError, ValueError) as error:
        raise _unusable(str(error), str(error)) from error


class _Rows:
    """The rows of one table as they follow in the file; `after` is then the line behind them."""

    def __init__(
        self, lines: Iterator[Any], table: Table, names: list[str], progress: Progress | None
    ) -> None:
        self._lines, self._names, self._progress = lines, names, progress
        self._readers = [_reader(table.c[name].type) for name in names]
        self._table = table.name
        self.count = 0
        self.after: Any = None

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for line in self._lines:
            if not isinstance(line, list):
                self.after = line
                break
            self.count += 1
            yield {
                name: value if value is None else read(value)
                for name, read, value in zip(self._names, self._readers, line, strict=True)
            }
            if self._progress and self.count % _STREAMED == 0:
                self._progress(self._table, self.count)


def _write(connection: Connection, out: IO[bytes], revision: str, progress: Progress | None) -> int:
    digest, total = hashlib.sha256(), 0

    def say(line: Any) -> None:
        packed = orjson.dumps(
            line, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_APPEND_NEWLINE
        )
        digest.update(packed)
        out.write(packed)

    say({"format": FORMAT, "schema": revision, "made_at": datetime.now(UTC)})
    for table in _tables(connection).values():
        say({"table": table.name, "columns": [column.name for column in table.c]})
        wanted = select(table).order_by(*table.primary_key)
        rows = connection.execute(wanted.execution_options(yield_per=_STREAMED))
        for count, row in enumerate(rows, 1):
            say(list(row))
            total += 1
            if progress and count % _STREAMED == 0:
                progress(table.name, count)
    say({"rows": total, "sha256": digest.hexdigest()})
    return total


def _tables(connection: Connection) -> dict[str, Table]:
    """The tables that the database has, each after those it refers to."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name not in _LEFT_OUT)
    return {table.name: table for table in found.sorted_tables}


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime(ISO)
    return base64.b64encode(value).decode("ascii")


def _reader(kind: Any) -> Callable[[Any], Any]:
    """From a value in the file to one for a column of this type."""
    if isinstance(kind, LargeBinary):
        return base64.b64decode
    return datetime.fromisoformat if isinstance(kind, DateTime) else _same


def _same(value: Any) -> Any:
    return value


def _number_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL give the next row a number of its own; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for column in table.primary_key:
        if column.autoincrement is True or column.server_default is not None:
            last = connection.scalar(select(func.max(column)))
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            if last:
                connection.execute(select(func.setval(sequence, last)))


def _sound_lines(file: IO[bytes]) -> Iterator[Any]:
    """Each line's value. Raises `BackupUnusable` at an end whose checksum is another one."""
    digest = hashlib.sha256()
    for line in file:
        value = orjson.loads(line)
        if (
            isinstance(value, dict)
            and value.get("sha256", (so_far := digest.hexdigest())) != so_far
        ):
            raise _unusable("its checksum is wrong", "ihre Prüfsumme stimmt nicht")
        digest.update(line)
        yield value


def _unused(folder: Path, name: str) -> Path:
    """An older backup is never overwritten."""
    candidate, number = folder / f"{name}{ENDING}", 1
    while candidate.exists():
        number += 1
        candidate = folder / f"{name}-{number}{ENDING}"
    return candidate


def _remove_forsaken(folder: Path) -> None:
    """What backups that were killed left behind; nobody has written to it for long."""
    for path in folder.glob(f"*{_UNFINISHED}"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _FORSAKEN_S:
                path.unlink()


def _not_written(error: OSError) -> StoreUnavailable:
    return StoreUnavailable(
        de=f"Die Sicherung ließ sich nicht schreiben ({error}). An der Datenbank ist nichts "
        "geändert. Bitte Platz und Rechte am Ziel prüfen oder ein anderes nennen.",
        en=f"The backup could not be written ({error}). Nothing in the database was changed. "
        "Please check space and permissions of the target, or name another one.",
        code="store_backup",
    )


def _unusable(en: str, de: str) -> BackupUnusable:
    return BackupUnusable(
        de=f"Aus dieser Datei lässt sich nichts wiederherstellen: {de}. Nichts wurde geändert. "
        "Bitte eine andere Sicherung nehmen.",
        en=f"Nothing can be restored from this file: {en}. Nothing was changed. Please take "
        "another backup.",
    )
