"""The graph of a registry on a SPARQL 1.1 server, moved from release to release by one host.

A release that fits into one request is written by one: a server whose requests are transactions
never shows anything between two releases. In all other cases the state says that the graph is on
its way, and readers wait. What is left on its way is loaded anew.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Final, cast

from pyoxigraph import (
    NamedNode,
    QueryResultsFormat,
    QuerySolution,
    QuerySolutions,
    parse_query_results,
)

from registry.errors import RegistryError
from registry.project.belongings import Link, belongings, in_order
from registry.project.graph import lock_folder, portions
from registry.project.remote.layout import GraphNotUsable, Layout, any_in, marker_of
from registry.project.remote.operations import (
    clearing,
    forgetting,
    insertion,
    removal,
    some_of,
    values,
)
from registry.project.remote.server import GraphRefuses, Server
from registry.project.remote.state import NO_LINEAGE, State, Unclear
from registry.project.remote.writing import REQUEST_BYTES, GraphBeingWritten, Writing
from registry.project.snapshots import CURRENT, newest_snapshot, write_atomically

CLAIM: Final = "CLAIM"
_CLAIMS: Final = 4
GIVEN_UP_AFTER_S: Final = 60.0
"""A writing of another host that has not gone on for so long is taken for dead."""


class Watch:
    """Since when the state has been the same, as far as this host has seen."""

    def __init__(self) -> None:
        self._seen: State | None = None
        self._since = 0.0

    def is_dead(self, state: State) -> bool:
        """Whether a writing has stopped on its way."""
        if state != self._seen:
            self._seen, self._since = state, time.monotonic()
        return time.monotonic() - self._since >= GIVEN_UP_AFTER_S


class ServerGraph:
    """The Graph of this registry on a server; one for each host, not shared between threads.

    `folder` keeps what this host knows of it: `LOCK` while it is open, `CLAIM` (the tokens of the
    last writings from here), and `CURRENT` as beside snapshots (snapshots.py): the release that the
    server holds completely.
    """

    def __init__(
        self,
        server: Server,
        folder: Path,
        base: str,
        *,
        watch: Watch | None = None,
        alone: Callable[[], AbstractContextManager[bool]] = lambda: nullcontext(True),
        lineage_of: Callable[[int], str] = lambda release: NO_LINEAGE,
    ) -> None:
        """Nothing is asked of the server yet.

        `alone` gives True to one host at a time, which then writes: exchanging a state is no lock,
        as servers let two requests at once both find the old one. `lineage_of` tells of a release's
        number how its set hash begins.

        Raises:
            GraphInUse: this host has it open already.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = lock_folder(folder)
        self._server = server
        self._folder = folder
        self._base = base
        self._watch = watch or Watch()
        self._alone = alone
        self._lineage_of = lineage_of
        self._marker = marker_of(base)

    def release(self) -> int:
        """See Graph.

        Raises:
            GraphUnreachable, GraphRefuses: the server does not answer.
            GraphBeingWritten: by another host.
        """
        try:
            state = self._marker.read(self._server)
        except RegistryError:
            self._forget()
            raise
        if isinstance(state, State) and state.complete:
            if state.lineage != self._lineage_of(state.release):
                self._forget()
                return 0
            self._note(state)
            return state.release
        self._forget()
        if not isinstance(state, State) or state.token in self._claimed():
            return 0
        if self._watch.is_dead(state):
            return 0
        raise GraphBeingWritten.to(state)

    def load(self, quads: Iterable[bytes | str], release: int) -> None:
        """See Graph; readers wait meanwhile, as there is no second graph to load into.

        Raises:
            GraphUnreachable, GraphRefuses: the server failed; the graph is then on its way.
            GraphNotUsable: it holds something else, or cannot hold a registry; nothing is changed.
            GraphBeingWritten: another host was faster.
            SyntaxError: the N-Quads are broken; the graph is then on its way.
        """
        with self._writing_alone():
            self._load(quads, release)

    def apply(self, delete: Iterable[str], insert: bytes, release: int) -> None:
        """See Graph.

        Raises:
            ValueError: something in `delete` is no IRI; nothing has changed.
            SyntaxError: `insert` is broken; nothing has changed.
            GraphUnreachable, GraphRefuses: the server failed; `release()` tells what was done.
            GraphBeingWritten: another host is at it, or was faster.
        """
        with self._writing_alone():
            self._apply(delete, insert, release)

    def publish(self) -> None:
        """See Graph: readers look at the server's state."""

    def close(self) -> None:
        """See Graph."""
        self._server.close()
        self._lock.close()

    @contextmanager
    def _writing_alone(self) -> Iterator[None]:
        with self._alone() as alone:
            if not alone:
                raise GraphBeingWritten.to(None)
            yield

    def _load(self, quads: Iterable[bytes | str], release: int) -> None:
        before = self._marker.read(self._server)
        writing = self._writing(before, release)
        writing.flush()
        writing.require_ours()
        try:
            layout = Layout.of(self._server, self._base)
            if before is None and layout.entities is None:
                self._require_empty()
        except GraphNotUsable:
            writing.withdraw()
            raise
        if layout.entities is None:
            writing.begin_empty()
        else:
            self._clear(layout, writing)
        for portion in portions(quads, REQUEST_BYTES):
            writing.do(insertion(portion, layout))
        writing.flush()  # what is still to come would look empty
        writing.do(forgetting(self._emptied(layout)))
        self._arrive(writing)

    def _apply(self, delete: Iterable[str], insert: bytes, release: int) -> None:
        before = self._marker.read(self._server)
        if not isinstance(before, State) or not before.complete:
            raise GraphBeingWritten.to(before)
        layout = Layout.of(self._server, self._base)
        doomed = belongings(_Lookups(self._server, layout), delete)
        inserted = list(insertion(insert, layout))
        there = {line.rsplit(b" ", 2)[-2] for line in insert.splitlines() if line.endswith(b" .")}
        gone = [record for record in doomed.records if str(record).encode() not in there]
        writing = self._writing(before, release)
        writing.do([*removal(doomed, layout), *inserted, *forgetting(gone)])
        self._arrive(writing)

    def _writing(self, before: State | Unclear | None, release: int) -> Writing:
        first = State.writing(release, self._lineage_of(release))
        # The one before, too: of a request without an answer it may yet be that one that was done.
        known = " ".join([first.token, *self._claimed()[:_CLAIMS]])
        write_atomically(self._folder / CLAIM, known.encode("ascii"))
        return Writing(self._server, self._marker, before, first)

    def _arrive(self, writing: Writing) -> None:
        """Complete the state, and see that it was this writing that did all."""
        writing.finish()
        self._note(writing.require_ours())

    def _claimed(self) -> list[str]:
        with suppress(FileNotFoundError):
            return (self._folder / CLAIM).read_text(encoding="ascii").split()
        return []

    def _note(self, state: State) -> None:
        name = f"{state.release}-{state.token}"
        if newest_snapshot(self._folder) != name:
            write_atomically(self._folder / CURRENT, f"{name}\n".encode("ascii"))

    def _forget(self) -> None:
        """There is no complete graph to be asked now, and the status pages are to say so."""
        (self._folder / CURRENT).unlink(missing_ok=True)

    def _clear(self, layout: Layout, writing: Writing) -> None:
        for part, remove_some in clearing(layout):
            while any_in(self._server, part):
                writing.do([remove_some])
                writing.flush()
                writing.require_ours()

    def _require_empty(self) -> None:
        """Nothing may be lost that is none of ours, where the whole dataset is to be."""
        others = f"GRAPH ?g {{ ?s ?p ?o }} FILTER(?g != <{self._marker.iri}>)"
        if not any_in(self._server, "?s ?p ?o") and not any_in(self._server, others):
            return
        url = self._server.address.query.url
        raise GraphNotUsable(
            f"Der Server unter {url} enthält schon Daten, die nicht von dieser Registry sind. "
            "Einen leeren Datenbestand angeben oder diesen selbst leeren (DROP ALL).",
            f"The server at {url} holds data already that is not of this registry. Give an empty "
            "dataset, or empty this one yourself (DROP ALL).",
        )

    def _emptied(self, layout: Layout) -> list[NamedNode]:
        """The records' graphs that some servers remember though nothing is left in them."""
        text = f"""SELECT DISTINCT ?g WHERE {{
            GRAPH ?g {{ }} FILTER NOT EXISTS {{ GRAPH ?g {{ ?s ?p ?o }} }} {layout.records} }}"""
        return [row[0] for row in _rows(self._server, text) if isinstance(row[0], NamedNode)]


class _Lookups:
    """The Lookup of a server: some hundred nodes in one query."""

    def __init__(self, server: Server, layout: Layout) -> None:
        self._server = server
        self._layout = layout

    def subjects(self, predicate: NamedNode, objects: Collection[NamedNode]) -> Iterator[Link]:
        """See Lookup."""
        return self._links("?o", objects, f"?s {predicate} ?o")

    def objects(self, subjects: Collection[NamedNode]) -> Iterator[Link]:
        """See Lookup."""
        return self._links("?s", subjects, "?s ?p ?o FILTER(isIRI(?o))")

    def _links(self, name: str, nodes: Collection[NamedNode], pattern: str) -> Iterator[Link]:
        for some in some_of(in_order(nodes)):
            where = f"{values(name, some)} {self._layout.default(pattern)}"
            for row in _rows(self._server, f"SELECT DISTINCT ?s ?o WHERE {{ {where} }}"):
                if isinstance(row[0], NamedNode) and isinstance(row[1], NamedNode):
                    yield row[0], row[1]


def _rows(server: Server, text: str) -> list[QuerySolution]:
    try:
        found = parse_query_results(server.query(text), QueryResultsFormat.JSON)
        return list(cast(QuerySolutions, found))
    except SyntaxError:
        raise GraphRefuses.unreadable(server.address.query.url) from None
