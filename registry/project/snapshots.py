"""Read-only snapshots of the graph: published by one atomic rename, kept while somebody reads them.

Layout below the graph's folder: `CURRENT` holds the name of the newest snapshot, and
`snapshots/<name>` its store. A name is `<release>-<revision>`, so that one name never stands for
two contents. A reader holds a shared flock on the snapshot's directory; a snapshot that somebody
holds is never deleted, and the kernel lets go of it when the reader dies, however it dies.

Standard library only: the query workers import this module and have to start quickly.
"""

import fcntl
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

CURRENT: Final = "CURRENT"
SNAPSHOTS: Final = "snapshots"
KEPT: Final = 2
_DOOMED: Final = ".doomed-"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to read one snapshot; it stays on disk until `close`."""

    path: Path
    release: int
    fd: int

    @property
    def name(self) -> str:
        """The name under which the snapshot was published."""
        return self.path.name

    def close(self) -> None:
        """Give the snapshot up; to be called once."""
        os.close(self.fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def snapshot_name(release: int, revision: int) -> str:
    """The name of the snapshot of a release at a revision of the store."""
    return f"{release}-{revision}"


def release_of(name: str) -> int:
    """The release that a snapshot of this name holds."""
    return int(name.split("-", 1)[0])


def newest_snapshot(folder: Path) -> str | None:
    """The name of the published snapshot, or None before the first one."""
    try:
        return (folder / CURRENT).read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None


def newest_release(folder: Path) -> int | None:
    """The release that readers get, or None before the first one."""
    name = newest_snapshot(folder)
    return release_of(name) if name else None


def published_mark(folder: Path) -> tuple[int, int] | None:
    """Another one whenever a snapshot is published, None before the first: one system call."""
    try:
        stat = os.stat(f"{folder}/{CURRENT}")  # noqa: PTH116 - asked at every query; half of joining paths
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_mtime_ns


def publish_snapshot(folder: Path, name: str) -> Path:
    """Make the snapshot the newest one, for readers that come from now on, and delete old ones."""
    write_atomically(folder / CURRENT, f"{name}\n".encode("ascii"))
    prune_snapshots(folder)
    return folder / SNAPSHOTS / name


def lease_snapshot(folder: Path) -> Lease | None:
    """Hold the newest snapshot, or None before the first one."""
    while (name := newest_snapshot(folder)) is not None:
        path = folder / SNAPSHOTS / name
        try:
            fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            if newest_snapshot(folder) == name:
                raise
            continue  # replaced and deleted since we read its name
        fcntl.flock(fd, fcntl.LOCK_SH)
        if _is_still_there(path, fd):
            return Lease(path=path, release=release_of(name), fd=fd)
        os.close(fd)
    return None


def prune_snapshots(folder: Path, keep: int = KEPT) -> list[str]:
    """Delete all but the `keep` newest snapshots and those held by readers; returns the deleted."""
    below = folder / SNAPSHOTS
    for leftover in below.glob(f"{_DOOMED}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    current = newest_snapshot(folder)
    names = [path.name for path in below.iterdir() if not path.name.startswith(".")]
    # The published one counts as newest, whatever its number.
    names.sort(key=lambda name: (name == current, _revision_of(name)), reverse=True)
    return [name for name in names[max(keep, 1) :] if _delete_unless_held(below / name)]


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a small file so that a crash leaves either the old content or the new."""
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in the folder survive a power cut."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _revision_of(name: str) -> int:
    return int(name.split("-", 1)[1])


def _is_still_there(path: Path, fd: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(fd))
    except FileNotFoundError:
        return False


def _delete_unless_held(path: Path) -> bool:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Out of the readers' sight first: whoever waits for the lock then finds the name gone.
        doomed = path.rename(path.with_name(f"{_DOOMED}{path.name}"))
    except BlockingIOError:
        return False
    finally:
        os.close(fd)
    shutil.rmtree(doomed)
    return True
