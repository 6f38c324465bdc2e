"""Many rows at once: writing in batches, and ids in portions that fit into one statement."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Table, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")
Row = Mapping[str, Any]

_PORTION = 1000
_BATCH = 5000


def portions(things: Iterable[T], size: int = _PORTION) -> Iterator[list[T]]:
    """The things in lists of at most `size`: a statement takes a limited number of parameters."""
    rest = iter(things)
    while portion := list(islice(rest, size)):
        yield portion


def insert_rows(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Insert rows that all have the same columns; a row whose key is there already is skipped."""
    for batch in portions(rows, _BATCH):
        _insert(connection, table, batch, replace=False)


def upsert_rows(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Insert rows that all have the same columns; a row whose key is there already is replaced.

    No two rows of one call may have the same key.
    """
    for batch in portions(rows, _BATCH):
        _insert(connection, table, batch, replace=True)


def update_rows(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Set the given columns of the rows with the given `id`; the same columns in every row."""
    for batch in portions(rows, _BATCH):
        names = [name for name in batch[0] if name != "id"]
        if connection.dialect.name == "sqlite":
            new = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
            statement = update(table).where(table.c.id == bindparam("new_id")).values(new)
            parameters: Any = [{f"new_{n}": value for n, value in row.items()} for row in batch]
        else:
            given = _unnested(table, batch)
            statement = update(table).where(table.c.id == given.c.id)
            statement = statement.values({name: given.c[name] for name in names})
            parameters = _arrays(batch)
        connection.execute(statement, parameters)


def _insert(connection: Connection, table: Table, rows: list[Row], *, replace: bool) -> None:
    names = tuple(rows[0])
    if connection.dialect.name == "sqlite":
        statement, writers = _for_driver(connection.dialect, table, names, replace=replace)
        columns = [
            [write(row[name]) for row in rows] if write else [row[name] for row in rows]
            for name, write in writers.items()
        ]
        connection.exec_driver_sql(statement, list(zip(*columns, strict=True)))
    else:
        arrays = postgresql.insert(table).from_select(names, select(*_unnested(table, rows).c))
        connection.execute(_settled(arrays, table, names, replace=replace), _arrays(rows))


@lru_cache(maxsize=64)
def _for_driver(
    dialect: Dialect, table: Table, names: tuple[str, ...], *, replace: bool
) -> tuple[str, dict[str, Callable[[Any], Any] | None]]:
    """The insertion as SQL, and, by column in its order, what makes values fit for the driver.

    By itself SQLAlchemy makes a dictionary of each row once more: half the time of an insertion.
    """
    statement = _settled(sqlite.insert(table), table, names, replace=replace)
    compiled = statement.compile(dialect=dialect, column_keys=names)
    writers: dict[str, Callable[[Any], Any] | None] = {
        name: table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        for name in compiled.positiontup or ()
    }
    return str(compiled), writers


def _settled(
    statement: sqlite.Insert | postgresql.Insert,
    table: Table,
    names: Iterable[str],
    *,
    replace: bool,
) -> sqlite.Insert | postgresql.Insert:
    """The insertion with what is done about a key that is there already."""
    if not replace:
        return statement.on_conflict_do_nothing()
    key = [column.name for column in table.primary_key]
    new = {name: statement.excluded[name] for name in names if name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=new)


def _unnested(table: Table, rows: list[Row]) -> Any:
    """The rows as a table, from one array for each column: in PostgreSQL three times as fast as
    a list of parameters for each row."""
    # One dimension, or a JSON value that is a list itself would be taken for a second one.
    types = {name: postgresql.ARRAY(table.c[name].type, dimensions=1) for name in rows[0]}
    arrays = [bindparam(f"new_{name}", type_=type_) for name, type_ in types.items()]
    return func.unnest(*arrays).table_valued(*rows[0]).render_derived()


def _arrays(rows: list[Row]) -> dict[str, list[Any]]:
    return {f"new_{name}": [row[name] for row in rows] for name in rows[0]}
