"""A query worker's graph in a snapshot on this host.

pyoxigraph is imported when there is something to open, so that a worker starts quickly.
"""

from pathlib import Path
from typing import Any

from registry.project.snapshots import Lease, lease_snapshot, published_mark
from registry.sparql.unanswered import Unanswered


class LocalGraph:
    """The newest snapshot, opened read-only and leased."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[int, int] | None = None
        self._lease: Lease | None = None
        self._store: Any = None

    def follow(self) -> None:
        """Change to the newest snapshot where that is another one.

        Raises:
            OSError: it cannot be opened.
        """
        seen = published_mark(self._folder)
        if self._lease and seen == self._seen:
            return
        self._seen = seen
        # The old one first: its reserved memory counts against the limit.
        self._store = None
        if self._lease:
            self._lease.close()
            self._lease = None
        lease = lease_snapshot(self._folder)
        if lease:
            from pyoxigraph import Store

            self._store = Store.read_only(str(lease.path))
            self._lease = lease

    @property
    def release(self) -> int | None:
        """The release it holds, or None before the first snapshot."""
        return self._lease.release if self._lease else None

    def query(self, request: dict[str, Any]) -> Any:
        """Evaluate; the protocol's graphs, if any are given, replace those of FROM (2.1.4).

        Raises:
            SyntaxError: it is no query.
            Unanswered: there is no snapshot yet.
        """
        from pyoxigraph import NamedNode

        if self._lease is None:
            raise Unanswered("no_snapshot")

        default = [NamedNode(iri) for iri in request["default_graph_uris"]]
        named = [NamedNode(iri) for iri in request["named_graph_uris"]]
        if not default and not named:
            return _Result(self._store.query(request["query"]))
        return _Result(
            self._store.query(request["query"], default_graph=default, named_graphs=named)
        )


class _Result:
    """What a query gave, evaluated while it is written."""

    def __init__(self, found: Any) -> None:
        self._found = found

    def serialize(self, output: Any, name: str) -> None:
        """Write it in the format of this name. Raises ValueError where its form knows none such."""
        from pyoxigraph import QueryResultsFormat, QueryTriples, RdfFormat

        kind = RdfFormat if isinstance(self._found, QueryTriples) else QueryResultsFormat
        chosen = getattr(kind, name, None)
        if chosen is None:
            raise ValueError(f"no such format for this form of query: {name}")
        self._found.serialize(output, chosen)
