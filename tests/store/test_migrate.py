import itertools
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import zstandard
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from registry.errors import StoreUnavailable
from registry.store import meta
from registry.store.engine import make_engine, open_store, store_url
from registry.store.migrate import (
    SCRIPTS,
    VERSION_TABLE,
    Migration,
    migrate,
    require_current,
    schema_state,
)
from registry.store.tables import metadata

NEXT = '''"""A column more."""

import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = {head!r}


def upgrade() -> None:
    op.add_column("meta", sa.Column("note", sa.Text()))
    {then}
'''
SETTING_UP = """
import sys
from pathlib import Path
from registry.store.migrate import migrate
print(migrate(sys.argv[1], Path(sys.argv[2])).before)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / '100% neu.sqlite'}"
    return str(request.getfixturevalue("pg_url"))


def next_version(tmp_path: Path, head: str, then: str = "") -> Path:
    """The scripts of a version to come."""
    scripts = tmp_path / "scripts"
    shutil.copytree(SCRIPTS, scripts)
    (scripts / "versions" / "next.py").write_text(NEXT.format(head=head, then=then))
    return scripts


def _set_up(url: str, tmp_path: Path) -> Migration:
    done = migrate(url, tmp_path / "backups")
    store = open_store(url)
    with store.write() as connection:
        meta.put_value(connection, "kept", "yes")
    store.close()
    return done


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = make_engine(store_url(url), busy_timeout_s=5)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _columns(url: str, table: str = "meta") -> set[str]:
    with _connected(url) as connection:
        return {column["name"] for column in inspect(connection).get_columns(table)}


def test_an_empty_database_gets_its_tables_once(url: str, tmp_path: Path) -> None:
    assert schema_state(url) == "empty"
    first = migrate(url, tmp_path / "backups")
    assert schema_state(url) == "current"
    second = migrate(url, tmp_path / "backups")
    assert (first.before, second.before) == ("empty", "current")
    assert first.revision == second.revision == second.revision_before
    assert not (tmp_path / "backups").exists()


def test_asking_for_the_state_makes_no_file(tmp_path: Path) -> None:
    assert schema_state(f"sqlite:///{tmp_path / 'new.sqlite'}") == "empty"
    assert list(tmp_path.iterdir()) == []


def test_the_scripts_make_exactly_the_tables_of_the_code(url: str, tmp_path: Path) -> None:
    migrate(url, tmp_path)
    with _connected(url) as connection:
        options = {"version_table": VERSION_TABLE}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_an_older_database_is_backed_up_and_brought_forward(url: str, tmp_path: Path) -> None:
    head = _set_up(url, tmp_path).revision
    scripts = next_version(tmp_path, head)
    assert schema_state(url, scripts=scripts) == "older"
    done = migrate(url, tmp_path / "backups", scripts=scripts)
    assert (done.before, done.revision_before, done.revision) == ("older", head, "next")
    assert schema_state(url, scripts=scripts) == "current"
    assert "note" in _columns(url)
    assert done.backup is not None
    assert [done.backup] == list((tmp_path / "backups").iterdir())
    assert _what_was_backed_up(done.backup) == {"kept": '"yes"'}


def _what_was_backed_up(backup: Path) -> dict[str, str]:
    """The rows of `meta`, read by other means than the program's."""
    lines = zstandard.ZstdDecompressor().decompressobj().decompress(backup.read_bytes())
    found = [json.loads(line) for line in lines.splitlines()]
    start = found.index({"table": "meta", "columns": ["key", "value"]}) + 1
    return dict(itertools.takewhile(lambda line: isinstance(line, list), found[start:]))


def test_an_earlier_backup_is_never_overwritten(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'registry.sqlite'}"
    head = _set_up(url, tmp_path).revision
    scripts = next_version(tmp_path, head)
    earlier = tmp_path / "backups" / f"before-next-from-{head}.jsonl.zst"
    earlier.parent.mkdir()
    earlier.write_text("earlier")
    done = migrate(url, tmp_path / "backups", scripts=scripts)
    assert earlier.read_text() == "earlier"
    assert done.backup is not None
    assert done.backup != earlier
    assert _what_was_backed_up(done.backup) == {"kept": '"yes"'}


def test_without_a_backup_nothing_is_changed_unless_told_so(url: str, tmp_path: Path) -> None:
    head = _set_up(url, tmp_path).revision
    scripts = next_version(tmp_path, head)
    in_the_way = tmp_path / "backups"
    in_the_way.write_text("a file, not a folder")
    with pytest.raises(StoreUnavailable) as raised:
        migrate(url, in_the_way, scripts=scripts)
    assert raised.value.code == "store_backup"
    assert schema_state(url, scripts=scripts) == "older"

    assert migrate(url, in_the_way, scripts=scripts, without_backup=True).backup is None
    assert "note" in _columns(url)


def test_a_script_that_fails_changes_nothing(url: str, tmp_path: Path) -> None:
    head = _set_up(url, tmp_path).revision
    scripts = next_version(tmp_path, head, then="raise RuntimeError('half way')")
    with pytest.raises(RuntimeError, match="half way"):
        migrate(url, tmp_path / "backups", scripts=scripts)
    assert schema_state(url, scripts=scripts) == "older"
    assert schema_state(url) == "current"
    assert "note" not in _columns(url)


def test_a_newer_database_is_left_alone(url: str, tmp_path: Path) -> None:
    head = _set_up(url, tmp_path).revision
    scripts = next_version(tmp_path, head)
    migrate(url, tmp_path / "backups", scripts=scripts, without_backup=True)
    assert schema_state(url) == "newer"
    with pytest.raises(StoreUnavailable, match="newer one") as raised:
        migrate(url, tmp_path / "backups")
    assert raised.value.code == "store_schema"
    assert schema_state(url, scripts=scripts) == "current"


def test_a_database_of_another_program_is_left_alone(url: str, tmp_path: Path) -> None:
    Path(str(store_url(url).database)).parent.mkdir(exist_ok=True)
    engine = make_engine(store_url(url), busy_timeout_s=5, create=True)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE invoices (id INTEGER)"))
    assert schema_state(url) == "foreign"
    with pytest.raises(StoreUnavailable, match="another program"):
        migrate(url, tmp_path / "backups")
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["invoices"]
    engine.dispose()


def test_two_processes_that_set_up_at_once_agree(url: str, tmp_path: Path) -> None:
    command: list[Any] = [sys.executable, "-c", SETTING_UP, url, str(tmp_path)]
    both = [
        subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": ":".join(sys.path)}
        )
        for _ in range(2)
    ]
    assert sorted(one.communicate(timeout=60)[0].strip() for one in both) == ["current", "empty"]
    assert schema_state(url) == "current"


def test_only_this_versions_schema_will_do(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="no registry here yet"):
        require_current(url)
    head = _set_up(url, tmp_path).revision
    require_current(url)
    with pytest.raises(StoreUnavailable, match=f"still at {head}, of an older version"):
        require_current(url, scripts=next_version(tmp_path, head))


def test_a_database_of_the_first_tables_is_brought_to_those_of_today(
    url: str, tmp_path: Path
) -> None:
    scripts = tmp_path / "first"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("000[2-9]*"))
    migrate(url, tmp_path / "backups", scripts=scripts)
    with _connected(url) as connection, connection.begin():
        connection.execute(text("INSERT INTO seen (run_id, record_id) VALUES (1, 'a')"))
        connection.execute(text("INSERT INTO meta (key, value) VALUES ('kept', 'true')"))
    assert schema_state(url) == "older"
    migrate(url, tmp_path / "backups", without_backup=True)
    with _connected(url) as connection:
        options = {"version_table": VERSION_TABLE}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
        assert connection.scalar(text("SELECT value FROM meta WHERE key = 'kept'")) == "true"
