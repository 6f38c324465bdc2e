import multiprocessing
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import exc, select, text

from registry.errors import StoreUnavailable
from registry.store import hubs, meta
from registry.store.engine import Store, open_store
from registry.store.tables import hubs as hubs_table
from registry.store.trouble import translated

COUNTING = """
import sys
from registry.store import meta
from registry.store.engine import open_store
store = open_store(sys.argv[1])
for _ in range(20):
    with store.flip() as connection:
        meta.put_value(connection, "count", meta.value(connection, "count") + 1)
store.close()
"""


def test_a_reader_keeps_its_snapshot_while_a_writer_commits(store: Store) -> None:
    with store.write() as connection:
        meta.put_value(connection, "x", "old")
    with store.read() as reader:
        assert meta.value(reader, "x") == "old"
        with store.write() as writer:
            meta.put_value(writer, "x", "new")
            meta.put_value(writer, "y", "new")
        assert (meta.value(reader, "x"), meta.value(reader, "y")) == ("old", None)
    with store.read() as reader:
        assert (meta.value(reader, "x"), meta.value(reader, "y")) == ("new", "new")


def test_a_reader_cannot_write_and_its_connection_can_afterwards(store: Store) -> None:
    with pytest.raises((StoreUnavailable, exc.DBAPIError)), store.read() as connection:
        meta.put_value(connection, "x", 1)
    with store.write() as connection:
        meta.put_value(connection, "x", 2)
        assert meta.value(connection, "x") == 2


def test_what_an_exception_ends_was_never_written(store: Store) -> None:
    with pytest.raises(KeyError), store.write() as connection:
        meta.put_value(connection, "x", 1)
        raise KeyError
    with store.read() as connection:
        assert meta.value(connection, "x") is None


def test_flips_of_two_processes_follow_one_another(store: Store, store_address: str) -> None:
    with store.write() as connection:
        meta.put_value(connection, "count", 0)
    command = [sys.executable, "-c", COUNTING, store_address]
    others = [subprocess.Popen(command, env={"PYTHONPATH": ":".join(sys.path)}) for _ in range(2)]
    assert [other.wait(60) for other in others] == [0, 0]
    with store.read() as connection:
        assert meta.value(connection, "count") == 40


def open_new_ones(folder: Path, start: Any, told: Any) -> None:
    """In a process of its own: open each of a hundred new files together with others."""
    for number in range(100):
        store = open_store(f"sqlite:///{folder / f'{number}.sqlite'}")
        start.wait(30)
        try:
            with store.engine.connect() as connection:
                told.put(connection.exec_driver_sql("PRAGMA journal_mode").scalar())
        except exc.OperationalError as error:
            told.put(str(error.orig))
        store.close()


def test_several_processes_may_set_up_a_new_file_at_once(tmp_path: Path) -> None:
    """SQLite does not wait by itself for the locks that the change to WAL needs."""
    for number in range(100):
        (tmp_path / f"{number}.sqlite").touch()
    context = multiprocessing.get_context("spawn")
    start, told = context.Barrier(3), context.Queue()
    others = [context.Process(target=open_new_ones, args=(tmp_path, start, told)) for _ in range(3)]
    for other in others:
        other.start()
    assert {told.get(timeout=60) for _ in range(300)} == {"wal"}
    for other in others:
        other.join()


def test_who_waited_too_long_for_a_flip_is_told_so(store: Store, store_address: str) -> None:
    hasty = open_store(store_address, busy_timeout_s=0.05)
    with store.flip(), pytest.raises(StoreUnavailable) as raised, hasty.flip():
        pass
    assert raised.value.code == "store_locked"
    with hasty.flip() as connection:
        meta.put_value(connection, "x", 1)
    hasty.close()


def test_a_lost_file_is_an_error_and_not_an_empty_registry(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'lost.sqlite'}")
    with pytest.raises(StoreUnavailable) as raised, store.read() as connection:
        meta.value(connection, "x")
    assert raised.value.code == "store_gone"
    assert list(tmp_path.iterdir()) == []
    store.close()


def test_a_server_that_is_away_is_an_error_that_says_what_to_check(tmp_path: Path) -> None:
    store = open_store(f"postgresql://nobody@/verbund?host={tmp_path}")
    with pytest.raises(StoreUnavailable, match="check its address") as raised, store.write():
        pass
    assert raised.value.code == "store_gone"
    assert "Server prüfen" in raised.value.de
    store.close()


def test_a_damaged_file_is_told_from_a_lost_one(tmp_path: Path) -> None:
    path = tmp_path / "damaged.sqlite"
    path.write_bytes(b"no database " * 500)
    store = open_store(f"sqlite:///{path}")
    with pytest.raises(StoreUnavailable) as raised, store.read() as connection:
        meta.value(connection, "x")
    assert raised.value.code == "store_damaged"
    store.close()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_database_without_tables_asks_for_its_setup(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "empty.sqlite").touch()
    sqlite = f"sqlite:///{tmp_path / 'empty.sqlite'}"
    store = open_store(sqlite if database == "sqlite" else request.getfixturevalue("pg_url"))
    with pytest.raises(StoreUnavailable) as raised, store.read() as connection:
        meta.value(connection, "x")
    assert raised.value.code == "store_schema"
    store.close()


@pytest.mark.parametrize("url", ["mysql://localhost/verbund", "sqlite://", "var/verbund.sqlite"])
def test_another_kind_of_database_is_refused(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="sqlite:///path") as raised:
        open_store(url)
    assert raised.value.code == "store_url"


def test_a_mistaken_statement_is_not_passed_off_as_an_outage(store: Store) -> None:
    with pytest.raises(exc.DBAPIError), store.read() as connection:
        connection.execute(text("SELEKT 1"))


def test_an_exhausted_pool_is_an_outage_of_seconds() -> None:
    with pytest.raises(StoreUnavailable) as raised, translated():
        raise exc.TimeoutError
    assert (raised.value.code, raised.value.status) == ("store_busy", 503)
    assert raised.value.retry_after_s


def test_times_are_kept_in_utc_and_sort_as_they_follow(store: Store) -> None:
    berlin = timezone(timedelta(hours=2))
    times = {
        "c": datetime(2026, 7, 1, 12, 0, 0, 1, tzinfo=UTC),
        "a": datetime(2026, 7, 1, 13, 59, 59, tzinfo=berlin),
        "b": datetime(2026, 7, 1, 14, 0, tzinfo=berlin),
    }
    with store.write() as connection:
        for hub_id, at in times.items():
            hubs.put_hub(connection, hub_id, manifest={}, priority=1, at=at)
        added = {hub.id: hub.added_at for hub in hubs.hubs(connection)}
        in_order = connection.scalars(select(hubs_table.c.id).order_by(hubs_table.c.added_at))
        assert list(in_order) == ["a", "b", "c"]
    assert added == times
    assert {at.utcoffset() for at in added.values()} == {timedelta(0)}


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    naive: Any = datetime(2026, 7, 1, 12, 0)  # noqa: DTZ001
    with pytest.raises(exc.StatementError, match="no time zone"), store.write() as connection:
        hubs.put_hub(connection, "north", manifest={}, priority=1, at=naive)


def test_what_hubs_say_is_not_part_of_error_messages(store: Store, federation: Any) -> None:
    with pytest.raises(exc.IntegrityError) as raised, store.write() as connection:
        hubs.put_source(
            connection,
            "nowhere/actors",
            iri="https://nowhere.example/",
            folder="private words",
            manifest={},
            processing_version="v1",
            next_due_at=None,
        )
    assert "private words" not in str(raised.value)


def test_one_host_at_a_time_is_alone(store: Store, store_address: str) -> None:
    """On SQLite locks of files do this, as it serves one host only."""
    other = open_store(store_address, busy_timeout_s=20)
    with store.alone() as first:
        assert first
        with other.alone() as second:
            assert second is (store.engine.dialect.name == "sqlite")
    with other.alone() as after:
        assert after
    other.close()
