"""A backup holds all of a registry, and either kind of database can be filled from it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard
from sqlalchemy import func, select

from registry.errors import StoreUnavailable
from registry.store import runs, staging
from registry.store.backup import Backup, BackupUnusable, back_up, open_backup
from registry.store.engine import Store, open_store
from registry.store.migrate import bring_forward, filling, migrate, schema_revision
from registry.store.tables import metadata
from registry.store.tables import runs as runs_table
from tests.store.test_migrate import next_version

SOURCE = "north/actors"


@pytest.fixture
def backup(store: Store, federation: Any, tmp_path: Path) -> Backup:
    """Of a registry with records, removed and refused ones, and a run under way."""
    federation.add(SOURCE)
    federation.say(SOURCE, {str(n): f"Verein {n} „ü“" for n in range(30)})
    federation.say(SOURCE, {"1": None, "2": "Anders"})
    run = federation.begin(SOURCE)
    with store.write() as connection:
        staging.stage(connection, run.id, [federation.form(SOURCE, "9", "halb")])
    return written(store, tmp_path / "backups")


def written(store: Store, folder: Path) -> Backup:
    with store.read() as connection:
        return back_up(connection, folder, "all", revision=schema_revision(connection))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'other' / 'registry.sqlite'}"
    return str(request.getfixturevalue("pg_url"))


@pytest.fixture
def restored(backup: Backup, empty_url: str) -> Iterator[Store]:
    restore(backup.path, empty_url)
    opened = open_store(empty_url)
    yield opened
    opened.close()


def restore(path: Path, url: str) -> None:
    with open_backup(path) as reader, filling(url, reader.revision) as connection:
        reader.restore(connection)
        bring_forward(connection)


def rows_of(store: Store) -> dict[str, list[Any]]:
    with store.read() as connection:
        return {
            table.name: [
                tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for table in metadata.sorted_tables
        }


def test_a_restored_registry_has_every_row_but_scratch(store: Store, restored: Store) -> None:
    before, after = rows_of(store), rows_of(restored)
    assert before.pop("staged") and after.pop("staged") == []
    assert after == before
    assert len(after["records"]) == 30


def test_a_backup_of_what_was_restored_is_the_same(
    backup: Backup, restored: Store, tmp_path: Path
) -> None:
    again = written(restored, tmp_path / "again")
    assert again.rows == backup.rows
    # The first line says when it was made, the last one is the checksum over that too.
    assert lines_of(again.path)[1:-1] == lines_of(backup.path)[1:-1]


def lines_of(path: Path) -> list[bytes]:
    return plain(path.read_bytes()).splitlines()


def plain(packed: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(packed)


def test_what_comes_after_a_restore_gets_numbers_of_its_own(
    restored: Store, federation: Any
) -> None:
    federation.clock.forward(seconds=61)
    with restored.write() as connection:
        last = connection.scalar(select(func.max(runs_table.c.id)))
        run = runs.begin_run(connection, SOURCE, holder="w", now=federation.clock.now, lease_s=60)
    assert run is not None
    assert run.id == last + 1


def test_nothing_is_restored_over_what_is_there(
    backup: Backup, store: Store, store_address: str
) -> None:
    before = rows_of(store)
    with pytest.raises(StoreUnavailable, match="not empty") as raised:
        restore(backup.path, store_address)
    assert raised.value.code == "store_not_empty"
    assert rows_of(store) == before


def _cut(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def _flip(raw: bytes) -> bytes:
    middle = len(raw) // 2
    return raw[:middle] + bytes([raw[middle] ^ 0x10]) + raw[middle + 1 :]


def _other_row(raw: bytes) -> bytes:
    return zstandard.compress(plain(raw).replace(b"north/actors", b"south/actors"))


def _row_less(raw: bytes) -> bytes:
    lines = plain(raw).splitlines(keepends=True)
    return zstandard.compress(b"".join(lines[:-2] + lines[-1:]))


def _of_others(raw: bytes) -> bytes:
    return zstandard.compress(b'{"format": "other"}\n')


def _no_pack(raw: bytes) -> bytes:
    return b"SQLite format 3"


@pytest.mark.parametrize("spoil", [_cut, _flip, _other_row, _row_less, _of_others, _no_pack])
def test_a_damaged_backup_is_refused_and_leaves_nothing(
    backup: Backup, empty_url: str, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    spoilt = tmp_path / "spoilt"
    spoilt.write_bytes(spoil(backup.path.read_bytes()))
    with pytest.raises(BackupUnusable, match="Nothing was changed"):
        restore(spoilt, empty_url)
    restore(backup.path, empty_url)  # the database is still empty


def test_a_backup_of_an_older_version_is_brought_forward(
    backup: Backup, empty_url: str, tmp_path: Path
) -> None:
    with open_backup(backup.path) as reader:
        scripts = next_version(tmp_path, reader.revision)
        with filling(empty_url, reader.revision, scripts=scripts) as connection:
            reader.restore(connection)
            bring_forward(connection, scripts=scripts)
            assert schema_revision(connection) == "next"


def test_a_backup_of_a_newer_version_is_refused(
    empty_url: str, sqlite_template: Path, tmp_path: Path
) -> None:
    newer = tmp_path / "newer.sqlite"
    shutil.copy(sqlite_template, newer)
    store = open_store(f"sqlite:///{newer}")
    with store.read() as connection:
        head = schema_revision(connection)
    migrate(
        f"sqlite:///{newer}", tmp_path, scripts=next_version(tmp_path, head), without_backup=True
    )
    made = written(store, tmp_path)
    store.close()
    with pytest.raises(StoreUnavailable, match="newer one"):
        restore(made.path, empty_url)
