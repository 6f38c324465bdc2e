"""CSV and TSV (RFC 4180) in the encoding and dialect that is declared, or else looks right."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from itertools import count
from typing import TYPE_CHECKING, Final

from harvester.formats.decoding import absolute, body_of, declared_encoding, unreadable
from harvester.formats.dialect import guess_delimiter, guess_encoding
from harvester.formats.grouping import GROUP, grouped
from harvester.formats.options import Option, option
from harvester.formats.source_object import SourceObject
from schemas.rules import finding
from vocab.types import Finding

if TYPE_CHECKING:
    from harvester.fetch import Page
    from harvester.source import Source


_DAMAGED: Final = re.compile("[\udc80-\udcff]")
"""What `surrogateescape` makes of bytes that are not of the encoding."""

_HEAD: Final = 2**16
"""Bytes from which the delimiter is told."""


class Csv:
    """One row for each object, its cells by column title; empty cells are left out.

    A title that occurs again becomes `Title#2`, a column without one `#3` (its number).
    """

    name: Final = "csv"
    accept: Final = "text/csv, text/tab-separated-values;q=0.9, */*;q=0.1"
    expressions: Final = "json"
    options: Final[Mapping[str, Option]] = {
        "encoding": option("encoding"),
        "delimiter": option("character"),
        "quote": option("character"),
        "escape": option("character"),
        "skip_rows": option("count"),
        "titles": option("texts"),
        "group": GROUP,
    }

    def objects(self, page: "Page", source: "Source") -> Iterator[SourceObject | Finding]:
        return grouped(self._objects(page, source), source)

    def _objects(self, page: "Page", source: "Source") -> Iterator[SourceObject | Finding]:
        encoding = declared_encoding(page, source)
        if encoding is None:
            encoding = guess_encoding(body_of(page))
            if encoding != "utf-8":
                yield finding("encoding.guessed", encoding=encoding)
        # Undecodable bytes come through as lone surrogates, so that only their own row is damaged.
        stream = io.TextIOWrapper(
            io.BytesIO(body_of(page)), encoding=encoding, errors="surrogateescape", newline=""
        )
        rows = self._rows(stream, _delimiter(page, source, encoding), source)
        titles = self._titles(rows, source)
        for row, cells in rows:
            if isinstance(cells, str):
                yield finding("row.bad", path=f"row {row}", row=row, reason=cells)
            elif any(cell.strip() for cell in cells):
                yield _object(titles, cells, row, encoding)

    def next_url(self, page: "Page", source: "Source") -> str | None:
        return absolute(page.links.get("next"), page)

    def total(self, page: "Page", source: "Source") -> int | None:
        return None

    def _rows(
        self, stream: io.TextIOWrapper, delimiter: str, source: "Source"
    ) -> Iterator[tuple[int, list[str] | str]]:
        """Every row with its number: its cells, or why it cannot be read.

        Numbers are those that a spreadsheet shows: the titles' row counts, and a line break within
        a cell makes no new one.
        """
        escape = source.options.get("escape")
        reader = csv.reader(
            stream,
            delimiter=delimiter,
            quotechar=source.options.get("quote", '"'),
            escapechar=escape,
            doublequote=escape is None,
            strict=True,
        )
        for row in count(1):
            try:
                yield row, next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield row, str(error)

    def _titles(self, rows: Iterator[tuple[int, list[str] | str]], source: "Source") -> list[str]:
        for _ in range(source.options.get("skip_rows", 0)):
            next(rows, None)
        declared = source.options.get("titles")
        if declared:
            return unique_titles(declared)
        _, cells = next(rows, (0, "no row"))
        if isinstance(cells, str) or _DAMAGED.search("".join(cells)):
            raise unreadable(source, "document.bad", reason=f"row of titles: {cells!r}"[:200])
        return unique_titles(cells)


def _delimiter(page: "Page", source: "Source", encoding: str) -> str:
    declared: str | None = source.options.get("delimiter")
    if declared is not None:
        return declared
    body = body_of(page)
    head = body[:_HEAD].decode(encoding, "ignore")
    if len(body) > _HEAD:
        head = head.rpartition("\n")[0]  # the last row is cut in two
    return guess_delimiter(
        head,
        quote=source.options.get("quote", '"'),
        skip_rows=source.options.get("skip_rows", 0),
    )


def unique_titles(titles: list[str]) -> list[str]:
    """Column titles made unique: `Title`, `Title#2`; an empty one is `#` and its number."""
    seen: dict[str, int] = {}
    unique = []
    for number, title in enumerate((" ".join(t.split()) for t in titles), start=1):
        name = title or f"#{number}"
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return unique


def _object(titles: list[str], cells: list[str], row: int, encoding: str) -> SourceObject:
    position = f"row {row}"
    problem = None
    if _DAMAGED.search("".join(cells)):
        problem = finding("encoding.bad", path=position, encoding=encoding)
        cells = [
            cell.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for cell in cells
        ]
    # Spreadsheets leave trailing empty cells away, or add some.
    while len(cells) > len(titles) and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) != len(titles) and problem is None:
        reason = {
            "de": f"{len(cells)} Zellen statt {len(titles)}",
            "en": f"{len(cells)} cells in place of {len(titles)}",
        }
        problem = finding("row.bad", path=position, row=row, reason=reason)
    data = {title: cell for title, cell in zip(titles, cells, strict=False) if cell.strip()}
    return SourceObject(data=data, position=position, problem=problem)
