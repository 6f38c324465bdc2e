"""Whether the public sees something yet: by SPARQL through the query workers, and in the list."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from bench.generate import Thing
from registry.project.search import ListQuery, SearchIndex
from registry.sparql.pool import QueryPool
from vocab.properties import Kind
from vocab.terms import expand

_PATIENCE_S: Final = 120.0
_POLL_S: Final = 0.01
_DESCRIPTION: Final = expand("dct:description")


class Public(AbstractContextManager["Public"]):
    """The eyes of the public on one registry's projections."""

    def __init__(self, home: Path) -> None:
        self._pool = QueryPool(home / "graph")
        self._index = SearchIndex(home / "search")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def await_things(self, things: Sequence[Thing]) -> None:
        """Return when all of these can be asked for and stand in the list.

        Raises:
            RuntimeError: that takes too long.
        """
        checks: list[Callable[[Thing], bool]] = [self._listed, self._asked]
        until = time.monotonic() + _PATIENCE_S
        while not all(check(thing) for thing in things for check in checks):
            if time.monotonic() > until:
                raise RuntimeError(f"still not visible: {[thing.name for thing in things]}")
            time.sleep(_POLL_S)

    def _listed(self, thing: Thing) -> bool:
        kind: Kind = thing.kind  # type: ignore[assignment]
        query = ListQuery(kind=kind, text=thing.name, size=3, now=datetime.now(UTC))
        found = self._index.search(query)
        return any(hit.summary["description"].get("de") == thing.text for hit in found.hits)

    def _asked(self, thing: Thing) -> bool:
        query = f'ASK {{ ?thing <{_DESCRIPTION}> "{thing.text}"@de }}'
        answer = self._pool.query(query, "text/csv")
        return b"true" in answer.whole()
