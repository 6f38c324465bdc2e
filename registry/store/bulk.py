"""Many rows at once: writing in batches, and ids in portions that fit into one statement."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, bindparam, func, select, update
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
    names = list(rows[0])
    statement: sqlite.Insert | postgresql.Insert
    if connection.dialect.name == "sqlite":
        statement = sqlite.insert(table)
        parameters: Any = rows
    else:
        statement = postgresql.insert(table).from_select(names, select(*_unnested(table, rows).c))
        parameters = _arrays(rows)
    if replace:
        key = [column.name for column in table.primary_key]
        new = {name: statement.excluded[name] for name in names if name not in key}
        statement = statement.on_conflict_do_update(index_elements=key, set_=new)
    else:
        statement = statement.on_conflict_do_nothing()
    connection.execute(statement, parameters)


def _unnested(table: Table, rows: list[Row]) -> Any:
    """The rows as a table, from one array for each column: in PostgreSQL three times as fast as
    a list of parameters for each row."""
    arrays = [bindparam(f"new_{n}", type_=postgresql.ARRAY(table.c[n].type)) for n in rows[0]]
    return func.unnest(*arrays).table_valued(*rows[0]).render_derived()


def _arrays(rows: list[Row]) -> dict[str, list[Any]]:
    return {f"new_{name}": [row[name] for row in rows] for name in rows[0]}
