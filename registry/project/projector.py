"""This host's projections: each follows the change log from one release to the next in one step."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from sqlalchemy import Connection
from tantivy import Document as IndexDocument

from registry.iris import Iris
from registry.project.dumps import Dump, remove_others, write_dump
from registry.project.graph import Graph, GraphWriter
from registry.project.lineage import descends, note_lineage
from registry.project.search import SearchWriter, index_document
from registry.project.spreading import side_by_side, spread
from registry.publish.quads import resource_quads
from registry.store import entities, releases
from registry.store.engine import Store
from registry.store.entities import Resource
from registry.store.releases import Release
from vocab.properties import KINDS

_PAGE: Final = 1_000
MOST_CHANGES: Final = 20_000
"""Beyond this a projection is loaded anew: bulk loading beats so many single replacements."""

Progress = Callable[[str, int], None]
"""Told what is being made and of how many resources so far."""


class Written(NamedTuple):
    """A published resource with its quads, which are written once for all that take them."""

    resource: Resource
    quads: str


class Projection(Protocol):
    """A derived copy of a release."""

    def release(self) -> int:
        """The release that it holds; 0 = none."""
        ...

    def follow(self, changed: list[Written], release: int) -> None:
        """Take the changed resources over; repeating it changes nothing."""
        ...

    def rebuild(self, resources: Iterator[Written], release: int) -> None:
        """Hold just these resources."""
        ...

    def close(self) -> None:
        """Let go of its files."""
        ...


Taker = Callable[[Iterator[Written]], None]


class GraphProjection:
    """The graph, here or on a server."""

    def __init__(self, graph: Graph, iris: Iris) -> None:
        self._graph = graph
        self._iris = iris

    def release(self) -> int:
        """See Projection."""
        return self._graph.release()

    def follow(self, changed: list[Written], release: int) -> None:
        """See Projection."""
        gone = [self._iris.resource(one.resource.kind, one.resource.id) for one in changed]
        self._graph.apply(gone, "".join(one.quads for one in changed).encode(), release)
        self._graph.publish()

    def rebuild(self, resources: Iterator[Written], release: int) -> None:
        """See Projection."""
        # The quads of a resource in one piece: fewer and larger ones load faster.
        self._graph.load((one.quads for one in resources), release)
        self._graph.publish()

    def close(self) -> None:
        """See Projection."""
        self._graph.close()


class SearchProjection:
    """The search index."""

    def __init__(self, folder: Path) -> None:
        self._writer = SearchWriter(folder)

    def release(self) -> int:
        """See Projection."""
        return self._writer.release()

    def follow(self, changed: list[Written], release: int) -> None:
        """See Projection."""
        gone = (one.resource.id for one in changed)
        self._writer.apply(gone, _indexed(changed), release)

    def rebuild(self, resources: Iterator[Written], release: int) -> None:
        """See Projection."""
        self._writer.rebuild(_indexed(resources), release)

    def close(self) -> None:
        """See Projection."""
        self._writer.close()


Opener = Callable[[Path, Iris], Projection]
"""Opens a projection of what is published below these IRIs, whose files are in this folder."""


def graph_here(home: Path, iris: Iris) -> Projection:
    """The graph in a store of this host's own."""
    return GraphProjection(GraphWriter(home / "graph"), iris)


def search_here(home: Path, iris: Iris) -> Projection:
    """The search index."""
    return SearchProjection(home / "search")


class Projector:
    """Moves projections of this host; their locks see to it that only one process does."""

    def __init__(
        self,
        store: Store,
        home: Path,
        iris: Iris,
        openers: Sequence[Opener] = (graph_here, search_here),
        *,
        dumps: bool = True,
    ) -> None:
        """Open these projections, whose common lineage is noted in `home`."""
        self._store = store
        self._iris = iris
        self._home = home
        self._dumps = home / "dumps" if dumps else None
        self._projections: list[Projection] = []
        try:
            for opened in openers:
                self._projections.append(opened(home, iris))
        except BaseException:
            self.close()  # lets go of those before
            raise
        if self._dumps:
            remove_others(self._dumps)

    def follow(self, progress: Progress | None = None) -> int:
        """Bring every projection to the latest release; returns its number, 0 before the first."""
        with self._store.read() as conn:
            latest = releases.latest(conn)
            if latest is None:
                return 0
            if not descends(conn, self._home):
                return self._anew(conn, latest, progress)
            behind: dict[int, list[Projection]] = {}
            for projection in self._projections:
                behind.setdefault(projection.release(), []).append(projection)
            behind.pop(latest.number, None)
            if behind:
                note_lineage(self._home, latest)
            anew: list[Projection] = []
            for held, projections in behind.items():
                ids = self._changed(conn, held, latest.number)
                if ids is None:
                    anew += projections
                    continue
                changed = list(self._written(entities.resources(conn, ids).values()))
                side_by_side([partial(each.follow, changed, latest.number) for each in projections])
            if anew:
                self._load(conn, anew, latest, progress)
            return latest.number

    def rebuild(self, progress: Progress | None = None) -> int:
        """Make every projection and the dump anew from the latest release's stored resources."""
        with self._store.read() as conn:
            latest = releases.latest(conn)
            if latest is None:
                return 0
            return self._anew(conn, latest, progress)

    def dump(self, *, at_most_every: timedelta) -> Dump | None:
        """Write the dump if there is a newer release and the last dump is old enough."""
        if self._dumps is None:
            return None
        present = Dump.present(self._dumps)
        # One from the future was made before the clock was set back.
        if present and timedelta(0) <= _age(present) < at_most_every:
            return present
        with self._store.read() as conn:
            latest = releases.latest(conn)
            if latest is None or (present and present.release == latest.number):
                return present
            _dumper(self._dumps, latest)(self._written(entities.iterate(conn)))
            return Dump.present(self._dumps)

    def close(self) -> None:
        """Close all projections."""
        for projection in self._projections:
            projection.close()

    def _anew(self, conn: Connection, latest: Release, progress: Progress | None) -> int:
        if descends(conn, self._home):
            note_lineage(self._home, latest)
        dumpers = [_dumper(self._dumps, latest)] if self._dumps else []
        self._load(conn, self._projections, latest, progress, *dumpers)
        note_lineage(self._home, latest)  # no earlier, where some were still of another lineage
        return latest.number

    def _load(
        self,
        conn: Connection,
        projections: Iterable[Projection],
        latest: Release,
        progress: Progress | None,
        *more: Taker,
    ) -> None:
        """Give all resources to these projections, and to whoever takes them too, in one pass."""
        takers = [partial(_rebuild, each, latest.number) for each in projections]
        spread(_told(self._written(entities.iterate(conn)), progress), [*takers, *more])

    def _written(self, resources: Iterable[Resource]) -> Iterator[Written]:
        for one in resources:
            yield Written(one, "".join(_quads(one, self._iris)))

    def _changed(self, conn: Connection, held: int, upto: int) -> list[str] | None:
        """Ids that changed after release `held`; None where following them makes no sense."""
        if not 0 < held < upto:
            return None
        found: list[str] = []
        after = None
        while page := releases.changes_since(conn, held, upto=upto, after=after, limit=_PAGE):
            found += [change.entity_id for change in page]
            after = page[-1]
            if len(found) > MOST_CHANGES:
                return None
        return found


def _dumper(folder: Path, latest: Release) -> Taker:
    def dump(resources: Iterator[Written]) -> None:
        quads = (one.quads for one in resources)
        now = datetime.now(UTC)
        set_hash = latest.set_hash.hex()
        write_dump(folder, quads, release=latest.number, now=now, set_hash=set_hash)

    return dump


def quads_of(resources: Iterator[Resource], iris: Iris) -> Iterator[str]:
    """The N-Quads lines of resources, in their order, each resource's lines sorted."""
    for one in resources:
        yield from _quads(one, iris)


def _quads(one: Resource, iris: Iris) -> list[str]:
    return resource_quads(one.kind, one.id, one.state, one.document, iris)


def _age(dump: Dump) -> timedelta:
    return datetime.now(UTC) - datetime.fromisoformat(dump.made_at)


def _rebuild(projection: Projection, release: int, resources: Iterator[Written]) -> None:
    projection.rebuild(resources, release)


def _indexed(resources: Iterable[Written]) -> Iterator[IndexDocument]:
    for one, _ in resources:
        if one.state == "live" and one.kind in KINDS:
            yield index_document(one.id, one.kind, one.document, one.changed_release)


def _told(resources: Iterator[Written], progress: Progress | None) -> Iterator[Written]:
    for count, one in enumerate(resources, 1):
        if progress and count % _PAGE == 0:
            progress("projections", count)
        yield one
