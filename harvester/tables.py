"""Tables of a manifest: a hub's own categories and the words of ours that they mean."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_LONGEST_TABLE: Final = 5_000_000


class TableError(ValueError):
    """A table cannot be read; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What each local value means: no, one or several values of ours."""

    name: str
    entries: Mapping[str, tuple[str, ...]]
    folded: Mapping[str, tuple[str, ...]]

    def look_up(self, local: str) -> tuple[str, ...] | None:
        """Our values for a local one, whatever its letter case; None where the table has none.

        An empty tuple means: deliberately nothing.
        """
        found = self.entries.get(local)
        return self.folded.get(_fold(local)) if found is None else found


def table_of(name: str, pairs: Mapping[str, tuple[str, ...]]) -> Table:
    """A table from pairs of local value and ours."""
    return Table(name=name, entries=dict(pairs), folded={_fold(k): v for k, v in pairs.items()})


def read_table(path: Path) -> Table:
    """A CSV file (UTF-8) with the columns `local` and `ours`; raises TableError.

    Several values of ours stand in several rows or are separated by `;`. An empty `ours` says that
    the local value deliberately means nothing. Further columns are for people.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(str(error)) from error
    if len(text) > _LONGEST_TABLE:
        raise TableError(f"larger than {_LONGEST_TABLE} characters")
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    if reader.fieldnames is None or not {"local", "ours"} <= set(reader.fieldnames):
        raise TableError("the first row must name the columns local,ours")
    pairs: dict[str, tuple[str, ...]] = {}
    try:
        for row in reader:
            if row["ours"] is None:
                raise TableError(f"row {reader.line_num} has too few cells")
            ours = tuple(part.strip() for part in row["ours"].split(";") if part.strip())
            local = row["local"].strip()
            pairs[local] = pairs.get(local, ()) + ours
    except csv.Error as error:
        raise TableError(f"row {reader.line_num}: {error}") from error
    return table_of(path.name, pairs)


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()
