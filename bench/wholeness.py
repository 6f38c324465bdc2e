"""Whether a registry is whole: SQL in itself, the projections beside it, nothing left lying about.

Each function returns what is wrong, in words; nothing is repaired here.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pyoxigraph
from sqlalchemy import func, select

from registry.instance import Instance
from registry.project.dumps import Dump
from registry.project.marker import MARKER, read_marker
from registry.project.search import SearchIndex
from registry.project.search.schema import commit_file
from registry.project.snapshots import CURRENT, KEPT, SNAPSHOTS, newest_snapshot, release_of
from registry.publish.quads import resource_hash, resource_quads
from registry.release.sethash import SetHash
from registry.store import entities, hubs, releases, runs
from registry.store.tables import staged
from vocab.properties import KINDS

_SEGMENT: Final = re.compile(r"[0-9a-f]{32}")
_GRAPH_FILES: Final = {"LOCK", CURRENT, MARKER, SNAPSHOTS}


def sql_faults(instance: Instance, known: dict[int, str]) -> list[str]:
    """The latest release counted again from its entities: hashes, set hash, counts, numbers.

    `known` takes up what each release's quads come to, for `projection_faults`.
    """
    with instance.store.read() as conn:
        latest = releases.latest(conn)
        if latest is None:
            return ["entities without a release"] if any(entities.iterate(conn)) else []
        total, faults, digest = SetHash(), [], Lines()
        for one in entities.iterate(conn):
            lines = resource_quads(one.kind, one.id, one.state, one.document, instance.iris)
            if resource_hash(lines) != one.hash:
                faults.append(f"{one.id} has another hash than its quads")
            total.add(instance.iris.resource(one.kind, one.id), one.hash)
            digest.take(lines)
        if total.digest != latest.set_hash:
            faults.append(f"release {latest.number} has another set hash than its entities")
        numbers = [one.number for one in releases.newest(conn, 1_000_000)]
        if numbers != list(range(latest.number, 0, -1)):
            faults.append(f"releases are not numbered one after the other: {numbers[:20]}")
        counts = {k: n for (k, state), n in entities.counts(conn).items() if state == "live"}
        if counts != latest.counts:
            faults.append(f"release {latest.number} counts {latest.counts}, there are {counts}")
    known[latest.number] = digest.sum
    return faults


def names_of(instance: Instance) -> set[str]:
    """The German names of all live actors: one, where the hub renames all at once."""
    with instance.store.read() as conn:
        found = entities.iterate(conn, kinds=["actor"], states=["live"])
        return {one.document["merged"]["name"]["de"] for one in found}


def projection_faults(
    instance: Instance, known: dict[int, str], *, current: bool, dump: bool = False
) -> list[str]:
    """What readers see of each projection, beside SQL: `current`, or at least one whole release."""
    with instance.store.read() as conn:
        latest = releases.latest(conn)
        live = {kind: entities.counts(conn).get((kind, "live"), 0) for kind in KINDS}
    number = latest.number if latest else 0
    faults = []
    folder = instance.home / "graph"
    snapshot = newest_snapshot(folder) if folder.exists() else None
    held = release_of(snapshot) if snapshot else 0
    if current and held != number:
        faults.append(f"the graph holds {held}, SQL {number}")
    if snapshot and held in known:
        store = pyoxigraph.Store.read_only(str(folder / SNAPSHOTS / snapshot))
        lines = Lines()
        lines.take(store.dump(format=pyoxigraph.RdfFormat.N_QUADS).decode().splitlines())
        if lines.sum != known[held]:
            faults.append(f"the graph's quads are not those of release {held}")
    if commit_file(instance.home / "search").exists():
        search = SearchIndex(instance.home / "search")
        if current and (search.release(), search.counts()) != (number, live):
            faults.append(f"search holds {search.release()} {search.counts()}, SQL {number} {live}")
    elif current and number:
        faults.append("there is no search index")
    present = Dump.present(instance.home / "dumps")
    if dump and (present is None or present.release != number):
        faults.append(f"the dump is {present}, SQL holds {number}")
    if present:
        faults += _dump_faults(instance.home / "dumps", present, known)
    return faults


def leftovers(instance: Instance) -> list[str]:
    """What lies about that no living process and no release needs."""
    with instance.store.read() as conn:
        rows = {t.name: conn.scalar(select(func.count()).select_from(t)) for t in (staged,)}
        faults = [f"{count} rows in {name}" for name, count in rows.items() if count]
        running = [
            f"run {run.hub_id}/{run.number} still runs"
            for hub in hubs.hubs(conn)
            for run in runs.runs_of(conn, hub.id, 1_000)
            if run.state == "running"
        ]
        leased = [f"{one.id} is leased" for one in hubs.sources(conn) if one.lease_holder]
    files = [f"left over: {path.relative_to(instance.home)}" for path in _unneeded(instance.home)]
    return [*faults, *running, *leased, *files]


class Lines:
    """A digest of N-Quads that does not depend on their order, nor on how they are spaced."""

    def __init__(self) -> None:
        self._sum = 0

    def take(self, lines: Iterable[str]) -> None:
        """Take lines in."""
        for line in lines:
            digest = hashlib.sha256(line.strip().encode()).digest()
            self._sum = (self._sum + int.from_bytes(digest)) % (1 << 256)

    @property
    def sum(self) -> str:
        """What they come to."""
        return f"{self._sum:064x}"


def _dump_faults(folder: Path, present: Dump, known: dict[int, str]) -> list[str]:
    raw = (folder / present.file).read_bytes()
    if hashlib.sha256(raw).hexdigest() != present.sha256:
        return ["the dump has another checksum than its description says"]
    lines = Lines()
    lines.take(gzip.decompress(raw).decode().splitlines())
    if present.release in known and lines.sum != known[present.release]:
        return [f"the dump's quads are not those of release {present.release}"]
    return []


def _unneeded(home: Path) -> Iterator[Path]:
    graph, dumps, index = home / "graph", home / "dumps", commit_file(home / "search")
    if graph.exists():
        marker = read_marker(graph)
        needed = _GRAPH_FILES | ({marker.store} if marker else set())
        yield from (path for path in graph.iterdir() if path.name not in needed)
        snapshots = sorted((graph / SNAPSHOTS).iterdir())
        yield from (path for path in snapshots if path.name.startswith("."))
        if len(snapshots) > KEPT:
            yield from snapshots
    if dumps.exists():
        present = Dump.present(home / "dumps")
        needed = {"latest.json", present.file} if present else set()
        yield from (path for path in dumps.iterdir() if path.name not in needed)
    if index.exists():
        meta = json.loads(index.read_bytes())
        needed = {segment["segment_id"].replace("-", "") for segment in meta["segments"]}
        for path in index.parent.iterdir():
            name = _SEGMENT.match(path.name)
            if name and name.group() not in needed:
                yield path
    yield from home.glob("*.new")
    yield from home.glob(".*.new")
    yield from (home / "backups").glob("*.unfinished")
