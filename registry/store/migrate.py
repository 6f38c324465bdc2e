"""Which schema a database has, and bringing it to this version's, after a backup."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, inspect, text

from registry.errors import StoreUnavailable
from registry.store.backup import back_up
from registry.store.engine import Store, make_engine, store_url
from registry.store.tables import VERSION_TABLE
from registry.store.trouble import translated

SchemaState = Literal["empty", "current", "older", "newer", "foreign"]

SCRIPTS = Path(__file__).parent / "migrations"

_MIGRATION_LOCK = 0x7665_7262_756E_6401


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """What `migrate` found and did."""

    before: SchemaState
    revision_before: str | None
    revision: str
    backup: Path | None  # None: nothing was changed, or the operator wanted none


def schema_state(url: str, *, scripts: Path = SCRIPTS) -> SchemaState:
    """What the database holds, compared with this version's tables; nothing is changed.

    `foreign`: tables of something else. Raises `StoreUnavailable`.
    """
    parsed = store_url(url)
    if _is_absent_file(parsed):
        return "empty"
    with _engine(parsed) as engine, engine.connect() as connection:
        return _state(connection, scripts)[0]


def require_current(url: str, *, scripts: Path = SCRIPTS) -> None:
    """Raise `StoreUnavailable`, saying what to do, unless the schema is this version's."""
    parsed = store_url(url)
    if _is_absent_file(parsed):
        raise _refused("empty", None)
    with _engine(parsed) as engine, engine.connect() as connection:
        state, revision = _state(connection, scripts)
    if state != "current":
        raise _refused(state, revision)


def migrate(
    url: str, backup_folder: Path, *, without_backup: bool = False, scripts: Path = SCRIPTS
) -> Migration:
    """Make the tables of an empty database, or bring older ones to this version after a backup.

    Happens in one transaction, by one process at a time; a current schema is left as it is. Raises
    `StoreUnavailable` for a newer or foreign schema, which is never touched, and when the backup
    fails, upon which nothing is changed either. `without_backup`: the operator has made one.
    """
    parsed = store_url(url)
    if parsed.get_backend_name() == "sqlite":
        Path(str(parsed.database)).absolute().parent.mkdir(parents=True, exist_ok=True)
    with _engine(parsed, create=True) as engine, _alone(engine) as connection:
        before, old = _state(connection, scripts)
        new = _head(scripts)
        backup = None
        if before in ("newer", "foreign"):
            raise _refused(before, old)
        if before == "older" and old and not without_backup:
            with Store(engine).read() as reading:
                name = f"before-{new}-from-{old}"
                backup = back_up(reading, backup_folder, name, revision=old).path
        if before in ("empty", "older"):
            _upgrade(connection, scripts, "head")
        return Migration(before=before, revision_before=old, revision=new, backup=backup)


@contextmanager
def filling(url: str, revision: str, *, scripts: Path = SCRIPTS) -> Iterator[Connection]:
    """The tables of a revision in an empty database, to be filled in one transaction.

    `bring_forward` belongs to it; leaving by an exception leaves nothing there. Raises
    `StoreUnavailable` when the database is not empty, or this version is older.
    """
    parsed = store_url(url)
    if parsed.get_backend_name() == "sqlite":
        Path(str(parsed.database)).absolute().parent.mkdir(parents=True, exist_ok=True)
    with _engine(parsed, create=True) as engine, _alone(engine) as connection:
        if _state(connection, scripts)[0] != "empty":
            raise _not_empty()
        if revision not in {one.revision for one in _directory(scripts).walk_revisions()}:
            raise _refused("newer", revision)
        _upgrade(connection, scripts, revision)
        yield connection


def bring_forward(connection: Connection, *, scripts: Path = SCRIPTS) -> None:
    """Bring the connection's tables, which may be older ones, to this version."""
    _upgrade(connection, scripts, "head")


def schema_revision(connection: Connection) -> str:
    """The revision of this version's tables, as the database names it."""
    return str(connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")))  # noqa: S608


@contextmanager
def _engine(url: URL, *, create: bool = False) -> Iterator[Engine]:
    engine = make_engine(url, busy_timeout_s=60, create=create)
    try:
        with translated():
            yield engine
    finally:
        engine.dispose()


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other migration runs beside; SQLite's writers are alone anyway."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            lock = text("SELECT pg_advisory_xact_lock(:lock)")
            connection.execute(lock, {"lock": _MIGRATION_LOCK})
        yield connection


def _upgrade(connection: Connection, scripts: Path, revision: str) -> None:
    config = _config(scripts)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _state(connection: Connection, scripts: Path) -> tuple[SchemaState, str | None]:
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        return ("foreign" if tables else "empty"), None
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    revision = context.get_current_revision()
    if revision == _head(scripts):
        return "current", revision
    known = {script.revision for script in _directory(scripts).walk_revisions()}
    return ("older" if revision in known else "newer"), revision


def _is_absent_file(url: URL) -> bool:
    return url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists()


def _config(scripts: Path) -> Config:
    config = Config()
    # A percent sign means interpolation to Alembic.
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _directory(scripts: Path) -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(scripts))


def _head(scripts: Path) -> str:
    head = _directory(scripts).get_current_head()
    if head is None:
        raise ValueError(f"no migration scripts in {scripts}")
    return head


def _not_empty() -> StoreUnavailable:
    return StoreUnavailable(
        de="Die Datenbank ist nicht leer, und eine Wiederherstellung überschreibt nichts. Bitte "
        "VERBUND_HOME und VERBUND_STORE_URL auf einen neuen Ordner oder eine neue Datenbank "
        "richten; die Tabellen legt „verbund restore“ selbst an, „verbund init“ ist nicht nötig.",
        en="The database is not empty, and a restore overwrites nothing. Please point VERBUND_HOME "
        "and VERBUND_STORE_URL to a new folder or database; `verbund restore` makes the tables "
        "itself, `verbund init` is not needed.",
        code="store_not_empty",
    )


def _refused(state: SchemaState, revision: str | None) -> StoreUnavailable:
    if state == "empty":
        return StoreUnavailable(
            de="Hier ist noch kein Verzeichnis. Bitte „verbund init“ ausführen, oder VERBUND_HOME "
            "und VERBUND_STORE_URL auf ein vorhandenes richten.",
            en="There is no registry here yet. Please run `verbund init`, or point VERBUND_HOME "
            "and VERBUND_STORE_URL to one that exists.",
            code="store_schema",
        )
    if state == "older":
        return StoreUnavailable(
            de=f"Die Datenbank hat noch den Stand {revision} einer älteren Version. Bitte „verbund "
            "init“ ausführen; das sichert sie und bringt sie auf den Stand dieser Version.",
            en=f"The database is still at {revision}, of an older version. Please run `verbund "
            "init`, which makes a backup and brings it to this version.",
            code="store_schema",
        )
    if state == "newer":
        return StoreUnavailable(
            de=f"Die Datenbank hat den Stand {revision}, den diese Version nicht kennt: Sie gehört "
            "zu einer neueren. Bitte die neuere Version verwenden oder die Sicherung "
            "zurückspielen, die sie beim Umstellen angelegt hat.",
            en=f"The database is at {revision}, which this version does not know: it belongs to a "
            "newer one. Please use the newer version, or restore the backup that it made when "
            "migrating.",
            code="store_schema",
        )
    return StoreUnavailable(
        de="In der Datenbank liegen Tabellen eines anderen Programms. Bitte eine leere Datenbank "
        "angeben; diese bleibt unberührt.",
        en="The database holds tables of another program. Please name an empty database; this one "
        "stays untouched.",
        code="store_schema",
    )
