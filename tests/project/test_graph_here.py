"""The graph of this host: stores, snapshots, and what a crash may leave."""

import io
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Store

from registry.project.graph import GraphIncomplete, GraphInUse, GraphWriter
from registry.project.snapshots import lease_snapshot, newest_snapshot, prune_snapshots
from tests.project.resources import entity, entity_iri, lines


def content(writer: GraphWriter) -> list[str]:
    """The sorted N-Quads lines of the store."""
    out = io.BytesIO()
    writer.dump(out)
    return sorted(out.getvalue().decode().splitlines(keepends=True))


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[GraphWriter]:
    with GraphWriter(tmp_path / "graph") as opened:
        yield opened


def test_a_new_graph_is_empty_at_release_0_and_has_no_snapshot(
    writer: GraphWriter, tmp_path: Path
) -> None:
    assert (writer.release(), writer.count()) == (0, 0)
    assert newest_snapshot(tmp_path / "graph") is None
    assert lease_snapshot(tmp_path / "graph") is None


@pytest.mark.parametrize("cut", [7, 64, 10_000])
def test_a_load_in_many_portions_holds_everything(
    writer: GraphWriter, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    monkeypatch.setattr("registry.project.graph.PORTION_BYTES", 100)
    whole = "".join(entity(name, name) for name in "abcde")
    encoded = whole.encode()
    writer.load((encoded[start : start + cut] for start in range(0, len(encoded), cut)), 1)
    assert content(writer) == lines(whole)
    writer.load(map(entity, "abc", "123"), 2)
    assert content(writer) == lines("".join(map(entity, "abc", "123")))


def test_a_large_insert_into_an_empty_graph_is_the_same(
    writer: GraphWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.project.graph.BULK_BYTES", 1)
    writer.apply([], entity("a", "1").encode(), 1)
    writer.apply([entity_iri("a")], entity("a", "2").encode(), 2)
    assert content(writer) == lines(entity("a", "2"))


def test_a_broken_insert_is_never_published_and_the_next_apply_repairs(
    tmp_path: Path, writer: GraphWriter
) -> None:
    writer.load([entity("a", "1"), entity("b", "1")], 1)
    published = writer.snapshot()
    with pytest.raises(SyntaxError):
        writer.apply([entity_iri("a")], b"<broken", 2)
    assert writer.release() == 1
    with pytest.raises(GraphIncomplete, match="from release 1"):
        writer.snapshot()
    writer.close()
    with GraphWriter(tmp_path / "graph") as again:
        assert again.release() == 1
        with pytest.raises(GraphIncomplete):
            again.snapshot()
        assert newest_snapshot(tmp_path / "graph") == published.name
        again.apply([entity_iri("a")], entity("a", "2").encode(), 2)
        assert content(again) == lines(entity("a", "2"), entity("b", "1"))
        assert again.snapshot().name.startswith("2-")


def test_a_load_that_fails_leaves_the_present_store(writer: GraphWriter, tmp_path: Path) -> None:
    writer.load([entity("a", "1")], 1)

    def failing() -> Iterator[str]:
        yield entity("b", "2")
        raise OSError("the database went away")

    with pytest.raises(OSError, match="went away"):
        writer.load(failing(), 2)
    with pytest.raises(SyntaxError):
        writer.load(["<broken"], 2)
    assert (writer.release(), content(writer)) == (1, lines(entity("a", "1")))
    assert len(list((tmp_path / "graph").glob("store-*"))) == 1


def test_a_second_writer_is_refused_until_the_first_closes(tmp_path: Path) -> None:
    with GraphWriter(tmp_path / "graph"), pytest.raises(GraphInUse):
        GraphWriter(tmp_path / "graph")
    GraphWriter(tmp_path / "graph").close()


def test_a_snapshot_keeps_its_content_while_the_store_goes_on(writer: GraphWriter) -> None:
    writer.load([entity("a", "1")], 1)
    path = writer.snapshot()
    assert writer.snapshot() == path
    writer.apply([entity_iri("a")], entity("a", "2").encode(), 2)
    store = Store.read_only(str(path))
    assert sorted(f"{quad} .\n" for quad in store) == lines(entity("a", "1"))


def test_two_snapshots_are_kept_and_those_that_are_held(
    writer: GraphWriter, tmp_path: Path
) -> None:
    folder = tmp_path / "graph"
    writer.load([entity("a", "1")], 1)
    writer.snapshot()
    held = lease_snapshot(folder)
    assert held is not None
    assert held.release == 1
    for release in (2, 3, 4):
        writer.apply([entity_iri("a")], entity("a", str(release)).encode(), release)
        writer.snapshot()
    assert kept_releases(folder) == [1, 3, 4]
    held.close()
    prune_snapshots(folder)
    assert kept_releases(folder) == [3, 4]
    writer.forget_old_snapshots()
    assert kept_releases(folder) == [4]


def test_old_snapshots_that_nobody_took_away_go_when_the_next_writer_begins(tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    with GraphWriter(folder) as writer:
        writer.load([entity("a", "1")], 1)
        writer.snapshot()
        held = lease_snapshot(folder)
        assert held is not None
        with held:
            for release in (2, 3):
                writer.apply([entity_iri("a")], entity("a", str(release)).encode(), release)
                writer.snapshot()
        assert kept_releases(folder) == [1, 2, 3]
    GraphWriter(folder).close()
    assert kept_releases(folder) == [2, 3]


def test_a_rebuilt_release_is_a_snapshot_of_its_own(writer: GraphWriter, tmp_path: Path) -> None:
    writer.load([entity("a", "damaged")], 1)
    before = writer.snapshot()
    writer.load([entity("a", "1")], 1)
    after = writer.snapshot()
    assert before != after
    assert newest_snapshot(tmp_path / "graph") == after.name
    assert [name.split("-")[0] for name in (before.name, after.name)] == ["1", "1"]


def test_a_snapshot_that_a_crash_prevented_is_taken_at_the_next_start(tmp_path: Path) -> None:
    writer = GraphWriter(tmp_path / "graph")
    writer.load([entity("a", "1")], 7)
    writer.close()
    GraphWriter(tmp_path / "graph").close()
    lease = lease_snapshot(tmp_path / "graph")
    assert lease is not None
    with lease:
        assert lease.release == 7


def kept_releases(folder: Path) -> list[int]:
    return sorted(int(path.name.split("-")[0]) for path in (folder / "snapshots").iterdir())


ENDLESS_RELEASES = """
import sys
from pathlib import Path
from test_graph_here import GraphWriter, apply_release
with GraphWriter(Path(sys.argv[1])) as writer:
    release = writer.release()
    while True:
        release += 1
        apply_release(writer, release)
        print(release, flush=True)
"""


def apply_release(writer: GraphWriter, release: int) -> None:
    """Release n rewrites entity n mod 4 with the value n."""
    name = f"e{release % 4}"
    writer.apply([entity_iri(name)], entity(name, str(release)).encode(), release)
    writer.snapshot()


def expected_at(release: int) -> list[str]:
    newest = {number % 4: number for number in range(1, release + 1)}
    return lines(*(entity(f"e{place}", str(number)) for place, number in newest.items()))


def test_killed_at_any_moment_leaves_the_last_release_or_the_next(tmp_path: Path) -> None:
    """A reader sees whole releases only, nothing acknowledged is lost, and replaying repairs."""
    folder, told = tmp_path / "graph", 0
    chance = random.Random(5)  # noqa: S311 - the moments to kill at
    path = os.pathsep.join((*sys.path, str(Path(__file__).parent)))
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", ENDLESS_RELEASES, str(folder)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        assert process.stdout is not None
        for _ in range(chance.randint(2, 12)):
            told = int(process.stdout.readline())
        time.sleep(chance.random() / 20)  # into the midst of a release
        process.send_signal(signal.SIGKILL)
        told = max([told, *map(int, process.stdout.read().split())])
        process.wait()
        process.stdout.close()

        lease = lease_snapshot(folder)
        assert lease is not None
        with lease:
            assert lease.release in (told, told + 1)
            store = Store.read_only(str(lease.path))
            assert sorted(f"{quad} .\n" for quad in store) == expected_at(lease.release)
            del store
        with GraphWriter(folder) as writer:
            assert writer.release() in (told, told + 1)
            for release in range(writer.release() + 1, told + 3):
                apply_release(writer, release)
            assert content(writer) == expected_at(told + 2)
