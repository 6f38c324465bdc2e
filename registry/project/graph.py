"""The graph of one host: the one writable store, moved from release to release, and its snapshots.

Nobody queries the store itself. Readers open snapshots (snapshots.py), which are taken of complete
releases only, so what a crash leaves half done here is never seen; the next `apply` repairs it.
"""

import fcntl
import io
import os
import shutil
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Protocol, Self

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store

from registry.errors import RegistryError
from registry.project.belongings import RECORD, Belongings, Link, belongings, in_order
from registry.project.marker import Marker, read_marker, write_marker
from registry.project.snapshots import (
    SNAPSHOTS,
    newest_snapshot,
    prune_snapshots,
    publish_snapshot,
    snapshot_name,
    sync_folder,
)

LOCK: Final = "LOCK"
BULK_BYTES: Final = 4 << 20
"""From this size on `apply` loads in bulk: new files instead of one transaction in memory."""

STATEMENTS_PER_UPDATE: Final = 2000
PORTION_BYTES: Final = 24 << 20
"""So much N-Quads is loaded at once: the loader takes nine times as much memory as it is given, and
the next portion is gathered meanwhile."""


_DEFAULT: Final = DefaultGraph()


class GraphInUse(RegistryError):
    """Another process writes this graph; stop it, or give this one a folder of its own."""

    status = 503
    code = "graph_in_use"


class GraphIncomplete(RegistryError):
    """The store is between two releases: apply all changes since `release()` again, or load."""

    status = 503
    code = "graph_incomplete"


class Graph(Protocol):
    """A graph that is moved from release to release: here on disk, or on a server."""

    def release(self) -> int:
        """The last release that it held completely; 0 = none, it has to be loaded."""
        ...

    def load(self, quads: Iterable[bytes | str], release: int) -> None:
        """Hold just these N-Quads, whose pieces are cut anywhere."""
        ...

    def apply(self, delete: Iterable[str], insert: bytes, release: int) -> None:
        """Remove all that belongs to the IRIs in `delete`, insert the N-Quads, become `release`."""
        ...

    def publish(self) -> None:
        """Let readers have the present release."""
        ...

    def close(self) -> None:
        """Let another writer in."""
        ...


class GraphWriter:
    """Owns the writable store below `folder`; one process at a time, not shared between threads.

    Layout: `STORE.json` names the store's directory, its release and whether it is complete;
    `CURRENT` and `snapshots/` as in snapshots.py; `LOCK` is held while a writer is open.
    """

    def __init__(self, folder: Path) -> None:
        """Open the graph, or begin an empty one at release 0.

        Raises:
            GraphInUse: another writer has it open.
        """
        self._folder = folder
        self._snapshots = folder / SNAPSHOTS
        self._snapshots.mkdir(parents=True, exist_ok=True)
        self._lock = lock_folder(folder)
        self._store: Store | None = None
        try:
            self._begin()
        except BaseException:
            self.close()  # lets another one in, or this process once more
            raise

    def _begin(self) -> None:
        folder = self._folder
        marker = read_marker(folder)
        if marker is None:
            marker = Marker(store="store-0", release=0, revision=0, complete=True)
            write_marker(folder, marker)
        self._marker = marker
        self._remove_leftovers()
        self._store = Store(folder / marker.store)
        if marker.complete and marker.release and newest_snapshot(folder) != self._name():
            self.snapshot()  # a crash came between the release and its snapshot

    def release(self) -> int:
        """The last release that the store held completely; 0 = empty.

        After a crash the store may be on its way to a later one: applying the changes since this
        release again, all or more of them, makes it complete.
        """
        return self._marker.release

    def load(self, quads: Iterable[bytes | str], release: int) -> None:
        """Rebuild: load all N-Quads into a fresh store, then put it in place of the present one.

        `quads` are pieces of N-Quads, cut anywhere. Whatever goes wrong, the present store stays.

        Raises:
            SyntaxError: the N-Quads are broken.
            OSError: the disk is full or failing.
        """
        marker = self._marker.loaded(release)
        path = self._folder / marker.store
        try:
            fresh = Store(path)
            _load_portions(fresh, quads)
            fresh.flush()
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise
        sync_folder(self._folder)
        write_marker(self._folder, marker)
        self._marker, self._store = marker, fresh
        self._remove_leftovers()

    def apply(self, delete: Iterable[str], insert: bytes, release: int) -> None:
        """Remove all that belongs to the IRIs in `delete`, insert the N-Quads, become `release`.

        Doing it twice is doing it once. What belongs to an IRI is told in belongings.py.

        Raises:
            ValueError: something in `delete` is no IRI; nothing has changed.
            SyntaxError: `insert` is broken; the store is then incomplete.
            OSError: the disk is full or failing; the store is then incomplete.
        """
        store = self._open()
        doomed = belongings(_Indexes(store), delete)
        self._mark(self._marker.begun())
        statements = list(_removal(doomed))
        for start in range(0, len(statements), STATEMENTS_PER_UPDATE):
            store.update(";\n".join(statements[start : start + STATEMENTS_PER_UPDATE]))
        if len(insert) >= BULK_BYTES:
            store.bulk_load(insert, RdfFormat.N_QUADS)
        else:
            store.load(insert, RdfFormat.N_QUADS)
        store.flush()  # before the marker says so: a power cut must not lose what it promises
        self._mark(self._marker.applied(release))

    def snapshot(self) -> Path:
        """Publish the present release to readers (hard links, milliseconds); returns its place.

        Raises:
            GraphIncomplete: the store is between two releases.
        """
        if not self._marker.complete:
            raise GraphIncomplete(
                f"Der Graph steht zwischen zwei Freigaben; ab Freigabe {self.release()} neu "
                "anwenden oder `verbund rebuild` aufrufen.",
                f"The graph is between two releases; apply from release {self.release()} on again, "
                "or run `verbund rebuild`.",
            )
        name = self._name()
        path = self._snapshots / name
        if not path.exists():
            unfinished = self._snapshots / f".{name}"
            self._open().backup(unfinished)
            unfinished.rename(path)
            sync_folder(self._snapshots)
        return publish_snapshot(self._folder, name)

    def publish(self) -> None:
        """See Graph."""
        self.snapshot()

    def forget_old_snapshots(self) -> list[str]:
        """Delete all snapshots but the published one, unless somebody reads them (erasure)."""
        return prune_snapshots(self._folder, keep=1)

    def count(self) -> int:
        """How many quads the store holds; it walks over all of them."""
        return len(self._open())

    def dump(self, out: BinaryIO) -> None:
        """Write all quads as N-Quads, in the store's order."""
        self._open().dump(out, RdfFormat.N_QUADS)

    def close(self) -> None:
        """Close the store and let another writer in."""
        self._store = None  # pyoxigraph closes it with the last reference
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _name(self) -> str:
        return snapshot_name(self._marker.release, self._marker.revision)

    def _open(self) -> Store:
        if self._store is None:
            raise ValueError("this GraphWriter is closed: open a new one")
        return self._store

    def _mark(self, marker: Marker) -> None:
        write_marker(self._folder, marker)
        self._marker = marker

    def _remove_leftovers(self) -> None:
        """What a crash left: other stores, unfinished and old snapshots. We hold the lock."""
        unused = [p for p in self._folder.glob("store-*") if p.name != self._marker.store]
        for path in [*unused, *self._snapshots.glob(".*")]:
            shutil.rmtree(path, ignore_errors=True)
        prune_snapshots(self._folder)  # who published the newest may have died before doing so


class _Indexes:
    """The Lookup of a store of our own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def subjects(self, predicate: NamedNode, objects: Collection[NamedNode]) -> Iterator[Link]:
        """See Lookup."""
        for value in objects:
            for quad in self._store.quads_for_pattern(None, predicate, value, _DEFAULT):
                if isinstance(quad.subject, NamedNode):
                    yield quad.subject, value

    def objects(self, subjects: Collection[NamedNode]) -> Iterator[Link]:
        """See Lookup."""
        for subject in subjects:
            for quad in self._store.quads_for_pattern(subject, None, None, _DEFAULT):
                if isinstance(quad.object, NamedNode):
                    yield subject, quad.object


def _removal(doomed: Belongings) -> Iterator[str]:
    for subject in in_order(doomed.subjects):
        yield f"DELETE {{ {subject} ?p ?o }} WHERE {{ {subject} ?p ?o FILTER(?p != {RECORD}) }}"
    for record in in_order(doomed.records):
        yield f"DELETE WHERE {{ ?catalog {RECORD} {record} }}"
        yield f"DROP SILENT GRAPH {record}"


def _load_portions(store: Store, quads: Iterable[bytes | str]) -> None:
    """Load portion after portion, while the pieces of the next one are still being written."""
    with ThreadPoolExecutor(1, thread_name_prefix="graph-load") as aside:
        loading: Future[None] | None = None
        for portion in portions(quads, PORTION_BYTES):
            if loading:
                loading.result()
            loading = aside.submit(store.bulk_load, portion, RdfFormat.N_QUADS)
        if loading:
            loading.result()


def portions(quads: Iterable[bytes | str], least_bytes: int) -> Iterator[bytes]:
    """Pieces of N-Quads in portions that end with a line."""
    portion = io.BytesIO()
    for piece in quads:
        portion.write(piece.encode() if isinstance(piece, str) else piece)
        if portion.tell() >= least_bytes and piece[-1:] in (b"\n", "\n"):
            yield portion.getvalue()
            portion = io.BytesIO()
    yield portion.getvalue()


def lock_folder(folder: Path) -> BinaryIO:
    """Keep all other writers out of the folder until the file is closed. Raises GraphInUse."""
    file = (folder / LOCK).open("wb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise GraphInUse(
            f"Ein anderer Prozess schreibt den Graphen in {folder}; diesen zuerst beenden.",
            f"Another process writes the graph in {folder}; stop that one first.",
        ) from None
    os.set_inheritable(file.fileno(), False)
    return file
