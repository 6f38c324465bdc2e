"""This host's projections: each follows the change log from one release to the next in one step."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import Connection
from tantivy import Document as IndexDocument

from registry.iris import Iris
from registry.project.dumps import Dump, write_dump
from registry.project.graph import GraphWriter
from registry.project.search import SearchWriter, index_document
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
"""Told the projection's name and how many resources it has taken so far."""


class Projection(Protocol):
    """A derived copy of a release."""

    name: str

    def release(self) -> int:
        """The release that it holds; 0 = none."""
        ...

    def follow(self, changed: list[Resource], release: int) -> None:
        """Take the changed resources over; repeating it changes nothing."""
        ...

    def rebuild(self, resources: Iterator[Resource], release: int) -> None:
        """Hold just these resources."""
        ...

    def close(self) -> None:
        """Let go of its files."""
        ...


class GraphProjection:
    """The graph store with a snapshot per release."""

    name = "graph"

    def __init__(self, folder: Path, iris: Iris) -> None:
        self._writer = GraphWriter(folder)
        self._iris = iris

    def release(self) -> int:
        """See Projection."""
        return self._writer.release()

    def follow(self, changed: list[Resource], release: int) -> None:
        """See Projection."""
        gone = [self._iris.resource(one.kind, one.id) for one in changed]
        self._writer.apply(gone, "".join(self._pieces(changed)).encode(), release)
        self._writer.snapshot()

    def rebuild(self, resources: Iterator[Resource], release: int) -> None:
        """See Projection."""
        self._writer.load(self._pieces(resources), release)
        self._writer.snapshot()

    def close(self) -> None:
        """See Projection."""
        self._writer.close()

    def _pieces(self, resources: Iterable[Resource]) -> Iterator[str]:
        """The quads of each resource in one piece: fewer and larger ones load faster."""
        for one in resources:
            yield "".join(_quads(one, self._iris))


class SearchProjection:
    """The search index."""

    name = "search"

    def __init__(self, folder: Path) -> None:
        self._writer = SearchWriter(folder)

    def release(self) -> int:
        """See Projection."""
        return self._writer.release()

    def follow(self, changed: list[Resource], release: int) -> None:
        """See Projection."""
        self._writer.apply(
            (one.id for one in changed), map(_indexed, filter(_listed, changed)), release
        )

    def rebuild(self, resources: Iterator[Resource], release: int) -> None:
        """See Projection."""
        self._writer.rebuild(map(_indexed, filter(_listed, resources)), release)

    def close(self) -> None:
        """See Projection."""
        self._writer.close()


class Projector:
    """Moves all projections of this host; their locks see to it that only one process does."""

    def __init__(self, store: Store, home: Path, iris: Iris) -> None:
        self._store = store
        self._iris = iris
        self._dumps = home / "dumps"
        self._projections: list[Projection] = [
            GraphProjection(home / "graph", iris),
            SearchProjection(home / "search"),
        ]

    def follow(self, progress: Progress | None = None) -> int:
        """Bring every projection to the latest release; returns its number, 0 before the first."""
        with self._store.read() as conn:
            latest = releases.latest(conn)
            if latest is None:
                return 0
            for projection in self._projections:
                self._bring(conn, projection, latest, progress)
            return latest.number

    def rebuild(self, progress: Progress | None = None) -> int:
        """Make every projection and the dump anew from the latest release's stored resources."""
        with self._store.read() as conn:
            latest = releases.latest(conn)
            if latest is None:
                return 0
            for projection in self._projections:
                resources = _told(entities.iterate(conn), projection.name, progress)
                projection.rebuild(resources, latest.number)
            self._dump(conn, latest)
            return latest.number

    def dump(self, *, at_most_every: timedelta) -> Dump | None:
        """Write the dump if there is a newer release and the last dump is old enough."""
        present = Dump.present(self._dumps)
        with self._store.read() as conn:
            latest = releases.latest(conn)
            if latest is None or (present and present.release == latest.number):
                return present
            if (
                present
                and datetime.now(UTC) - datetime.fromisoformat(present.made_at) < at_most_every
            ):
                return present
            return self._dump(conn, latest)

    def close(self) -> None:
        """Close all projections."""
        for projection in self._projections:
            projection.close()

    def _bring(
        self, conn: Connection, projection: Projection, latest: Release, progress: Progress | None
    ) -> None:
        held = projection.release()
        if held == latest.number:
            return
        changed = self._changed(conn, held, latest.number) if 0 < held < latest.number else None
        if changed is None:
            projection.rebuild(
                _told(entities.iterate(conn), projection.name, progress), latest.number
            )
        else:
            projection.follow(list(entities.resources(conn, changed).values()), latest.number)

    def _changed(self, conn: Connection, held: int, upto: int) -> list[str] | None:
        """Ids that changed after release `held`; None where they are too many to follow."""
        found: list[str] = []
        after = None
        while page := releases.changes_since(conn, held, upto=upto, after=after, limit=_PAGE):
            found += [change.entity_id for change in page]
            after = page[-1]
            if len(found) > MOST_CHANGES:
                return None
        return found

    def _dump(self, conn: Connection, latest: Release) -> Dump:
        lines = quads_of(entities.iterate(conn), self._iris)
        return write_dump(self._dumps, lines, release=latest.number, now=datetime.now(UTC))


def quads_of(resources: Iterator[Resource], iris: Iris) -> Iterator[str]:
    """The N-Quads lines of resources, in their order, each resource's lines sorted."""
    for one in resources:
        yield from _quads(one, iris)


def _quads(one: Resource, iris: Iris) -> list[str]:
    return resource_quads(one.kind, one.id, one.state, one.document, iris)


def _listed(one: Resource) -> bool:
    return one.state == "live" and one.kind in KINDS


def _indexed(one: Resource) -> IndexDocument:
    return index_document(one.id, one.kind, one.document, one.changed_release)


def _told(
    resources: Iterator[Resource], name: str, progress: Progress | None
) -> Iterator[Resource]:
    for count, one in enumerate(resources, 1):
        if progress and count % _PAGE == 0:
            progress(name, count)
        yield one
