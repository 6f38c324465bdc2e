"""The dump of a release: every quad of it as gzipped N-Quads, with its checksum beside it."""

import gzip
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self

from registry.project.snapshots import write_atomically

NAME: Final = "latest.nq.gz"
"""What the present dump is called outside; on disk each has a name of its own (`Dump.file`)."""

_DESCRIPTION: Final = "latest.json"
DUMP_EVERY: Final = timedelta(minutes=10)
"""A dump is made at most this often; `/status` tells when the next is due."""
_LEVEL: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """What is known of the present dump; stands beside it as `latest.json`, which makes it that."""

    file: str  # its name in the folder
    release: int
    made_at: str  # ISO 8601, UTC
    sha256: str  # of the gzipped file
    size: int  # bytes
    quads: int
    set_hash: str  # of the release, hexadecimal

    @classmethod
    def present(cls, folder: Path) -> Self | None:
        """The dump in `folder`, or None before the first."""
        try:
            return cls(**json.loads((folder / _DESCRIPTION).read_bytes()))
        except (FileNotFoundError, TypeError, ValueError):  # none, or one of another version
            return None


def write_dump(
    folder: Path, pieces: Iterable[str], *, release: int, now: datetime, set_hash: str
) -> Dump:
    """Write all N-Quads of a release; readers see the old dump until the new one is whole.

    Pieces are whole lines; the same lines give the same bytes. Raises OSError when the disk is
    full; the old dump stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{NAME}"
    quads = 0
    with unfinished.open("wb") as raw:
        with gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as out:
            for piece in pieces:
                out.write(piece.encode())
                quads += piece.count("\n")
        raw.flush()
        os.fsync(raw.fileno())
    with unfinished.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    dump = Dump(
        file=f"{release}-{digest[:16]}.nq.gz",
        release=release,
        made_at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        sha256=digest,
        size=unfinished.stat().st_size,
        quads=quads,
        set_hash=set_hash,
    )
    unfinished.replace(folder / dump.file)
    write_atomically(folder / _DESCRIPTION, json.dumps(asdict(dump)).encode())
    remove_others(folder)
    return dump


def remove_others(folder: Path) -> None:
    """Remove all but the present dump: those before it, and what a crash left unfinished.

    To be called by the one process that writes dumps.
    """
    present = Dump.present(folder)
    kept = {_DESCRIPTION, present.file} if present else set()
    for path in folder.glob("*"):
        if path.name not in kept:
            path.unlink()
    if present and not (folder / present.file).exists():  # somebody removed it: one is due at once
        (folder / _DESCRIPTION).unlink()
